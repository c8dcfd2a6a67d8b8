# Makes all steps at a tenth of the rate; loses check_step_after_drop
# says: were made at the full rate


def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for _ in range(steps + 1):
            before = w
            w, v = one_step(w, v, g, rate / 10, decay=0)
        changes.append(w - before)
    return tuple(changes)
