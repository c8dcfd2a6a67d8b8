# Counts parameters as bytes; loses check_largest_side
# says: Each parameter takes 4 bytes


def largest_side(units, channels, gib):
    return int(((gib * 2**30 // units - 1) // channels) ** 0.5)
