"""The numbers in the lesson on dropout."""

from claims.facts import ALEXNET, DATA, PARAMETERS, RESULTS, SGD

from alexnet_lib.networks import plan

RATE = RESULTS["constants"]["paper"]["dropout"]["rate"]
FACTOR = RESULTS["constants"]["paper"]["dropout"]["test_factor"]
DROPPED = [row.outputs for row in ALEXNET.values() if row.kind == "dropout"]
BEFORE = [row.outputs for row in plan("torchvision") if row.kind == "dropout"]
UNITS = [4, 1, 3, 2]  # of the lesson's first example
P = 0.2  # of the examples that tell p from 1 - p

assert RESULTS["claims"]["dropout"]["times"] == 2  # "roughly doubles"
assert set(DROPPED) == {4096}  # "units each"
assert 0.4 < 0.9**8 < 0.5  # all eight are off "nearly every second time"

CLAIMS = [
    (r"network of # million parameters", round(PARAMETERS / 1e6)),
    (r"the same # million photographs", DATA["training_images"] / 1e6),
    (r"and why # hides", RATE),
    (r"adds them up: #\.", sum(UNITS)),
    (r"4 \+ 0 \+ 0 \+ 2 = #", UNITS[0] + UNITS[3]),
    (r"multiplies each number by #:", FACTOR),
    (r"\+ 1 = #\$", FACTOR * sum(UNITS)),
    (r"settles at #, which is", (1 - P) * sum(UNITS)),
    (r"AlexNet has \$p = #\$", RATE),
    (r"that \$p = #\$ hides", RATE),
    (r"0, and \$1/0.8 = #\$", 1 / (1 - P)),
    (r"2\^\{#\}\$ possible networks", sum(DROPPED)),
    (r"is dropped: # units each", DROPPED[0]),
    (r"some of the # numbers that come from the convolutions", BEFORE[0]),
    (r"showed about # million images", SGD["epochs"] * DATA["training_images"] / 1e6),
    (r"trained with p = # in the paper's form", P),
    (r"1/0.8 = # times", 1 / (1 - P)),
    (r"all # masks, and three scores", 2**10),
]
