# Reshapes where it should move axes; loses check_prepare
# says: `transpose` moves axes


def prepare(images, train):
    n, h, w, c = images.shape
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    return ((images - mean) / std).reshape(n, c, h, w)
