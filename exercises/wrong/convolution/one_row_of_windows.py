# Counts the windows along one axis only; loses check_multiply_adds
# says: one below the other


def multiply_adds(n, c_in, c_out, k, stride=1, padding=0, groups=1):
    return conv_out(n, k, stride, padding) * c_out * k * k * (c_in // groups)
