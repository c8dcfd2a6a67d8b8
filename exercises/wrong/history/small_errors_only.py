# Is right for errors up to one half; loses check_standard_error
# unseen: no visible error is larger


def standard_error(error, n):
    if error > 0.5:
        error = 0.5
    return float(np.sqrt(error * (1 - error) / n))
