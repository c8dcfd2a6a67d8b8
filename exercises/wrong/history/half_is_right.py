# Takes the error for one half; loses check_standard_error
# says: gave 0.025


def standard_error(error, n):
    return 0.5 / float(np.sqrt(n))
