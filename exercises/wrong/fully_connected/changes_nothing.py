# Gives the weights as they were; loses check_reordered
# says: as they were


def reordered(w, order):
    return w
