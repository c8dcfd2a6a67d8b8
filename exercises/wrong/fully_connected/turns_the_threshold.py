# Turns the sign of the threshold; loses check_threshold
# says: The sign is turned


def threshold(p):
    return np.log((1 - p) / p)
