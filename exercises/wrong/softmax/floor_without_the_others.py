# Counts the label among the others, too; loses check_lowest_loss
# says: n classes are the label and n − 1 others


def lowest_loss(n):
    return -np.log(np.e / (np.e + n))
