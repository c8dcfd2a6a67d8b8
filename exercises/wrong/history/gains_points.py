# Gives the points; loses check_relative_gain
# says: Which part of the 20


def relative_gain(before, after):
    return before - after
