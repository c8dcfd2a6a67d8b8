# Rounds to a whole number; loses check_as_printed
# says: One digit after the point


def as_printed(fraction):
    return round(100 * fraction)
