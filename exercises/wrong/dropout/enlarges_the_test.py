# Enlarges the test as well; loses check_inverted_dropout
# says: Only the training is enlarged


def inverted_dropout(x, p, mask=None):
    return x / (1 - p) if mask is None else x * mask / (1 - p)
