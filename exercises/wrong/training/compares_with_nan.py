# Sees no NaN, because every comparison with it is false; loses check_verdict
# says: Ask np.isfinite first


def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    if before - last > before / 100:
        return "unfinished"
    return "underfits" if last > first / 2 else "fits"
