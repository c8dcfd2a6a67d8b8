# Gives the way since the start, not the last step; loses check_step_after_drop
# says: Only the last step is asked for


def step_after_drop(g, steps, rate):
    ways = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for i in range(steps + 1):
            w, v = one_step(w, v, g, rate if i < steps else rate / 10, decay=0)
        ways.append(w)
    return tuple(ways)
