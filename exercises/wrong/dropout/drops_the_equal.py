# Drops a unit whose number is equal to p; loses check_mask_from
# says: 0.5 is not below 0.5


def mask_from(u, p):
    return np.where(u > p, 1, 0)
