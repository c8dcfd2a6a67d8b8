# Lets the questions compete with one another; loses check_sigmoid
# says: The three scores are three questions


def sigmoid(s):
    return softmax(s)
