# Leaves the decay of the paper in place; loses check_step_after_drop
# says: pass decay=0


def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for i in range(steps + 1):
            before = w
            w, v = one_step(w, v, g, rate if i < steps else rate / 10)
        changes.append(w - before)
    return tuple(changes)
