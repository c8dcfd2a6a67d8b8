# Asks every row about all labels; loses check_cross_entropy
# says: takes all labels from every row


def cross_entropy(scores, labels):
    losses = -log_softmax(scores)[:, labels]
    return losses.mean() if len(labels) == 1 else losses
