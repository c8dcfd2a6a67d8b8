"""The numbers in the lesson on activations."""

from statistics import mean

import numpy as np
from claims.facts import ALEXNET, RESULTS

from alexnet_lib import scratch
from alexnet_lib.data import first_layer, measurements
from alexnet_lib.networks import plan
from alexnet_lib.widgets import ActivationsWidget
from alexnet_lib.widgets.activations import WANTED

START = RESULTS["constants"]["paper"]["start"]
RELUS = [row for row in plan("2012") if row.kind == "relu"]
BENT = sum(row.outputs for row in RELUS)
WORK = sum(row.multiply_adds for row in plan("2012"))
KERNEL = ALEXNET["conv1"].settings["kernel"]
RECORD = measurements("activations")["figures"]
ROOT_OF_INPUTS = 256**0.5


def range_text(start, name):
    """Return the least and the most epochs of a function's runs, rounded as in the text."""
    runs, digits = RECORD[start][name]["to_target"], 2 if start == "fitting" else 1
    return round(min(runs), digits), round(max(runs), digits)


def average(start, name):
    """Return the mean of the epochs of a function's runs."""
    return mean(RECORD[start][name]["to_target"])


def ends(name):
    """Return the mean training and test error of a function's runs, in whole percent."""
    return tuple(round(mean(end[i] for end in RECORD["fitting"][name]["end"])) for i in (0, 1))


def one_large_step(function):
    """Return the widget after one step with the rate 0.2."""
    widget = ActivationsWidget(function=function, rate=0.2)
    widget.learn()
    widget.rate = 0.05
    return widget


SIGMOIDS = ActivationsWidget(function="sigmoid", weight=-4, input=0)
RISE = SIGMOIDS.value(5.01) - SIGMOIDS.value(5)
DEAD = one_large_step("ReLU")
BEST = DEAD.sums.max()
LOST = one_large_step("GELU")
assert SIGMOIDS.chain[0].min() == -2 and SIGMOIDS.chain[0].max() == 0  # "between −2 and 0"
assert 0.1 < min(SIGMOIDS.chain[2]) < max(SIGMOIDS.chain[2]) <= 0.25  # "between 0.1 and 0.25"
assert DEAD.dead and sum(LOST.slope(LOST.sums) < 0) == 3 and LOST.downhill[0] > 0
LOST.learn(20)
assert LOST.w < -0.5  # "pushes the sums further left"
DEAD.b += 2
assert (DEAD.sums > 0).all()  # "all five are positive"
DEAD.learn(300)
assert np.abs(DEAD.value(DEAD.sums) - WANTED).max() < 0.02  # "almost as it should"
assert 256**0.5 * 0.03125 == 0.5  # a standard deviation of 0.031
RATES = RECORD["small"]["tanh"]["rate"], RECORD["small"]["ReLU"]["rate"]
assert 3 < RATES[0] / RATES[1] < 3.5  # "three times ReLU's"

assert START["bias_one"] == ["conv2", "conv4", "conv5", "fc6", "fc7"]
assert len(RELUS) == 7 and RESULTS["claims"]["relu"]["times"] == 6
assert RECORD["seeds"] == list(range(100, 106)) and RECORD["target"] == 25
assert len(RECORD["fitting"]["tanh"]["tried"]) == 5  # "the fastest of five rates"
assert 2.5 < average("small", "ReLU") / average("small", "tanh") < 3  # "nearly three times"
assert ends("tanh")[1] - ends("tanh")[0] == ends("ReLU")[1] - ends("ReLU")[0] == 14
assert round(0.25**10 * 1e6, 2) < 1  # "less than a millionth"
assert 650_000 < BENT < 660_000  # the paper's neurons

CLAIMS = [
    (r"deviation is #, as AlexNet's paper draws them", START["std"]),
    (r"each sum changes by \$16 \\cdot 0.01 = #\$", ROOT_OF_INPUTS * START["std"]),
    (r"layers but the last, # times\.", len(RELUS)),
    (r"A comparison for each of # numbers", BENT),
    (r"beside # million multiply-adds", round(WORK / 1e6)),
    (r"are the # neurons of", 650_000),
    (r"# % of the bell curve", round(100 * float(scratch.gelu(np.array(1.0))))),
    (r"grows by #, a slope", round(float(RISE), 6)),
    (r"a slope of #\. Up there", round(float(RISE) / 0.01, 4)),
    (r"and 0.25, and # is left", round(SIGMOIDS.arrives, 3)),
    (r"½\$: a standard deviation of #\.", round(0.5 / ROOT_OF_INPUTS, 3)),
    (r"along \$w\$ is #, so the step", round(ActivationsWidget().downhill[0], 1)),
    (
        r"With # more, its best sum goes from −# to #\.",
        (round(0.5 - BEST, 2), round(-BEST, 2), 0.5),
    ),
    (r"there, # beside #, so the rate", RATES),
    (r"start at #, so that ReLU gets", 1),
    (r"is the paper's Figure #\.", 1),
    (r"Here is one of # kernels", len(first_layer())),
    (r"AlexNet's size of # × #, and its map", (KERNEL, KERNEL)),
    (r"learns from # pictures of clothes, with a hidden", 2000),
    (r"network of # layers learns the small", 4),
    (r"it misnames only # % of those", RECORD["target"]),
    (r"gets there # times faster", RESULTS["claims"]["relu"]["times"]),
    (r"four layers, # pictures of clothes", RECORD["pictures"]),
    (r"for each function the fastest of # rates", 5),
    (r"then # runs with other first", len(RECORD["seeds"])),
    (r"weights tanh takes # to # epochs and", range_text("fitting", "tanh")),
    (r"epochs and ReLU # to #; ranges", range_text("fitting", "ReLU")),
    (r"is behind, with # to #\.", range_text("fitting", "sigmoid")),
    (r"a standard deviation of 0\.01, tanh takes # to # and", range_text("small", "tanh")),
    (r"and ReLU # to #: now", range_text("small", "ReLU")),
    (r"what made the #\.", RESULTS["claims"]["relu"]["times"]),
    (r"learns # times faster\* is a measurement", RESULTS["claims"]["relu"]["times"]),
    (r"misnames # % of the pictures that it learned from and # % of new", ends("ReLU")),
    (r"with tanh # % and # %\. The", ends("tanh")),
    (r"The gap is # points in both", ends("ReLU")[1] - ends("ReLU")[0]),
]
