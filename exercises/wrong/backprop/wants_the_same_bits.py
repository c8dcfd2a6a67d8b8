# Calls every difference a fault; loses check_where_it_shows
# says: by a ten thousandth


def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if not np.array_equal(mine, theirs):
            off = number
    return off
