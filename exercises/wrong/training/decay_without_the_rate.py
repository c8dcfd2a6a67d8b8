# Does not multiply the decay by the rate; loses check_paper_step
# says: The decay is multiplied by the rate, too


def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * w - rate * g
    return w + v, v
