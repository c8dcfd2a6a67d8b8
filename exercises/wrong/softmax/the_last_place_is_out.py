# Doesn't count place k among the k best; loses check_top_k_error
# says: A label at place k is still among the k best


def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) >= k).mean()
