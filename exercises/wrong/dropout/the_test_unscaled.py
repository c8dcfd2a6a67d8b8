# Leaves the network of the test unscaled; loses check_ensemble
# says: is scaled by 1 − p


def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return mask_chance(all_masks(len(x)), p) @ answers, max(0, x @ w)
