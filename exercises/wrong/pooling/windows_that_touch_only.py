# Pools with stride 2 whatever is asked; loses check_survives
# unseen: the visible checks pass


def survives(x, k, stride, right):
    moved = np.zeros_like(x)
    moved[:, right:] = x[:, : x.shape[1] - right]
    return np.mean(pool2d(x, 2, 2) == pool2d(moved, 2, 2))
