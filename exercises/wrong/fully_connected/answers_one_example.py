# Works on the first example only; loses check_linear, check_network
# says: there are 2


def linear(x, w, b):
    return w @ x[0] + b
