# Multiplies the scores by the temperature; loses check_with_temperature
# says: Divide the scores by the temperature


def with_temperature(scores, temperature):
    return softmax(scores * temperature)
