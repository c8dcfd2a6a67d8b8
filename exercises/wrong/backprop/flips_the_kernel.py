# Turns the gradient of the kernel by 180 degrees; loses check_kernel_gradient
# says: don't turn anything


def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += dy[i, j] * window
    return dw[::-1, ::-1]
