# Takes the second bias for that of both; loses check_merge
# says: pass through the second layer's weights


def merge(w1, b1, w2, b2):
    return np.column_stack([w2 @ w1, b2])
