# Moves the window by one pixel whatever the stride; loses check_kernel_gradient
# says: begins `stride` rows further down


def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i : i + k, j : j + k]
            dw += dy[i, j] * window
    return dw
