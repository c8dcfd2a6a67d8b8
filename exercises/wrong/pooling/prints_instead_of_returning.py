# Prints the number and returns nothing; loses check_held_back
# says: is a `return` missing?


def held_back(order, k, fold):
    print(order[fold::k])
