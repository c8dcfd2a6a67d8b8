"""The numbers in the lesson on fully connected layers."""

from math import exp, log

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


def most(costs):
    """Return the name of AlexNet's layer that has the most of something."""
    return max(ALEXNET.values(), key=costs).name


assert [row.name for row in DENSE] == ["fc6", "fc7", "fc8"]
assert most(lambda row: row.parameters) == "fc6" and most(lambda row: row.multiply_adds) == "conv2"
assert all(row.settings["stride"] == 2 for row in POOLS)  # "each of the three poolings doubles"
assert STEP * 2 ** len(POOLS) == 32 == (259 - 227)
wider = {row.name: row for row in plan("caffe", image_size=259)}
assert wider["pool5"].shape == (MAPS, MAP + 1, MAP + 1)
assert IMAGE == 3 * IMAGE_SIDE**2
assert 7e6 < (CLOTHES + 1) * 16 * 24 * 24 < 7.5e6  # "seven million"
assert (2 + 1) * 4 + (4 + 1) - (2 + 1) * 3 - (3 + 1) == 4  # a fourth hidden unit
assert [round(1 / (1 + exp(-s)), 2) for s in (2, -2)] == [0.88, 0.12]
assert 1 - 2 * (2 + 2.5 - 4) == 0  # the score at (2, 2.5)
MODEL = 512  # a block of the transformer of 2017: its width, and 2,048 hidden units
assert 2 * MODEL * 2048 >= 2 * 4 * MODEL**2  # against two attentions; an encoder's has one

CLAIMS = [
    (r"Of its # million parameters they hold", round(PARAMETERS / 1e6)),
    (r"they hold # million, and", round(IN_DENSE / 1e6, 1)),
    (r"they do only # % of the work", round(WORK)),
    (r"For # million of them nobody could", round(IN_DENSE / 1e6, 1)),
    (r"AlexNet's last # layers are # - # - # - #\.", (len(DENSE), *SIZES)),
    (r"Which of the # is the largest", len(DENSE)),
    (r"at # bytes each\?", 4),
    (r"parameters, about # million,", round(FC6.parameters / 1e6)),
    (r"which take # MiB", round(4 * FC6.parameters / 2**20)),
    (r"kernels of 5 × 5 have # parameters", KERNELS),
    (r"as many numbers needs [^:]+: # million", (CLOTHES + 1) * 16 * 24 * 24 // 10**6),
    (r"with # % of everything; conv2", round(100 * FC6.parameters / PARAMETERS)),
    (r"layers have # % of the parameters, and # % of the work", (round(SHARE, 1), round(WORK, 1))),
    (r"fc6 takes # · # · # = # numbers in", (MAPS, MAP, MAP, N_IN)),
    (r"photograph's # · # · 3 = # numbers", (IMAGE_SIDE, IMAGE_SIDE, IMAGE)),
    (r"a first layer of # GiB", round(4 * (IMAGE + 1) * FC6.outputs / 2**30, 2)),
    (r"each of the # graphics cards", MACHINE["gpus"]),
    (r"cards of 2012 had # GB", MACHINE["gpu_memory_gb"]),
    (r"learn from # pictures, three times", 4000),
    (r"lie # pixels apart", STEP * 2 ** len(POOLS)),
    (r"conv1 steps by #, and each of the # poolings", (STEP, len(POOLS))),
    (r"\(# \+ 1\) · 500", 100 * 100),
    (r"· 10 = # parameters", (100 * 100 + 1) * 500 + (500 + 1) * 10),
    (r"Suppose that each of the # maps", MAPS),
    (r"\(# \+ 1\) · # = # instead", (MAPS, FC6.outputs, (MAPS + 1) * FC6.outputs)),
    (r"instead of #\. The price", FC6.parameters),
    (r"at the score ln 9, about #,", round(log(9), 1)),
]
