# Rounds up; loses check_as_printed
# unseen: both visible checks round up


def as_printed(fraction):
    return float(np.ceil(1000 * fraction) / 10)
