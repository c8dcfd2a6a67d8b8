# Steps with the gradient, so that the loss rises; loses check_paper_step, check_step_after_drop
# says: The step goes against the gradient


def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * rate * w + rate * g
    return w + v, v
