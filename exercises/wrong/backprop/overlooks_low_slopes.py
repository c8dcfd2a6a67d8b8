# Looks only for slopes that are too high; loses check_where_it_shows
# says: take its size


def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if (mine - theirs).max() > np.abs(theirs).max() / 1000:
            off = number
    return off
