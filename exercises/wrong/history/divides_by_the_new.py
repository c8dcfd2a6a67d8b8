# Divides by what is left; loses check_relative_gain
# says: what was there before


def relative_gain(before, after):
    return 100 * (before - after) / after
