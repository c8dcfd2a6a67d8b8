# Counts wrong guesses instead of wrong images; loses check_top_k_error
# says: Count images


def top_k_error(scores, labels, k):
    return np.mean(np.argsort(scores, axis=1)[:, -k:] != labels[:, None])
