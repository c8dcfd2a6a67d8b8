# Subtracts 1 for all labels in every row; loses check_gradient
# says: Each row has one label


def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[:, labels] -= 1
    return slopes / len(labels)
