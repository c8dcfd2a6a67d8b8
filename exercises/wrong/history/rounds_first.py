# Rounds the fraction, then multiplies; loses check_as_printed
# says: Multiply by 100 first


def as_printed(fraction):
    return round(fraction, 1) * 100
