# Has a row for each unit; loses check_all_masks, check_ensemble
# says: rows and columns are exchanged


def all_masks(n):
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).T
