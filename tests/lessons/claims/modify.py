"""The numbers in the lesson on modifying AlexNet."""

from statistics import mean

from claims.facts import DATA, MACHINE, RESULTS, SGD

from alexnet_lib.data import load, measurements
from alexnet_lib.networks import plan
from alexnet_lib.widgets.modify import STUDENT, interval

FIGURES = measurements("modify")["figures"]
ROWS = FIGURES["rows"]
RECIPE = FIGURES["recipe"]
STEPS = FIGURES["pictures"] * RECIPE["epochs"] // RECIPE["batch"]


def layers(**knobs):
    """Return the layers of AlexNet with a single tower, by name."""
    return {row.name: row for row in plan("caffe", **knobs)}


def total(cost, **knobs):
    """Return all parameters or all multiply-adds of AlexNet with a single tower."""
    return sum(getattr(row, cost) for row in layers(**knobs).values())


def weights(row, channels):
    """Return the weights of one kernel of a layer that reads so many maps."""
    return row.settings["kernel"] ** 2 * channels


def gaps(one, key, other, other_key):
    """Return the points between the runs of two rows, seed by seed."""
    pairs = zip(ROWS[one][key], ROWS[other][other_key], strict=True)
    return [first - second for first, second in pairs]


OLD, NEW = layers(), layers(kernels={"conv1": 7})
WORK = total("multiply_adds")
PAPER = RESULTS["claims"]
CHANGES = len({row["change"] for row in ROWS.values()}) - 1
WON_BACK = gaps("average pooling, own rate", "test", "average pooling", "test")
SMALL = {"kernels": {"conv2": 3}}
FC = {"widths": {"fc6": 1024, "fc7": 1024}}

assert OLD["conv1"].settings["out"] == 96 and OLD["conv1"].settings["kernel"] == 11
assert (OLD["conv1"].parameters, NEW["conv1"].parameters) == (34_944, 14_208)
assert (OLD["conv1"].multiply_adds, NEW["conv1"].multiply_adds) == (105_415_200, 44_255_232)
assert OLD["pool1"].shape[1] == NEW["pool1"].shape[1] == 27  # "So conv2 notices nothing"
assert 0.24 < 1 - total("multiply_adds", **SMALL) / WORK < 0.26  # "a quarter of all"
assert total("parameters", **SMALL) / total("parameters") > 0.99  # "hardly any parameters"
assert 0.24 < total("parameters", **FC) / total("parameters") < 0.26  # "a quarter is left"
assert total("multiply_adds", **FC) / WORK > 0.95  # "nearly all of the work"
assert MACHINE["days"] == [5, 6]
assert round(measurements("augmentation")["figures"]["gains"]["new"]["mean"]) == 3
assert (
    round(ROWS["4 convolutions"]["interval"][0], 1) == -1.2 and ROWS["4 convolutions"]["gain"] > 0
)

AT_AN_END = [  # "three of the four winners lay at an end" of the rates that were tried
    row["rate"] in (min(tried), max(tried))
    for row in ROWS.values()
    if (tried := [float(rate) for rate in row.get("tried", ())])
]
assert sum(AT_AN_END) == 3 and len(AT_AN_END) == 4

CLAIMS = [
    (r"first layer has # kernels of # × # over", (96, 11, 11)),
    (r"with a stride of #\. Make them # × #\.", (4, 7, 7)),
    (r"version with a single tower, for # pixels", OLD["input"].shape[1]),
    (r"\(227 - 11\)/4 \+ 1 = #\$ becomes", OLD["conv1"].shape[1]),
    (r"\(227 - 7\)/4 \+ 1 = #\$\.", NEW["conv1"].shape[1]),
    (r"11 × 11 × 3 has # weights", weights(OLD["conv1"], 3)),
    (r"so # of them have", 96),
    (r"pool1 has windows of # and a stride of #\. From #", (3, 2, 55)),
    (r"\(55 - 3\)/2 \+ 1 = #\$", OLD["pool1"].shape[1]),
    (r"From # it would be #; the half is dropped, # again", (56, (56 - 3) / 2 + 1, 27)),
    (r"conv2's kernels, from # to #\.", (OLD["conv2"].settings["out"], 128)),
    (r"kernels had # × # × # weights, and now they have # × # × #", (3, 3, 256, 3, 3, 128)),
    (r"and conv3 begins with #", 128),
    (r"with a black frame, # × #\.", (32, 32)),
    (r"base reached #, # and # %, the changed network #, # and # %", (70, 74, 72, 71, 76, 72.6)),
    (r"names only # % right even", round(mean(ROWS["base"]["train"]))),
    (r"same # epochs they take # steps, where the base takes #", (RECIPE["epochs"], 60, STEPS)),
    (r"about # in # hold the true mean", (19, 20)),
    (r"went through its photographs # times", SGD["epochs"]),
    (r"The # were the same in every run", len(load("fashion-mnist-small").test)),
    (r"its # biases stay", OLD["conv3"].settings["out"]),
    (r"asked about # test pictures", len(load("fashion-mnist-small").test)),
    (r"in # steps of #, and", (STEPS, RECIPE["batch"])),
    (r"# × # kernels in conv2 save", (3, 3)),
    (r"# units in fc6 and fc7", FC["widths"]["fc6"]),
    (
        r"costs # million multiply-adds, and batch normalization # parameters",
        (
            round((total("multiply_adds", depth=6) - WORK) / 1e6),
            total("parameters", normalization="bn") - total("parameters"),
        ),
    ),
    (r"took # to # days", tuple(MACHINE["days"])),
    (r"about # points higher", PAPER["depth"]["top1"]),
    (
        r"LRN gains # points, overlapping pooling #\.",
        (PAPER["lrn"]["top1"], PAPER["overlap"]["top1"]),
    ),
    (
        r"from a loss of # points to a gain of #\.",
        (
            -round(ROWS["4 convolutions"]["interval"][0], 1),
            round(ROWS["4 convolutions"]["interval"][1], 1),
        ),
    ),
    (r"\*# × # kernels\* changes conv1 and conv2", (3, 3)),
    (r"about # points more than of new ones", round(mean(gaps("base", "train", "base", "test")))),
    (
        r"it wins back # points on average \(paired, with an interval from # to #\)",
        (round(mean(WON_BACK), 1), *(round(end, 1) for end in interval(WON_BACK))),
    ),
    (
        r"\*half the kernels\* end # and # points from 0",
        (
            round(ROWS["RMSProp"]["interval"][0], 2),
            -round(ROWS["half the kernels"]["interval"][1], 1),
        ),
    ),
    (r"With two seeds the factor is #", round(STUDENT[2], 1)),
    (r"\*# pictures\*\. How many of these", FIGURES["pictures"] * 3),
    (r"far more than # %", round(100 * (1 - 0.95))),
    (r"with # million photographs", DATA["training_images"] / 1e6),
    (r"With # changes that do", CHANGES),
    (r"0\.95\^\{13\} = #\\,\\%", round(100 * (1 - 0.95**CHANGES))),
]
