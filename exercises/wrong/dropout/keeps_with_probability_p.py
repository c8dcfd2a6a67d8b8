# Keeps a unit with probability p; loses check_mask_from
# says: switches it off with 1 − p


def mask_from(u, p):
    return (u >= 1 - p).astype(int)
