# Divides by 4 instead of n where there are more; loses check_gain_and_error
# unseen: the visible checks pass


def gain_and_error(old, new):
    d = old - new
    return 100 * np.mean(d), 100 * np.sqrt(np.var(d) / min(len(d), 4))
