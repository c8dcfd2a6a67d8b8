# Forgets to divide the powers by their sum; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Those are the powers


def softmax(scores):
    return np.exp(scores)
