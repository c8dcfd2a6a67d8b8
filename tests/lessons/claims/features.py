"""The numbers in the lesson on features.

What takes many photographs to compute stands in the lesson's outputs, which are compared whenever
the lesson runs: those numbers are read from there.
"""

from functools import partial

import torch
from claims import outputs
from claims.facts import ALEXNET, IMAGE_SIDE

from alexnet_lib.data import animal
from alexnet_lib.data.few import few_photos
from alexnet_lib.networks import alexnet, occlusion_map
from alexnet_lib.networks.anatomy import anatomy
from alexnet_lib.networks.bundled import BUNDLED, bundled
from alexnet_lib.widgets import ExplorerWidget
from alexnet_lib.widgets.explorer import answer, examples

printed = partial(outputs.printed, "network/features")
ABOUT, MODEL = BUNDLED["squeezenet"], bundled("squeezenet")


def answers(name):
    """Return {class: percent} for a photograph of an animal."""
    with torch.no_grad():
        shares = MODEL(ABOUT.input(animal(name)))[0].softmax(0)
    return {label: round(100 * share, 1) for label, share in ABOUT.top(shares, 10)}


DUCK, KITTEN, DOG = answers("duck"), answers("kitten"), answers("dog")
KINDS = len(few_photos()[1])
PIXELS = printed(r"pixels (\d+) of 56")
BEST = printed(r"fire9 (\d+) of 56")
ZEROS = printed(r"conv1 \(69.*\) (\d+) % are 0"), printed(r"fire9 \(69.*\) (\d+) % are 0")
LESS = printed(r"its back covered: (\d+) %")
KERNEL = ALEXNET["conv1"].settings["kernel"]
with torch.device("meta"):  # sizes, without the 61 million parameters
    SEEN = anatomy(alexnet("2012"), torch.zeros(1, 3, 224, 224))["pool5"].receptive_field[0]
SHIRT = torch.tensor(ExplorerWidget(picture="Shirt").maps["input"])  # (1, 28, 28)
SHIRT_LABEL = BUNDLED["fashion"].classes.index("Shirt")
SHIRT_SHARE = float(answer(examples()["Shirt"])[SHIRT_LABEL])
SHIRT_LEFT = occlusion_map(bundled("fashion"), SHIRT, SHIRT_LABEL, 7, 2)  # (11, 11)
RELUS = tuple(printed(rf"relu{layer}: (\d+) % are 0") for layer in (1, 2, 4, 5))
TILES = printed(r"first in (\d+) of (\d+)")
MIDDLE = printed(r"in the middle (\d+) %")
GAP = printed(r"goose +score +([\d.]+)") - printed(r"albatross +score +([\d.]+)")

assert ALEXNET["fc7"].outputs == 4096 and 1300 < 2.718281828**7.2 < 1400
assert round(ZEROS[0]) in (48, 49, 50, 51) and KINDS == 56 and LESS == 40
assert next(iter(KITTEN)) == "papillon" and next(iter(DOG)) == "German shepherd"
assert next(iter(answers("cow"))) == "dalmatian"
assert SHIRT_LEFT.argmin() == 1 * 11 + 6  # the collar: row 2, column 12
assert SHIRT_LEFT[2, 1] < 0.1 and SHIRT_LEFT[10].min() > SHIRT_SHARE  # a shoulder, and the hem
assert (SHIRT_LEFT > SHIRT_SHARE).sum() > SHIRT_LEFT.numel() / 2
assert TILES[0] * 3 < TILES[1]

CLAIMS = [
    (r"has seen # million photographs", 1.2),
    (r"Both are as large as AlexNet's first ones, # × #", (KERNEL, KERNEL)),
    (r"numbers are 0, after fire9 # %", ZEROS[1]),
    (r"comparing \*pixels\*, # of 56", PIXELS),
    (r"network is only # % sure", round(100 * SHIRT_SHARE)),
    (r"jumps from # % to #, sinks to #, and ends at #\.", RELUS),
    (r"AlexNet's # first kernels", ALEXNET["conv1"].shape[0]),
    (r"\$11 \\cdot 11 \\cdot 3 = #\$ weights", KERNEL * KERNEL * 3),
    (r"last pooling sees # of # pixels", (SEEN, IMAGE_SIDE)),
    (r"last list before the scores: # numbers", ALEXNET["fc7"].outputs),
    (r"wins by #, and", round(GAP, 1)),
    (r"is over #: so the", 1300),
    (r"gives it # %\. The number", DUCK["goose"]),
    (r"with the other # classes", len(ABOUT.classes) - 1),
    (r"a small dog, at # %, and", round(KITTEN["papillon"])),
    (r"\*tennis ball\* at # %: wrong", round(KITTEN["tennis ball"])),
    (r"In # of #, and in the middle one", TILES),
    (r"fallen from # % to #\.", (round(DOG["German shepherd"]), MIDDLE)),
    (r"Does the softmax make 50, 90 or # % of it", DUCK["goose"]),
    (r"seen # right neighbours of 56 become #", (PIXELS, BEST)),
]
