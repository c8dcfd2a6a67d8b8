# Adds the bias once; loses check_two_places, check_slopes_by_steps
# says: The bias is added at both places


def two_places(w, b, x1, x2, t):
    return float((max(w * x1 + b, 0) + max(w * x2, 0) - t) ** 2)
