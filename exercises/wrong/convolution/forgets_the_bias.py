# Adds no bias; loses check_conv2d_channels
# says: The bias is missing


def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    return np.array([sum(conv2d(x[c], v[c], stride) for c in range(len(x))) for v in w])
