# Leaves the label out; loses check_gradient
# says: Subtract 1 for the label


def gradient(scores, labels):
    return softmax(scores) / len(labels)
