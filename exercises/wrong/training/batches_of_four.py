# Knows batches of 4, as in the visible checks; loses check_batch_indices, check_next_batches
# unseen: the visible checks pass


def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch)).permutation(n)[4 * i : 4 * i + 4]
