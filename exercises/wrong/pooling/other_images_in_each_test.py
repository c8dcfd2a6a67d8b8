# Adds the squares of two separate tests; loses check_gain_and_error
# says: Take the difference image by image


def gain_and_error(old, new):
    p, q, n = np.mean(old), np.mean(new), len(old)
    return 100 * (p - q), 100 * np.sqrt(p * (1 - p) / n + q * (1 - q) / n)
