# Doesn't divide by the number of photographs; loses check_gradient
# says: That is the gradient of the sum


def gradient(scores, labels):
    return softmax(scores) - np.eye(scores.shape[1])[labels]
