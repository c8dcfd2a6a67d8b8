# Takes ten epochs, whatever is given; loses check_share_of_peak
# unseen: both visible checks have ten


def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs * 10 / (days * 86_400 * cards * peak)
