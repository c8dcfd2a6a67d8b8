"""The numbers in the lesson on training."""

from math import e, log

from claims.facts import DATA, MACHINE, ONE_NETWORK, RESULTS, SGD, STEPS

FIRST_MOVE = -SGD["weight_decay"] * 0.1 * 2 - 0.1  # of a weight of 2, with rate 0.1 and slope 1
SECOND_MOVE = SGD["momentum"] * FIRST_MOVE - SGD["weight_decay"] * 0.1 * (2 + FIRST_MOVE) - 0.1

CLAIMS = [
    (r"# graphics cards worked", MACHINE["gpus"]),
    (r"worked for # to \w+ days", MACHINE["days"][0]),
    (r"worked for \w+ to # days", MACHINE["days"][1]),
    (r"out of # kinds", DATA["classes"]),
    (r"look at # photographs", SGD["batch"]),
    (r"v \\leftarrow # ?\\,v", SGD["momentum"]),
    (r"- #\\,\\varepsilon\\,w", SGD["weight_decay"]),
    (r"- 0.1 = -# \$\$", round(-FIRST_MOVE, 4)),
    (r"w = 2 - 0.1001 = #", round(2 + FIRST_MOVE, 4)),
    (r"- 0.1 = -#\$", round(-SECOND_MOVE, 4)),
    (r"so \$w = #\$", round(2 + FIRST_MOVE + SECOND_MOVE, 4)),
    (r"instead of # steps of", STEPS),
    (r"steps of #\.", SGD["batch"]),
    (r"by hand, # times", SGD["drops"]),
    (r"# images in a row", RESULTS["constants"]["program"]["augmentation"]["chunk"]),
    (r"images of 2012 was # %", ONE_NETWORK["top1"]),
    (r"floor lies at #", round(-log(e / (e + DATA["classes"] - 1)), 2)),
    (r"from # to 5.91", round(log(DATA["classes"]), 2)),
    (r"loss stands at # from", round(log(10), 2)),
    (r"since ln 10 = #", round(log(10), 2)),
    (r"an epoch of # million images", DATA["training_images"] / 1e6),
    (r"# / 128", DATA["training_images"]),
    (r"/ 128 = # steps", DATA["training_images"] // SGD["batch"]),
    (r"With 256 images it has # steps", DATA["training_images"] // 256),
    (r"the last # images are left out", DATA["training_images"] % 256),
]
