# Draws the order from the seed alone; loses check_batch_indices, check_next_batches
# says: every epoch has the same order


def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng(seed).permutation(n)[i * batch : (i + 1) * batch]
