# Adds a window even where nothing is left over; loses check_pool_out
# says: Nothing is left over here


def pool_out(n, k, stride, ceil=False):
    return (n - k) // stride + 1 + (1 if ceil else 0)
