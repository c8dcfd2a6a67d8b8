"""The numbers in the lesson on transfer."""

from math import hypot

from claims.facts import DATA, IMAGE_SIDE

from alexnet_lib.data import measurements, network_weights
from alexnet_lib.data.few import CLASSES, EACH
from alexnet_lib.networks import plan
from alexnet_lib.networks.bundled import BUNDLED
from alexnet_lib.widgets.transfer import recorded

ABOUT = BUNDLED["squeezenet"]
NAMES = ABOUT.classes
DOGS = NAMES.index("Mexican hairless") - NAMES.index("Chihuahua") + 1
FIGURES = measurements("transfer")["figures"]
MEANS = {way: {n: row[0] for n, row in rows.items()} for way, rows in FIGURES["intervals"].items()}
WORST = min(FIGURES["right"]["nearest mean"]["1"])
PARAMETERS = sum(array.size for array in network_weights("squeezenet").values())
FC8 = next(row for row in plan("torchvision") if row.name == "fc8")
FEATURES = 4096
NEW = FEATURES * 4 + 4
SHARES = {name: round(100 * rows[0][1]) for name, rows in recorded()["answers"].items()}
CAT = recorded()["answers"]["cat"]
BEFORE_LAST = sum(
    array.size for name, array in network_weights("squeezenet").items() if "conv10" not in name
)
SETTINGS = FIGURES["settings"]
LINEAR, TUNED, SCRATCHED = (
    (SETTINGS[way]["steps"], SETTINGS[way]["rate"]) for way in ("linear", "tuned", "scratch")
)
PEOPLE, UNSAFE = 2832, 1593  # Yang and others, 2020: classes of people, and those judged unsafe
WRONG_LABELS = 5.83  # % of ImageNet's validation set: Northcutt and others, 2021, table 1

assert not [name for name in NAMES if "windmill" in name or "astronaut" in name]
assert FIGURES["test"] == 16 and EACH == 14 and len(CLASSES) == 4
assert 61e6 / 60 < PARAMETERS < 61e6 / 45  # "a fiftieth of the parameters"
assert FC8.parameters == FEATURES * 1000 + 1000
assert {name for name, _ in CAT[:3]} == {"Egyptian cat", "tiger cat", "tabby"}
assert sum(share for _, share in CAT[:3]) > 0.97  # "nearly all between them"
assert MEANS["nearest mean"]["1"] > 100 * 5 / 6  # "five of six new photographs"
assert FIGURES["trained"] == 5  # "on only five of the 30 draws"
for count, gains in FIGURES["gains"]["fine-tuned"].items():
    assert gains[1] <= 0, count  # "gains nothing that shows"
for count, gains in FIGURES["gains"]["linear layer"].items():
    assert (gains[1] > 0) == (count == "10")  # "after fewer nothing that shows"
SCRATCH = FIGURES["same_draws"]["from scratch"]["10"]
OTHERS = ("nearest mean", "linear layer", "fine-tuned")
BEST = max(OTHERS, key=lambda way: FIGURES["same_draws"][way]["10"][0])
assert BEST == "linear layer"  # "the trained layer is first"
for way in OTHERS:  # "From scratch is last, more than 40 points behind"
    assert FIGURES["same_draws"][way]["10"][0] - SCRATCH[0] > 40, way
for way in ("colour", "pixels"):  # "can't be told from these in five draws"
    assert SCRATCH[1] < FIGURES["same_draws"][way]["10"][0] < SCRATCH[2], way
assert {"obelisk", "drake"} <= set(NAMES)
assert 2800 < PEOPLE < 3000 and UNSAFE > PEOPLE / 2  # "nearly 3,000", "more than half of them"
assert 2 * recorded()["answers"]["astronaut"][1][1] > 0.16  # "the next name is close behind"

CLAIMS = [
    (r"had # million labelled", DATA["training_images"] / 1e6),
    (r"of its # classes # are breeds of dogs", (len(NAMES), DOGS)),
    (r"a download of # MB", round(61_100_840 * 4 / 1e6)),
    (r"the same # classes and", len(NAMES)),
    (r"resized to # × # pixels\.", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"Minus a mean\*: # from each red, # from each green and # from each blue", ABOUT.mean),
    (
        r"200 - 123.68 = #\$, \$150 - 116.779 = #\$ and \$100 - 103.939 = -#\$",
        (76.32, 33.221, 3.939),
    ),
    (r"It returns # scores", len(NAMES)),
    (r"of them that sum to # %", 100),
    (r"names the dog's breed, and is # % sure", SHARES["dog"]),
    (r"What # names don't have", len(NAMES)),
    (r"ImageNet's # classes have no", len(NAMES)),
    (r"softmax shares # % among", 100),
    (r"come first\.\s+# % is little", SHARES["astronaut"]),
    (r"\*threshold\*, of # %", 50),
    (r"the duck is \*goose, # %\*", SHARES["duck"]),
    (r"it compares # names", len(NAMES)),
    (r"has # maps of # × #\. Each", (512, 14, 14)),
    (r"shorter, \$\\sqrt\{3\^2 \+ 1\^2\} = #\$ against", round(hypot(3, 1), 1)),
    (r"\\sqrt\{5\^2 \+ 2\^2\} = #\$\.", round(hypot(5, 2), 1)),
    (r"8\^2 \+ 6\^2\} = #\$", hypot(8, 6)),
    (r"3\^2 \+ 4\^2\} = #\$ long", hypot(3, 4)),
    (r"0\.8 \\cdot 0\.6 = # ", 0.96),
    (r"right in # % of the cases", 100 / len(CLASSES)),
    (r"# % from a single example of each", round(MEANS["nearest mean"]["1"])),
    (r"With three it is # %", round(MEANS["nearest mean"]["3"])),
    (r"worst draw only # %", int(WORST)),
    (r"which knew # names", len(NAMES)),
    (r"turns # features into # scores", (FEATURES, len(NAMES))),
    (r"4096 \\cdot 4 \+ 4 = 16\{,\}#\$", NEW - 16_000),
    (
        r"weights and biases, # % of the network",
        round(100 * NEW / (61_100_840 - FC8.parameters + NEW), 2),
    ),
    (
        r"took # steps at a rate of #, fine-tuning # at #, and from scratch # at #, with",
        (*LINEAR, *TUNED, *SCRATCHED),
    ),
    (r"on only five of the # draws", len(FIGURES["right"]["nearest mean"]["1"])),
    (r"Fine-tuning moves # more weights", BEFORE_LAST),
    (
        r"gains # points over nearest mean \(\[interval\]\([^)]*\) # to #, from",
        tuple(round(value, 1) for value in FIGURES["gains"]["linear layer"]["10"]),
    ),
    (r"to the dog's # %\?", SHARES["dog"]),
    (r"average colour alone, and # % by a blur", round(MEANS["pixels"]["10"])),
    (r"how much of their # % is background", round(MEANS["nearest mean"]["10"])),
    (r"\* # names for dogs", DOGS),
    (r"Beside the # classes of the contest", len(NAMES)),
    (r"had nearly # of people", round(PEOPLE, -3)),
    (r"About \[# % of the labels", round(WRONG_LABELS)),
    (r"costs # points", round(MEANS["nearest mean"]["1"]) - 73),
    (r"gives the # features of fc7", FEATURES),
]
