"""The numbers in the lesson on convolution."""

from claims.facts import (
    ALEXNET,
    CONV1_OUTPUTS,
    CONVOLUTION_COSTS,
    CROP_SIDE,
    FULLY_CONNECTED_COSTS,
    IMAGE,
    IMAGE_SIDE,
    SIDE,
)

from alexnet_lib.networks import sizes

CONV1 = ALEXNET["conv1"].settings

CLAIMS = [
    (r"does its work with # parameters", ALEXNET["conv1"].parameters),
    (r"you need # × ", IMAGE),
    (r"you need [\d,]+ × # weights", CONV1_OUTPUTS),
    (
        r"do # % of its arithmetic",
        round(100 * sum(CONVOLUTION_COSTS) / sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)),
    ),
    (r"weights: # billion", round(IMAGE * CONV1_OUTPUTS / 1e9, 1)),
    (r"That is # million multiply-adds", round(CONVOLUTION_COSTS[0] / 1e6)),
    (r"= # against", 2 * sizes.conv_parameters(64, 64, 3)),
    (r"against \(5 · 5 · 64 \+ 1\) · 64 = #", sizes.conv_parameters(64, 64, 5)),
    (r"every number of a # × # colour", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"input has # or # pixels", (CROP_SIDE, IMAGE_SIDE)),
    (r"takes a photograph of # × # pixels", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"kernel size # and stride #\.", (CONV1["kernel"], CONV1["stride"])),
    (r"input has \*\*#\*\* × # pixels", (CROP_SIDE, CROP_SIDE)),
    (r"its Figure # draws", 2),
    (r"first layer of # × #\.", (SIDE["conv1"], SIDE["conv1"])),
    (r"The # of the paper is right", CROP_SIDE),
    (r"third layer gets # × # numbers", (SIDE["pool2"], SIDE["pool2"])),
]
