# Takes an equal error for an improvement; loses check_plateau
# says: An equal error is not lower


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error <= best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates
