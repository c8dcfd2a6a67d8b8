# Leaves the units that are off out of the product; loses check_mask_chance, check_ensemble
# says: The units that are off count, too


def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, 1).prod(axis=1)
