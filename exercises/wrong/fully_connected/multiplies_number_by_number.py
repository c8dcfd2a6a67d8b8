# Multiplies number by number and adds nothing up; loses check_linear, check_network
# says: each unit gives one number


def linear(x, w, b):
    return (x[:, None] * w).prod(axis=2)
