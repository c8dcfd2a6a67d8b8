"""The numbers in the lesson on what came after."""

from itertools import pairwise
from statistics import mean

from claims.facts import ALEXNET, RESULTS
from claims.transfer import PEOPLE, UNSAFE

from alexnet_lib.data import measurements
from alexnet_lib.networks import plan
from alexnet_lib.widgets import LegacyWidget

MODELS = {model["name"]: model for model in LegacyWidget().models}
OURS, DEEP, FIFTY = MODELS["AlexNet"], MODELS["ResNet-152"], MODELS["ResNet-50"]
LENET = MODELS["LeNet-5"]
CONTEST = [row["top5"] for row in RESULTS["contest"]]
SUCCESSORS = RESULTS["successors"]
FULLY = sum(row.parameters for row in plan("torchvision") if row.kind == "fc")
WORK = sum(row.multiply_adds for row in ALEXNET.values())
STACKS = {
    kind: [min(mean(errors) for errors in rates.values()) for rates in stacks.values()]
    for kind, stacks in measurements("legacy")["figures"]["stacks"].items()
}
GAIN = SUCCESSORS["resnet50_retrained"]["top1_accuracy"] - SUCCESSORS["resnet50"]["top1_accuracy"]
# LeCun and others, 1998, section II.B: the parameters of its layers C1, S2, C3, S4, C5 and F6.
ORIGINAL = [156, 12, 1516, 32, 48_120, 10_164]
# Buolamwini and Gebru, 2018, abstract; Yang and others, 2022, abstract: at most 1.0 %.
BEST, WORST, BLURRED = 0.8, 34.7, 1


def uses(model):
    """Return how often a network uses each of its parameters for one photograph."""
    return round(model["work"] / model["parameters"])


# From 256 maps of 14 × 14 to as many: weights of the four ways.
ONE, TWO = 25 * 256 * 256, 2 * 9 * 256 * 256
BOTTLENECK = 256 * 64 + 9 * 64 * 64 + 64 * 256
ALONE = 9 * 256
DEPTHWISE = ALONE + 256 * 256
FULL = 9 * 256 * 256
assert round(ONE / BOTTLENECK) == round(ONE / DEPTHWISE) == 24
assert 8 < FULL / BOTTLENECK < FULL / DEPTHWISE < 9
assert min(DEPTHWISE, BOTTLENECK, TWO, ONE) == DEPTHWISE
assert CONTEST[2:] == sorted(CONTEST[2:], reverse=True)
assert CONTEST[0] - CONTEST[1] == max(a - b for a, b in pairwise(CONTEST))
assert 3 / 4 < 1 - CONTEST[-1] / CONTEST[1] < 4 / 5  # "three of four"
assert DEEP["year"] - OURS["year"] == 3
assert sum(ORIGINAL) == 60_000
assert 5 * 5 * 6 * 16 + 16 == 2416
assert FIFTY["parameters"] < OURS["parameters"] / 2  # "less than half"
assert 1 < OURS["parameters"] / DEEP["parameters"] < 1.02  # "hardly of ResNet-152's"
W = LegacyWidget(x="work", y="error")
BEATEN_BY = {"SqueezeNet 1.1", "MobileNetV2", "MobileNetV3-Large", "EfficientNet-B0"}
assert set(W.beaten_by("AlexNet")) == BEATEN_BY
assert all(13.5 < error < 15.6 for error in STACKS["shortcut"])  # "about 15 % at any depth"
DEEPEST = min(measurements("legacy")["figures"]["stacks"]["plain"]["40"].values(), key=mean)
assert STACKS["plain"] == sorted(STACKS["plain"])
assert round(GAIN, 1) == 4.7
GROWTH = sum(row.parameters for row in ALEXNET.values()) / LENET["parameters"]
assert 950 < GROWTH < 1050  # "a thousandfold"
assert UNSAFE > PEOPLE / 2

CLAIMS = [
    (
        r"The first has # million parameters, the second # million",
        (round(OURS["parameters"] / 1e6, 1), round(DEEP["parameters"] / 1e6, 1)),
    ),
    (
        r"the first misses # with five guesses, and the second #\.",
        (round(OURS["error"]), round(DEEP["error"])),
    ),
    (r"of them # times for a photograph, and AlexNet # times", (uses(DEEP), uses(OURS))),
    (r"after it, from # % to # %", (CONTEST[1], CONTEST[-1])),
    (r"\*one # × #\*, as in AlexNet's second layer", (ALEXNET["conv2"].settings["kernel"],) * 2),
    (r"almost free, # weights of #:", (ALONE, DEPTHWISE)),
    (r"it and the bottleneck are # times cheaper", round(ONE / DEPTHWISE)),
    (r"ResNet-152 does # times AlexNet's work", round(DEEP["work"] / OURS["work"])),
    (r"and does # times its multiply-adds", round(FIFTY["work"] / OURS["work"], 1)),
    (r"A single full 3 × 3 has # weights, and", FULL),
    (r"last two are between # and # times cheaper", (8, 9)),
    (r"\(the five runs from # % to # %\)", (round(min(DEEPEST)), round(max(DEEPEST)))),
    (r"AlexNet keeps # % of its parameters", round(100 * FULLY / OURS["parameters"])),
    (r"# more are named rightly at the first guess", round(GAIN, 1)),
    (r"They learn # pictures of clothes", 2000),
    (r"learns from # pictures", 2000),
    (r"40 layers misname # % of", round(STACKS["plain"][-1], 1)),
    (r"and 2 layers # %", round(STACKS["plain"][0], 1)),
    (r"With shortcuts it is about # %", round(mean(STACKS["shortcut"]))),
    (r"for one picture #-fold", round(WORK / LENET["work"], -2)),
    (r"at most # % were wrong, for women with darker skin up to # %", (BEST, WORST)),
    (r"judged \[# of its # classes of people", (UNSAFE, PEOPLE)),
    (r"were at most # % worse", BLURRED),
    (
        r"Our LeNet-5 has # parameters, the original exactly #\.",
        (LENET["parameters"], sum(ORIGINAL)),
    ),
    (r"for each map, # and # in all", (ORIGINAL[1], ORIGINAL[3])),
    (r"which makes # in place of #\.", (ORIGINAL[2], 5 * 5 * 6 * 16 + 16)),
    (r"With # for the first convolution, # and # for the next", (ORIGINAL[0], *ORIGINAL[4:])),
    (r"the sum is #\.", sum(ORIGINAL)),
    (r"from # layers to #, the parameters grew", (LENET["depth"], OURS["depth"])),
]
