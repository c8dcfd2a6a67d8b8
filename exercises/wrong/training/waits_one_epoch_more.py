# Divides after more than `patience` epochs; loses check_plateau
# says: Epochs 2 and 3 are two in a row


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited > patience:
            rate, waited = rate / 10, 0
    return rates
