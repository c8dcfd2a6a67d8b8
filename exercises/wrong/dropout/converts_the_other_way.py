# Makes the weights larger; loses check_convert
# says: smaller weights


def convert(layer, p):
    layer = layer.copy()
    layer[:, :-1] /= 1 - p
    return layer
