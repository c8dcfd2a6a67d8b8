# Adds the kernel as it is; loses check_pixel_gradient
# says: Each window counts dy times


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += w
    return dx
