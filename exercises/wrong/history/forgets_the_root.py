# Gives the variance; loses check_standard_error, check_is_clear
# says: The square root is missing


def standard_error(error, n):
    return error * (1 - error) / n
