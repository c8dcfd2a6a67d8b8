# Does not add up the channels' results; loses check_conv2d_channels
# says: one channel for each kernel


def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    return np.array([conv2d(x[c], w[0, c], stride) + b[0] for c in range(len(x))])
