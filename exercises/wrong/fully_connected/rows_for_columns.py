# Takes the rows for the length of a row; loses check_place
# says: as many numbers as there are columns


def place(c, r, q, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        return (r * rows + q) * channels + c
    return (c * columns + r) * rows + q
