# Rounds both errors, then subtracts; loses check_gain
# says: Rounded too early


def gain(old, new):
    logs = results()["logs"]
    return tuple(as_printed(logs[old][t]) - as_printed(logs[new][t]) for t in ("top1", "top5"))
