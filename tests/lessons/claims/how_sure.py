"""The numbers in "How sure are we?"."""

from claims.facts import DATA, RESULTS, SIDE

from alexnet_lib.networks.sizes import output_size

OVERLAP, LOGS = RESULTS["claims"]["overlap"], RESULTS["logs"]
OLD, NEW = (LOGS[OVERLAP[name]]["top1"] for name in ("old", "new"))
IMAGES = DATA["validation_images"]
ONE = (NEW * (1 - NEW) / IMAGES) ** 0.5  # the standard error of one error rate
BOTH_WRONG, ONE_WRONG = 0.35, 0.05  # an example: each network errs on 40 %
ERRS = BOTH_WRONG + ONE_WRONG
PAIRED = (2 * ONE_WRONG / IMAGES) ** 0.5


def sides(window):
    """Return AlexNet's sides after conv1, pool1, conv2, … as its program rounds them: up."""
    layers = [(11, 4, 0), (window, 2, 0), (5, 1, 2), (window, 2, 0), (3, 1, 1), (window, 2, 0)]
    found = [224]
    for kernel, stride, padding in layers:
        found.append(output_size(found[-1], kernel, stride, padding, ceil=True))
    return found[1:]


UP, AS_PUBLISHED = sides(2), sides(3)
assert (AS_PUBLISHED[1], AS_PUBLISHED[3], AS_PUBLISHED[5]) == (
    SIDE["pool1"],
    SIDE["pool2"],
    SIDE["pool5"],
)
again = NEW - LOGS["170"]["top1"]
assert 0.3 < again / (OLD - NEW) < 0.37  # "by a third of the gain in question"
assert 1.9 < 2**0.5 * ONE / PAIRED < 2.3  # "twice as sharp"

CLAIMS = [
    (r"same exam of # photographs", IMAGES),
    (r"got # % of them wrong, the other # %", (round(100 * OLD, 1), round(100 * NEW, 1))),
    (r"overlap gained # points", OVERLAP["top1"]),
    (r"true error rate of # % gets", 100 * ERRS),
    (r"For # it is # points", (IMAGES, round(100 * ONE, 2))),
    (r"error rates of # and # %\. How", (round(100 * OLD, 1), round(100 * NEW, 1))),
    (r"It is # points, and the gain is #:", (round(141.42 * ONE, 2), round(100 * (OLD - NEW), 2))),
    (r"true error rate of # %, take an exam of # photographs", (100 * ERRS, IMAGES)),
    (r"there are # % of the photographs", 100 * BOTH_WRONG),
    (r"and another # % for each", 100 * ONE_WRONG),
    (r"\$d = #\$", 2 * ONE_WRONG),
    (r"or # points in place of #\.", (round(100 * PAIRED, 2), round(141.42 * ONE, 2))),
    (r"learn from # pictures of clothes, one with windows of # × #", (2400, 2, 2)),
    (r"with overlap has the number #, and the one without has #\.", (145, 147)),
    (r"where windows of # × # give #, # and #,", (3, 3, *AS_PUBLISHED[1::2])),
    (r"windows of # × # give #, # and #\. To", (2, 2, *UP[1::2])),
    (r"come back to # and #, the author", tuple(AS_PUBLISHED[3::2])),
    (r"name # % of all pictures right", 80),
    (r"test set has # pictures", 2000),
    # an example, no network's
    (r"top-1 errors of # % and # %, each from one training and # images", (18.5, 18.2, 10_000)),
]
