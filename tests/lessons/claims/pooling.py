"""The numbers in the lesson on pooling."""

from claims.facts import ALEXNET, CONV1_OUTPUTS, CROP_SIDE, RESULTS, SIDE

from alexnet_lib.networks.sizes import output_size

OVERLAP, LOGS = RESULTS["claims"]["overlap"], RESULTS["logs"]
POOL = RESULTS["constants"]["paper"]["pooling"]
KERNEL, STRIDE = POOL["kernel"], POOL["stride"]
POOLS = [row for name, row in ALEXNET.items() if name.startswith("pool")]
CONV1 = SIDE["conv1"]
SAVED = ALEXNET["conv1"].shape[-1] ** 2 / ALEXNET["pool1"].shape[-1] ** 2

# As the program rounds up, 2 × 2 windows give other sides: see the lesson.
UP = [CONV1]
for kernel, padding in [(2, 0), (5, 2), (2, 0), (3, 1), (2, 0)]:
    stride = 2 if kernel == 2 else 1
    UP.append(output_size(UP[-1], kernel, stride, padding, ceil=True))

assert [row.name for row in POOLS] == ["pool1", "pool2", "pool5"]
assert all(output_size(n, 2, 2) == output_size(n, 3, 2) for n in (55, 27, 13))
assert 4 < SAVED < 4.3  # "a quarter of the work"
again = LOGS["145"]["top1"] - LOGS["170"]["top1"]
assert 0.3 < again / (LOGS["147"]["top1"] - LOGS["145"]["top1"]) < 0.37  # "by a third of the gain"

CLAIMS = [
    (r"first convolution makes # numbers", CONV1_OUTPUTS),
    (r"next step leaves #:", ALEXNET["pool1"].outputs),
    (r"of each window of #, the largest", KERNEL**2),
    (r"let[^.]* overlap: # points\. How", OVERLAP["top1"]),
    (r'windows gain # points"', OVERLAP["top1"]),
    (r"AlexNet's do, with window # and stride #\.", (KERNEL, STRIDE)),
    (r"takes a map of # × # numbers, window # and stride #\.", (CONV1, CONV1, KERNEL, STRIDE)),
    (r"which asks for # × #, before", (SIDE["pool5"], SIDE["pool5"])),
    (r"photograph of # pixels arrives there with # × #", (CROP_SIDE, SIDE["pool5"], SIDE["pool5"])),
    (r"\| # times \| # times: after", (5, len(POOLS))),
    (r"always window # and stride #, and never", (KERNEL, STRIDE)),
    (
        r"against windows of # × #, overlapping ones lower the error by # points",
        (2, 2, OVERLAP["top1"]),
    ),
    (r"and by # in the best # \(", (OVERLAP["top5"], 5)),
    (r"networks, number # and number #\.", (int(OVERLAP["new"]), int(OVERLAP["old"]))),
    (r"Had the # images", RESULTS["constants"]["paper"]["data"]["validation_images"]),
    (r"Number # has the layers of #\.", (170, 145)),
    (r"2 × 2 windows give #, # and #\.", (UP[1], UP[3], UP[5])),
    (r"come back to # and #, the author", (SIDE["pool2"], SIDE["pool5"])),
    (r"true one in # % of such", 95),
    (r"conv1's map of # × #, and pool", (CONV1, CONV1)),
    (r"the sizes #, # and #, and", tuple(row.shape[-1] for row in POOLS)),
    # an example, no network's
    (r"top-1 errors of # % and # %, each from one training and # images", (18.5, 18.2, 10_000)),
]
