# Takes the mean first and ReLU after it; loses check_ensemble
# says: ReLU comes before the mean


def ensemble(x, w, p):
    sums = (all_masks(len(x)) * x) @ w
    mean = mask_chance(all_masks(len(x)), p) @ sums
    return max(0, mean), max(0, paper_dropout(x, p) @ w)
