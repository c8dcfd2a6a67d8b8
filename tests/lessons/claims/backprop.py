"""The numbers in the lesson on backpropagation."""

import numpy as np
from claims.facts import (
    ALEXNET,
    CONVOLUTION_COSTS,
    FULLY_CONNECTED_COSTS,
    MACHINE,
    PARAMETERS,
    RESULTS,
    SGD,
)

from alexnet_lib.scratch import cross_entropy_backward, max_pool2d_backward
from alexnet_lib.widgets.backprop import GRAPHS, backward, forward

COSTS = CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS
FORWARD = 2 * sum(COSTS)  # operations for an image: a multiply-add is two
BOTH = 2 * (3 * sum(COSTS) - COSTS[0])  # no gradient of the image
CARD = RESULTS["constants"]["others"]["machine"]  # the GTX 580
PEAK = 1e9 * CARD["processors"] * CARD["clock_ghz"] * CARD["operations_per_beat"]
DAYS = SGD["batch"] * (PARAMETERS + 1) * FORWARD / (MACHINE["gpus"] * PEAK) / 86_400
KEPT = sum(
    row.outputs
    for row in ALEXNET.values()
    if row.kind in ("pad", "relu", "lrn", "maxpool", "dropout")
)

assert int(DAYS) == 41 and (BOTH - FORWARD) / FORWARD < 2  # "at least", "less than twice"
assert 2.8 < BOTH / FORWARD < 3  # "not quite three times the operations"
assert 2.9 < SGD["batch"] * KEPT / PARAMETERS < 3.1  # "three times the memory of the weights"
assert 0.25**10 < 1e-6  # "less than a millionth"


def one_unit(w, b, x=3, t=4):
    """Return the loss of one unit."""
    return (max(w * x + b, 0) - t) ** 2


assert round(one_unit(2.01, -1), 4) == 1.0609 and round(one_unit(1.94, -1.02), 2) == 0.64
HERE, UP, DOWN = one_unit(2, -1), one_unit(2.1, -1), one_unit(1.9, -1)
assert np.allclose([HERE, UP, DOWN], [1, 1.69, 0.49])
assert np.allclose([UP - HERE, HERE - DOWN, (UP - DOWN) / 2], [0.69, 0.51, 0.6])  # "Why both sides"


def two_products(x2):
    """Return the values and the gradients of the widget's maximum, with one input changed."""
    values = forward("maximum", GRAPHS["maximum"]["inputs"] | {"x2": x2})
    return values, backward("maximum", values)


values, gradients = two_products(1)
assert [values[name] for name in "pqd"] == [6, 2, 1] and [gradients[n] for n in "ypq"] == [2, 2, 0]
values, gradients = two_products(3)
assert [values[name] for name in "pqd"] == [6, 6, 1] and [gradients[n] for n in "ypq"] == [2, 2, 0]

assert round(8 / 4.01, 3) == 1.995 and (1 / 4, -8 / 4**2) == (0.25, -0.5)

W = np.array([[1, 2], [3, -1]])  # the layer's weights
assert (np.array([1, 4]) @ W.T).tolist() == [9, -1]  # "gives z"
assert (np.array([1, 0]) @ W).tolist() == [1, 2]  # "the inputs get"
WINDOWS = np.array([[1, 2, 3], [3, 4, 5]])
assert (np.array([10, 1]) @ WINDOWS).tolist() == [13, 24, 35]
POOLED = np.array([[3.0, 8, 8], [5, 1, 2]])
POOLED_BACK = max_pool2d_backward(np.array([[[[1.0, 10]]]]), POOLED[None, None], 2, 1)
assert POOLED_BACK[0, 0].tolist() == [[0, 11, 0], [0, 0, 0]]
SCORES = np.log([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]])
assert np.allclose(cross_entropy_backward(SCORES, [0, 0])[0], [-0.15, 0.1, 0.05])


def train_xor(seed):
    """Return the loss after 300 steps, and how many examples open each unit."""
    drawn = np.random.default_rng(seed).normal(size=17)
    units, bias = drawn[:16].reshape(4, 4), drawn[16]  # two weights, a bias, the last weight
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    for _ in range(301):
        sums = x @ units[:, :3].T
        difference = np.maximum(sums, 0) @ units[:, 3] + bias - [0, 1, 1, 0]
        back = 2 * difference[:, None] * units[:, 3] * (sums > 0)
        last = 2 * difference @ np.maximum(sums, 0)
        units = units - 0.02 * np.column_stack([back.T @ x, last])
        bias = bias - 0.02 * 2 * difference.sum()
    return (difference**2).sum(), (sums > 0).sum(axis=0)


assert round(train_xor(4)[0], 4) == 0.0004
LOSS, OPEN = train_xor(0)
assert round(LOSS, 4) == 1 and sorted(OPEN) == [0, 0, 4, 4]  # "no ReLU bends anything"

CLAIMS = [
    (r"Which of its # numbers were to blame", PARAMETERS),
    (r"of # photographs, the paper's # graphics cards", (SGD["batch"], MACHINE["gpus"])),
    (r"would have needed at least # days", int(DAYS)),
    (r"And the # days", int(DAYS)),
    (r"back by hand for # million numbers", round(PARAMETERS / 1e6)),
    (r"for each of the # numbers, with # photographs", (PARAMETERS, SGD["batch"])),
    (r"on # cards that together", MACHINE["gpus"]),
    (r"did at most # billion operations a second", round(MACHINE["gpus"] * PEAK / 1e9)),
    (r"a batch of # photographs and # bytes a number", (SGD["batch"], 4)),  # float32
    (r"costs AlexNet: # times the work", round((BOTH - FORWARD) / FORWARD, 2)),
]
