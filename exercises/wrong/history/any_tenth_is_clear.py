# Calls a difference clear by its size alone; loses check_is_clear
# unseen: all visible checks have 100 photographs


def is_clear(p, q, n):
    return abs(p - q) > 0.12
