# Leaves out 1 - p; loses check_standard_error, check_is_clear
# says: expected 0.05


def standard_error(error, n):
    return float(np.sqrt(error / n))
