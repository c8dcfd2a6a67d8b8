# Computes the standard deviation with n; loses check_gain
# says: ddof=1


def gain(with_dropout, without, t):
    change = np.array(with_dropout) - np.array(without)
    half = t * change.std() / len(change) ** 0.5
    return change.mean() - half, change.mean() + half
