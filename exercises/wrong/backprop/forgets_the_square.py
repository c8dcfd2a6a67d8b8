# Gives the difference, not its square; loses check_two_places, check_slopes_by_steps
# says: The loss is the square of the difference


def two_places(w, b, x1, x2, t):
    return float(abs(max(w * x1 + b, 0) + max(w * x2 + b, 0) - t))
