# Gives every example the first label; loses check_scores_gradient
# says: Each example has a label of its own


def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[:, labels[0]] -= 1
    return p / len(labels)
