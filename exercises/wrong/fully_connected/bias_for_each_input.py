# Adds the bias on the side of the inputs; loses check_parameters, check_fc_share
# says: The bias belongs to the unit


def parameters(sizes):
    return sum(sizes[i] * (sizes[i + 1] + 1) for i in range(len(sizes) - 1))
