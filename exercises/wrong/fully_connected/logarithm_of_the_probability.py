# Takes the logarithm of p alone; loses check_threshold
# says: p against 1


def threshold(p):
    return np.log(p)
