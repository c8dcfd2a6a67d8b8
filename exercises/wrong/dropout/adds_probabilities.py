# Adds probabilities; loses check_mask_chance, check_ensemble
# says: multiplied, not added


def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, p).sum(axis=1)
