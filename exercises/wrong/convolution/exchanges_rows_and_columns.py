# Fills the output with rows and columns exchanged; loses check_conv2d, check_conv2d_channels
# says: Rows and columns are exchanged


def conv2d(x, w, stride=1):
    kh, kw = w.shape
    rows, columns = conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)
    y = np.zeros((columns, rows))
    for i in range(rows):
        for j in range(columns):
            y[j, i] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y
