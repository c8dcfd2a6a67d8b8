# Has no ReLU on the way forward; loses check_two_places, check_slopes_by_steps
# says: ReLU turns the −3


def two_places(w, b, x1, x2, t):
    return (w * x1 + b + w * x2 + b - t) ** 2
