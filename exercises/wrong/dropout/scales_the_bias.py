# Scales the bias as well; loses check_convert
# says: it stays 5


def convert(layer, p):
    return layer * (1 - p)
