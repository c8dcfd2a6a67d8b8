# Lets the last window win where windows overlap; loses check_pixel_gradient
# says: Both windows read the middle column


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] = dy[i, j] * w
    return dx
