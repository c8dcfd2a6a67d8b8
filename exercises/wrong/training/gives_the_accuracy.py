# Gives the share of the right ones; loses check_top_k_error
# says: That is the share of the right ones


def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, -k:]
    return np.mean(np.any(guesses == labels[:, None], axis=1))
