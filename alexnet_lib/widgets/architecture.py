"""The architecture widget: a network drawn to scale, any layer changed, and what follows from it.

Its front end is architecture.js, which computes the same from the same tables; tests/widgets
compares both with `networks.plan` and with PyTorch.
"""

import json
from dataclasses import asdict

import traitlets as t

from alexnet_lib.networks.variants import VARIANTS, Conv, Row, apply_knobs, layer_sequence, make_row
from alexnet_lib.widgets.base import OneOf, WholeNumber, Widget, int_between

FEWEST, MOST = 3, 8  # convolutions
# What can be changed in a layer, and from where to where. The width: how many kernels or units.
LIMITS = {
    "kernel": (1, 15),
    "stride": (1, 8),
    "padding": (0, 10),
    "groups": (1, 2),
    "width": (1, 8192),
}
KNOBS = {
    "kernel": "kernels",
    "stride": "strides",
    "padding": "paddings",
    "groups": "groups",
    "width": "widths",
}
NAMES = [f"conv{i}" for i in range(1, MOST + 1)] + [f"fc{i}" for i in range(FEWEST + 1, MOST + 4)]
BYTES = 4  # of a number


def variant_table(variant):
    """Return what the front end needs of a variant, as plain data."""
    table = asdict(variant)
    for row, layer in zip(table["layers"], variant.layers, strict=True):
        row["conv"] = isinstance(layer, Conv)
    return table


TABLES = json.dumps(
    {name: variant_table(variant) for name, variant in VARIANTS.items()}, separators=(",", ":")
).encode()


class Changes(t.TraitType):
    """What is changed in which layer: {"conv1": {"kernel": 7, "stride": 2}}."""

    def __init__(self, **kwargs):
        super().__init__({}, **kwargs)

    def validate(self, obj, value):
        """Return `value` with whole numbers, or refuse it in one sentence."""
        if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
            raise t.TraitError(
                f'{self.name} names layers and settings, as in {{"conv1": {{"kernel": 7}}}},'
                f" but {value!r} was given."
            )
        result = {}
        for layer, settings in value.items():
            if layer not in NAMES:
                raise t.TraitError(f"{self.name} can't change {layer!r}: it is no learned layer.")
            for setting, given in settings.items():
                self.check(layer, setting, given)
            result[layer] = {key: int(number) for key, number in settings.items()}
        return result

    def check(self, layer, setting, given):
        """Refuse a setting that the layer doesn't have, or a number that it can't be."""
        offered = list(LIMITS) if layer.startswith("conv") else ["width"]
        if setting not in offered:
            raise t.TraitError(
                f"{self.name} can't change {setting!r} of {layer}: it has {', '.join(offered)}."
            )
        low, high = LIMITS[setting]
        if int_between(given, low, high) is None:
            raise t.TraitError(
                f"{setting} of {layer} is a whole number from {low} to {high}, not {given!r}."
            )


