# Forgets ReLU at the first place; loses check_two_places
# unseen: there the first place is positive


def two_places(w, b, x1, x2, t):
    return float((w * x1 + b + max(w * x2 + b, 0) - t) ** 2)


def slopes_by_steps(w, b, x1, x2, t, h):
    def loss(w, b):
        return (max(w * x1 + b, 0) + max(w * x2 + b, 0) - t) ** 2

    along_w = loss(w + h, b) - loss(w - h, b)
    along_b = loss(w, b + h) - loss(w, b - h)
    return np.array([along_w, along_b]) / (2 * h)
