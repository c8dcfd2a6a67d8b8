"""The numbers in the quizzes of the lessons from normalization to the last.

QUIZ_CLAIMS[lesson][id of a question] is the answer of a question that asks for a number, or a list
of claims about its texts; a question that has both has a pair of them.
"""

from itertools import product

import numpy as np
from claims import architecture, dropout, modify, transfer
from claims.architecture import ALEXNET, IMAGE_SIDE, ONE_TOWER, PARAMETERS, RESULTS
from claims.outputs import printed

from alexnet_lib import scratch
from alexnet_lib.data import measurements
from alexnet_lib.networks import plan
from alexnet_lib.networks.sizes import conv_parameters

QUIZ_CLAIMS = {}

# normalization

RUNNING = 0.0
for mean in (10, 10, 10):
    RUNNING += 0.1 * (mean - RUNNING)

MAP = np.array([1.0, 1, 5, 5])  # of four pictures
SCALED = 3 * (MAP - MAP.mean()) / MAP.std() - 1  # (4,)

LRN = RESULTS["constants"]["paper"]["lrn"]
DIVISOR = LRN["k"] + LRN["n"] * 13**2 * LRN["alpha"]
assert 1.6 < LRN["k"] ** LRN["beta"] < DIVISOR ** LRN["beta"] < 1.75  # "nearly the same"
TOO_SMALL = measurements("normalization")["figures"]["accuracy"]["none"]["too small"]
assert all(accuracy > 0 for runs in TOO_SMALL for accuracy in runs)  # "none of them blew up"

QUIZ_CLAIMS["normalization"] = {
    "three-layers": (0.4 * (50 / 2) ** 0.5) ** 3,
    "raise-the-rate": [(r"some # billion times too small", round(0.1**-10 / 1e9))],
    "scale-and-shift": SCALED[-1],
    "running-mean": RUNNING,
    "quiet-lrn": [
        (r"size of about # from a photograph", 13),  # the lesson's last cell asserts it
        (r"with α = # and k = #\?", (LRN["alpha"], LRN["k"])),
        (r"nearly the same, about #\.", 1.7),
        (r"squares of 13 add # to the k of #", (round(DIVISOR - LRN["k"], 2), LRN["k"])),
        (r"to the power #\.", LRN["beta"]),
    ],
    "biases-of-one": [
        (
            r"begin at # and not at #\?",
            (
                ALEXNET["fc7"].settings["bias"],
                ALEXNET["conv1"].settings["bias"],
            ),
        )
    ],
}

# dropout


def mean_of_sums(units, p):
    """Return the mean of the sum over all masks, each as often as it is drawn."""
    total = 0.0
    for mask in product((0, 1), repeat=len(units)):
        probability = np.prod([1 - p if kept else p for kept in mask])
        total += probability * np.dot(units, mask)
    return total


