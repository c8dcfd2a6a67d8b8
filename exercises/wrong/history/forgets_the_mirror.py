# Forgets the mirror images; loses check_crops
# says: mirror image


def crops(image, window):
    return (image - window + 1) ** 2
