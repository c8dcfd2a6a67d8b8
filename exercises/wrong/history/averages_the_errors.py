# Averages the errors of the networks; loses check_averaged_error
# says: average the probabilities first


def averaged_error(probabilities, right, k):
    return float(np.mean([top_error(one, right, k) for one in probabilities]))
