# Leaves the second layer's bias out; loses check_merge
# says: The second layer's bias is missing


def merge(w1, b1, w2, b2):
    return np.column_stack([w2 @ w1, w2 @ b1])
