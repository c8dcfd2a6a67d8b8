# Divides every row by the sum of all rows; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Each row has a sum of its own


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()