def kept_epoch(losses, patience):
    """Return the epoch, counted from 1, whose weights early stopping keeps."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best + 1


FRESH = dropout.FRESH
GAINS = [a[0] - b[0] for a, b in zip(FRESH["with"], FRESH["without"], strict=True)]
assert "{:.2f} to {:.2f}".format(*FRESH["interval"]) == "0.54 to 0.82"

QUIZ_CLAIMS["dropout"] = {
    "mean-of-the-masks": mean_of_sums([4, 8], 0.25),
    "kept-unit": scratch.dropout(np.array([3.0]), 0.75, mask=np.array([1]))[0],
    "borrowed-weights": [(r"with p = #, and you test", 1 - 0.6)],
    "patience": kept_epoch([0.50, 0.47, 0.48, 0.46, 0.49, 0.47, 0.48, 0.41], 3),
    "thirty-pairs": [
        (r"gained # points of accuracy", round(FRESH["gain"], 2)),
        (r"gained from # to # points", (round(min(GAINS), 1), round(max(GAINS), 1))),
    ],
}

# augmentation

COLOUR = 0.2 * np.array([50, 60, 50]) - 0.1 * np.array([30, -10, -20])  # (3,)
assert 5 * 5 == 25  # the windows of 28 × 28 in 32 × 32

QUIZ_CLAIMS["augmentation"] = {
    "windows": len(
        [(top, left, way) for top in range(16 - 11) for left in range(20 - 11) for way in "><"]
    ),
    "colour-shift": COLOUR[0],
    "eight-bits": int((np.array([230], np.uint8) + np.uint8(40))[0]),
}

# architecture


def view(layers):
    """Return how many pixels a side a number sees behind layers of (window, stride)."""
    sees = step = 1
    for window, stride in layers:
        sees += (window - 1) * step
        step *= stride
    return sees


LARGER = {row.name: row for row in plan("2012", image_size=448)}
assert LARGER["conv2"].parameters == ALEXNET["conv2"].parameters
assert LARGER["fc7"].parameters == ALEXNET["fc7"].parameters
assert 3.8 < LARGER["conv2"].multiply_adds / ALEXNET["conv2"].multiply_adds < 4.3
assert 4.5 < LARGER["fc6"].parameters / ALEXNET["fc6"].parameters < 5  # "nearly five times"
MAPS, SIDE, _ = ALEXNET["pool5"].shape
assert (MAPS * SIDE**2, MAPS * 7 * 7) == (9216, 12544) and 12544 % SIDE**2 != 0

QUIZ_CLAIMS["architecture"] = {
    "two-groups": conv_parameters(8, 12, 5, groups=2),
    "how-far-it-sees": view([(5, 2), (2, 2), (3, 1)]),
    "larger-pictures": [
        (r"of # × # in place of # × #, and fc6", (448, 448, 224, 224)),
        (r"# · # places are nearly five times # · #\.", (*LARGER["pool5"].shape[1:], SIDE, SIDE)),
        (r"It reads fc6's # units", ALEXNET["fc6"].outputs),
    ],
    "joined-towers": [
        (r"adds # % to the parameters", round(100 * (ONE_TOWER[0] / PARAMETERS - 1))),
        (r"and # % to the work", round(100 * (ONE_TOWER[1] / architecture.WORK - 1))),
    ],
    "memory-in-training": (
        (10e6 * 3 * 4 + 2 * 50 * 2e6) / 1e6,
        [(r"has # million parameters", 10)],
    ),
}

# training

PIXELS = np.array([30, 90])
SIZES, WRONG = np.array([100, 100, 50]), np.array([10, 20, 20])
# Slopes of 1 for so long that the paper's velocity is -1, at a rate of 0.1; now it falls to 0.01.
assert -1 < 0.9 * -1 - 0.01 * 1 < -0.9  # "nearly as long as before"
assert 0.01 * (0.9 * 10 + 1) == 0.1 * 1  # PyTorch's: "a tenth as long"

QUIZ_CLAIMS["training"] = {
    "a-test-pixel": (0 - PIXELS.mean()) / PIXELS.std(),
    "steps-in-three-epochs": 3 * (1000 // 64),
    "error-of-all": 100 * WRONG.sum() / SIZES.sum(),
}

# features


def begins(row, layers):
    """Return from which row of the picture a number sees, behind (window, stride, padding)."""
    start, jump = 0, 1
    for _, stride, padding in layers:
        start -= padding * jump
        jump *= stride
    return row * jump + start


ONE, OTHER = np.array([1, 2, 2]), np.array([4, 3, 0])
SCORE = np.array([4, 1, -2, 3]) * np.array([2, 6, 1, 3])  # (4,): what each pixel adds
FEATURES = "network/features"
RIGHT = {name: printed(FEATURES, rf"{name} (\d+) of 56") for name in ("pixels", "conv1", "fire9")}
SCORE_OF_GOOSE, GOOSE = printed(FEATURES, r"goose +score +([\d.]+) +([\d.]+) %")
GAP = SCORE_OF_GOOSE - printed(FEATURES, r"albatross +score +([\d.]+)")
assert RIGHT["pixels"] <= RIGHT["conv1"] + 1  # "do no better"
assert 6.5 < GAP < 7.5  # "a lead of some seven"

QUIZ_CLAIMS["features"] = {
    "where-it-looks": begins(5, [(3, 2, 0), (3, 1, 1), (3, 2, 0)]),
    "how-alike": ONE @ OTHER / np.linalg.norm(ONE) / np.linalg.norm(OTHER),
    "sure-of-the-goose": [
        (r"goose, # %", round(GOOSE, 1)),
        (r"of the # other classes", len(transfer.NAMES) - 1),
    ],
    "covered-by-hand": SCORE.max(),
    "neighbours-by-layer": [
        (r"last maps, # of # photographs", (RIGHT["fire9"], transfer.EACH * len(transfer.CLASSES))),
        (r"of the first layer only #\.", RIGHT["conv1"]),
        (r"Lists of all # pixel values", 3 * IMAGE_SIDE**2),
    ],
}

# modify


def weights_of(kernels, maps=3):
    """Return the weights of convolutions of 3 × 3 with these numbers of kernels."""
    total = 0
    for number in kernels:
        total += 9 * maps * number
        maps = number
    return total


BASE = {1: 70, 2: 74, 3: 68}  # {seed: % right}
CHANGED = {2: 75, 3: 71, 4: 80}
ROWS = modify.ROWS
assert modify.STEPS == 240
POOLED = [ROWS[name] for name in ("average pooling", "average pooling, own rate")]
assert [round(row["gain"]) for row in POOLED] == [-10, -7]  # "about ten", "about seven"
assert POOLED[1]["rate"] == 4 * POOLED[0]["rate"]
assert [round(ROWS[name]["gain"]) for name in ("no dropout", "batch normalization")] == [4, 3]
LOW, HIGH = modify.interval(modify.gaps("no dropout", "test", "batch normalization", "test"))
assert LOW < 0 < HIGH  # "well within chance"

QUIZ_CLAIMS["modify"] = {
    "half-the-kernels": weights_of([8, 16, 8]) - weights_of([8, 8, 8]),
    "seeds-in-pairs": (
        np.mean([CHANGED[seed] - BASE[seed] for seed in BASE.keys() & CHANGED.keys()]),
        [
            (r"names # % right with seed 1, # % with seed 2 and # % with", tuple(BASE.values())),
            (r"reaches # % with seed 2, # % with seed 3 and # % with", tuple(CHANGED.values())),
        ],
    ),
    "best-of-many": (100 * (1 - 0.95**5), [(r"added five times # %", round(100 * (1 - 0.95)))]),
    "without-dropout": [(r"its photographs # times", modify.SGD["epochs"])],
}

# transfer


def likeness(examples, new):
    """Return the cosine similarity of a row to the mean of some rows, each of length 1."""
    rows = examples / np.linalg.norm(examples, axis=1, keepdims=True)  # (k, F)
    mean = rows.mean(axis=0)  # (F,)
    return mean @ new / np.linalg.norm(mean) / np.linalg.norm(new)


MEANS = transfer.MEANS
assert min(transfer.ABOUT.mean) > 100  # "means of over 100"
assert 45 < MEANS["colour"]["10"] < 55  # "half of them right"
assert {"colour", "pixels"} <= set(MEANS) and len(transfer.CLASSES) == 4  # "a quarter"
assert MEANS["pixels"]["10"] < MEANS["nearest mean"]["1"]  # "even with ten examples"

QUIZ_CLAIMS["transfer"] = {
    "two-examples": likeness(np.array([[4.0, 3], [0, 2]]), np.array([0.0, 7])),
    "parameters-that-learn": 512 * 6 + 6,
    "i-dont-know": [
        (r"share is below # %", 80),
        (r"At # % and above", 80),
        (r"more than # % each", 80),
        (r"shares together make # %", 100),
        (r"even # % may be wrong", 99),
        (r"was a goose at # %", transfer.SHARES["duck"]),
    ],
    "what-makes-you-doubt": [
        (r"features name # % of your test", round(MEANS["nearest mean"]["10"])),
    ],
}

# legacy

SUCCESSORS = RESULTS["successors"]
RESNET, ANEW = SUCCESSORS["resnet50"], SUCCESSORS["resnet50_retrained"]
USES = RESNET["gmac"] * 1e9 / RESNET["parameters"]
WORKS = architecture.WORK
assert 5.5 < RESNET["gmac"] * 1e9 / WORKS < 6.5  # "about six times as much"
NETWORKS = {"A": (1, 20), "B": (3, 10), "C": (5, 10), "D": (9, 4), "E": (2, 25)}
FRONT = [
    name
    for name, one in NETWORKS.items()
    if not any(a <= one[0] and b <= one[1] and (a, b) != one for a, b in NETWORKS.values())
]
assert FRONT == ["A", "B", "D"]
SHARES = np.array([0.5, 0.5, 0])  # (3,)

QUIZ_CLAIMS["legacy"] = {
    "depthwise-and-mixing": 9 * 32 + 32 * 64,
    "slopes-with-shortcuts": (1 + 0.5) ** 3,
    "memory-and-work": [
        (r"AlexNet has # million parameters", round(PARAMETERS / 1e6)),
        (r"and does # billion multiply-adds for", round(WORKS / 1e9, 1)),
        (
            r"has # million and does # billion",
            (round(RESNET["parameters"] / 1e6), round(RESNET["gmac"], 1)),
        ),
        (r"each of its weights # times", round(USES)),
    ],
    "two-that-fit": SHARES @ np.array([10, 20, 300]),
    "trained-anew": [
        (r"named # more of a hundred", round(ANEW["top1_accuracy"] - RESNET["top1_accuracy"], 1)),
        (r"would gain # of a hundred", round(ANEW["top1_accuracy"] - RESNET["top1_accuracy"], 1)),
    ],
}
