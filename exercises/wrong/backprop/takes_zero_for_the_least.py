# Looks for a pixel above 0; loses check_max_pool_backward
# unseen: there no window is negative


def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(np.maximum(v, 0)), v.shape)
            dx[top + row, left + column] += dy[i, j]
    return dx
