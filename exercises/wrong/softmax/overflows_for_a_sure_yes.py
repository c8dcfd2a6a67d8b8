# Divides infinity by infinity; loses check_sigmoid
# says: e to the power of 1000 is infinite


def sigmoid(s):
    return np.exp(s) / (np.exp(s) + 1)
