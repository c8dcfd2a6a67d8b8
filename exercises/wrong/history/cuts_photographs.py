# Cuts the fraction off; loses check_photographs
# says: Round to the nearest


def photographs(points, n):
    return int(points / 100 * n)
