# Multiplies the numbers of units; loses check_digits
# says: add up the units


def digits(units):
    return len(str(2 ** int(np.prod(units))))
