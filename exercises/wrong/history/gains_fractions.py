# Rounds fractions to one digit; loses check_gain
# says: In points


def gain(old, new):
    logs = results()["logs"]
    return tuple(round(logs[old][t] - logs[new][t], 1) for t in ("top1", "top5"))
