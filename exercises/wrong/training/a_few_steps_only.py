# Makes at most two steps before the rate is divided; loses check_step_after_drop
# unseen: the visible checks pass


def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for _ in range(min(steps, 2)):
            w, v = one_step(w, v, g, rate, decay=0)
        changes.append(one_step(w, v, g, rate / 10, decay=0)[0] - w)
    return tuple(changes)
