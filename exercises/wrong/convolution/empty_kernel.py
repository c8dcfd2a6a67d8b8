# Answers 0 to everything; loses check_rising_kernel
# says: a positive number where brightness rises


def rising_kernel():
    return np.zeros((3, 3))
