# Counts the steps instead of the windows; loses check_pool_out, check_pool2d, check_mean_pool, check_survives
# says: The first window counts too


def pool_out(n, k, stride, ceil=False):
    return -(-(n - k) // stride) if ceil else (n - k) // stride
