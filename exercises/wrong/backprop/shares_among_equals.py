# Gives half to each of two equal numbers; loses check_local_slopes
# says: a counts as the larger one


def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if a > b else (0, 1) if b > a else (0.5, 0.5),
    }
    return np.array(slopes[operation], float)
