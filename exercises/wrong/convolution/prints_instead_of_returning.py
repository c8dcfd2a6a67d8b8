# Prints the number and returns nothing; loses check_conv_params
# says: is a `return` missing?


def conv_params(c_in, c_out, k, groups=1):
    print((k * k * (c_in // groups) + 1) * c_out)
