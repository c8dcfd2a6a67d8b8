# Draws an order for each batch, so that images come twice or never; loses check_batch_indices, check_next_batches
# says: cut all its batches out of that one


def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch, i)).permutation(n)[:batch]
