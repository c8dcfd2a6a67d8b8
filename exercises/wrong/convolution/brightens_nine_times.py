# Adds up nine pixels and does not divide; loses check_blur_kernel
# says: the sum must be 1


def blur_kernel():
    return np.ones((3, 3))
