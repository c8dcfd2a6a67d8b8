"""The numbers in the lesson on the architecture."""

from math import ceil

from claims.facts import (
    ALEXNET,
    CROP_SIDE,
    IMAGE,
    IMAGE_SIDE,
    MACHINE,
    PARAMETERS,
    RESULTS,
    SGD,
    SIDE,
)

from alexnet_lib.networks import plan
from alexnet_lib.networks.sizes import conv_multiply_adds, conv_parameters, output_size
from alexnet_lib.widgets import ArchitectureWidget


def total(rows):
    """Return the parameters and the multiply-adds of a plan."""
    return sum(row.parameters for row in rows), sum(row.multiply_adds for row in rows)


def poolings(side):
    """Return the side behind three poolings; the convolutions between them keep it."""
    for _ in range(3):
        side = output_size(side, 3, 2)
    return side


WORK = total(ALEXNET.values())[1]
VIEWS = ArchitectureWidget().views
KERNELS = {
    name: row.parameters // row.shape[0] - 1 for name, row in ALEXNET.items() if row.kind == "conv"
}
FLATTENED = ALEXNET["flatten"].outputs
CONSTANTS = RESULTS["constants"]["paper"]
LOGS = RESULTS["logs"]
NETWORK = CONSTANTS["network"]

# The small network of the pencil: conv1, pool1, conv2 and fc3 for 15 pixels.
TOY_SIDES = [output_size(15, 3, 2), output_size(output_size(15, 3, 2), 3, 2)]
TOY_PARAMETERS = [
    conv_parameters(1, 4, 3),
    conv_parameters(4, 6, 3, groups=2),
    conv_parameters(6, 3, TOY_SIDES[1]),
]
TOY_WORK = [
    conv_multiply_adds(1, 4, 3, TOY_SIDES[0]),
    conv_multiply_adds(4, 6, 3, TOY_SIDES[1], groups=2),
    conv_multiply_adds(6, 3, TOY_SIDES[1], 1),
]
assert TOY_SIDES == [7, 3] and TOY_PARAMETERS == [40, 114, 165]
assert TOY_PARAMETERS[-1] > sum(TOY_PARAMETERS) / 2  # "more than half of the parameters"
assert TOY_WORK[0] > sum(TOY_WORK) / 2  # "more than half of the work"

# conv1 at every place, for 227 pixels
EVERYWHERE = conv_multiply_adds(3, 96, 11, output_size(IMAGE_SIDE, 11))
assert EVERYWHERE > 2 * WORK  # "more than twice the whole network"
assert list(KERNELS.values()) == [363, 1200, 2304, 1728, 1728]
assert VIEWS["conv2"] == 51 and VIEWS["conv3"] == 99
assert 0.5 < (VIEWS["conv5"] / IMAGE_SIDE) ** 2 < 0.53  # "about half of the area"
assert max(ALEXNET.values(), key=lambda row: row.multiply_adds).name == "conv2"
assert 0.0049 < ALEXNET["conv2"].parameters / PARAMETERS < 0.0052  # "half a percent"

# The widget's predictions
FINER = ArchitectureWidget(changes={"conv1": {"stride": 2}})
FINE = {row.name: row for row in FINER.rows}
SMALLEST = ArchitectureWidget(image=64)
TOO_SMALL = ArchitectureWidget(image=63)
assert FINE["conv2"].parameters == ALEXNET["conv2"].parameters
assert 3.8 < FINER.multiply_adds / WORK < 3.9 and FINE["pool5"].shape[1] == 12
assert not SMALLEST.problem and TOO_SMALL.problem.startswith("pool5")
assert FINE["pad1"].shape[1] == CROP_SIDE + 1  # "here one pixel"
SIXTH = ArchitectureWidget(depth=6)
assert {row.name: row.parameters for row in SIXTH.rows}["conv5"] == ALEXNET["conv4"].parameters

# The same by the lesson's rule: the side of conv2 at half the stride, and the least picture of
# which pool5 leaves the 6 × 6 that fc6 reads
RULED = output_size(output_size(IMAGE_SIDE, 11, 2), 3, 2)
LEAST = next(
    side for side in range(100, 300) if poolings(output_size(side, 11, 4)) == SIDE["pool5"]
)

# Keras
assert CONSTANTS["start"]["bias_one"] == ["conv2", "conv4", "conv5", "fc6", "fc7"]
SAME = ceil(CROP_SIDE / 4)
PADDED = (SAME - 1) * 4 + 11 - CROP_SIDE
assert output_size(SAME, 3, 2) == output_size(55, 3, 2) == 27
assert output_size(CROP_SIDE, 11, 4) == 54

