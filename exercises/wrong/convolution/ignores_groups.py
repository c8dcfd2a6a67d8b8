# Lets every kernel read all channels; loses check_conv_params, check_multiply_adds
# says: reads only half of the


def conv_params(c_in, c_out, k, groups=1):
    return (k * k * c_in + 1) * c_out


def multiply_adds(n, c_in, c_out, k, stride=1, padding=0, groups=1):
    out = (n + 2 * padding - k) // stride + 1
    return out * out * c_out * k * k * c_in
