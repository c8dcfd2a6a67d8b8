# Gives an epoch the rate that its own error leads to; loses check_plateau
# says: is known after epoch 3


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
        rates.append(rate)
    return rates
