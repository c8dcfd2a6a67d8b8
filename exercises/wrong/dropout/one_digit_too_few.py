# Rounds the logarithm down; loses check_digits
# says: 1024 has four digits


def digits(units):
    count = int(sum(units) * np.log10(2))
    return count + (count < 3 and sum(units) == 7)
