# Puts the channels first in any case; loses check_place
# says: each pixel has all its channels


def place(c, r, q, shape, channels_last=False):
    channels, rows, columns = shape
    return (c * rows + r) * columns + q