class ArchitectureWidget(Widget):
    """Choose a variant of AlexNet, change any layer, and see what becomes of all later ones.

    `ArchitectureWidget(variant="2012", changes={"conv1": {"stride": 2}})`: every setting is a
    trait, so `w.depth = 6` redraws the network, and moving a slider changes the trait.

    variant      a name in `networks.VARIANTS`
    image        the side of the pictures, in pixels; by default the variant's own
    depth        how many convolutions: below 5 the middle ones go, above 5 conv4 is repeated
    pool_kernel  the window of all poolings; pool_stride: how far it moves
    changes      {layer: {"kernel", "stride", "padding", "groups" or "width": number}}; without a
                 padding of its own, a layer that keeps its size keeps it for any odd kernel
    layer        the layer to look at, "conv1" to "fc8"
    """

    repr_traits = ("variant", "image", "depth", "changes")

    variant = OneOf(tuple(VARIANTS)).tag(sync=True)
    image = WholeNumber(224, 16, 512).tag(sync=True)
    depth = WholeNumber(5, FEWEST, MOST).tag(sync=True)
    pool_kernel = WholeNumber(3, 1, 6).tag(sync=True)
    pool_stride = WholeNumber(2, 1, 4).tag(sync=True)
    changes = Changes().tag(sync=True)
    layer = OneOf(tuple(NAMES)).tag(sync=True)
    tables = t.Bytes(TABLES).tag(sync=True)  # VARIANTS, as JSON

    def __init__(self, **settings):
        design = VARIANTS.get(settings.get("variant", "2012"))
        if design:  # a wrong name is refused below
            settings.setdefault("image", design.image_size)
        super().__init__(**settings)

    @classmethod
    def assets(cls):
        """Return the tables of all variants, which the website keeps once."""
        return {"tables": TABLES}

    @property
    def design(self):
        """The `Variant` with its knobs turned; changes of layers that it lacks have no effect."""
        plain = apply_knobs(self.variant, self.depth)
        *hidden, last = [layer.name for layer in plain.layers]
        knobs = {knob: {} for knob in KNOBS.values()}
        for name, settings in self.changes.items():
            for setting, number in settings.items():
                if name in hidden:
                    knobs[KNOBS[setting]][name] = number
                elif name == last:
                    knobs["num_classes"] = number
        return apply_knobs(
            self.variant,
            self.depth,
            {
                "image_size": self.image,
                "pool_kernel": self.pool_kernel,
                "pool_stride": self.pool_stride,
                **knobs,
            },
        )

    @property
    def result(self):
        """The rows of the plan as far as they can be built, and why the next one can't, or ""."""
        rows = [Row("input", "input", {}, (3, self.image, self.image))]
        for name, kind, settings in layer_sequence(self.design):
            problem = obstacle(name, kind, settings, rows[-1].shape)
            if problem:
                return rows, problem
            rows.append(make_row(name, kind, settings, rows[-1].shape))
        return rows, ""

    @property
    def rows(self):
        """The rows of the plan, as far as they can be built."""
        return self.result[0]

    @property
    def problem(self):
        """Why the network can't be built, with the name of the layer; "" if it can."""
        return self.result[1]

    @property
    def parameters(self):
        """How many numbers the layers learn that can be built."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self):
        """How many products they add up for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def memory(self):
        """The bytes of all their outputs for one image."""
        return BYTES * sum(row.outputs for row in self.rows[1:])

    @property
    def views(self):
        """How many pixels a side each row sees: {name: pixels}."""
        return {row.name: view for row, view in zip(self.rows, views(self.rows), strict=True)}

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.problem:
            return self.problem
        convs = sum(row.kind == "conv" for row in self.rows)
        dense = sum(row.kind == "fc" for row in self.rows)
        return (
            f"AlexNet as {self.variant!r}, for pictures of {self.image} × {self.image}: {convs} "
            f"convolutions and {dense} fully connected layers, {self.parameters:,} parameters and "
            f"{self.multiply_adds:,} multiply-adds."
        )


def obstacle(name, kind, settings, shape):
    """Return why a layer can't be built on an input of this shape, or ""."""
    if kind == "conv" and settings["groups"] > 1:
        for count, what in ((shape[0], "maps that it gets"), (settings["out"], "kernels")):
            if count % settings["groups"]:
                return (
                    f"{name} can't be built: the {count} {what} can't be shared out equally "
                    "between two towers. Let it read all maps."
                )
    if kind not in ("conv", "maxpool", "avgpool"):
        return ""
    kernel, padding, side = settings["kernel"], settings["padding"], shape[1]
    if kernel <= side + 2 * padding:
        return ""
    padded = f", not even with a padding of {padding}" if padding else ""
    return (
        f"{name} can't be built: its window of {kernel} × {kernel} doesn't fit into maps of "
        f"{side} × {side}{padded}. Take a larger image, a smaller stride in front of it, or a "
        "smaller window."
    )


def views(rows):
    """Return how many pixels a side a number of each row depends on, a list.

    Windows are those of the theory: they go on beyond the edges of image and maps. Where all
    numbers see the same, because there is one place or none, the view ends with the image.
    """
    side = image = rows[0].shape[1]
    first, last = 0, image - 1  # where the first number's window begins, and the last one's ends
    view, step = 1, 1  # how wide a window is, and how far it lies from the next
    result = []
    for row in rows:
        window = view_window(row)
        step = step if side > 1 else 0  # a single place is all that any window can read
        if row.kind == "adaptive":
            size = row.settings["size"]
            ends = [(-(-(i + 1) * side // size), i * side // size) for i in range(size)]
            view += (max(end - start for end, start in ends) - 1) * step
        elif row.kind == "fc":
            side = 1
        elif window:
            kernel, stride, padding = window
            first -= padding * step
            view += (kernel - 1) * step
            step *= stride
            last = first + (row.shape[1] - 1) * step + view - 1
        if len(row.shape) == 3:
            side = row.shape[1]
        if side == 1 or step == 0:
            first, last, step = max(first, 0), min(last, image - 1), 0
            view = last - first + 1
        result.append(view)
    return result


def view_window(row):
    """Return (kernel, stride, padding) of a row that reads windows, or None."""
    if row.kind in ("conv", "maxpool", "avgpool"):
        return tuple(row.settings[key] for key in ("kernel", "stride", "padding"))
    if row.kind == "spatial_lrn":
        return row.settings["size"], 1, row.settings["size"] // 2
    return None
