# Counts the epochs from 1; loses check_best_epoch, check_verdict
# says: Epochs are counted from 0


def best_epoch(test_losses):
    return np.nanargmin(test_losses) + 1
