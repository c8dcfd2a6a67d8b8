# Gives each layer a single bias; loses check_parameters, check_fc_share
# says: a bias of its own


def parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] + 1 for i in range(len(sizes) - 1))
