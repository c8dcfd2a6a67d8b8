# Does not begin to count anew after a division; loses check_plateau
# says: the counting begins anew


def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited >= patience:
            rate = rate / 10
    return rates
