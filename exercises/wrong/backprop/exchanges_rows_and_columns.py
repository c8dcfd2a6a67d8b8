# Puts the inputs into rows; loses check_weight_gradient
# says: A row for each output


def weight_gradient(dy, x):
    return x.T @ dy
