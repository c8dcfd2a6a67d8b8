"""The numbers in the lesson on how AlexNet came about."""

from datetime import date
from math import prod

from claims.facts import (
    CONVOLUTION_COSTS,
    DATA,
    FULLY_CONNECTED_COSTS,
    MACHINE,
    ONE_NETWORK,
    PARAMETERS,
    RESULTS,
    SECOND,
    SGD,
    WINNER,
)

from alexnet_lib.networks import plan

LOGS, TABLES = RESULTS["logs"], RESULTS["tables"]
PAPER = RESULTS["constants"]["paper"]
OLD, RECIPE, NETWORK = [row["top5"] for row in TABLES["ilsvrc2010"]["rows"][:3]]
EVENTS = {event["event"]: event["date"] for event in RESULTS["timeline"]}
RUNS = [(int(name.partition("-")[0].rstrip("ab")), day) for name, day in RESULTS["diary"]["runs"]]
MONTHS = [day[:7] for _, day in RUNS]
BEFORE_THE_END = [day for _, day in RUNS if "2012-07" <= day < "2012-10"]
ENTRIES_END = next(day for event, day in EVENTS.items() if event.startswith("Last day"))
LEFT = (date.fromisoformat(ENTRIES_END) - date.fromisoformat(LOGS["145"]["started"])).days
WORK = CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS
OPERATIONS = 2 * (3 * sum(WORK) - WORK[0])
SHOWN = DATA["training_images"] * SGD["epochs"]
CORE = 10e9  # operations a second: an assumption, as the text says
YEARS = OPERATIONS * SHOWN / CORE / (365 * 86_400)
CARD = RESULTS["constants"]["others"]["machine"]
PEAK = CARD["processors"] * CARD["clock_ghz"] * CARD["operations_per_beat"] * 1e9
AT_PEAK = OPERATIONS * SHOWN / (MACHINE["gpus"] * PEAK) / 86_400  # days
FIVE = next(row for row in TABLES["ilsvrc2012"]["rows"] if row["nets"] == 5)
WHOLE = sum(row.parameters for row in plan("2012", groups={"conv2": 1, "conv4": 1, "conv5": 1}))
GROUPED = [row for row in plan("2012") if row.kind == "conv" and row.settings.get("groups", 1) > 1]

assert MONTHS.count("2012-08") == MONTHS.count("2012-09") == max(map(MONTHS.count, MONTHS))
assert 1.35 < YEARS < 1.5  # "almost a year and a half"
# "to begin again once or twice, and no more": two tries surely fit, three hardly, four don't
assert 2 * MACHINE["days"][1] < LEFT < 4 * MACHINE["days"][0]
assert AT_PEAK / MACHINE["days"][0] < 1 / 3  # "less than a third of what they could"
assert 1000 < PARAMETERS / 60_000 < 1050  # "a thousand times"
assert LOGS["145"]["top5"] < LOGS["120"]["top5"] < SECOND["top5_test"] / 100
# What training keeps in the memory of a GPU, in GB.
PARAMETER_BYTES = 4 * PARAMETERS
KEPT = [row for row in plan("2012") if row.kind not in ("input", "pad", "flatten")]
OUTPUT_BYTES = 4 * SGD["batch"] * sum(prod(row.shape) for row in KEPT)

# Two networks, one photograph: each gives *espresso* and *cup* a score.
TWO = [(0.6, 0.4), (0.1, 0.9)]
MEANS = tuple(round(sum(scores) / 2, 2) for scores in zip(*TWO, strict=True))

