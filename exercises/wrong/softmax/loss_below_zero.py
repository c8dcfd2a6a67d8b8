# Forgets the minus; loses check_cross_entropy
# says: turn the sign


def cross_entropy(scores, labels):
    return log_softmax(scores)[np.arange(len(labels)), labels].mean()
