# Asks number 3 before number 2; loses check_verdict
# says: number 2 comes before number 3


def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if before - last > before / 100:
        return "unfinished"
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    return "underfits" if last > first / 2 else "fits"
