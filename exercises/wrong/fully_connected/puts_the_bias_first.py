# Puts the bias into the first column; loses check_merge
# says: The bias stands in the last column


def merge(w1, b1, w2, b2):
    return np.column_stack([w2 @ b1 + b2, w2 @ w1])
