# Leaves the axes as they are; loses check_prepare
# says: axis 1 has 1, not 3


def prepare(images, train):
    return (images - train.mean(axis=(0, 1, 2))) / train.std(axis=(0, 1, 2))
