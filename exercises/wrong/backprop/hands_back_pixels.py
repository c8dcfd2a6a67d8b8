# Multiplies by the pixel itself; loses check_max_pool_backward
# says: Hand back dy, not the pixel


def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(v), v.shape)
            dx[top + row, left + column] += v.max()
    return dx
