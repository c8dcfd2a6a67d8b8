# Ignores `ceil`; loses check_pool_out
# says: With `ceil=True` the window that hangs


def pool_out(n, k, stride, ceil=False):
    return (n - k) // stride + 1
