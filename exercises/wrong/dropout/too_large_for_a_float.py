# Computes with floats; loses check_digits
# says: your code stopped: OverflowError


def digits(units):
    return len(f"{2.0 ** sum(units):.0f}")