CLAIMS = [
    (r"second team missed # %", SECOND["top5_test"]),
    (r"the list said # %", WINNER["top5_test"]),
    # what Fei-Fei Li says in her talk
    (r"almost \[# people from # countries", (50_000, 167)),
    (r"which of # \*\*classes", DATA["classes"]),
    (r"so 0\.75 or # %", 75),
    (r"missed by all five: # %", 25),
    (r"its winner, which missed # %", OLD),
    (r"The better recipe gained # \*\*points", round(OLD - RECIPE, 1)),
    (r"it missed # photographs fewer", round(OLD - RECIPE, 1)),
    (r"The network gained another #\.", round(RECIPE - NETWORK, 1)),
    (r"Of # mistakes the network avoids #, which", (RECIPE, round(RECIPE - NETWORK, 1))),
    (r"which is # % of them", round(100 * (RECIPE - NETWORK) / RECIPE)),
    (r"the recipe, # of # or", (round(OLD - RECIPE, 1), OLD)),
    (r"the recipe, \S+ of \S+ or # %", round(100 * (OLD - RECIPE) / OLD)),
    (r"The # % are one network's", NETWORK),
    (r"an image of # × # pixels through", (DATA["image"], DATA["image"])),
    (r"through a window of # × #, at", (DATA["crop"], DATA["crop"])),
    (r"in an image of # × # pixels, a window", (4, 4)),
    (r"a window of # × # has # places", (3, 3, (4 - 3 + 1) ** 2)),
    (r"which makes # examples", 2 * (4 - 3 + 1) ** 2),
    (r"For AlexNet's the paper says #;", PAPER["augmentation"]["factor"]),
    (r"LeNet-5 has # parameters", 60_000),
    (r"contest's part of ImageNet has # million", DATA["training_images"] / 1e6),
    (r"Training took # to # days on # cards", (*MACHINE["days"], MACHINE["gpus"])),
    (r"at # billion operations a second, it", CORE / 1e9),
    (r"card like AlexNet's, the GTX #:", int(MACHINE["gpu"].split()[-1])),
    (r"The last day for entries was # September", int(ENTRIES_END[-2:])),
    (r"have numbers, from # to", min(number for number, _ in RUNS)),
    (r"have numbers, from \d+ to #", max(number for number, _ in RUNS)),
    (r"with # each it is a tie", MONTHS.count("2012-08")),
    (r"and July has #\.", MONTHS.count("2012-07")),
    (r"last day for entries # networks were begun", len(BEFORE_THE_END)),
    (r"the same # photographs", DATA["validation_images"]),
    (r"entry with its # %", SECOND["top5_test"]),
    (r"Experiment #, the last of the five, is the network", 145),
    (r"It began # days before", LEFT),
    (r"# billion operations, # million times over", (OPERATIONS // 1e9, SHOWN / 1e6)),
    (
        r"times over: # million photographs, each about #",
        (DATA["training_images"] / 1e6, SGD["epochs"]),
    ),
    (r"can do # trillion operations a second", round(PEAK / 1e12, 3)),
    (r"done in # days\. They took # to #", (round(AT_PEAK, 1), *MACHINE["days"])),
    (r"would be busy for # years", round(YEARS, 1)),
    (r"into the # GB of one card", MACHINE["gpu_memory_gb"]),
    (r"each they take # GB", round(PARAMETER_BYTES / 1e9, 2)),
    (r"for # photographs at a time", SGD["batch"]),
    (r"That is # GB more", round(OUTPUT_BYTES / 1e9)),
    (r"in # of the # convolutions", (len(GROUPED), len(CONVOLUTION_COSTS))),
    (r"AlexNet's error was # %\.", WINNER["top5_test"]),
    (
        r"# % of the test photographs were missed by # networks",
        (WINNER["top5_test"], WINNER["nets"]),
    ),
    (r"gives \*espresso\* # and \*cup\* #, and another # and #\.", (*TWO[0], *TWO[1])),
    (r"The means are # and #:", MEANS),
    (r"AlexNet alone missed # %", ONE_NETWORK["top5"]),
    (r"# networks of its kind together # %", (FIVE["nets"], FIVE["top5"])),
    (r"the five missed # % of the test", FIVE["top5_test"]),
    (r"and # % is far below the second team's # %", (ONE_NETWORK["top5"], SECOND["top5_test"])),
    (r"trained on # million photographs\.", PAPER["data"]["imagenet_images_million"]),
    (r"The contest's part has # million", DATA["training_images"] / 1e6),
    (r"AlexNet has # million parameters\.", round(WHOLE / 1e6)),
    (r"The published network has # million", round(PARAMETERS / 1e6)),
    (r"If you read # million", round(WHOLE / 1e6)),
    (r"The paper says # million", PAPER["network"]["parameters_million"]),
    (r"all their layers\), # million photographs", DATA["training_images"] / 1e6),
    (r"guesses at random among # classes", DATA["classes"]),
    (r"# %: the right class is among five of #", (100 - 500 / DATA["classes"], DATA["classes"])),
    (r"in # % of the cases", 500 / DATA["classes"]),
]
