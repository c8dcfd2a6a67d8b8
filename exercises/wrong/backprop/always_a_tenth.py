# Steps by 0.1 whatever h is; loses check_slopes_by_steps
# unseen: there another step gives the same


def slopes_by_steps(w, b, x1, x2, t, h):
    h = 0.1
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w - h, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b - h, x1, x2, t)
    return np.array([along_w, along_b]) / (2 * h)
