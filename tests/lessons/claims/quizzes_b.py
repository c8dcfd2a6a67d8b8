"""The numbers in the quizzes of the lessons from normalization to the last.

QUIZ_CLAIMS[lesson][id of a question] is the answer of a question that asks for a number, or a list
of claims about its texts; a question that has both has a pair of them.
"""

from itertools import product

import numpy as np
from claims import dropout, normalization

from alexnet_lib import scratch

QUIZ_CLAIMS = {}

# normalization

RUNNING = 0.0
for mean in (10, 10, 10):
    RUNNING += 0.1 * (mean - RUNNING)

MAP = np.array([1.0, 1, 5, 5])  # of four pictures
SCALED = 3 * (MAP - MAP.mean()) / MAP.std() - 1  # (4,)

LRN = normalization.LRN
DIVISOR = LRN["k"] + LRN["n"] * 13**2 * LRN["alpha"]
assert 1.6 < LRN["k"] ** LRN["beta"] < DIVISOR ** LRN["beta"] < 1.75  # "nearly the same"
TOO_SMALL = normalization.RUNS["accuracy"]["none"]["too small"]
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
                normalization.ALEXNET["fc7"].settings["bias"],
                normalization.ALEXNET["conv1"].settings["bias"],
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
assert "0.54 to 0.82" == "{:.2f} to {:.2f}".format(*FRESH["interval"])

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
