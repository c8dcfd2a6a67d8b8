# Gives each number of the window an equal share; loses check_to_winners
# says: That is the way back of the mean


def to_winners(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            dx[top : top + k, left : left + k] += dy[i, j] / k**2
    return dx
