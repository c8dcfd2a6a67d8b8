# Takes a step to one side alone; loses check_slopes_by_steps
# says: Go to both


def slopes_by_steps(w, b, x1, x2, t, h):
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b, x1, x2, t)
    return np.array([along_w, along_b]) / h
