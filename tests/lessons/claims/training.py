"""The numbers in the lesson on training."""

from math import log

from claims.facts import DATA, MACHINE, RESULTS, SGD

START = RESULTS["constants"]["paper"]["start"]
GAIN = round(1 / (1 - SGD["momentum"]))  # of a step, where the slope stays

CLAIMS = [
    (r"# graphics cards worked", MACHINE["gpus"]),
    (r"worked for # to \w+ days", MACHINE["days"][0]),
    (r"worked for \w+ to # days", MACHINE["days"][1]),
    (r"out of # kinds", DATA["classes"]),
    (r"look at # photographs", SGD["batch"]),
    (r"\\ln 10 = #\$", round(log(10), 2)),
    (r"fallen well below #\.", round(log(10), 2)),
    (r"standard deviation of #\. AlexNet's paper", START["std"]),
    (r"a bias of #, so", 1 if START["bias_one"] else 0),
    (r"v \\leftarrow # ?\\,v -", SGD["momentum"]),
    (r"- #\\,\\varepsilon\\,w", SGD["weight_decay"]),
    (r"stood still, # times", SGD["drops"]),
    (r"the first of its # days", MACHINE["days"][1]),
    (r"ImageNet's # million", DATA["training_images"] / 1e6),
    (r"for # epochs", SGD["epochs"]),
    (r"loss stays at # from", round(log(10), 2)),
    (r"since ln 10 = #", round(log(10), 2)),
]
