# Forgets the minus of a quotient; loses check_local_slopes
# says: the sign along b is minus


def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, a / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)
