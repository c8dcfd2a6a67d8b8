# Counts places from 0; loses check_rank_of_label, check_top_k_error
# says: The best has rank 1, not 0


def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores >= own).sum(axis=1) - 1
