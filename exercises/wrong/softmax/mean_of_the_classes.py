# Takes the mean of 1/p; loses check_classes_guessed
# says: That is the mean of 2 and 8


def classes_guessed(p):
    return (1 / p).mean()
