"""The numbers in the lesson on softmax and the loss."""

from math import e, exp, log, log10

import numpy as np
from claims.facts import DATA, RESULTS

from alexnet_lib.data import load
from alexnet_lib.scratch import cross_entropy, cross_entropy_backward

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


def second_loss(rows, rate):
    """Return the loss after one step from weights that are all 0, on 200 pictures of clothes."""
    labels = CLOTHES.labels[:200]
    slopes = rows.T @ cross_entropy_backward(np.zeros((200, 10)), labels)
    return cross_entropy(rows @ (-rate * slopes), labels)


P = shares(SCORES)
COLD = shares([2 * score for score in SCORES])
WARM = shares([score / 2 for score in SCORES])
CLOTHES = load("fashion-mnist-small")[0]
PIXELS = CLOTHES.images[:200].reshape(200, -1).astype(float)
DOUBLED = -log(COLD[1])  # the loss if dog is the label
SUM = sum(exp(score) for score in SCORES)

CLAIMS = [
    (r"AlexNet ends in # numbers", CLASSES),
    (r"the loss begins at #,", round(log(CLASSES), 2)),
    (r"can never fall below #", round(floor(CLASSES), 2)),
    (r"Take \$e = #\$", round(e, 3)),
    (r"\$\$ e\^2 = #", round(exp(2), 2)),
    (r"e\^1 = #", round(e, 2)),
    (r"\\frac\{1\}\{e\} = #", round(1 / e, 2)),
    (r"Our three sum to #\.", round(SUM, 2)),
    (r"\{7.39\}\{11.11\} = #", round(P[0], 3)),
    (r"\{2.72\}\{11.11\} = #", round(P[1], 3)),
    (r"\{1\}\{11.11\} = #", round(P[2], 3)),
    (r"probabilities twice: #, # and #\.", tuple(round(p, 3) for p in P)),
    (r"and gets # times the probability", round(P[0] / P[1], 3)),
    (r"it falls, from # to #\.", (round(-log(P[0]), 2), round(-log(COLD[0]), 2))),
    (r"A loss of # is as good as guessing among \$e\^\{2.30\} = #", (2.3, round(exp(2.3)))),
    (r"the answer is \*cat\*, with # or with #\.", (round(COLD[0], 3), round(WARM[0], 3))),
    (r"# / # = #, as it was there", (7.39, 8.39, round(exp(2) / (exp(2) + 1), 2))),
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
    (r"C\$: # for # classes, # for 10,", (round(log(2), 2), 2, round(log(10), 2))),
    (r"for 10, and # for #\.", (round(log(CLASSES), 2), CLASSES)),
    (r"goes up, from # to #:", (round(-log(P[1]), 2), round(DOUBLED, 2))),
    (r"= #\$\. With only # classes", (round(exp(DOUBLED), 1), len(SCORES))),
    (r"e\^\{1000\}\$ has # digits", int(1000 * log10(e)) + 1),
    (r"\\ln 11.11 = #", round(log(SUM), 2)),
    (r"are −#, −# and −#\.", tuple(round(log(SUM) - score, 2) for score in SCORES)),
    (r"our dog: #, # − 1 and #\.", tuple(round(p, 3) for p in P)),
    (r"The loss is #\. When the label", -(0 - 1000 - log(1 + exp(-1000)))),
    (r"the same: #, −# and #\.", (round(P[0], 3), round(1 - P[1], 3), round(P[2], 3))),
    (r"dog's −# becomes −#\.", (round(1 - P[1], 3), round((1 - P[1]) / 2, 3))),
    (r"A softmax over # classes", CLASSES),
    (r"With # classes it is # at best", (10, round(floor(10), 2))),
    (r"\\frac\{e\}\{e \+ #\}", CLASSES - 1),
    (r"e \+ 999\} = #", round(floor(CLASSES), 2)),
    (r"guessed among # classes", round(exp(floor(CLASSES)))),
    (r"the loss would be # instead of", round(second_loss(PIXELS, 0.05))),
    (r"instead of #\. So", round(log(10), 2)),
    (r"the second loss would be #,", round(second_loss((PIXELS / 255 - 0.29) / 0.35, 1), 2)),
    (r"begin at \$\\ln 10 = #", round(log(10), 2)),
    (r"creeps towards #,", round(floor(10), 2)),
    (r"has a mean loss of # on", round(log(100), 2)),
    (r"\^\{4.61\}\$, which is about #\.", round(exp(4.605))),
    (r"looks at \*\*# crops\*\*", PATCHES),
]
