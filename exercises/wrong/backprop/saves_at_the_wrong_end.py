# Saves the gradient of the last layer's input; loses check_training_cost
# says: not the last


def training_cost(forward):
    return 3 * sum(forward) - forward[-1]
