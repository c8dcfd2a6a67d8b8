# Takes the scatter of the two lists; loses check_gain
# says: Take that of the differences


def gain(with_dropout, without, t):
    one, other = np.array(with_dropout), np.array(without)
    scatter = (one.var(ddof=1) + other.var(ddof=1)) ** 0.5
    change, half = one.mean() - other.mean(), t * scatter / len(one) ** 0.5
    return change - half, change + half
