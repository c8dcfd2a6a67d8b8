# Forgets that a mean is surer than a single gain; loses check_interval
# says: divide by the root of m


def interval(gains, t):
    return np.mean(gains), t * np.std(gains, ddof=1)
