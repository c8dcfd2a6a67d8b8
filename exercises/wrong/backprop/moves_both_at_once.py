# Moves weight and bias together; loses check_slopes_by_steps
# says: Move one number while the other stays


def slopes_by_steps(w, b, x1, x2, t, h):
    along_w = two_places(w + h, b + h, x1, x2, t) - two_places(w - h, b - h, x1, x2, t)
    along_b = along_w
    return np.array([along_w, along_b]) / (2 * h)
