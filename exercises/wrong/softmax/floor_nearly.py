# Takes the sum of the powers for n; loses check_lowest_loss
# says: Near, but the label's power is e


def lowest_loss(n):
    return np.log(n) - 1 if n > 2 else np.log(np.e + 1) - 1
