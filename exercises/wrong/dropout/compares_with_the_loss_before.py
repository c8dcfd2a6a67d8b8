# Compares with the loss before, not with the lowest; loses check_early_stop
# says: 0.62 is no improvement


def early_stop(losses, patience):
    best, waited = 0, 0
    for epoch, loss in enumerate(losses):
        if epoch and loss >= losses[epoch - 1]:
            waited += 1
        else:
            waited = 0
        if loss < losses[best]:
            best = epoch
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)
