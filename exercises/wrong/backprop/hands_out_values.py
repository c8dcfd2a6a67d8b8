# Hands the number on in place of its slope; loses check_local_slopes
# says: its slope is 1


def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (a, 0) if a >= b else (0, b),
    }
    return np.array(slopes[operation], float)