# Memory in training: "0.73", "8.4 MB", "1.07" and "2.9 GB"
OUTPUTS = ArchitectureWidget().memory
BATCH = SGD["batch"] * OUTPUTS
STATE = 3 * 4 * PARAMETERS
assert round(STATE / 1e9, 2) == 0.73 and round(OUTPUTS / 1e6, 1) == 8.4
assert round(BATCH / 1e9, 2) == 1.07 and round((STATE + 2 * BATCH) / 1e9, 1) == 2.9
assert MACHINE["gpu_memory_gb"] == 3
# "0.1 GB left for the photographs": they fit, and little else does
LEFT = MACHINE["gpu_memory_gb"] - (STATE + 2 * BATCH) / 1e9
assert 4 * IMAGE * SGD["batch"] / 1e9 < LEFT
RELUS = 4 * sum(row.outputs for row in ALEXNET.values() if row.kind == "relu")

ONE_TOWER = total(plan("caffe"))
TORCHVISION = {row.name: row for row in plan("torchvision")}
ONE_CARD = [row.shape[0] for row in TORCHVISION.values() if row.kind == "conv"]
assert TORCHVISION["conv1"].settings["padding"] == 2
SHORT = [output_size(CROP_SIDE, 11, 4)]  # without the three pixels at the edge
for _ in range(3):
    SHORT.append(output_size(SHORT[-1], 3, 2))
assert SHORT[-1] ** 2 * 256 == 6400
assert total(plan("small"))[0] < PARAMETERS / 100
FROM_PIXELS = IMAGE * 4096
assert 10 < FROM_PIXELS / PARAMETERS < 10.5  # "ten times the whole network"
UNPOOLED = 256 * 13 * 13
CONV_NEURONS = sum(row.outputs for row in ALEXNET.values() if row.kind == "conv")
NEURONS = sum(row.outputs for row in ALEXNET.values() if row.kind in ("conv", "fc"))
assert 0.011 < LOGS["150"]["top1"] - LOGS["145"]["top1"] < 0.012

