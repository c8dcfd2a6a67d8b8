# Gives all images but the fold; loses check_held_back
# says: It is the fold that is held back


def held_back(order, k, fold):
    return np.delete(order, np.arange(fold, len(order), k))
