# Has a 1 where a unit is switched off; loses check_mask_from
# says: where a unit is switched off


def mask_from(u, p):
    return (u < p).astype(float)
