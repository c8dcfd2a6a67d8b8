# Moves the window by its own width; loses check_pool2d, check_mean_pool, check_survives
# says: must move by `stride`


def pool2d(x, k, stride, kind="max"):
    rows, columns = x.shape[0] // k, x.shape[1] // k
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[i * k : i * k + k, j * k : j * k + k]
            y[i, j] = window.max() if kind == "max" else window.mean()
    return y
