"""The numbers in the lesson on pooling."""

import numpy as np
from claims.facts import ALEXNET, CONV1_OUTPUTS, CROP_SIDE, RESULTS, SIDE

from alexnet_lib.data import gray, photo
from alexnet_lib.networks.sizes import output_size
from alexnet_lib.scratch import avg_pool2d, conv2d, max_pool2d, relu
from alexnet_lib.widgets.pooling import DIGIT

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

# conv2 in 2012: 27 · 27 places, 256 kernels, 5 · 5 · 48 products for each.
CONV2 = ALEXNET["conv2"]
KERNELS, CHANNELS = CONV2.shape[0], ALEXNET["pool1"].shape[0]
SEEN = CHANNELS // CONV2.settings["groups"]
PRODUCTS = CONV2.settings["kernel"] ** 2 * SEEN
assert PRODUCTS == 5 * 5 * 48 and CONV2.shape[1:] == (27, 27)
assert 27 * 27 * KERNELS * PRODUCTS == CONV2.multiply_adds

# What the widget shows after a move by one pixel and by two.
STILL = np.array(DIGIT, dtype=float)[None, None]  # (1, 1, 8, 8)


def kept(stride, right):
    """Return how many maxima of 2 × 2 stay when the widget's picture moves right, and of how many."""
    moved = np.pad(STILL, ((0, 0), (0, 0), (0, 0), (right, 0)))[..., :-right]  # (1, 1, 8, 8)
    same = max_pool2d(moved, 2, stride) == max_pool2d(STILL, 2, stride)
    return int(same.sum()), same.size


# What pooling forgives, measured as the lesson does.
NOISE = np.random.default_rng(0).random((1, 1, 1000, 1000))  # (1, 1, 1000, 1000)
GREY = gray(photo("coffee")).astype(float)[None, None]  # (1, 1, 227, 227)
SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]  # (1, 1, 3, 3)
PICTURES = {"noise": NOISE, "photograph": GREY, "edges": relu(conv2d(GREY, SOBEL, None))}
WAYS = {
    "nothing": lambda x: x,
    "max 2 × 2": lambda x: max_pool2d(x, 2, 2),
    "max 3 × 3": lambda x: max_pool2d(x, 3, 2),
    "mean 3 × 3": lambda x: avg_pool2d(x, 3, 2),
}


def measures(x, pool):
    """Return the share of numbers that stay when x moves by a pixel, and the size of the change."""
    before, after = pool(x[..., 1:]), pool(x[..., :-1])
    return (before == after).mean(), ((after - before) ** 2).mean() ** 0.5 / before.std()


TABLE = {name: {way: measures(x, WAYS[way]) for way in WAYS} for name, x in PICTURES.items()}
for row in TABLE.values():
    shares = {way: share for way, (share, change) in row.items()}
    assert max(shares, key=shares.get) == "max 3 × 3"
    assert shares["mean 3 × 3"] == min(shares.values())
for name in ("noise", "photograph"):
    assert TABLE[name]["mean 3 × 3"][1] < TABLE[name]["max 3 × 3"][1]
assert abs(TABLE["edges"]["mean 3 × 3"][1] - TABLE["edges"]["max 3 × 3"][1]) < 0.03  # "close"
STAYING, JUMP = TABLE["noise"]["max 3 × 3"]
assert round(JUMP, 2) == 0.97 and round(STAYING, 2) == 0.5
JUMP_ALONE = round((JUMP**2 / (1 - STAYING)) ** 0.5, 2)
assert JUMP_ALONE == round((0.97**2 / 0.5) ** 0.5, 2) == 1.37
assert round(TABLE["noise"]["nothing"][1], 2) == round(2**0.5, 2) == 1.41
assert round(TABLE["noise"]["mean 3 × 3"][1], 2) == round((6 / 9) ** 0.5, 2) == 0.82
assert abs(TABLE["noise"]["max 2 × 2"][0] - 1 / 3) < 0.005  # "a third stays"
EXAMPLE = np.array([2, 4, 4, 10])
assert EXAMPLE.mean() == 5 and EXAMPLE.std() == 3
assert ((np.array([2, 4, 4, 7]) - EXAMPLE) ** 2).mean() ** 0.5 / EXAMPLE.std() == 0.5

# After a move by the stride the output moves along, and it turns with the picture.
MAP = NOISE[..., :55, :55]  # (1, 1, 55, 55)
MOVED = NOISE[..., :55, 2:57]  # (1, 1, 55, 55)
assert np.array_equal(max_pool2d(MOVED, 3, 2)[..., :-1], max_pool2d(MAP, 3, 2)[..., 1:])
TURNED = np.rot90(max_pool2d(MAP, 3, 2), axes=(2, 3))  # (1, 1, 27, 27)
assert np.array_equal(max_pool2d(np.rot90(MAP, axes=(2, 3)), 3, 2), TURNED)

# One winner of two windows, a place in a window, and 7 numbers in thirds.
assert np.argmax([3, 1, 6]) == 2 and np.argmax([6, 2, 4]) == 0 and divmod(7, 3) == (2, 1)
assert [(i * 7 // 3, -(-(i + 1) * 7 // 3)) for i in range(3)] == [(0, 3), (2, 5), (4, 7)]

CLAIMS = [
    (r"right, and # of the # numbers are", kept(2, 1)),
    (r"it is only # of #, and yet", kept(2, 2)),
    (r"stride 1, # of # stay after", kept(1, 1)),
    (r"the same share as # of #\.", kept(2, 1)),
    (r"The # million are those of 2012", round(CONV2.multiply_adds / 1e6)),
    (r"places, # kernels, and", KERNELS),
    (r"\(# and not #: the network was cut", (SEEN, CHANNELS)),
    (r"0\.5\} = #\$: they jump", JUMP_ALONE),
    (r"\\sqrt\{6/9\} = #\$", round((6 / 9) ** 0.5, 2)),
    (r"first convolution makes # numbers", CONV1_OUTPUTS),
    (r"next step leaves #, the largest", ALEXNET["pool1"].outputs),
    (r"largest of each window of #\.", KERNEL**2),
    (r"takes a map of # × # numbers, window # and stride #\.", (CONV1, CONV1, KERNEL, STRIDE)),
    (r"pool1 gives # × #, with", (SIDE["pool1"], SIDE["pool1"])),
    (r"maps of # × # became 96 maps of # × #", (CONV1, CONV1, SIDE["pool1"], SIDE["pool1"])),
    (r"became # maps of", ALEXNET["pool1"].shape[0]),
    (r"AlexNet's do, with window # and stride #\.", (KERNEL, STRIDE)),
    (r"always with window # and stride #\.", (KERNEL, STRIDE)),
    (r"and # arrive in place of #\.", (ALEXNET["pool5"].outputs, ALEXNET["conv5"].outputs)),
    (r"conv1's map of # × #, and pool # times", (CONV1, CONV1, 5)),
    (r"which asks for # × #, before", (SIDE["pool5"], SIDE["pool5"])),
    (r"photograph of # pixels arrives there with # × #", (CROP_SIDE, SIDE["pool5"], SIDE["pool5"])),
    (r"the sizes #, # and #, and", tuple(row.shape[-1] for row in POOLS)),
]
