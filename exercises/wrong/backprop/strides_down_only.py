# Forgets the stride from column to column; loses check_kernel_gradient, check_pixel_gradient
# unseen: there windows with a stride stand in one column


def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j : j + k]
            dw += dy[i, j] * window
    return dw


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j : j + k] += dy[i, j] * w
    return dx
