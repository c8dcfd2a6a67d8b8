# Adds the padding at one end only; loses check_conv_out, check_multiply_adds
# says: added at each end


def conv_out(n, k, stride=1, padding=0):
    return (n + padding - k) // stride + 1
