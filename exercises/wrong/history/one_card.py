# Forgets that there are several cards; loses check_share_of_peak
# says: All cards together


def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs * epochs / (days * 86_400 * peak)
