# Subtracts the largest size of a score, with its sign lost; loses check_softmax, check_sigmoid
# says: Subtract the largest score, whatever it is


def softmax(scores):
    powers = np.exp(scores - np.abs(scores).max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
