# Weights all masks alike; loses check_ensemble
# says: the masks are not equally probable


def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return answers.mean(), max(0, paper_dropout(x, p) @ w)
