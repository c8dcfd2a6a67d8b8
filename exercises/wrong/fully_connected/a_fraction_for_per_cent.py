# Gives a fraction; loses check_fc_share
# says: in per cent it is 100 times as much


def fc_share(conv, sizes):
    return parameters(sizes) / (conv + parameters(sizes))
