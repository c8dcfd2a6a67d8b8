# Multiplies the test by 0.5 whatever p is; loses check_paper_dropout, check_ensemble
# says: The factor depends on p


def paper_dropout(x, p, mask=None):
    return x * 0.5 if mask is None else x * mask
