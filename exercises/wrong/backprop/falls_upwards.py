# Gives both parts of a difference the slope 1; loses check_local_slopes
# says: A difference falls while b grows


def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, 1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)
