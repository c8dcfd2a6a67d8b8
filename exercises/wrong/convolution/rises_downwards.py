# Finds brightness that rises from top to bottom; loses check_rising_kernel
# says: a positive number where brightness rises


def rising_kernel():
    return np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
