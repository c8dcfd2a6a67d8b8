# Gives the number of the last epoch for how many were done; loses check_early_stop
# says: after epoch 4, five are done


def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return best, epoch
    return best, len(losses)
