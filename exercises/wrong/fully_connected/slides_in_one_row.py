# Slides along the first row only; loses check_answers
# unseen: check_answers


def answers(maps, w, b, k):
    y = [w @ maps[:, :k, j : j + k].ravel() + b for j in range(maps.shape[2] - k + 1)]
    return np.array(y).T[:, None]
