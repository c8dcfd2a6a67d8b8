"""The numbers in the lesson on training."""

from math import log

from claims.facts import DATA, MACHINE, RESULTS, SGD

FIRST_MOVE = -SGD["weight_decay"] * 0.1 * 2 - 0.1  # of a weight of 2, with rate 0.1 and slope 1
SECOND_MOVE = SGD["momentum"] * FIRST_MOVE - SGD["weight_decay"] * 0.1 * (2 + FIRST_MOVE) - 0.1
START = RESULTS["constants"]["paper"]["start"]

CLAIMS = [
    (r"# graphics cards worked", MACHINE["gpus"]),
    (r"worked for # to \w+ days", MACHINE["days"][0]),
    (r"worked for \w+ to # days", MACHINE["days"][1]),
    (r"out of # kinds", DATA["classes"]),
    (r"look at # photographs", SGD["batch"]),
    (r"At 0 it is −#:", -2 * (0 - 3)),
    (r"third step ends at #\.", round(3 * (1 - 0.8**3), 2)),
    (r"\\ln 10 = #\$", round(log(10), 2)),
    (r"fallen well below #\.", round(log(10), 2)),
    (r"standard deviation of #\. AlexNet's paper", START["std"]),
    (r"a bias of #, so", 1 if START["bias_one"] else 0),
    (r"v \\leftarrow # ?\\,v -", SGD["momentum"]),
    (r"- #\\,\\varepsilon\\,w", SGD["weight_decay"]),
    (r"So \$v = -#\$", round(-FIRST_MOVE, 4)),
    (r"and \$w = #\$\. The second", round(2 + FIRST_MOVE, 4)),
    (r"- 0.1 = -#\$", round(-SECOND_MOVE, 4)),
    (r"so \$w = #\$", round(2 + FIRST_MOVE + SECOND_MOVE, 4)),
    (r"stood still, # times", SGD["drops"]),
    (r"the first of its # days", MACHINE["days"][1]),
    (r"ImageNet's # million", DATA["training_images"] / 1e6),
    (r"for # epochs", SGD["epochs"]),
    (r"loss stays at # from", round(log(10), 2)),
    (r"since ln 10 = #", round(log(10), 2)),
]
