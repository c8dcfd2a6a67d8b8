# Multiplies the test by p; loses check_paper_dropout, check_ensemble
# says: p = 0.5 hid it


def paper_dropout(x, p, mask=None):
    return x * p if mask is None else x * mask
