# Forgets the lowest error when it divides; loses check_plateau
# says: The lowest error is still 50


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited, best = rate / 10, 0, error
    return rates
