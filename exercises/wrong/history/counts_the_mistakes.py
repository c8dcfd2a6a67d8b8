# Gives how many are missed, not the share; loses check_top_error, check_averaged_error
# says: divide by the number of photographs


def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, :k]
    hit = (guesses == np.asarray(right)[:, None]).any(axis=1)
    return float((~hit).sum())
