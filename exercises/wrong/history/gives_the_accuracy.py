# Gives the share that is right; loses check_top_error, check_averaged_error
# says: the share that is right


def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, :k]
    return float((guesses == np.asarray(right)[:, None]).any(axis=1).mean())
