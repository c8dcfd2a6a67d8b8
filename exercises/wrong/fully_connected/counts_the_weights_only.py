# Forgets the biases; loses check_parameters, check_fc_share
# says: each unit has a bias too


def parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))
