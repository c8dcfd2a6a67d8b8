# Takes the logarithm of the probabilities; loses check_log_softmax, check_cross_entropy
# says: became 0 before its logarithm was taken


def log_softmax(scores):
    return np.log(softmax(scores))
