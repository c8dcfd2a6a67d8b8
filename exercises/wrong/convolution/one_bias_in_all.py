# Gives the layer one bias instead of one for each kernel; loses check_conv_params
# says: a bias of its own


def conv_params(c_in, c_out, k, groups=1):
    return k * k * (c_in // groups) * c_out + 1
