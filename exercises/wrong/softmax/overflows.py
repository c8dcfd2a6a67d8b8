# Takes e to the power of the scores as they are; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: subtract one that makes them small


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)
