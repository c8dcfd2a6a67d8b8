# Makes the output small enough but moves the window by one pixel; loses check_conv2d, check_conv2d_channels
# says: must move by `stride` pixels


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i : i + kh, j : j + kw] * w)
    return y
