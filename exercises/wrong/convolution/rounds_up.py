# Counts a window that hangs over the edge; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds, check_alexnet_conv1
# says: hangs over the edge


def conv_out(n, k, stride=1, padding=0):
    return -(-(n + 2 * padding - k) // stride) + 1
