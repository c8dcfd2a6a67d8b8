# Finds a difference clear only if p is larger; loses check_is_clear
# says: It doesn't matter which


def is_clear(p, q, n):
    both = np.sqrt(standard_error(p, n) ** 2 + standard_error(q, n) ** 2)
    return bool(p - q > 2 * both)
