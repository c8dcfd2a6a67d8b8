# Forgets the channels; loses check_largest_side
# says: one for each channel


def largest_side(units, channels, gib):
    return int((gib * 2**30 // (4 * units) - 1) ** 0.5)
