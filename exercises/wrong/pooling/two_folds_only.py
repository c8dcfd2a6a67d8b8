# Deals to two folds, whatever is asked; loses check_held_back
# unseen: the visible checks pass


def held_back(order, k, fold):
    return order[fold::2]
