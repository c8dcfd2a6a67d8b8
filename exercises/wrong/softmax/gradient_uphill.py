# Turns the sign of the gradient; loses check_gradient
# says: That is y − p


def gradient(scores, labels):
    y = np.eye(scores.shape[1])[labels]
    return (y - softmax(scores)) / len(labels)
