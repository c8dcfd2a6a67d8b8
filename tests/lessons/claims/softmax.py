"""The numbers in the lesson on softmax and the loss."""

from math import e, exp, log, log10

from claims.facts import DATA, RESULTS

CLASSES = DATA["classes"]
PATCHES = RESULTS["constants"]["paper"]["augmentation"]["test_patches"]
SCORES = (2, 1, 0)


def shares(scores):
    """Return softmax of the scores."""
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def floor(classes):
    """Return the lowest loss with one softmax too many."""
    return -log(e / (e + classes - 1))


P = shares(SCORES)
DOUBLED = -log(shares([2 * score for score in SCORES])[1])  # the loss if dog is the label
SUM = sum(exp(score) for score in SCORES)

CLAIMS = [
    (r"AlexNet ends in # numbers", CLASSES),
    (r"the loss begins at #,", round(log(CLASSES), 2)),
    (r"can never fall below #", round(floor(CLASSES), 2)),
    (r"Take \$e = #\$", round(e, 3)),
    (r"\$\$ e\^2 = #", round(exp(2), 2)),
    (r"e\^1 = #", round(e, 2)),
    (r"Their sum is #\.", round(SUM, 2)),
    (r"\{7.39\}\{11.11\} = #", round(P[0], 3)),
    (r"\{2.72\}\{11.11\} = #", round(P[1], 3)),
    (r"\{1\}\{11.11\} = #", round(P[2], 3)),
    (r"probabilities twice: #, # and #\.", tuple(round(p, 3) for p in P)),
    (r"1/100 and one with 1/#", 100 * 100),  # "a hundred times less probable"
    (r"nearly the same, # and #,", (1 - 1 / 100, 1 - 1 / 10_000)),
    (r"0.5 \\cdot 0.8 \\cdot 0.1 = #", round(0.5 * 0.8 * 0.1, 2)),
    (r"-\\ln 0.245 = #", round(-log(P[1]), 2)),
    (r"1/2 costs #", round(log(2), 2)),
    (r"1/10 costs #", round(log(10), 2)),
    (r"1/1000 costs #", round(log(1000), 2)),
    (r"e\^\{-1.408\} = #", round(exp(-1.408), 3)),
    (r"e\^\{-2\} = #", round(exp(-2), 3)),
    (r"about one in #", round(exp(2))),
    (r"for \$C\$ classes: #, # and #\.", tuple(round(log(n), 2) for n in (2, 10, 1000))),
    (r"goes up, from # to #:", (round(-log(P[1]), 2), round(DOUBLED, 2))),
    (r"= #\$, which with only # classes", (round(exp(DOUBLED), 1), len(SCORES))),
    (r"e\^\{1000\}\$ has # digits", int(1000 * log10(e)) + 1),
    (r"\\ln 11.11 = #", round(log(SUM), 2)),
    (r"are −#, −# and −#\.", tuple(round(log(SUM) - score, 2) for score in SCORES)),
    (r"our dog: #, # − 1 and #\.", tuple(round(p, 3) for p in P)),
    (r"the same: #, −# and #\.", (round(P[0], 3), round(1 - P[1], 3), round(P[2], 3))),
    (r"A softmax over # classes", CLASSES),
    (r"it stands at \$\\ln 1000 = #", round(log(CLASSES), 2)),
    (r"With # classes it is # at best", (10, round(floor(10), 2))),
    (r"\\frac\{e\}\{e \+ #\}", CLASSES - 1),
    (r"e \+ 999\} = #", round(floor(CLASSES), 2)),
    (r"begin at \$\\ln 10 = #", round(log(10), 2)),
    (r"creeps towards #,", round(floor(10), 2)),
    (r"has a mean loss of # on", round(log(100), 2)),
    (r"\^\{4.61\}\$, which is about #\.", round(exp(4.605))),
    (r"looks at \*\*# crops\*\*", PATCHES),
]
