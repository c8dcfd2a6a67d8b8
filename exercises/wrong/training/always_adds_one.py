# Adds a batch where nothing is left over; loses check_total_steps
# says: so no batch is added


def total_steps(n, batch, epochs, drop_last=True):
    return epochs * (n // batch + (not drop_last))
