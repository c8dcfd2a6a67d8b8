# Compares a guess with the labels of all images; loses check_top_k_error
# says: with its own label only


def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, -k:]
    return 1 - np.mean([np.isin(guess, labels).any() for guess in guesses])
