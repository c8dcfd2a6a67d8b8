"""The numbers in the quizzes of the first eight lessons, from history to backprop.

`QUIZ_CLAIMS` has a dict for each quiz, by the ids of its questions. A question whose answer is a
number has that number, computed; if its texts have numbers to prove, too (test_numbers.py says
which), it has a pair: the answer and a list of claims. Another question has a list of claims, or no
entry.
"""

import math

import numpy as np
from claims.facts import (
    ALEXNET,
    CONVOLUTION_COSTS,
    DATA,
    MACHINE,
    ONE_NETWORK,
    PARAMETERS,
    RESULTS,
    SECOND,
    SIDE,
    WINNER,
)
from claims.fully_connected import SHARE, WORK
from claims.history import GROUPED, LOGS, PAPER, WHOLE, YEARS
from claims.history import WORK as WORK_FORWARD

from alexnet_lib import scratch
from alexnet_lib.networks import sizes

QUIZ_CLAIMS = {}

POOL1 = tuple(ALEXNET["pool1"].settings[name] for name in ("kernel", "kernel", "stride"))
BEGUN = {"24 July": "120", "9 August": "131", "25 August": "137", "13 September": "145"}
DIARY = {day: round(100 * LOGS[run]["top5"], 1) for day, run in BEGUN.items()}
MISSED = 20 - 11 - 5
SHOWN = 50 * 1e6
OPERATIONS = SHOWN * 2e9

QUIZ_CLAIMS["history"] = {
    "top-5": (
        100 * MISSED / 20,
        [(r"and # of 20 are # %", (MISSED, 100 * MISSED / 20))],
    ),
    "part-of-the-mistakes": (
        100 * (24 - 18) / 24,
        [
            (r"misses # % of the photographs, a better one # %", (24, 18)),
            (r"is a quarter: # %", 100 * (24 - 18) / 24),
        ],
    ),
    "what-was-missing": [(r"its training would take # years", round(YEARS, 1))],
    "two-halves": [
        (r"The card had # GB", MACHINE["gpu_memory_gb"]),
        (r"and # of the # convolutions", (len(GROUPED), len(CONVOLUTION_COSTS))),
    ],
    "summer": [
        *((rf"on {day} # %", error) for day, error in DIARY.items()),
        (r"second team missed # % of the test set", SECOND["top5_test"]),
        (r"already # points ahead", round(SECOND["top5_test"] - DIARY["24 July"], 1)),
        (r"is # points better than July's", round(DIARY["24 July"] - DIARY["13 September"], 1)),
    ],
    "hours": (
        OPERATIONS / 1e12 / 3600,
        [
            (r"does # billion operations for one", 2),
            (r"# million photographs are shown", SHOWN / 1e6),
            (r"At # billion operations each that is # trillion", (2, OPERATIONS / 1e12)),
            (r"trillion, so # seconds", OPERATIONS / 1e12),
        ],
    ),
    "told": [
        (r"# % is the error of # networks", (WINNER["top5_test"], WINNER["nets"])),
        (r"AlexNet alone missed # % of", ONE_NETWORK["top5"]),
        (r"trained on # million photographs", PAPER["data"]["imagenet_images_million"]),
        (r"AlexNet saw no other, has # million", DATA["training_images"] / 1e6),
        (r"It missed # % of the validation", ONE_NETWORK["top5"]),
        (r"the second team's # % of the test", SECOND["top5_test"]),
        (r"network has # million parameters", round(WHOLE / 1e6)),
        (r"It has # million\. With # million", (round(PARAMETERS / 1e6), round(WHOLE / 1e6))),
    ],
}

PICTURE = np.array([[1, 2, 0], [0, 1, 3], [2, 4, 1]])
KERNEL = np.array([[1, 0], [-1, 2]])

QUIZ_CLAIMS["convolution"] = {
    "window-sum": scratch.conv2d(PICTURE[None, None], KERNEL[None, None])[0, 0, -1, -1],
    "output-side": sizes.output_size(20, 5, stride=2, padding=2),
    "parameters": sizes.conv_parameters(16, 8, 3),
    "how-far": 5 + (3 - 1) * 2,
}

