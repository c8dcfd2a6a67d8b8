# Counts the weights alone on the way back; loses check_training_cost
# says: weights and inputs


def training_cost(forward):
    return 2 * sum(forward)
