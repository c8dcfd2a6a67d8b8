# Works for one row of units alone; loses check_mask_from
# says: your code stopped: ValueError


def mask_from(u, p):
    return np.array([1 if one >= p else 0 for one in u])
