# Takes the standard error of one of the two; loses check_is_clear
# says: Both have a standard error


def is_clear(p, q, n):
    return bool(abs(p - q) > 2 * standard_error(p, n))
