# Multiplies the weights by p; loses check_convert
# says: so here too


def convert(layer, p):
    return np.hstack([layer[:, :-1] * p, layer[:, -1:]])
