# Takes only fully connected layers for layers; loses check_count_layers
# says: A convolution has weights


def count_layers(parts):
    return parts.count("fc")
