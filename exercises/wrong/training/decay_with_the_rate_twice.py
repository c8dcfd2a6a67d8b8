# Multiplies PyTorch's decay by the rate twice; loses check_torch_step
# says: The decay is not multiplied by the rate here


def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v + g + decay * rate * w
    return w - rate * v, v
