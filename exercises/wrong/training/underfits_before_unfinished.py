# Asks number 4 before number 3; loses check_verdict
# says: Number 3 comes before number 4


def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    if last > first / 2:
        return "underfits"
    if before - last > before / 100:
        return "unfinished"
    return "fits"
