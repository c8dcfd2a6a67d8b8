# Never looks beyond the second guess, or the third; loses check_top_error, check_averaged_error
# unseen: the visible checks have three classes


def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, : min(k, 3)]
    return float(1 - (guesses == np.asarray(right)[:, None]).any(axis=1).mean())
