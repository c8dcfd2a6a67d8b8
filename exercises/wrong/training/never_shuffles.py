# Takes the images in the order of the file; loses check_batch_indices, check_next_batches
# says: That is the order of the file


def batch_indices(n, batch, seed, epoch, i):
    return np.arange(n)[i * batch : (i + 1) * batch]
