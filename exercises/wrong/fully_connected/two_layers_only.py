# Knows networks of two layers only; loses check_network
# unseen: check_network


def network(x, layers):
    hidden = np.maximum(0, linear(x, *layers[0]))
    return linear(hidden, *layers[1])
