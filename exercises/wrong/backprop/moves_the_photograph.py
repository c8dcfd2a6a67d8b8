# Counts a gradient of the photograph; loses check_training_cost
# says: Nobody needs the gradient of the photograph


def training_cost(forward):
    return 3 * sum(forward)
