# Flattens the window with the channels last; loses check_answers
# says: Flatten channel after channel


def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k + 1, maps.shape[2] - k + 1
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i : i + k, j : j + k].transpose(1, 2, 0).ravel() + b
    return y
