# Adds the two standard errors; loses check_is_clear
# says: Add the squares


def is_clear(p, q, n):
    return bool(abs(p - q) > 2 * (standard_error(p, n) + standard_error(q, n)))
