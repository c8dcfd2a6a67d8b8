# Takes the height for the width; loses check_conv2d, check_conv2d_channels
# says: axis 1 has 2, not 4


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    size = conv_out(x.shape[0], kw, stride)
    y = np.zeros((conv_out(x.shape[0], kh, stride), size))
    for i in range(y.shape[0]):
        for j in range(size):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y
