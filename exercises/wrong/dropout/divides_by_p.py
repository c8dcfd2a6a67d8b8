# Divides by the probability of being off; loses check_inverted_dropout
# says: probability of being kept


def inverted_dropout(x, p, mask=None):
    return x if mask is None else x * mask / p