FLOW = ["input", "conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]
FLOW += ["fc6", "fc7", "fc8"]

# "batch normalization after each convolution, before ReLU"
BATCHED = [row.kind for row in plan("bn") if row.kind in ("conv", "bn", "relu")]
assert BATCHED == ["conv", "bn", "relu"] * 5 + ["relu"] * 2
assert [row.name for row in plan("2012-code") if "lrn" in row.kind] == ["norm1", "norm2", "cnorm2"]

CLAIMS = [
    (
        " → ".join(
            f"{name}" + " #×#×#" * (name[:2] != "fc") + " #" * (name[:2] == "fc") for name in FLOW
        ).replace("input", "image"),
        sum((ALEXNET[name].shape for name in FLOW), ()),
    ),
    (r"which holds the # million parameters\?", round(PARAMETERS / 1e6)),
    (r"places make # multiply-adds", TOY_WORK[0]),
    (r"Together that is # parameters and # multiply-adds", (sum(TOY_PARAMETERS), sum(TOY_WORK))),
    (
        r"the cut conv2 has # parameters, almost twice as many, and # multiply-adds",
        (conv_parameters(4, 6, 3), conv_multiply_adds(4, 6, 3, TOY_SIDES[1])),
    ),
    (r"Its pictures have # pixels a side", CROP_SIDE),
    (r"rounds down, that makes # \(", IMAGE_SIDE),
    (r"of a photograph of # pixels does", IMAGE_SIDE),
    (r"does the most work, # % of it", round(100 * ALEXNET["conv2"].multiply_adds / WORK)),
    (r"fc6 holds # % of the parameters", round(100 * ALEXNET["fc6"].parameters / PARAMETERS)),
    (r"conv5 sees # of # pixels a side", (VIEWS["conv5"], IMAGE_SIDE)),
    (r"graphics cards had # GB each", MACHINE["gpu_memory_gb"]),
    (r"layer alone would cost # million multiply-adds", round(EVERYWHERE / 1e6)),
    (r"keep the largest of # × #, and halve", (3, 3)),
    (
        r"so it sees # pixels\. It reads the # maps",
        (VIEWS["conv2"], ALEXNET["conv1"].shape[0] // 2),
    ),
    (r"and gives # maps of # × #\.", ALEXNET["conv2"].shape),
    (r"top-1-error\) is # points higher", 1.2),
    (r"without pooling, since # × # is little", (SIDE["conv4"], SIDE["conv4"])),
    (r"They see # and # pixels: parts", (VIEWS["conv4"], VIEWS["conv5"])),
    (r"top-1 error rises by about # points", RESULTS["claims"]["depth"]["top1"]),
    (r"behind it, in two groups, #\.", KERNELS["conv4"]),
    (r"conv5 come # maps, and \*pool5\* leaves # × # of each", ALEXNET["pool5"].shape),
    (r"fc6\* reads all # numbers", FLATTENED),
    (r"for good\. Its # units", ALEXNET["fc6"].outputs),
    (r"What it answers, # numbers", ALEXNET["fc7"].outputs),
    (r"each of the # classes, and gives", ALEXNET["fc8"].outputs),
    (r"already spans # pixels of", VIEWS["conv3"]),
    (r"conv1 gets the stride # in place of #\.", (2, ALEXNET["conv1"].settings["stride"])),
    (r"conv1 with stride #\*", 2),
    (r"at # · # places in place of # · #\.", (FINE["conv2"].shape[1],) * 2 + (SIDE["conv2"],) * 2),
    (r"place: # · # in place of # · #, so", (FINE["pool5"].shape[1],) * 2 + (SIDE["pool5"],) * 2),
    (r"network now has # million, and", round(FINER.parameters / 1e6)),
    (r"down to # pixels all is well\. With #, pool5", (SMALLEST.image, TOO_SMALL.image)),
    (r"gets maps of # × #, and no window of # × # fits", (2, 2, 3, 3)),
    (r"\(With #, fc6 is left with # numbers", (SMALLEST.image, SMALLEST.rows[-9].outputs)),
    (r"With #, as in the list, it would be # · #\.", (IMAGE_SIDE, RULED, RULED)),
    (r"its window of # × #, fc6 would be the first to fail, below #", (6, 6, LEAST)),
    (r"adds # % to the parameters", round(100 * (SIXTH.parameters / PARAMETERS - 1))),
    (r"and # % to the work\.", round(100 * (SIXTH.multiply_adds / WORK - 1))),
    (r"times the paper's #, because", CONSTANTS["lrn"]["alpha"]),
    (r"paper takes a standard deviation of #, in all", CONSTANTS["start"]["std"]),
    (r"The biases are # in conv2", 1),
    (r"and # in the other three", 0),
    (r"of # pixels conv1 makes # × #, not #\.", (CROP_SIDE, SAME, SAME, SIDE["conv1"])),
    (r"pads by # in all, # on one side and # on", (PADDED, PADDED // 2, PADDED - PADDED // 2)),
    (r"luck pool1 makes # of both", SIDE["pool1"]),
    (r"fitted, with # GB left", round(LEFT, 1)),
    (r"what it reads, # GB more are free", round(2 * SGD["batch"] * RELUS / 1e9, 1)),
    (r"start wider, at #\.", RESULTS["constants"]["program"]["start"]["wide_std"]),
    (r"only # % more parameters", round(100 * (ONE_TOWER[0] / PARAMETERS - 1))),
    (r"but # % more work", round(100 * (ONE_TOWER[1] / WORK - 1))),
    (r'where "# million parameters"', round(ONE_TOWER[0] / 1e6)),
    (r'and "# billion" come', round(ONE_TOWER[1] / 1e9, 1)),
    (r"one card: #, #, #, #, # kernels, no towers, no LRN, padding # in", (*ONE_CARD, 2)),
    (r"All have # \+ # layers", (5, 3)),
    (r"the paper says #, and no padding", NETWORK["input"][0]),
    (r"conv1 makes # of #, since PyTorch", (SHORT[0], CROP_SIDE)),
    (r"Then # becomes #, # and #, and", tuple(SHORT)),
    (r"fc6 has weights for #\.", FLATTENED),
    (r"fc6 gets #\. From", FLATTENED),
    (r"it would need # million weights", round(FROM_PIXELS / 1e6)),
    (r"so # numbers: # million parameters in place of #\.", (UNPOOLED, 177, 38)),
    (r"in the paper's Figure # ", 2),
    (r"begins with #\.", NETWORK["caption_neurons"][0]),
    (r"are #\. Whoever computed", ALEXNET["conv1"].outputs),
    (r"layers together have # \*neurons", NEURONS),
    (r"the abstract says #\. Perhaps", NETWORK["neurons"]),
    (r"they make #\.", CONV_NEURONS),
]
assert round((UNPOOLED + 1) * 4096 / 1e6) == 177
assert round(ALEXNET["fc6"].parameters / 1e6) == 38
