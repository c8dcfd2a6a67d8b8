# Looks at the test loss alone to see overfitting; loses check_verdict
# unseen: the visible checks pass


def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best]:
        return "overfits"
    if before - last > before / 100:
        return "unfinished"
    return "underfits" if last > first / 2 else "fits"
