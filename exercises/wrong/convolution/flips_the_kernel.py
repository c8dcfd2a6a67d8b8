# Turns the kernel by 180 degrees, the convolution of the textbooks; loses check_conv2d, check_conv2d_channels
# says: turned by 180 degrees


def conv2d(x, w, stride=1):
    w = w[::-1, ::-1]
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y
