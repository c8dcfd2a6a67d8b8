# Keeps the lowest of all losses; loses check_early_stop
# says: Epoch 5 is never done


def early_stop(losses, patience):
    return int(np.argmin(losses)), len(losses)
