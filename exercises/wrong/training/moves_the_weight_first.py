# Changes the weight first, and the velocity by the new weight; loses check_paper_step, check_step_after_drop
# says: First the new v from the old w


def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    w = w + v
    return w, momentum * v - decay * rate * w - rate * g
