# Cuts the fraction off; loses check_photographs
# unseen: the visible products are whole


def photographs(points, n):
    return int(points / 100 * n)
