# Divides 1 by the mean probability; loses check_classes_guessed
# says: That is 1 over the mean probability


def classes_guessed(p):
    return 1 / p.mean()
