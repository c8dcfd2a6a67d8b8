"""The numbers in the lesson on training."""

from math import exp, log

from claims.facts import ALEXNET, DATA, MACHINE, PARAMETERS, RESULTS, SGD
from torchvision.models import AlexNet_Weights

from alexnet_lib.networks import plan

START, PROGRAM = RESULTS["constants"]["paper"]["start"], RESULTS["constants"]["program"]["start"]
GAIN = round(1 / (1 - SGD["momentum"]))  # of a step, where the slope stays
TORCHVISION = {row.name: row for row in plan("torchvision")}
SMALL = {row.name: row for row in plan("small", in_channels=1, image_size=28)}
LAST_INPUTS = SMALL["fc7"].shape[0]
USUAL = (2 / LAST_INPUTS) ** 0.5  # of the last layer's weights
PIXELS = AlexNet_Weights.DEFAULT.transforms()  # with ImageNet's means and deviations
SHARES, COUNTS = (10, 50), (300, 100)  # of wrong images in two batches, in per cent
WRONG = [share * count // 100 for share, count in zip(SHARES, COUNTS, strict=True)]
SETS = {  # images to learn from, to test with, classes: as their papers and loaders have it
    "mnist": (60_000, 10_000, 10),
    "cifar-10": (50_000, 10_000, 10),
    "imagenet": (1_281_167, 50_000, DATA["classes"]),
}
SPREAD = 1.55  # printed by the lesson


def size(name):
    """The standard deviation that the usual rule gives a convolution's weights."""
    row = SMALL[name]
    return (2 / inputs(row)) ** 0.5


def inputs(row):
    """The inputs of a unit: the parameters of one kernel, without its bias."""
    return row.parameters // row.settings["out"] - 1


CLAIMS = [
    (r"# graphics cards worked", MACHINE["gpus"]),
    (r"worked for # to \w+ days", MACHINE["days"][0]),
    (r"worked for \w+ to # days", MACHINE["days"][1]),
    (r"out of # kinds", DATA["classes"]),
    (r"look at # photographs", SGD["batch"]),
    (r"\\ln 10 = #\$", round(log(10), 2)),
    (r"fallen well below #\.", round(log(10), 2)),
    (r"standard deviation is #\. So the network", SPREAD),
    (r"in conv2, .*5 \\cdot 32 = #\$", inputs(SMALL["conv2"])),
    (r"so \$s = #\$\.\)", round(size("conv2"), 2)),
    (r"It has # inputs", LAST_INPUTS),
    (r"sqrt\{2/256\} = #\$", round(USUAL, 3)),
    (r"about # in size", round(2**0.5, 1)),
    (r"with #, about a ninth", START["std"]),
    (r"from 1\.55 to about #\.", round(SPREAD * START["std"] / USUAL, 2)),
    (r"e\^\{0\.18\} = #\$", round(exp(0.18), 1)),
    (r"draws \*all\* weights with #", START["std"]),
    (r"program has # in # layers", (PROGRAM["wide_std"], len(PROGRAM["wide"]))),
    (r"a bias of #, so", 1 if START["bias_one"] else 0),
    (r"# images with # % wrong and # with # % wrong", (300, 10, 100, 50)),
    (
        r"are # \+ # = # wrong of #, so # %",
        (*WRONG, sum(WRONG), sum(COUNTS), 100 * sum(WRONG) / sum(COUNTS)),
    ),
    (r"PyTorch's \$v\$ is #, since", GAIN),
    (r"-0\.91\$, # times as long", round((SGD["momentum"] + 0.01) / 0.1)),
    (r"errors would say # %", sum(SHARES) / 2),
    (
        r"\(# and # are about the mean",
        (round(sum(PIXELS.mean) / 3, 3), round(sum(PIXELS.std) / 3, 3)),
    ),
    (r"v \\leftarrow # ?\\,v -", SGD["momentum"]),
    (r"- #\\,\\varepsilon\\,w", SGD["weight_decay"]),
    (r"by ten, # times", SGD["drops"]),
    (r"instead of #,", ALEXNET["conv1"].shape[0]),
    (r"conv1 has # kernels", TORCHVISION["conv1"].shape[0]),
    (r"So it has # parameters", sum(row.parameters for row in TORCHVISION.values())),
    (r"that of 2012 has #\.", PARAMETERS),
    (r"in only # steps", 3 * (5000 // 256)),
    (r"the first of its # days", MACHINE["days"][1]),
    (r"ImageNet's # million", DATA["training_images"] / 1e6),
    (r"for # epochs", SGD["epochs"]),
    (r"loss stays at # from", round(log(10), 2)),
    (r"since ln 10 = #", round(log(10), 2)),
    (r"1998 \| handwritten digits, grey, # × # \| # \| # \| # \|", (28, 28, *SETS["mnist"])),
    (r"in the form of MNIST \| # \| # \| # \|", SETS["mnist"]),
    (r"in colour, # × # \| # \| # \| # \|", (32, 32, *SETS["cifar-10"])),
    (r"of any size \| # \| # to validate with \| # \|", SETS["imagenet"]),
]
