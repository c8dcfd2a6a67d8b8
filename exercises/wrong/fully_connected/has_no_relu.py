# Leaves ReLU out; loses check_network
# says: ReLU is missing


def network(x, layers):
    for w, b in layers:
        x = linear(x, w, b)
    return x
