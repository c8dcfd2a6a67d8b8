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
KERNELS = sizes.conv_parameters(1, 10, 5)
BY_UNITS = (CLOTHES + 1) * 10 * 24 * 24
OF_PHOTOGRAPH = 4 * (IMAGE + 1) * FC6.outputs  # bytes
LEARNING = 3  # numbers for each weight: itself, its slope and its momentum


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
assert 10 * 24 * 24 == 5760
assert MACHINE["gpus"] * MACHINE["gpu_memory_gb"] * 2**30 < LEARNING * OF_PHOTOGRAPH
assert (2 + 1) * 4 + (4 + 1) - (2 + 1) * 3 - (3 + 1) == 4  # a fourth hidden unit
assert [round(1 / (1 + exp(-s)), 2) for s in (2, -2)] == [0.88, 0.12]
assert round(0.881 / 0.119, 1) == round(exp(2), 1) == 7.4
assert 1 - 2 * (2 + 2.5 - 4) == 0  # the score at (2, 2.5)
IN_TRIANGLE = abs(2 * 2 - 4 * 4) / 2 / 12**2  # of the plane: half of the sides' parallelogram
PLACES = [-4 + 12 * place / 160 for place in range(161)]  # across the drawn plane


def score(x, y):
    """Return the score that the network by hand gives the point (x, y)."""
    return 1 - max(0, y - 2 * x - 1) - max(0, x - 2 * y - 1) - 2 * max(0, x + y - 4)


assert [score(*point) for point in [(2, 3), (1, 1), (0, -2)]] == [-1, 1, -2]
SHADED = sum(score(x, y) > 0 for x in PLACES for y in PLACES) / len(PLACES) ** 2
RIM = (round(100 * SHADED), round(100 * IN_TRIANGLE))
MODEL = 512  # a block of the transformer of 2017: its width, and 2,048 hidden units
assert 2 * MODEL * 2048 >= 2 * 4 * MODEL**2  # against two attentions; an encoder's has one

CLAIMS = [
    (r"Of its # million parameters they hold", round(PARAMETERS / 1e6)),
    (r"they hold # million, and", round(IN_DENSE / 1e6, 1)),
    (r"they do only # % of the multiply-adds", round(WORK)),
    (r"For # million of them nobody could", round(IN_DENSE / 1e6, 1)),
    (r"AlexNet's last # layers are # - # - # - #\.", (len(DENSE), *SIZES)),
    (r"Which of the # is the largest", len(DENSE)),
    (r"at # bytes each\?", 4),
    (r"parameters, about # million,", round(FC6.parameters / 1e6)),
    (r"which take # MiB", round(4 * FC6.parameters / 2**20)),
    (r"# % of the plane instead of the triangle's # %", RIM),
    (r"kernels of 5 × 5 have # parameters", KERNELS),
    (r"as many numbers needs [^:]+: # million", round(BY_UNITS / 1e6, 1)),
    (r"with # % of everything; conv2", round(100 * FC6.parameters / PARAMETERS)),
    (
        r"layers have # % of the parameters, and # % of the multiply-adds",
        (round(SHARE, 1), round(WORK, 1)),
    ),
    (r"fc6 takes # · # · # = # numbers in", (MAPS, MAP, MAP, N_IN)),
    (r"photograph itself has # · # · 3 = #", (IMAGE_SIDE, IMAGE_SIDE, IMAGE)),
    (r"makes a layer of # GiB", round(OF_PHOTOGRAPH / 2**30, 2)),
    (r"and # times as much while it learns", LEARNING),
    (r"Those # GiB are more", round(LEARNING * OF_PHOTOGRAPH / 2**30, 1)),
    (r"the # graphics cards of 2012", MACHINE["gpus"]),
    (r"had together, with # GB each", MACHINE["gpu_memory_gb"]),
    (r"cut a window of # × # out", (MAP, MAP)),
    (r"than a unit of fc6 has weights \(#\)", MAP * MAP * 256),
    (r"maps of 9 × 9 it answers at # · # places", (9 - MAP + 1, 9 - MAP + 1)),
    (r"like a kernel of # × #,", (MAP, MAP)),
    (r"learn from # pictures, three times", 2000),
    (r"lie # pixels apart", STEP * 2 ** len(POOLS)),
    (r"conv1 steps by #, and each of the # poolings", (STEP, len(POOLS))),
    (r"\(# \+ 1\) · 500", 100 * 100),
    (r"· 10 = # parameters", (100 * 100 + 1) * 500 + (500 + 1) * 10),
    (r"Suppose that each of the # maps", MAPS),
    (r"\(# \+ 1\) · # = # instead", (MAPS, FC6.outputs, (MAPS + 1) * FC6.outputs)),
    (r"instead of #\. The price", FC6.parameters),
    (r"s = \\ln 9\$, about #\.", round(log(9), 1)),
]
