# Turns the sign of the gain; loses check_gain_and_error
# says: old less new


def gain_and_error(old, new):
    d = new - old
    return 100 * np.mean(d), 100 * np.sqrt(np.var(d) / len(d))
