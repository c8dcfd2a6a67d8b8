# Forgets the epochs; loses check_share_of_peak
# says: Every epoch


def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs / (days * 86_400 * cards * peak)
