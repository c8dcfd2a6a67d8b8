# Takes all masks for equally probable; loses check_mask_chance, check_ensemble
# says: for p = 0.5 alone


def mask_chance(masks, p):
    return np.full(len(masks), 0.5 ** masks.shape[1])
