"""The numbers in the lesson on how AlexNet came about."""

from datetime import date

from claims.facts import (
    CROP_SIDE,
    DATA,
    IMAGE_SIDE,
    MACHINE,
    ONE_NETWORK,
    PARAMETERS,
    RESULTS,
    SECOND,
    SGD,
    SIDE,
    WINNER,
)

from alexnet_lib.networks import plan

LOGS, TABLES = RESULTS["logs"], RESULTS["tables"]
CARD = RESULTS["constants"]["others"]["machine"]
FIRST_ENTRY, FIVE_ENTRY = TABLES["scoreboard2012"]["rows"][:2]
BOTH = set(FIRST_ENTRY["experiments"]) & set(FIVE_ENTRY["experiments"])
EVENTS = {event["event"]: event["date"] for event in RESULTS["timeline"]}
RUNS = [(int(name.partition("-")[0].rstrip("ab")), day) for name, day in RESULTS["diary"]["runs"]]
BEFORE_THE_END = [day for _, day in RUNS if "2012-07" <= day < "2012-10"]
ENTRIES_END = next(day for event, day in EVENTS.items() if event.startswith("Last day"))
LEFT = (date.fromisoformat(ENTRIES_END) - date.fromisoformat(LOGS["145"]["started"])).days
FIRST = next(row for row in plan("2012") if row.kind == "conv")
WORK = [row.multiply_adds for row in plan("2012") if row.kind in ("conv", "fc")]
WHOLE = sum(row.parameters for row in plan("2012", groups={"conv2": 1, "conv4": 1, "conv5": 1}))
ERRATA = {erratum["id"]: erratum for erratum in RESULTS["errata"]}
ROUNDED = [round(100 * LOGS[name]["top1"], 1) for name in ("148", "145")]


def points(old, new, top):
    """The difference of two logs, not rounded."""
    return 100 * (LOGS[old][top] - LOGS[new][top])


CLAIMS = [
    (r"second team missed # %", SECOND["top5_test"]),
    (r"the list said # %", WINNER["top5_test"]),
    (r"which of # \*\*classes", DATA["classes"]),
    (r"contest's part has # million", DATA["training_images"] / 1e6),
    (r"card like AlexNet's, the GTX #:", int(MACHINE["gpu"].split()[-1])),
    (r"The last day for entries was # September", int(ENTRIES_END[-2:])),
    (r"have numbers, from # to", min(number for number, _ in RUNS)),
    (r"have numbers, from \d+ to #", max(number for number, _ in RUNS)),
    # what the diary says of experiment 110
    (r"looks about # % worse", 1),
    (r"last day for entries # were begun", len(BEFORE_THE_END)),
    (r"the same # photographs", DATA["validation_images"]),
    (r"Experiment #, the last of the five, is the network", 145),
    (r"It began # days before", LEFT),
    (r"Experiment # ?, already under way", 147),
    (r"Training took # to # days", tuple(MACHINE["days"])),
    (r"on # cards of type GTX #,", (MACHINE["gpus"], int(MACHINE["gpu"].split()[-1]))),
    (r"does # billion operations a second", 10),  # an assumption, as the text says
    (r"# billion operations a photograph", round(2 * (3 * sum(WORK) - WORK[0]) / 1e9, 3)),
    (r"photograph, # million photographs, about", DATA["training_images"] / 1e6),
    (r"about # epochs", SGD["epochs"]),
    (r"has # processors", CARD["processors"]),
    (r"begins # operations with every beat", CARD["operations_per_beat"]),
    (r"its clock, # billion times", CARD["clock_ghz"]),
    (r"into the # GB of one card", MACHINE["gpu_memory_gb"]),
    (r"the diary has # networks", len(RUNS)),
    (r'AlexNet\'s error was # %"', WINNER["top5_test"]),
    (
        r'trained on # million photographs\."',
        RESULTS["constants"]["paper"]["data"]["imagenet_images_million"],
    ),
    (r"# % took # networks\. The single", (WINNER["top5_test"], WINNER["nets"])),
    (r"The single one has # %", ONE_NETWORK["top5"]),
    (r"learned from the contest's # million", DATA["training_images"] / 1e6),
    (r"So did the # of the last list", FIVE_ENTRY["nets"]),
    (r"the seven are # of the five", len(BOTH)),
    (r"of the five and # others", FIRST_ENTRY["nets"] - len(BOTH)),
    (
        r"exactly # million parameters",
        RESULTS["constants"]["paper"]["network"]["parameters_million"],
    ),
    (r"The paper says # million", RESULTS["constants"]["paper"]["network"]["parameters_million"]),
    (r"to the nearest it would be #\.", round(PARAMETERS / 1e6)),
    (r"If you read # million", round(WHOLE / 1e6)),
    (r"places of a # × # image", (DATA["image"], DATA["image"])),
    (r"does a window of # × # fit", (DATA["crop"], DATA["crop"])),
    (r"put out, # tables of # × #\?", FIRST.shape),
    (r"It counts # places", round((ERRATA["crops"]["printed"] / 2) ** 0.5)),
    (r"where # fit", round((ERRATA["crops"]["right"] / 2) ** 0.5)),
    (r"and # numbers in a row for #\.", (ERRATA["caption"]["printed"] // 55 // 96, SIDE["conv1"])),
    (r"pooling is worth # points", RESULTS["claims"]["overlap"]["top5"]),
    (r"stalled, # million photographs", DATA["training_images"] / 1e6),
    (r"seen that # % took # networks", (WINNER["top5_test"], WINNER["nets"])),
    (r"guesses at random among # classes", DATA["classes"]),
    (r"# %: the right class is among five of #", (100 - 500 / DATA["classes"], DATA["classes"])),
    (r"in # % of the cases", 500 / DATA["classes"]),
    (
        r"normalization gains # points, and the paper prints #\.",
        (round(points("148", "145", "top5"), 3), RESULTS["claims"]["lrn"]["top5"]),
    ),
    (
        r"Rounding both errors first, to # and #,",
        (round(100 * LOGS["148"]["top5"], 1), round(100 * LOGS["145"]["top5"], 1)),
    ),
    (r"gives # as well", RESULTS["claims"]["lrn"]["top5"]),
    (
        r"where the errors are # and #\?",
        (round(100 * LOGS["148"]["top1"], 3), round(100 * LOGS["145"]["top1"], 3)),
    ),
    (
        r"No\. # less # is #,",
        (*ROUNDED, round(ROUNDED[0] - ROUNDED[1], 1)),
    ),
    (
        r"but the difference is #, so #\.",
        (round(points("148", "145", "top1"), 3), RESULTS["claims"]["lrn"]["top1"]),
    ),
    (r"has the image # pixels a side, as the paper prints, or #\?", (CROP_SIDE, IMAGE_SIDE)),
    (r"single network was # points ahead", round(SECOND["top5_test"] - ONE_NETWORK["top5"])),
]
