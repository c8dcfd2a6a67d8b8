"""The numbers in the lesson on gradient descent."""

from claims.facts import DATA, PARAMETERS, SGD, STEPS

from alexnet_lib.data import measurements

FIRST_MOVE = -SGD["weight_decay"] * 0.1 * 2 - 0.1  # of a weight of 2, with rate 0.1 and slope 1
SECOND_MOVE = SGD["momentum"] * FIRST_MOVE - SGD["weight_decay"] * 0.1 * (2 + FIRST_MOVE) - 0.1
GAIN = round(1 / (1 - SGD["momentum"]))  # of a step, where the slope stays
ROWS = measurements("batch_size")["figures"]["rows"]


def row_of(same, batch, scaled=False):
    """Return a row of the benchmark, with the same rate for all sizes or a scaled one."""
    key = same, batch, scaled
    (row,) = [row for row in ROWS if (row["same"], row["batch"], row["scaled"]) == key]
    return row


def right(same, batch, scaled=False):
    """Return the mean accuracy in a row of the benchmark, in whole %."""
    accuracy = row_of(same, batch, scaled)["accuracy"]
    return round(sum(accuracy) / len(accuracy))


def steps(same, batch):
    """Return the steps in a row of the benchmark."""
    return row_of(same, batch)["steps"]


def left_after_epoch():
    """Return what is left of a weight of 1 after an epoch with decay and momentum alone."""
    w, v = 1.0, 0.0
    for _ in range(DATA["training_images"] // SGD["batch"]):
        v = SGD["momentum"] * v - SGD["weight_decay"] * SGD["learning_rate"] * w
        w += v
    return w


CLAIMS = [
    (r"learned: roughly # steps", round(STEPS, -4)),
    (r"landscape with # million directions", round(PARAMETERS / 1e6)),
    (r"the rate 0.9 bring you as near as #\.", round(3 * 0.8**12, 1)),
    (r"and you are # away, on your way", round(3 * 1.2**12)),
    (r"At 0 it is −#:", -2 * (0 - 3)),
    (r"lowers the loss from \d to #\.", round((0.01 - 3) ** 2, 4)),
    (r"shrink by the same factor: #,", round(0.1 * 2 * 3, 3)),
    (r"factor: 0.6, #,", round(0.1 * 2 * 3 * 0.8, 3)),
    (r"0.6, 0.48, #\.", round(0.1 * 2 * 3 * 0.8**2, 3)),
    (r"third step ends at #\.", round(3 * (1 - 0.8**3), 2)),
    (r"v \\leftarrow # ?\\,v \\;-", SGD["momentum"]),
    (r"-\\; #\\,\\varepsilon\\,w", SGD["weight_decay"]),
    (r"decay of 0.4, that is at #:", 2 * 3 / (2 + 0.4)),
    (r"So \$v = -#\$", round(-FIRST_MOVE, 4)),
    (r"and \$w = #\$\. The second", round(2 + FIRST_MOVE, 4)),
    (r"- 0.1 = -#\$", round(-SECOND_MOVE, 4)),
    (r"so \$w = #\$", round(2 + FIRST_MOVE + SECOND_MOVE, 4)),
    (r"And with #, which AlexNet had", SGD["momentum"]),
    (r"momentum # works like a rate ten", SGD["momentum"]),
    (r"works like a rate # times as large", GAIN),
    (r"fallen to #, and", 0.19),  # printed by the cell above, as is the next
    (r"about # of 100 are right", 95),
    (r"batches of 300 are # steps", -(-2000 // 300)),
    (r"the last with #\.", 2000 % 300),
    (r"a batch of 10 gets # % right", right("epochs", 10)),
    (r"% right in # steps", steps("epochs", 10)),
    (r"one of 1000 gets # %", right("epochs", 1000)),
    (r"gets \d+ % in #\.", steps("epochs", 1000)),
    (r"a little better, # % against", right("steps", 1000)),
    (r"% against # %, for", right("steps", 10)),
    (r"held back stood still, # times", SGD["drops"]),
    (r"with a batch of #, a rate", SGD["batch"]),
    (r"a rate of # at the start", SGD["learning_rate"]),
    (r"roughly # epochs of", SGD["epochs"]),
    (r"epochs of # million photographs", DATA["training_images"] / 1e6),
    (r"moves # parameters at once", PARAMETERS),
    (r"from # % for a batch of 1000", right("epochs", 1000)),
    (r"to # % for one of 10\.", right("epochs", 10)),
    (r"accuracy from # % to", right("steps", 10)),
    (r"accuracy from \d+ % to # %", right("steps", 1000)),
    (r"behind: # %", 55),  # printed by the cell above
    (r"0.9 only from 0.1 to #\.", 2 * (1 + SGD["momentum"]) / 20),  # momentum's limit
    (r"five \*epochs\*: #, 500", steps("epochs", 10)),
    (r"2500, #, 100", steps("epochs", 50)),
    (r"2500, 500, # and", steps("epochs", 250)),
    (r"100 and # steps\.", steps("epochs", 1000)),
    (r"every size gets # \*steps", steps("steps", 1000)),
    (r"it gets # % right", right("steps", 1000, scaled=True)),
    (r"lies, with # % confidence", 95),
    (r"AlexNet's authors had #\.", SGD["batch"]),
    (r"a training with # and twice", 2 * SGD["batch"]),
    (r"as good as with #\.", SGD["batch"]),
    (r"small: # times a rate", SGD["weight_decay"]),
    (r"times a rate of #, in each", SGD["learning_rate"]),
    (r"weight # is left: more", round(left_after_epoch(), 2)),
    (r"has climbed to # %", 78),  # asserted in the lesson's last cell, as is the next
    (r"the squared error to # %", 47),
    (r"begin with # % right", 13),
    (r"AlexNet: # million photographs", DATA["training_images"] / 1e6),
    (r"photographs, # classes", DATA["classes"]),
    (r"with \$\\lambda = #\$", SGD["weight_decay"]),
    (r"label the other #", 10_000),  # an example
]
