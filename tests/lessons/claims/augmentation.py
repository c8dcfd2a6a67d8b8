"""The numbers in the lesson on augmentation."""

import math

from claims.facts import DATA, IMAGE_SIDE, PARAMETERS, RESULTS, SGD

from alexnet_lib.data import animal, load
from alexnet_lib.widgets.augmentation import AXES

PAPER = RESULTS["constants"]["paper"]["augmentation"]
PROGRAM = RESULTS["constants"]["program"]["augmentation"]
TEN, CENTER = [
    row["top1"] for row in RESULTS["tables"]["ilsvrc2010"]["rows"] if row["model"].startswith("CNN")
]
SHORTER = next(row for row in RESULTS["errata"] if row["id"] == "crops")
IMAGE, CROP = DATA["image"], DATA["crop"]
PLACES = IMAGE - CROP + 1
HEIGHT, WIDTH = animal("dog").shape[:2]
LONGER = round(WIDTH * IMAGE / HEIGHT)
FIRST = round(math.hypot(*AXES[0]))  # the deviation along the first axis, in grey levels
VARIANCES = RESULTS["constants"]["others"]["color"]["eigenvalues"]

assert 2 * PLACES**2 == PROGRAM["factor"] == SHORTER["right"]
assert 2 * (PLACES - 1) ** 2 == PAPER["factor"] == SHORTER["printed"]
assert SGD["batch"] // PROGRAM["chunk"] == 4  # "only four places"
assert PAPER["test_patches"] == 10  # "the ten outputs", "ten fixed crops"
assert RESULTS["claims"]["color"]["top1"] == 1  # "by over 1 point"
assert 0.1 * FIRST * min(AXES[0]) > 500  # "over 500 levels to each channel"

CLAIMS = [
    (r"had # million photographs", DATA["training_images"] / 1e6),
    (r"for # million parameters", round(PARAMETERS / 1e6)),
    (r"dog: # rows, # columns", (HEIGHT, WIDTH)),
    (r"shorter side becomes #\.", IMAGE),
    (r"factor is \$256/400 = #\$", IMAGE / HEIGHT),
    (r"533 \\cdot 0.64 = #\$, rounded #", (WIDTH * IMAGE / HEIGHT, LONGER)),
    (r"\$341 - 256 = #\$ columns", LONGER - IMAGE),
    (r"cut off # on the left, # on the right", ((LONGER - IMAGE) // 2, (LONGER - IMAGE + 1) // 2)),
    (r"a window\* of # × #\.", (CROP, CROP)),
    (r"\(256 - 224\)/2 = #\$", (IMAGE - CROP) // 2),
    (r"windows of # in squares of #,", (CROP, IMAGE)),
    (r"training set # times as large", PAPER["factor"]),
    (r"it draws one of #\.", PLACES),
    (r"these are not # dogs", PROGRAM["factor"]),
    (r"exactly #\?", PROGRAM["factor"]),
    (r"window is # of #, as AlexNet's is # of #,", (84, 96, CROP, IMAGE)),
    (r"among our #\?", PROGRAM["factor"]),
    (r"there are # different crops", 2 * (96 - 84 + 1) ** 2),
    (r"there are # crops: \$96 - 64", 2 * (96 - 64 + 1) ** 2),
    (r"with standard deviation #\)\. Multiply", PAPER["color_std"]),
    (r"error from # % to # %", (CENTER, TEN)),
    (r"about # epochs", SGD["epochs"]),
    (r"its # crops the network sees # at most", (PROGRAM["factor"], SGD["epochs"])),
    (r"= #\\,\\%\$ of the square", round(100 * CROP**2 / IMAGE**2)),
    (r"random windows of # in # \|", (CROP, IMAGE)),
    (r"principal axes \| yes, deviation # \|", PAPER["color_std"]),
    (r"counted # crops where the paper has #", (PROGRAM["factor"], PAPER["factor"])),
    (r"resized to # × #\*", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"by over # point", RESULTS["claims"]["color"]["top1"]),
    (r"in place of #\. Then", FIRST),
    (r"0\.1 \\cdot 95 = #\$ by deviation", round(0.1 * FIRST, 1)),
    (r"0\.1 \\cdot 95\^2 = #\$ by variance", round(0.1 * FIRST**2)),
    (r"deviation is \$95/255 = #\$", round(FIRST / 255, 3)),
    (r"0\.373 \\cdot 255 = #\$ again", round(0.1 * FIRST / 255 * 255, 1)),
    (r"0\.373\^2 \\cdot 255 = #\$", round(0.1 * (FIRST / 255) ** 2 * 255, 1)),
    (r"on # test pictures", len(load("fashion-mnist-small")[1].labels)),
    (r"cuts out # % to # % of the area", (8, 100)),  # torchvision's defaults
    (r"#, # and # stand in many programs", tuple(VARIANCES)),
    (r"shifts pixels by # grey levels", round(0.1 * VARIANCES[0] * 255, 1)),
    (r"- # photographs in a row", PROGRAM["chunk"]),
    (r"batch of # had", SGD["batch"]),
    (r"divided by #: all", PROGRAM["shrink"]),
]
