"""The numbers in the lesson on pooling."""

from claims.facts import ALEXNET, CONV1_OUTPUTS, CROP_SIDE, RESULTS, SIDE

from alexnet_lib.networks.sizes import output_size

POOL = RESULTS["constants"]["paper"]["pooling"]
KERNEL, STRIDE = POOL["kernel"], POOL["stride"]
POOLS = [row for name, row in ALEXNET.items() if name.startswith("pool")]
CONV1 = SIDE["conv1"]
SAVED = ALEXNET["conv1"].shape[-1] ** 2 / ALEXNET["pool1"].shape[-1] ** 2

assert [row.name for row in POOLS] == ["pool1", "pool2", "pool5"]
assert all(output_size(n, 2, 2) == output_size(n, 3, 2) for n in (55, 27, 13))
assert 4 < SAVED < 4.3  # "a quarter of the work", "three quarters of conv2's work"


def view(*windows):
    """Return how far a number sees after windows (kernel, stride), and its neighbour's distance."""
    sees, apart = 1, 1
    for kernel, stride in windows:
        sees += (kernel - 1) * apart
        apart *= stride
    return sees, apart


WINDOWS = [
    (ALEXNET[name].settings["kernel"], ALEXNET[name].settings["stride"])
    for name in ("conv1", "pool1", "conv2")
]
assert view(WINDOWS[0]) == (11, 4)
assert view(*WINDOWS[:2]) == (19, 8)
assert view(*WINDOWS) == (51, 8)
assert view(WINDOWS[0], WINDOWS[2])[0] == 27

CLAIMS = [
    (r"first convolution makes # numbers", CONV1_OUTPUTS),
    (r"next step leaves #, the largest", ALEXNET["pool1"].outputs),
    (r"largest of each window of #\.", KERNEL**2),
    (r"takes a map of # × # numbers, window # and stride #\.", (CONV1, CONV1, KERNEL, STRIDE)),
    (r"pool1 gives # × #, with", (SIDE["pool1"], SIDE["pool1"])),
    (r"maps of # × # became 96 maps of # × #", (CONV1, CONV1, SIDE["pool1"], SIDE["pool1"])),
    (r"became # maps of", ALEXNET["pool1"].shape[0]),
    (r"AlexNet's do, with window # and stride #\.", (KERNEL, STRIDE)),
    (r"\| # times \| # times: after", (5, len(POOLS))),
    (r"always window # and stride #, and never", (KERNEL, STRIDE)),
    (r"and # arrive in place of #\.", (ALEXNET["pool5"].outputs, ALEXNET["conv5"].outputs)),
    (r"conv1's map of # × #, and pool # times", (CONV1, CONV1, 5)),
    (r"which asks for # × #, before", (SIDE["pool5"], SIDE["pool5"])),
    (r"photograph of # pixels arrives there with # × #", (CROP_SIDE, SIDE["pool5"], SIDE["pool5"])),
    (r"the sizes #, # and #, and", tuple(row.shape[-1] for row in POOLS)),
]
