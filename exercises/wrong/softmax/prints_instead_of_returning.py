# Shows the answer and returns nothing; loses check_classes_guessed
# says: is a `return` missing?


def classes_guessed(p):
    print(np.exp(-np.log(p).mean()))
