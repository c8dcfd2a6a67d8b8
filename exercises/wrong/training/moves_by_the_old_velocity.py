# Changes the weight by the velocity of the step before; loses check_torch_step, check_step_after_drop
# says: by the new v, not by the old one


def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    return w - rate * v, momentum * v + g + decay * w
