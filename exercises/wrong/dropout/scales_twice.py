# Scales in training and in testing; loses check_paper_dropout
# says: In training what is kept stays as it is


def paper_dropout(x, p, mask=None):
    return x * (1 - p) if mask is None else x * mask * (1 - p)
