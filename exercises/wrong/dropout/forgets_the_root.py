# Doesn't divide by the root of n; loses check_gain
# says: Divide s by the root of n.


def gain(with_dropout, without, t):
    change = np.array(with_dropout) - np.array(without)
    half = t * change.std(ddof=1)
    return change.mean() - half, change.mean() + half
