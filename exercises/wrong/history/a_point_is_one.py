# Takes a point for all photographs; loses check_photographs
# says: one in a hundred


def photographs(points, n):
    return round(points * n)
