# Divides by the convolutions' parameters; loses check_fc_share
# says: Divide by all parameters


def fc_share(conv, sizes):
    return 100 * parameters(sizes) / max(conv, 1)
