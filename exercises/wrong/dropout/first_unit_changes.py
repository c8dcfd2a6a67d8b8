# Has the digits in the other order; loses check_all_masks
# says: the last unit that changes


def all_masks(n):
    return np.arange(2**n)[:, None] >> np.arange(n) & 1
