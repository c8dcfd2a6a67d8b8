# Works along the first axis; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: The classes are along the last axis


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=0))
    return powers / powers.sum(axis=0)
