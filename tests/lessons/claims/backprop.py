"""The numbers in the lesson on backpropagation."""

from claims.facts import (
    ALEXNET,
    CONVOLUTION_COSTS,
    FULLY_CONNECTED_COSTS,
    MACHINE,
    PARAMETERS,
    RESULTS,
    SGD,
    STEPS,
)

COSTS = CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS
FORWARD = 2 * sum(COSTS)  # operations for an image: a multiply-add is two
BOTH = 2 * (3 * sum(COSTS) - COSTS[0])  # no gradient of the image
CARD = RESULTS["constants"]["others"]["machine"]  # the GTX 580
PEAK = 1e9 * CARD["processors"] * CARD["clock_ghz"] * CARD["operations_per_beat"]
DAYS = SGD["batch"] * (PARAMETERS + 1) * FORWARD / (MACHINE["gpus"] * PEAK) / 86_400
POOL1 = ALEXNET["pool1"].settings

assert int(DAYS) == 41 and (BOTH - FORWARD) / FORWARD < 2  # "at least", "less than twice"
assert 0.25**10 < 1e-6  # "less than a millionth"
KEPT = sum(
    row.outputs
    for row in ALEXNET.values()
    if row.kind in ("pad", "relu", "lrn", "maxpool", "dropout")
)
assert 2.9 < SGD["batch"] * KEPT / PARAMETERS < 3.1  # "three times the memory of the weights"

CLAIMS = [
    (r"AlexNet learns # numbers", PARAMETERS),
    (r"the paper's batches of # photographs", SGD["batch"]),
    (r"its # graphics cards would have needed", MACHINE["gpus"]),
    (r"needed at least # days for a single step", int(DAYS)),
    (r"AlexNet's windows of # × # move by #", (POOL1["kernel"], POOL1["kernel"], POOL1["stride"])),
    (r"a batch of # photographs, these", SGD["batch"]),
    (r"on the paper's # graphics cards, at", MACHINE["gpus"]),
    (r"cards, at # million million operations", round(PEAK / 1e12, 3)),
    (r"which need # passes", PARAMETERS + 1),
    (r"The training took # steps", STEPS),
    (r"the losses of # images", SGD["batch"]),
    (r"that conv1 saved: # million multiply-adds", round(COSTS[0] / 1e6)),
    (r"which are # billion operations", round(2 * COSTS[0] / 1e9, 3)),
    (r"back then take # billion instead", round(3 * FORWARD / 1e9, 3)),
    (r"instead of # billion", round(BOTH / 1e9, 3)),
    (r"the GTX 580's # units at # GHz", (CARD["processors"], CARD["clock_ghz"])),
]
