# Puts the lowest score first; loses check_rank_of_label, check_top_k_error
# says: The highest score comes first


def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores <= own).sum(axis=1)
