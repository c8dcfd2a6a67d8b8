# Cuts the digits off; loses check_as_printed
# says: Round, don't cut off


def as_printed(fraction):
    return int(1000 * fraction) / 10
