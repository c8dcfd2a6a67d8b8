# Takes an equal loss for an improvement; loses check_early_stop
# says: An equal loss is no improvement


def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss <= losses[best]:
            best = epoch
        if epoch - best == patience:
            return best, epoch + 1
    return best, len(losses)
