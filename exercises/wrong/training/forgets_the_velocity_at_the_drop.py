# Sets the velocity to 0 when the rate is divided; loses check_step_after_drop
# says: Keep v over the division


def step_after_drop(g, steps, rate):
    return tuple(f(0.0, 0.0, g, rate / 10, decay=0)[0] for f in (paper_step, torch_step))
