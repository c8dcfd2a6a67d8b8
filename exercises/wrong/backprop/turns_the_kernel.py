# Lays the kernel down turned by 180 degrees; loses check_pixel_gradient
# says: don't turn it


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += dy[i, j] * w[::-1, ::-1]
    return dx