COLD = np.array([[-5, -1], [-2, -8]])
NINES = np.full((6, 6), 9.0)
EIGHTS = np.array([3, 5, 2, 8, 8, 1, 6])
BACK = [10, 4, 3]  # for each window of 3 with stride 2
WON = np.zeros(len(EIGHTS))
for window, gradient in enumerate(BACK):
    WON[2 * window + np.argmax(EIGHTS[2 * window :][:3])] += gradient

QUIZ_CLAIMS["pooling"] = {
    "cold-window": scratch.max_pool2d(COLD[None, None], 2, 2).item(),
    "corner": scratch.avg_pool2d(NINES[None, None], 3, 2, padding=1)[0, 0, 0, 0],
    "second-eight": WON[4],
    "two-or-three": [
        (r"pools the # × # numbers of conv1", (SIDE["conv1"], SIDE["conv1"])),
        (
            r"overlapping windows of # × # with stride #\.",
            POOL1,
        ),
    ],
}

FIRST, SECOND_STEP = np.poly1d([3, -2]), np.poly1d([5, 4])
A_LAYER = 256**0.5 * 0.01
assert round(A_LAYER / 2**0.5, 2) == 0.11  # "about 0.11 is left each time"
assert round(1 - math.tanh(6) ** 2, 5) == 0.00002  # "about 0.00002"

QUIZ_CLAIMS["activations"] = {
    "one-step": SECOND_STEP(FIRST).coefficients[-1],
    "slope-from-value": 0.8 * (1 - 0.8),
    "chain": (2 * 0.25) ** 5,
    "six-times": [
        (r"In the paper's Figure #,", 1),
        (r"to its goal # times faster", RESULTS["claims"]["relu"]["times"]),
        (r"The paper's had # layers", 4),
    ],
}

HIDDEN = np.maximum(0, np.array([1 - 4, 1 + 4 - 3]))
CHANNELS = np.arange(3 * 4 * 5).reshape(3, 4, 5)  # each number is its place

QUIZ_CLAIMS["fully_connected"] = {
    "parameters": (5 + 1) * 4 + (4 + 1) * 2,
    "layers": len([300, 100, 10]),
    "score": HIDDEN @ [-1, -2] + 3,
    "place": CHANNELS[2, 1, 3],
    "many-and-idle": [
        (
            r"layers have # % of its parameters and do # % of its multiply-adds",
            (round(SHARE, 1), round(WORK, 1)),
        ),
    ],
}

THREE = scratch.softmax(np.array([[3.0, 2, 2]]))[0]
GIVEN = np.array([[0.2, 0.5, 0.3], *3 * [[1, 0, 0]]])  # to four photographs
SLOPES = scratch.cross_entropy_backward(np.log(GIVEN + 1e-12), np.array([1, 0, 0, 0]))
FLOOR = scratch.cross_entropy(np.eye(10)[:1], [0])
assert math.exp(709) and round(FLOOR, 2) == 1.46 and round(math.log(10), 2) == 2.30

QUIZ_CLAIMS["softmax"] = {
    "probability": THREE[0],
    "mean-loss": -(math.log(0.5) + math.log(0.1)) / 2,
    "slope": SLOPES[0, 1],
}

VELOCITY = 0.9 * -0.2 - 0.1 * 0.1 * 1 - 0.1 * 2

QUIZ_CLAIMS["gradient_descent"] = {
    "one-step": 5 - 0.1 * 2 * (5 - 1),
    "limit": 2 / 10,
    "momentum": 1 + VELOCITY,
    "steps": 5 * math.ceil(1000 / 30),
}

DIFFERENCE = max(0, 3 * 2 - 4) - 5
BACK_TO_INPUTS = np.array([2, 1]) @ np.array([[1, -2], [3, 0]])
WORK_BACK = 2 * sum(WORK_FORWARD) - WORK_FORWARD[0]

QUIZ_CLAIMS["backprop"] = {
    "unit": 2 * DIFFERENCE * 1 * 2,  # the square, ReLU, and x
    "three-ways": 2 + 2 + 3,
    "to-the-input": BACK_TO_INPUTS[0],
    "less-than-two": [
        (r"it costs # times as much, and", round(WORK_BACK / sum(WORK_FORWARD), 2)),
    ],
}
