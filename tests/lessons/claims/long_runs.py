"""The numbers on the page about long runs."""

from claims.facts import DATA, MACHINE, SGD

from alexnet_lib.data import measurements

EPOCH, SAVING = 100, 2  # minutes
WEEK = 7 * 24 * 60  # minutes
STEPS = DATA["training_images"] // SGD["batch"]
WAYS = measurements("train_step")["figures"]["variants"]["2012"].values()
BEST = max(way["images_per_second"] for way in WAYS)
WEEKS = DATA["training_images"] * SGD["epochs"] / BEST / 86_400 / 7
assert 3.75 < WEEKS < 4.25  # four weeks

CLAIMS = [
    (r"so # % of the time", 100 * SAVING / EPOCH),
    (r"half an epoch, # minutes", EPOCH / 2),
    (r"a week of # minutes", WEEK),
    (r"cost about # %", round(100 * SAVING / 30)),
    (r"lose only # minutes a week in place of 50", 30 / 2),
    (r"by hand, # times", SGD["drops"]),
    (r"the # cards of 2012 did", MACHINE["gpus"]),
    (r"in place of # or \w+ days", MACHINE["days"][0]),
    (r"in place of \w+ or # days", MACHINE["days"][1]),
    (r"keep # images in a batch", SGD["batch"]),
    (r"an epoch of # million images", DATA["training_images"] / 1e6),
    (r"# / 128", DATA["training_images"]),
    (r"/ 128 = # steps", STEPS),
    (r"With 256 images it has # steps", DATA["training_images"] // 256),
    (r"the last # images are left out", DATA["training_images"] % 256),
]
