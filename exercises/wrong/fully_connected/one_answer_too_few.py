# Forgets the first window; loses check_answers
# says: one place down and two across


def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k, maps.shape[2] - k
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i : i + k, j : j + k].ravel() + b
    return y
