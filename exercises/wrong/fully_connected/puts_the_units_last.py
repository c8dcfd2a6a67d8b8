# Puts the units into the last axis; loses check_answers
# says: The units come first


def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k + 1, maps.shape[2] - k + 1
    y = np.zeros((rows, columns, len(w)))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = w @ maps[:, i : i + k, j : j + k].ravel() + b
    return y
