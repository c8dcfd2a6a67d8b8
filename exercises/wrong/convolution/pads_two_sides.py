# Pads above and at the left only; loses check_conv2d_channels
# says: on all four sides


def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, 0), (padding, 0)))
    y = [sum(conv2d(x[c], v[c], stride) for c in range(len(x))) for v in w]
    return np.array(y) + b[:, None, None]
