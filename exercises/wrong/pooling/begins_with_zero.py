# Takes 0 for the largest of negative numbers; loses check_pool2d
# says: Begin with one of its numbers


def pool2d(x, k, stride, kind="max"):
    y = np.zeros((pool_out(x.shape[0], k, stride), pool_out(x.shape[1], k, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            if kind == "mean":
                y[i, j] = window.mean()
            for value in window.flat:
                if kind == "max" and value > y[i, j]:
                    y[i, j] = value
    return y
