# Mirrors up and down as well; loses check_crops
# says: one mirror image


def crops(image, window):
    return (image - window + 1) ** 2 * 4
