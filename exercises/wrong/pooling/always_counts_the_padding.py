# Divides by k * k also where the zeros must not count; loses check_mean_pool
# says: the number of true numbers, which is 4


def mean_pool(x, k, stride, padding, count_padding=True):
    return pool2d(np.pad(x, padding), k, stride, kind="mean")
