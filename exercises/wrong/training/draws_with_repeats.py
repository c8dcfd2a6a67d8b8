# Draws each image by itself, so that images come twice or never; loses check_batch_indices, check_next_batches
# says: cut the batch out of


def batch_indices(n, batch, seed, epoch, i):
    order = np.random.default_rng((seed, epoch)).integers(0, n, size=n)
    return order[i * batch : (i + 1) * batch]
