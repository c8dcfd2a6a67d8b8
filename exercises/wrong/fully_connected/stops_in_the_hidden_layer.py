# Returns the hidden layer; loses check_network
# says: go on to the last one


def network(x, layers):
    for w, b in layers[:-1]:
        x = np.maximum(0, linear(x, w, b))
    return x
