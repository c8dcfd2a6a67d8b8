# Adds the losses up; loses check_cross_entropy
# says: That is the sum of the two losses


def cross_entropy(scores, labels):
    return -log_softmax(scores)[np.arange(len(labels)), labels].sum()
