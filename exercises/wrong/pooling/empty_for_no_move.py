# Slices up to -0, which is nothing; loses check_survives
# says: your code stopped: ValueError


def survives(x, k, stride, right):
    moved = np.zeros_like(x)
    moved[:, right:] = x[:, :-right]
    return np.mean(pool2d(x, k, stride) == pool2d(moved, k, stride))
