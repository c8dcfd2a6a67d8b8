# Gives the time in seconds; loses check_training_days
# says: Those are seconds


def training_days(n, epochs, images_per_second):
    return n * epochs / images_per_second
