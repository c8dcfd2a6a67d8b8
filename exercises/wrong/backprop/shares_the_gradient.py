# Goes back as average pooling does; loses check_max_pool_backward
# says: That is average pooling


def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            dx[top : top + k, left : left + k] += dy[i, j] / k**2
    return dx
