# Rounds to a whole number; loses check_relative_gain
# unseen: the visible answers are whole


def relative_gain(before, after):
    return round(100 * (before - after) / before)
