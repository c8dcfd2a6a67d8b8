# Takes without less with; loses check_gain
# says: not the other way round


def gain(with_dropout, without, t):
    change = np.array(without) - np.array(with_dropout)
    half = t * change.std(ddof=1) / len(change) ** 0.5
    return change.mean() - half, change.mean() + half
