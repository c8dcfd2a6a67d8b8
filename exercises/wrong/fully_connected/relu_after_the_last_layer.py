# Puts ReLU after every layer; loses check_network
# says: Scores may be negative


def network(x, layers):
    for w, b in layers:
        x = np.maximum(0, linear(x, w, b))
    return x
