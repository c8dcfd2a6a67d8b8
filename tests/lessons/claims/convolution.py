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
SHARE = sum(CONVOLUTION_COSTS) / sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)

RECEPTIVE = {}  # how many pixels a side a number of each layer depends on
sees, step = 1, 1
for name in ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5"):
    settings = ALEXNET[name].settings
    sees += (settings["kernel"] - 1) * step
    step *= settings["stride"]
    RECEPTIVE[name] = sees

CLAIMS = [
    (
        r"Of the # layers that AlexNet learned, # are convolutions",
        (len(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS), len(CONVOLUTION_COSTS)),
    ),
    (r"every number of a # × # colour", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"photograph \(# numbers, three", IMAGE),
    (r"each of the # numbers that AlexNet's first layer puts out", CONV1_OUTPUTS),
    (r"training has # billion numbers to adjust", round(IMAGE * CONV1_OUTPUTS / 1e9, 1)),
    (r"AlexNet's first layer has #\. It looks", ALEXNET["conv1"].parameters),
    (r"has # kernels of # × # for three channels", (96, CONV1["kernel"], CONV1["kernel"])),
    (r"moves them by # pixels\.", CONV1["stride"]),
    (
        r"gives it # × # pixels and gets # × # numbers",
        (CROP_SIDE, CROP_SIDE, SIDE["conv1"], SIDE["conv1"]),
    ),
    (r"\(# − #\)/#", (CROP_SIDE, CONV1["kernel"], CONV1["stride"])),
    (r"/4 = #, and", (CROP_SIDE - CONV1["kernel"]) / CONV1["stride"]),
    (r"our formula makes that #\.", sizes.output_size(CROP_SIDE, 11, 4)),
    (r"# steps and the first window\. PyTorch", sizes.output_size(CROP_SIDE, 11, 4, ceil=True) - 1),
    (r"rounds down, and then # pixels are needed", IMAGE_SIDE),
    (r"each of the # numbers in the output", CONV1_OUTPUTS),
    (r"weight of its kernel, # of them", 3 * CONV1["kernel"] ** 2),
    (r"That makes # million for one photograph", round(CONVOLUTION_COSTS[0] / 1e6)),
    (r"photograph, from # parameters", ALEXNET["conv1"].parameters),
    (r"The # convolutions do # % of all", (len(CONVOLUTION_COSTS), round(100 * SHARE))),
    (r"= # against", 2 * sizes.conv_parameters(64, 64, 3)),
    (r"against \(5 · 5 · 64 \+ 1\) · 64 = #", sizes.conv_parameters(64, 64, 5)),
    (r"third layer gets # × # numbers", (SIDE["pool2"], SIDE["pool2"])),
    (r"And # numbers in each kernel, # in all", (76, sizes.conv_parameters(3, 12, 5))),
    (r"over conv1's # million multiply-adds would take", round(CONVOLUTION_COSTS[0] / 1e6)),
    (r"would take # seconds for one photograph", round(CONVOLUTION_COSTS[0] / 1e6)),
    (r"kernels and windows \(# steps", CONV1_OUTPUTS),
    (r"each of which NumPy does # multiply-adds", 3 * CONV1["kernel"] ** 2),
    (r"reads \*\*#\*\* × # pixels", (CROP_SIDE, CROP_SIDE)),
    (r"it is Figure # of the paper", 3),
    (r"its Figure # draws a first layer of # × #", (2, SIDE["conv1"], SIDE["conv1"])),
    (r"changed the input to #;", IMAGE_SIDE),
    (r"The # of the paper is right", CROP_SIDE),
    (r"of the first layer sees # × # pixels", (RECEPTIVE["conv1"], RECEPTIVE["conv1"])),
    (
        r"has kernels of # × # behind a stride of #",
        (ALEXNET["conv2"].settings["kernel"],) * 2 + (CONV1["stride"],),
    ),
    (
        r"it would see # \+ # · # = #\.",
        (RECEPTIVE["conv1"], CONV1["stride"], 4, RECEPTIVE["conv1"] + 4 * CONV1["stride"]),
    ),
    (r"makes that #, and", RECEPTIVE["conv2"]),
    (r"end of the fifth layer sees # × #:", (RECEPTIVE["conv5"], RECEPTIVE["conv5"])),
]
