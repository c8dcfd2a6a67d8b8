# Fills the last batch with images that have been in the epoch already; loses check_batch_indices
# says: the last batch takes what is left


def batch_indices(n, batch, seed, epoch, i):
    order = np.random.default_rng((seed, epoch)).permutation(n)
    return np.resize(order, n + batch)[i * batch : (i + 1) * batch]
