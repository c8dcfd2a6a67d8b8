# Finds brightness that rises to the right and downwards alike; loses check_rising_kernel
# says: 0 where brightness rises only from top to bottom


def rising_kernel():
    return np.array([[-1, 0, 0], [0, 0, 0], [0, 0, 1]])
