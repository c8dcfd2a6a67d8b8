# Rounds up; loses check_photographs
# unseen: the visible numbers are whole, or nearer to the next


def photographs(points, n):
    return int(np.ceil(round(points * n / 100, 6)))
