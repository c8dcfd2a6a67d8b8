# Gives fractions in place of points; loses check_gain_and_error
# says: In points, please


def gain_and_error(old, new):
    d = old - new
    return np.mean(d), np.sqrt(np.var(d) / len(d))
