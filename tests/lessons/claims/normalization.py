"""The numbers in the lesson on normalization."""

import numpy as np
from claims.facts import ALEXNET, DATA, RESULTS

from alexnet_lib.data import load, measurements
from alexnet_lib.networks import plan

LRN = RESULTS["constants"]["paper"]["lrn"]
PROGRAM_LRN = RESULTS["constants"]["program"]["lrn"]
START, PROGRAM = RESULTS["constants"]["paper"]["start"], RESULTS["constants"]["program"]["start"]
WITHOUT, WITH, LATER = (RESULTS["logs"][name] for name in ("148", "145", "167"))
CLAIM = RESULTS["claims"]["lrn"]
PAPER_YEAR = RESULTS["sources"]["paper"]["year"]
RUNS = measurements("normalization")["figures"]
COST = measurements("lrn")["figures"]["fp32"]["stock"]["ratio"]


def rule(name):
    """Return the standard deviation that keeps the size of the numbers in a layer of AlexNet."""
    row = ALEXNET[name]
    return (2 / (row.parameters // row.settings["out"] - 1)) ** 0.5


def size_after_ten_layers(std):
    """Return the size of the numbers after ten layers of 200 units, as in the lesson's cell."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 200))  # (100, 200)
    for _ in range(10):
        x = np.maximum(x @ rng.normal(0, std, size=(200, 200)).T, 0)  # (100, 200)
    return np.sqrt(np.mean(x**2))


def percent(log, guesses, digits=1):
    """Return a log's error in per cent, rounded, with one guess or five."""
    return round(100 * log[f"top{guesses}"], digits)


def gain(guesses):
    """Return by how much LRN lowers the logs' error, in points."""
    return round(100 * (WITHOUT[f"top{guesses}"] - WITH[f"top{guesses}"]), 2)


NORMS = [row.name for row in ALEXNET.values() if row.kind == "lrn"]
NAMES = list(ALEXNET)
SPATIAL = next(row.settings for row in plan("2012-code") if row.name == "cnorm2")
SQUARES = sum(value**2 for value in (0, 1, 3, 2, 0))

assert NORMS == ["norm1", "norm2"]
assert [NAMES[NAMES.index(name) - 1] for name in NORMS] == ["relu1", "relu2"]
assert [NAMES[NAMES.index(name) + 1] for name in NORMS] == ["pool1", "pool2"]
assert not any(row.kind == "bn" for row in ALEXNET.values())
assert [row.name for row in plan("bn")][1:4] == ["conv1", "norm1", "relu1"]
assert START["bias_one"] == ["conv2", "conv4", "conv5", "fc6", "fc7"]
assert PROGRAM["wide"] == ["conv3", "conv4", "conv5"]
assert all(2.8 < rule(name) / START["std"] < 3.5 for name in PROGRAM["wide"])  # "to about a third"
assert round(PROGRAM_LRN["alpha"] * LRN["n"], 6) == LRN["alpha"]
assert RUNS["depth"] == 10 and len(RUNS["seeds"]) == 3
assert 1.9 < LRN["alpha"] * LRN["n"] * 63**2 < 2.1
assert len(load("fashion-mnist-small").train) == 10_000  # "ten thousand pieces of clothing"
assert 1.6 < COST < 2.1  # "nearly twice as long"
assert LATER["top1"] < WITH["top1"]


def reached(kind):
    """Return what the worst and the best run reached from the right weights at 0.03, in %."""
    accuracies = RUNS["accuracy"][kind]["right"][RUNS["rates"].index(0.03)]
    return round(min(accuracies)), round(max(accuracies))


def small_three():
    """Return what the lesson's 3 becomes with the paper's alpha and with the program's."""
    alphas = LRN["alpha"], PROGRAM_LRN["alpha"]
    return tuple(round(3 / (LRN["k"] + a * SQUARES) ** LRN["beta"], 3) for a in alphas)


CLAIMS = [
    (r"three runs name # to # % right", reached("bn")),
    (r"the plain ones # to # %", reached("none")),
    (r"it was worth # points", CLAIM["top1"]),
    (r"came in 2015, # years too late", 2015 - PAPER_YEAR),
    (r"photograph to # × # pixels", (DATA["image"], DATA["image"])),
    (r"AlexNet is # years older", 2015 - PAPER_YEAR),
    (r"all weights with a standard deviation of #\.", START["std"]),
    (r"at smaller ones # steps", 6000 // 50),
    (r"the program says #, and", PROGRAM["wide_std"]),
    (r"conv2 gets # channels", ALEXNET["conv1"].shape[0]),
    (r"each kernel sees #,", ALEXNET["conv1"].shape[0] // ALEXNET["conv2"].settings["groups"]),
    (r"to the \$k\$ of #\.", LRN["k"]),
    (r"three years later says # and #\.", (round(rule("conv3"), 3), round(rule("conv4"), 3))),
    (r"rule that came # years later", 2015 - PAPER_YEAR),
    (r"With the paper's #, each", START["std"]),
    (r"fc6 and fc7 they begin at #, elsewhere at #\.", (1, 0)),
    (r"0 \+ 1 \+ 9 \+ 4 \+ 0 = #", SQUARES),
    (r"add #: 16", LRN["k"]),
    (r"power #: \$16", LRN["beta"]),
    (r"\$k = #\$, \$n = #\$, \$\\beta = #\$, as", (LRN["k"], LRN["n"], LRN["beta"])),
    (r"AlexNet has \$\\alpha = #\$", LRN["alpha"]),
    (r"divided by about \$2\^\{0.75\} = #\$", round(2**0.75, 2)),
    (r"about 1, and #\.", round(size_after_ten_layers(0.3), -4)),
    (r"for our # it has", 3),
    (r"our 3 becomes # by the paper, # by the program", small_three()),
    (r"\$\\alpha = 0.0001\$ our # becomes", 3),
    (r"conv1, conv3 and fc8 begin at #,", ALEXNET["conv1"].settings["bias"]),
    (r"untrained conv1 makes numbers of size #", 13),  # the lesson's last cell asserts it
    (r"with all biases #\.", 0),
    (r"over # × # neighbouring places", (SPATIAL["size"], SPATIAL["size"])),
    (r"where the paper has #\.", LRN["k"] + SQUARES),
    (r"it has \$2 \+ 14/5 = #\$", LRN["k"] + SQUARES / LRN["n"]),
    (
        r"missed # % with one guess and # % with five",
        (percent(WITHOUT, 1, 2), percent(WITHOUT, 5, 2)),
    ),
    (r"AlexNet # % and # %\.", (percent(WITH, 1, 2), percent(WITH, 5, 2))),
    (r"That is # and # points less", (gain(1), gain(5))),
    (r"the paper rounds to # and #\.", (CLAIM["top1"], CLAIM["top5"])),
    (r"missed only # %", percent(LATER, 1)),
]
