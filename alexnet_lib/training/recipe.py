"""Everything that decides how a network is trained, in one table: `Recipe`.

The trainer reads it, the `alexnet` command makes its options from it, a checkpoint keeps it. The
default of each field and its line of help are only here.

    recipe = Recipe(epochs=3, schedule="one-cycle", rate=0.05)
    recipe = RECIPES["2012"].with_(epochs=10)
"""

from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite

from alexnet_lib.arguments import did_you_mean

__all__ = ["RECIPES", "Recipe"]


def option(group, default, help, choices=None, least=None, below=None):
    """Make a field of the recipe: its default, what it means, and what it may be."""
    about = {"group": group, "help": help, "choices": choices, "least": least, "below": below}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Recipe:
    """How to train, whatever the network and the images. `with_` makes a changed one.

    A wrong value raises a ValueError that says what the field may be.
    """

    epochs: int = option("learning", 10, "times through the training images", least=1)
    batch: int = option("learning", 128, "images per step, over all processes", least=1)
    optimizer: str = option(
        "learning",
        "sgd",
        "paper: SGD as printed in 2012",
        choices=("paper", "sgd", "adam", "rmsprop"),
    )
    rate: float = option("learning", 0.01, "learning rate, the highest of the run", least=0)
    momentum: float = option(
        "learning", 0.9, "share of the last step that is kept", least=0, below=1
    )
    decay: float = option("learning", 5e-4, "weight decay", least=0)
    decay_biases: bool = option("learning", False, "decay biases and norm layers too")
    bias_rate: float = option("learning", 1.0, "learning rate of biases, as a multiple", least=0)
    clip: float = option("learning", 0.0, "longest gradient; 0: any length", least=0)
    accumulate: int = option(
        "learning", 1, "parts that a batch is computed in, to save memory", least=1
    )
    schedule: str = option(
        "schedule",
        "constant",
        "how the rate changes",
        choices=("constant", "step", "plateau", "cosine", "one-cycle"),
    )
    step_epochs: int = option("schedule", 30, "schedule step: epochs between drops", least=1)
    patience: int = option(
        "schedule", 3, "schedule plateau: epochs without a better error", least=1
    )
    factor: float = option(
        "schedule", 0.1, "schedules step and plateau: what a drop multiplies by", least=0
    )
    smoothing: float = option("against overfitting", 0.0, "label smoothing", least=0, below=1)
    mixup: float = option(
        "against overfitting", 0.0, "blend pairs of images: strength, such as 0.2", least=0
    )
    ema: float = option(
        "against overfitting",
        0.0,
        "average the weights: decay per step; 0: don't",
        least=0,
        below=1,
    )
    stop_after: int = option(
        "against overfitting", 0, "stop after epochs without a better error; 0: don't", least=0
    )
    crop: str = option(
        "images",
        "none",
        "random: a window anywhere; resized: of any size too",
        choices=("none", "random", "resized"),
    )
    size: int = option("images", 0, "side of the crop; 0: of the image", least=0)
    padding: int = option("images", 0, "zeros around the image, before a random crop", least=0)
    flip: bool = option("images", False, "mirror every other image")
    colour: float = option("images", 0.0, "the paper's colour noise: 0.1 in 2012", least=0)
    shared: int = option("images", 1, "consecutive images that share crop and flip", least=1)
    device: str = option("machine", "auto", "auto, cpu, cuda, cuda:1, mps")
    dtype: str = option("machine", "auto", "precision", choices=("auto", "fp32", "bf16", "fp16"))
    layout: str = option(
        "machine",
        "auto",
        "order of numbers in memory",
        choices=("auto", "channels_last", "contiguous"),
    )
    compile: str = option("machine", "auto", "torch.compile", choices=("auto", "yes", "no"))
    seed: int = option("machine", 0, "of every random draw", least=0, below=10**15)
    save_every: int = option("saving", 0, "steps between checkpoints; 0: after each epoch", least=0)
    keep: int = option("saving", 2, "checkpoints to keep, besides the best", least=1)

    def __post_init__(self):
        for entry in fields(self):
            object.__setattr__(self, entry.name, check_value(entry, getattr(self, entry.name)))
        if self.batch % self.accumulate:
            raise ValueError(
                f"A batch of {self.batch} can't be computed in {self.accumulate} equal parts:"
                " choose accumulate so that it divides batch."
            )
        if self.crop == "none" and (self.padding or self.shared > 1):
            name = "padding" if self.padding else "shared"
            raise ValueError(f'{name} belongs to a crop: add crop="random", or leave it out.')

    def with_(self, **changes):
        """Return the same recipe except for these fields."""
        known = [entry.name for entry in fields(self)]
        for name in changes:
            if name not in known:
                near = did_you_mean(name, known) or f": it has {', '.join(known)}."
                raise ValueError(f"A recipe has no {name!r}{near}")
        return replace(self, **changes)

    def to_dict(self):
        """Return the fields and their values, as plain data for YAML or JSON."""
        return asdict(self)


def check_value(entry, value):
    """Return `value` as the field's type; raise ValueError if the field can't have it."""
    about, name = entry.metadata, entry.name
    wants = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}
    kind = entry.type
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise ValueError(f"{name} must be {wants[kind]}, but {value!r} was given.")
    if about["choices"] and value not in about["choices"]:
        offered = ", ".join(about["choices"])
        raise ValueError(f"{name} must be one of {offered}, but {value!r} was given.")
    if kind is float and not isfinite(value):
        raise ValueError(f"{name} must be a finite number, but {value} was given.")
    if about["least"] is not None and value < about["least"]:
        raise ValueError(f"{name} must be at least {about['least']}, but {value} was given.")
    if about["below"] is not None and value >= about["below"]:
        raise ValueError(f"{name} must be below {about['below']}, but {value} was given.")
    return value


# The paper's: batch 128, three drops to a tenth, by hand when the error stalled. The authors'
# program drew one crop for 32 images, and gave biases twice the rate and no decay.
PAPER = Recipe(
    epochs=90,
    batch=128,
    optimizer="paper",
    rate=0.01,
    bias_rate=2.0,
    schedule="plateau",
    crop="random",
    size=224,
    flip=True,
    colour=0.1,
    shared=32,
)

# Recipes by name: "quick", "2012" and "torchvision".
RECIPES = {
    # minutes on a laptop, small images; Adam learns with and without batch normalization
    "quick": Recipe(
        epochs=5, batch=128, optimizer="adam", rate=0.002, decay=0.0, schedule="one-cycle"
    ),
    "2012": PAPER,
    # torchvision's reference training of its AlexNet
    "torchvision": Recipe(
        epochs=90,
        batch=256,
        rate=0.01,
        decay=1e-4,
        decay_biases=True,
        schedule="step",
        step_epochs=30,
        crop="resized",
        size=224,
        flip=True,
    ),
}
