# Adds the padding to the number of windows; loses check_conv_out, check_multiply_adds
# says: add them to n, then divide


def conv_out(n, k, stride=1, padding=0):
    return (n - k) // stride + 1 + 2 * padding
