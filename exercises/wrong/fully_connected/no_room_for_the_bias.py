# Leaves no room for the biases; loses check_largest_side
# says: each unit has a bias


def largest_side(units, channels, gib):
    inputs = int(gib * 2**30 // (4 * units))
    return int((inputs // channels) ** 0.5)
