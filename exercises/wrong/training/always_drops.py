# Drops the incomplete batch even if it is to be kept; loses check_total_steps
# says: the incomplete batch counts, too


def total_steps(n, batch, epochs, drop_last=True):
    return n // batch * epochs
