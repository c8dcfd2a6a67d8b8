# Subtracts in uint8, where 0 - 20 is 236; loses check_prepare
# says: wrapped around to 236


def prepare(images, train):
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    return ((images - mean.astype(np.uint8)) / std).transpose(0, 3, 1, 2)
