# Asks the first network alone; loses check_averaged_error
# says: first network alone


def averaged_error(probabilities, right, k):
    return top_error(probabilities[0], right, k)
