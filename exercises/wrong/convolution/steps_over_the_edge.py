# Reads a row that is not there; loses check_conv2d, check_conv2d_channels
# says: your code stopped: IndexError


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for a in range(kh):
                for b in range(kw):
                    y[i, j] += x[i * stride + a + 1, j * stride + b] * w[a, b]
    return y
