"""The numbers in the lesson on dropout."""

from math import log, sqrt

from claims.facts import ALEXNET, DATA, PARAMETERS, RESULTS, SGD

from alexnet_lib.data import measurements
from alexnet_lib.networks import plan

RATE = RESULTS["constants"]["paper"]["dropout"]["rate"]
FACTOR = RESULTS["constants"]["paper"]["dropout"]["test_factor"]
PLACES = ["flatten", "fc6", "relu6", "fc7", "relu7", "fc8"]  # in both networks
ORDER = {variant: [row.name for row in plan(variant)] for variant in ("2012", "torchvision")}
DROPPED = [row.outputs for row in ALEXNET.values() if row.kind == "dropout"]
MAPS, SIDE, _ = ALEXNET["pool5"].shape
UNITS = [4, 1, 3, 2]  # of the lesson's first example
P = 0.2  # of the examples that tell p from 1 - p
KEEP = 1 - P
WIDGET, WIDGET_P = [4, 1, 3, 2, 5, 2, 1, 2], 0.9
SPREAD = sqrt(sum(x * x for x in WIDGET) * WIDGET_P / (1 - WIDGET_P))  # of a draw, inverted
FRESH = measurements("dropout")["figures"]["fresh"]  # thirty pairs

assert len(FRESH["seeds"]) == 30
assert RESULTS["claims"]["dropout"]["times"] == 2  # "roughly doubles"
assert set(DROPPED) == {4096}  # "numbers"
assert 0.4 < 0.9**8 < 0.5  # all eight are off "nearly every second time"
for order in ORDER.values():
    assert [name for name in order if name in PLACES] == PLACES
# The table: a layer of dropout stands before fc6, after fc6 or after fc7.
for variant, places in {
    "2012": {"drop6": ("relu6", "fc7"), "drop7": ("relu7", "fc8")},
    "torchvision": {"drop6": ("flatten", "fc6"), "drop7": ("relu6", "fc7")},
}.items():
    order = ORDER[variant]
    for name, around in places.items():
        at = order.index(name)
        assert (order[at - 1], order[at + 1]) == around
assert sum(name.startswith("drop") for order in ORDER.values() for name in order) == 4

CLAIMS = [
    (r"network of # million parameters", round(PARAMETERS / 1e6)),
    (r"the same # million photographs", DATA["training_images"] / 1e6),
    (r"and why # hides", RATE),
    (r"ln 0\.1 = #\$", round(-log(0.1), 1)),
    (r"ln 0\.01 = #\$", round(-log(0.01), 1)),
    (r"adds them up: #\.", sum(UNITS)),
    (r"4 \+ 0 \+ 0 \+ 2 = #", UNITS[0] + UNITS[3]),
    (r"multiplies each number by #:", FACTOR),
    (r"\+ 0\.5 \+ 1\.5 \+ 1 = #\$", FACTOR * sum(UNITS)),
    (r"0\.8 · 0\.8 = # \| 5 \| # \|", (round(KEEP * KEEP, 2), round(KEEP * KEEP * 5, 2))),
    (r"0\.8 · 0\.2 = # \| 4 \| # \|", (round(KEEP * P, 2), round(KEEP * P * 4, 2))),
    (r"0\.2 · 0\.8 = # \| 1 \| # \|", (round(P * KEEP, 2), round(P * KEEP * 1, 2))),
    (r"0\.2 · 0\.2 = # \| 0 \| # \|", (round(P * P, 2), 0)),
    (r"\| together \| # \| \| # \|", (1, round(KEEP * (4 + 1), 2))),
    (r"the factor is #, the keep probability", KEEP),
    (r"AlexNet has \$p = #\$", RATE),
    (r"that \$p = #\$ hides", RATE),
    (r"pooling\.ipynb\) of #, more", round(SPREAD)),
    (r"more than their mean of #", sum(WIDGET)),
    (r"over \$n\$ draws, \$#/", round(SPREAD)),
    (r"That is about # for ten draws", round(SPREAD / sqrt(10))),
    (r"and about # for four hundred", round(SPREAD / sqrt(400))),
    (r"dropout gained # points", round(FRESH["gain"], 2)),
    (r"interval of # to #\.", tuple(round(end, 2) for end in FRESH["interval"])),
    (r"0, and \$1/0\.8 = #\$", 1 / KEEP),
    (r"a slope of 2 becomes #", 2 / KEEP),
    (r"1/0\.8 = # times", 1 / KEEP),
    (r"fully connected layers #, as the paper does", RATE),
    (r"numbers \| # \| # \| #", (ALEXNET["flatten"].outputs, *DROPPED)),
    (r"end with # maps of # × # numbers", (MAPS, SIDE, SIDE)),
    (r"which makes #\.", MAPS * SIDE * SIDE),
    (r"with # units each", DROPPED[0]),
    (r"works on the # \+ # = # units", (*DROPPED, sum(DROPPED))),
    (r"2\^\{#\}\$ possible networks", sum(DROPPED)),
    (r"showed about # million images", SGD["epochs"] * DATA["training_images"] / 1e6),
    (r"images, # times the", SGD["epochs"]),
    (r"times the # million", DATA["training_images"] / 1e6),
    (r"all # masks, and three scores", 2**10),
]
