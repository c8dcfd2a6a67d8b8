"""The numbers in the lesson on dropout."""

from claims.facts import ALEXNET, DATA, PARAMETERS, RESULTS, SGD

from alexnet_lib.networks import plan

RATE = RESULTS["constants"]["paper"]["dropout"]["rate"]
FACTOR = RESULTS["constants"]["paper"]["dropout"]["test_factor"]
DROPPED = [row.outputs for row in ALEXNET.values() if row.kind == "dropout"]
BEFORE = [row.outputs for row in plan("torchvision") if row.kind == "dropout"]
CONVOLUTIONS = sum(row.parameters for row in ALEXNET.values() if row.kind == "conv")
UNITS = [4, 1, 3, 2]  # of the lesson's first example

CLAIMS = [
    (r"AlexNet has # million parameters", round(PARAMETERS / 1e6)),
    (r"learned from # million photographs", DATA["training_images"] / 1e6),
    (r"and why # hides", RATE),
    (r"adds them up: #\.", sum(UNITS)),
    (r"4 \+ 0 \+ 0 \+ 2 = #", UNITS[0] + UNITS[3]),
    (r"multiplies each number by #:", FACTOR),
    (r"\+ 1 = #\$", FACTOR * sum(UNITS)),
    (r"AlexNet has \$p = #\$", RATE),
    (r"that \$p = #\$ hides", RATE),
    (r"Ten units, # masks", 2**10),
    (r"2\^\{#\}\$ possible networks", sum(DROPPED)),
    (r"is dropped: # units each", DROPPED[0]),
    (r"drops the # numbers that come from the convolutions", BEFORE[0]),
    (r"showed about # million images", SGD["epochs"] * DATA["training_images"] / 1e6),
    (r"less than # % of the parameters", -(-100 * CONVOLUTIONS // PARAMETERS)),
    (r"1/0.8 = # times", 1 / (1 - 0.2)),
]
