# Hands back slopes without the factor; loses check_inverted_backward
# says: comes back, too


def inverted_backward(dy, p, mask):
    return dy * mask
