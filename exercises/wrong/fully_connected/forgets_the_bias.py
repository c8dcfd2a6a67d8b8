# Adds no bias; loses check_linear, check_network
# says: The bias is missing


def linear(x, w, b):
    return x @ w.T
