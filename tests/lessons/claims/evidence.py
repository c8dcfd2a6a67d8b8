"""The numbers on the page that compares the paper's tables with its authors' log."""

from claims.facts import (
    ALEXNET,
    DATA,
    ONE_NETWORK,
    RESULTS,
    SECOND,
    SIDE,
    WINNER,
)

LOGS, TABLES, GAINS = RESULTS["logs"], RESULTS["tables"], RESULTS["claims"]
FIVE = TABLES["ilsvrc2012"]["rows"][2]
FIRST_ENTRY, FIVE_ENTRY = TABLES["scoreboard2012"]["rows"][:2]
BOTH = set(FIRST_ENTRY["experiments"]) & set(FIVE_ENTRY["experiments"])
ERRATA = {erratum["id"]: erratum for erratum in RESULTS["errata"]}
EXPERIMENTS = [event for event in RESULTS["timeline"] if event["kind"] == "experiment"]
BETWEEN = [event for event in EXPERIMENTS if "2012-09-30" < event["date"] < "2012-10-13"]
LOGGED = [
    row for table in ("ilsvrc2010", "ilsvrc2012") for row in TABLES[table]["rows"] if "log" in row
]
FIRST = ALEXNET["conv1"]


def points(old, new, top):
    """Return the difference of two logs in percentage points, not rounded."""
    return 100 * (LOGS[old][top] - LOGS[new][top])


AVERAGED = round(ONE_NETWORK["top5"] - FIVE["top5"], 1)
IDEAS = [
    points(GAINS[key]["old"], GAINS[key]["new"], "top5") for key in ("lrn", "overlap", "two_gpus")
]

# One experiment was begun between the last day for entries and the results, and it was not 145.
assert [event["event"][:14] for event in BETWEEN] == ["Experiment 147"]
assert LOGS["145"]["started"] == "2012-09-13"
assert LOGS["147"]["started"] == "2012-10-07"
assert LOGS["148"]["started"][:7] == LOGS["145-half"]["started"][:7] == "2012-11"
assert max(IDEAS) < AVERAGED and round(IDEAS[1] / IDEAS[0], 1) in (0.2, 0.3)  # "a quarter"
assert len(LOGGED) == 4  # three rows and the footnote
assert FIVE_ENTRY["top5"] < SECOND["top5_test"]

CLAIMS = [
    (r"with one guess misses # points less", GAINS["lrn"]["top1"]),
    (r"says that experiment #, which has no", 148),
    (r"which has no normalization, missed # %", round(100 * LOGS["148"]["top1"], 3)),
    (r"and experiment #, which has it and is AlexNet", 145),
    (r"which has it and is AlexNet, # %", round(100 * LOGS["145"]["top1"], 3)),
    (r"so # points\. And if", round(points("148", "145", "top1"), 1)),
    (r"The paper prints #\.", GAINS["lrn"]["top1"]),
    (r"The paper has # tables of results", 2),
    (r"from # to # %: # points, for # times", (ONE_NETWORK["top5"], FIVE["top5"], AVERAGED, 5)),
    (r"normalization, # points each", GAINS["lrn"]["top5"]),
    (r"any of the three: # points", AVERAGED),
    (r"# % took # networks, and the # of", (WINNER["top5_test"], WINNER["nets"], FIVE["nets"])),
    (r"the seven are # of the five and # others", (len(BOTH), FIRST_ENTRY["nets"] - len(BOTH))),
    (r"a window of # × # pixels out", (DATA["crop"], DATA["crop"])),
    (r"an image of # × #: how", (DATA["image"], DATA["image"])),
    (r"put out, # tables of # × #\?", FIRST.shape),
    (r"counts # places", round((ERRATA["crops"]["printed"] / 2) ** 0.5)),
    (r"where # fit", round((ERRATA["crops"]["right"] / 2) ** 0.5)),
    (r"has # numbers in a row for #\.", (ERRATA["caption"]["printed"] // 55 // 96, SIDE["conv1"])),
    (
        r"normalization gains # points, and the paper prints #\.",
        (round(points("148", "145", "top5"), 3), GAINS["lrn"]["top5"]),
    ),
    (
        r"Rounding both errors first, to # and #,",
        (round(100 * LOGS["148"]["top5"], 1), round(100 * LOGS["145"]["top5"], 1)),
    ),
    (r"gives # as well\.", GAINS["lrn"]["top5"]),
    (r"where it gives # in place of #\.", (1.3, GAINS["lrn"]["top1"])),
    (r"A single network was # points ahead", round(SECOND["top5_test"] - ONE_NETWORK["top5"])),
]
