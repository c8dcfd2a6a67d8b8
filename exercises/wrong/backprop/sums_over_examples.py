# Does not divide by the number of examples; loses check_scores_gradient
# says: The loss is a mean


def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p
