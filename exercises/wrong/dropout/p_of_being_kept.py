# Takes p for the probability of being kept; loses check_mask_chance, check_ensemble
# says: p is the probability of being off


def mask_chance(masks, p):
    return np.where(masks == 1, p, 1 - p).prod(axis=1)
