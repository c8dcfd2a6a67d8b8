# Doesn't shift the scores before the logarithm of the sum; loses check_log_softmax, check_cross_entropy
# says: Shift the scores first


def log_softmax(scores):
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
