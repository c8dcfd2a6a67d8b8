# Forgets the first place, as the paper does; loses check_crops
# says: The first place counts too


def crops(image, window):
    return (image - window) ** 2 * 2
