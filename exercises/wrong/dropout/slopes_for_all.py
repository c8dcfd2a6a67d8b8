# Hands a slope to units that were off; loses check_inverted_backward
# says: gets the slope 0


def inverted_backward(dy, p, mask):
    return dy / (1 - p)
