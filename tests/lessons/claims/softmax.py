"""The numbers in the lesson on softmax and the loss."""

from math import e, exp, log

from claims.facts import DATA, RESULTS, WINNER

CLASSES = DATA["classes"]
PATCHES = RESULTS["constants"]["paper"]["augmentation"]["test_patches"]
CENTRE = next(r for r in RESULTS["tables"]["ilsvrc2010"]["rows"] if "center" in r["model"])
ONE, FIVE = (
    next(r for r in RESULTS["tables"]["ilsvrc2012"]["rows"] if r["model"] == model)
    for model in ("1 CNN", "5 CNNs")
)
TEN = next(r for r in RESULTS["tables"]["ilsvrc2010"]["rows"] if r["model"] == "CNN")
P = [exp(score) / (exp(2) + exp(1) + 1) for score in (2, 1, 0)]  # of the scores 2, 1 and 0


def floor(classes):
    """The lowest loss with one softmax too many."""
    return -log(e / (e + classes - 1))


CLAIMS = [
    (r"AlexNet ends in # numbers", CLASSES),
    (r"the loss begins at #,", round(log(CLASSES), 2)),
    (r"can never fall below #", round(floor(CLASSES), 2)),
    (r"\$\$ e\^2 = #", round(exp(2), 2)),
    (r"Their sum is #\.", round(exp(2) + exp(1) + 1, 2)),
    (r"\{7.39\}\{11.11\} = #", round(P[0], 3)),
    (r"\{2.72\}\{11.11\} = #", round(P[1], 3)),
    (r"\{1\}\{11.11\} = #", round(P[2], 3)),
    (r"\\ln 11.11 = #", round(log(exp(2) + exp(1) + 1), 2)),
    (r"\\ln 0.245 = #", round(-log(P[1]), 2)),
    (r"1/2 costs #", round(log(2), 2)),
    (r"1/10 costs #", round(log(10), 2)),
    (r"1/1000 costs #", round(log(1000), 2)),
    (r"e\^\{-1.408\} = #", round(exp(-1.408), 3)),
    (r"A #-way softmax", CLASSES),
    (r"Knowing nothing, it stands at #", round(log(CLASSES), 2)),
    (r"looks at \*\*# crops\*\*", PATCHES),
    (r"top-1 error from # %", CENTRE["top1"]),
    (r"error from [\d.]+ % to # %", TEN["top1"]),
    (r"one lowered it from # % to # %", (ONE["top1"], FIVE["top1"])),
    (r"The # networks, two of which", WINNER["nets"]),
    (r"top-5 error of # %", WINNER["top5_test"]),
    (r"would be wrong for # %", 100 * (1 - 5 / CLASSES)),
    (r"\\frac\{e\}\{e \+ #\}", CLASSES - 1),
    (r"e \+ 999\} = #", round(floor(CLASSES), 2)),
    (r"slopes # times too small", CLASSES),
    (r"creeps towards #,", round(floor(10), 2)),
    (r"has a mean loss of # on", round(log(100), 2)),
    (r"\^\{4.61\}\$, which is #", round(exp(4.605))),
]
