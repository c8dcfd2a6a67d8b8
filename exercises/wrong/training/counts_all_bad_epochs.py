# Counts epochs without an improvement even if they are not in a row; loses check_plateau
# says: an improvement sets the count back to 0


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited += error >= best
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates
