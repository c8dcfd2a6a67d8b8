# Divides the probabilities by the temperature; loses check_with_temperature
# says: divide the scores, not the probabilities


def with_temperature(scores, temperature):
    return softmax(scores) / temperature
