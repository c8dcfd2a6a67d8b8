# Multiplies window and kernel as matrices; loses check_conv2d, check_conv2d_channels
# says: number times number


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] @ w)
    return y
