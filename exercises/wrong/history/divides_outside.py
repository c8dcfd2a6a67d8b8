# Divides by n outside of the root; loses check_standard_error, check_is_clear
# says: n stands under the root


def standard_error(error, n):
    return float(np.sqrt(error * (1 - error)) / n)
