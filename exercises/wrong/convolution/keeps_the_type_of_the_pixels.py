# Makes the output of the image's type, so that sums wrap around at 256; loses check_conv2d
# says: too large for the type uint8


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    rows, columns = conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)
    y = np.zeros((rows, columns), dtype=x.dtype)
    for i in range(rows):
        for j in range(columns):
            window = x[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * w)
    return y
