"""The numbers in the lesson on fully connected layers."""

from math import log

from claims.facts import (
    ALEXNET,
    CONVOLUTION_COSTS,
    FULLY_CONNECTED_COSTS,
    IMAGE,
    IMAGE_SIDE,
    MACHINE,
    PARAMETERS,
    SIDE,
)

from alexnet_lib.networks import plan, sizes

DENSE = [row for row in ALEXNET.values() if row.kind == "fc"]
LEARNED = [row for row in ALEXNET.values() if row.parameters]
CONVOLUTIONS = len(LEARNED) - len(DENSE)
IN_DENSE = sum(row.parameters for row in DENSE)
SHARE = 100 * IN_DENSE / PARAMETERS
WORK = 100 * sum(FULLY_CONNECTED_COSTS) / sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)
FC6 = ALEXNET["fc6"]
MAPS, MAP = ALEXNET["pool5"].shape[0], SIDE["pool5"]
N_IN = ALEXNET["pool5"].outputs
SIZES = [N_IN, *(row.outputs for row in DENSE)]
STEP = ALEXNET["conv1"].settings["stride"]
POOLS = [row for row in ALEXNET.values() if row.kind == "maxpool"]
CLOTHES = 28 * 28
KERNELS = sizes.conv_parameters(1, 16, 5)

assert [row.name for row in DENSE] == ["fc6", "fc7", "fc8"]
assert all(row.settings["stride"] == 2 for row in POOLS)  # "each of the three poolings doubles"
assert STEP * 2 ** len(POOLS) == 32 == (259 - 227)
wider = {row.name: row for row in plan("caffe", image_size=259)}
assert wider["pool5"].shape == (MAPS, MAP + 1, MAP + 1)
assert 7e6 < (CLOTHES + 1) * 16 * 24 * 24 < 7.5e6  # "seven million parameters"

CLAIMS = [
    (r"AlexNet has # layers that learn", len(LEARNED)),
    (r"layers that learn, and # million numbers", round(PARAMETERS / 1e6)),
    (r"The last # layers hold # million of these", (len(DENSE), round(IN_DENSE / 1e6, 1))),
    (r"of these, and do # % of the work", round(WORK)),
    (r"AlexNet's last # layers are # - # - # - #\.", (len(DENSE), *SIZES)),
    (r"Which of the # is the largest", len(DENSE)),
    (r"at # bytes each\?", 4),
    (r"kernels of 5 × 5 have # parameters", KERNELS),
    (r"million parameters against #\.", KERNELS),
    (r"learn from # pictures, five times", 4000),
    (r"layers have # % of the parameters, and # % of the work", (round(SHARE, 1), round(WORK, 1))),
    (r"fc6 alone has # % of everything", round(100 * FC6.parameters / PARAMETERS)),
    (r"It takes # · # · # = # numbers in", (MAPS, MAP, MAP, N_IN)),
    (r"\*\*learn\*\*: # convolutions", CONVOLUTIONS),
    (r"convolutions and # fully connected ones\.", len(DENSE)),
    (r"The photograph's # numbers would", IMAGE),
    (r"a first layer of # GiB", round(4 * (IMAGE + 1) * FC6.outputs / 2**30, 2)),
    (r"Each of the # graphics cards", MACHINE["gpus"]),
    (r"cards of 2012 had # GB", MACHINE["gpu_memory_gb"]),
    (r"the photograph down to # numbers", N_IN),
    (r"As a convolution it has # kernels of # × # over #", (FC6.outputs, MAP, MAP, MAPS)),
    (r"lie # pixels apart", STEP * 2 ** len(POOLS)),
    (r"conv1 steps by #, and each of the # poolings", (STEP, len(POOLS))),
    (r"about # should hold the mean", 95),  # of a hundred intervals, by how they are made
    (r"\(# \+ 1\) · 500", 100 * 100),
    (r"· 10 = # parameters", (100 * 100 + 1) * 500 + (500 + 1) * 10),
    (r"Suppose that each of the # maps", MAPS),
    (r"\(# \+ 1\) · # = # instead", (MAPS, FC6.outputs, (MAPS + 1) * FC6.outputs)),
    (r"instead of #\. The price", FC6.parameters),
    (r"at the score ln 9, about #,", round(log(9), 1)),
]
assert IMAGE == 3 * IMAGE_SIDE**2
