"""AlexNet as it was published: one table of eight learned layers for each variant.

The tables are all that the course writes down about the network. `plan` walks through one of
them and works out every size and cost with whole numbers, before anything is computed;
`models.py` builds the network from the plan, and `plots.network` draws it.

    "2012"         the paper: two towers on two GPUs, images of 224 × 224
    "2012-code"    what the authors' program does and the paper doesn't say: five switches
    "caffe"        one tower for 227 × 227, as it was rebuilt in Caffe, without its groups
    "torchvision"  the network behind PyTorch's pretrained weights: fewer kernels, no LRN
    "bn"           one tower with batch normalization, as Keras tutorials write it
    "small"        the same eight layers in miniature, for 28 to 64 pixels and a laptop

Sources: Krizhevsky, Sutskever and Hinton, NIPS 2012; their program, published in 2025 by the
Computer History Museum; Caffe's models/bvlc_alexnet; torchvision.models.alexnet.
"""

from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from math import prod

from alexnet_lib.arguments import pair, whole
from alexnet_lib.networks.sizes import conv_multiply_adds, conv_parameters, output_size

__all__ = ["VARIANTS", "Conv", "Dense", "Row", "Variant", "plan"]


@dataclass(frozen=True)
class Conv:
    """A line of a table: a convolution, and whether its maps are normalized and pooled."""

    name: str
    out: int  # kernels
    kernel: int
    stride: int | str = 1  # "fit": 1 for every 32 pixels of the image
    padding: int | str = 0  # "same": so much that stride 1 keeps the size of an odd kernel
    groups: int = 1  # 2: each half of the kernels sees half of the maps, those of its own GPU
    norm: bool = False  # where the variant has local response normalization
    pool: bool = False
    std: float = 0.01  # of the initial weights
    bias: float = 0.0  # all biases at the start


@dataclass(frozen=True)
class Dense:
    """A line of a table: a fully connected layer. The last one has an output for each class."""

    name: str
    out: int
    std: float = 0.01
    bias: float = 0.0


@dataclass(frozen=True)
class Variant:
    """A table of layers, and what holds for all of them. Each of these is a knob of `plan`."""

    about: str
    layers: tuple[Conv | Dense, ...]
    image_size: int
    num_classes: int = 1000
    round_up: bool = False  # a window of conv1 that hangs over the far edge counts, and reads 0
    activation: str = "relu"
    normalization: str | None = "lrn"  # or "bn", after every convolution, or None
    lrn: tuple[float, float, float] = (1e-4, 0.75, 2.0)  # alpha, beta, k; over 5 channels
    pooling: str = "max"  # or "avg"
    pool_kernel: int = 3
    pool_stride: int = 2  # less than the kernel: windows overlap
    adaptive: int | None = None  # side of the maps for the first fully connected layer
    dropout: float = 0.5  # the chance of a unit to be silent
    dropout_form: str = "inverted"  # scaled while training; "paper": scaled when tested
    dropout_before: bool = False  # on the inputs of the hidden layers, not on their outputs
    init: str = "normal"  # as in the table; "torch", "glorot" or "kaiming": as the library does
    # What the authors' program does and the paper doesn't say:
    divide_alpha: bool = False  # LRN's alpha is divided by its 5 channels
    split_norm: bool = False  # LRN sees only the maps of its own GPU: 48, and 128 in conv2
    late_relu: bool = False  # conv1's ReLU comes after its normalization and pooling
    spatial_norm: bool = False  # conv2's maps are normalized once more, over 5 × 5 pixels
    wide_init: bool = False  # conv3 and later start with std 0.03


PAPER = Variant(
    about="the paper of 2012: two towers on two GPUs",
    layers=(
        Conv("conv1", 96, 11, stride=4, norm=True, pool=True),
        Conv("conv2", 256, 5, padding="same", groups=2, norm=True, pool=True, bias=1),
        Conv("conv3", 384, 3, padding="same"),  # sees the maps of both GPUs
        Conv("conv4", 384, 3, padding="same", groups=2, bias=1),
        Conv("conv5", 256, 3, padding="same", groups=2, pool=True, bias=1),
        Dense("fc6", 4096, bias=1),
        Dense("fc7", 4096, bias=1),
        Dense("fc8", 1000),
    ),
    image_size=224,
    round_up=True,  # the 55th window hangs over the edge of the 224 pixels
    dropout_form="paper",
)

ONE_TOWER = (
    Conv("conv1", 96, 11, stride=4, norm=True, pool=True),
    Conv("conv2", 256, 5, padding="same", norm=True, pool=True, bias=0.1),
    Conv("conv3", 384, 3, padding="same"),
    Conv("conv4", 384, 3, padding="same", bias=0.1),
    Conv("conv5", 256, 3, padding="same", pool=True, bias=0.1),
    Dense("fc6", 4096, std=0.005, bias=0.1),
    Dense("fc7", 4096, std=0.005, bias=0.1),
    Dense("fc8", 1000),
)

# Every variant by its name.
VARIANTS = {
    "2012": PAPER,
    "2012-code": replace(
        PAPER,
        about="the authors' program: what the paper doesn't say",
        divide_alpha=True,
        split_norm=True,
        late_relu=True,
        spatial_norm=True,
        wide_init=True,
    ),
    # Caffe's own file keeps the groups: groups={"conv2": 2, "conv4": 2, "conv5": 2}.
    "caffe": Variant(
        about="one tower for 227 pixels, as in Caffe but without groups",
        layers=ONE_TOWER,
        image_size=227,
        lrn=(1e-4, 0.75, 1.0),
        divide_alpha=True,
    ),
    "torchvision": Variant(
        about="torchvision's, after Krizhevsky's one-tower network of 2014",
        layers=(
            Conv("conv1", 64, 11, stride=4, padding=2, norm=True, pool=True),
            Conv("conv2", 192, 5, padding="same", norm=True, pool=True),
            Conv("conv3", 384, 3, padding="same"),
            Conv("conv4", 256, 3, padding="same"),
            Conv("conv5", 256, 3, padding="same", pool=True),
            Dense("fc6", 4096),
            Dense("fc7", 4096),
            Dense("fc8", 1000),
        ),
        image_size=224,
        normalization=None,
        adaptive=6,
        dropout_before=True,
        init="torch",
    ),
    "bn": Variant(
        about="one tower with batch normalization after every convolution",
        layers=ONE_TOWER,
        image_size=227,
        normalization="bn",
        init="glorot",  # Keras's default
    ),
    "small": Variant(
        about="AlexNet in miniature, for small images on a CPU",
        layers=(
            Conv("conv1", 32, 5, stride="fit", padding="same", norm=True, pool=True),
            Conv("conv2", 64, 5, padding="same", norm=True, pool=True),
            Conv("conv3", 96, 3, padding="same"),
            Conv("conv4", 96, 3, padding="same"),
            Conv("conv5", 64, 3, padding="same", pool=True),
            Dense("fc6", 256),
            Dense("fc7", 256),
            Dense("fc8", 10),
        ),
        image_size=32,
        num_classes=10,
        normalization=None,
        init="kaiming",
    ),
}

CHOICES = {
    "activation": ("relu", "leaky_relu", "tanh", "sigmoid"),
    "normalization": ("lrn", "bn", None),
    "pooling": ("max", "avg"),
    "dropout_form": ("paper", "inverted"),
    "init": ("normal", "torch", "glorot", "kaiming"),
}
# Knobs with a number for each layer that they name: kernels={"conv1": 7}.
PER_LAYER = {
    "kernels": "kernel",
    "strides": "stride",
    "paddings": "padding",
    "groups": "groups",
    "widths": "out",
}


@dataclass(frozen=True)
class Row:
    """One layer of a plan: what it is, what it gives, what it learns and what it costs."""

    name: str  # "conv1"
    kind: str  # "conv", "relu", "lrn", "maxpool", "fc" …
    settings: dict
    shape: tuple[int, ...]  # of the output: (C, H, W), or (n,) once flattened
    parameters: int = 0
    multiply_adds: int = 0

    @property
    def outputs(self):
        """How many numbers the layer gives for one image."""
        return prod(self.shape)


def plan(variant="2012", *, in_channels=3, depth=None, **knobs):
    """Every layer of a network, from the image to the scores: a list of `Row`.

    variant      one of VARIANTS: its name
    in_channels  3 for colour, 1 for grey
    depth        how many convolutions: below 5 the middle ones go, above 5 conv4 is repeated
    kernels, strides, paddings, groups, widths
                 new numbers for the layers named: kernels={"conv1": 7}, widths={"fc6": 512}
    the others   any field of `Variant`: activation="tanh", pooling="avg", dropout=0.2 …

    A network that can't be is refused, with the name of the layer and the reason.
    """
    design = designed(variant, depth, knobs)
    size = pair(design.image_size, "image_size", 1)
    rows = [Row("input", "input", {}, (whole(in_channels, "in_channels", 1), *size))]
    for name, kind, settings in steps(design):
        with naming(name):
            rows.append(row(name, kind, settings, rows[-1].shape))
    return rows


@contextmanager
def naming(layer):
    """Put the name of a layer before the reason why it can't be."""
    try:
        yield
    except ValueError as error:
        reason = str(error)
        raise ValueError(f"{layer} can't be built: {reason[0].lower()}{reason[1:]}") from None


def designed(variant, depth=None, knobs=None):
    """The `Variant` of this name with its knobs turned."""
    if variant not in list(VARIANTS):
        names = ", ".join(f'"{name}"' for name in VARIANTS)
        raise ValueError(f"There is no variant {variant!r}: choose one of {names}.")
    design, knobs = VARIANTS[variant], dict(knobs or {})
    if depth is not None:
        design = replace(design, layers=deepened(design.layers, whole(depth, "depth", 3)))
    for knob, setting in PER_LAYER.items():
        if knob in knobs:
            design = replace(design, layers=turned(design.layers, knob, setting, knobs.pop(knob)))

    known = [field.name for field in fields(Variant) if field.name not in ("about", "layers")]
    for knob, value in knobs.items():
        if knob not in known:
            offered = ", ".join(["in_channels", "depth", *PER_LAYER, *known])
            raise ValueError(f"There is no knob {knob!r}: turn one of {offered}.")
        if knob in CHOICES and value not in CHOICES[knob]:
            offered = ", ".join(repr(choice) for choice in CHOICES[knob])
            raise ValueError(f"{knob} must be one of {offered}, but {value!r} was given.")
    design = replace(design, **knobs)
    if not isinstance(design.dropout, (int, float)) or not 0 <= design.dropout < 1:
        raise ValueError(
            "dropout is the chance of a unit to be silent, at least 0 and below 1, but"
            f" {design.dropout!r} was given."
        )
    if len(design.lrn) != 3 or not all(isinstance(number, (int, float)) for number in design.lrn):
        raise ValueError(
            f"lrn must be three numbers (alpha, beta, k), but {design.lrn!r} was given."
        )
    last = replace(design.layers[-1], out=whole(design.num_classes, "num_classes", 1))
    return replace(design, layers=(*design.layers[:-1], last))


def deepened(layers, depth):
    """The table with `depth` convolutions: conv3 and copies of conv4 between conv2 and the last."""
    convs = [layer for layer in layers if isinstance(layer, Conv)]
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    middle = [convs[2], *[convs[3]] * depth][: depth - 3]
    stack = [*convs[:2], *middle, convs[-1]]
    named = [replace(layer, name=f"conv{i}") for i, layer in enumerate(stack, 1)]
    return (*named, *(replace(layer, name=f"fc{i}") for i, layer in enumerate(dense, depth + 1)))


def turned(layers, knob, setting, numbers):
    """The table with new `numbers` {name: number} for one setting of its layers."""
    if not isinstance(numbers, dict):
        raise ValueError(
            f'{knob} names the layers that it changes, as in {knob}={{"conv2": 3}},'
            f" but {numbers!r} was given."
        )
    named = {layer.name: layer for layer in layers[:-1]}  # the last has an output for each class
    for name in numbers:
        has = [n for n, layer in named.items() if hasattr(layer, setting)]
        if name not in has:
            raise ValueError(f"{knob} can't change {name!r}: it can change {', '.join(has)}.")
    return tuple(
        replace(layer, **{setting: numbers[layer.name]}) if layer.name in numbers else layer
        for layer in layers
    )


def steps(design):
    """The design layer by layer, in the order of computation: (name, kind, settings) each."""
    convs = [layer for layer in design.layers if isinstance(layer, Conv)]
    dense = [layer for layer in design.layers if isinstance(layer, Dense)]
    for number, layer in enumerate(convs, 1):
        yield from conv_steps(design, layer, number)
    if design.adaptive:
        yield "avgpool", "adaptive", {"size": design.adaptive}
    yield "flatten", "flatten", {}
    for number, layer in enumerate(dense, len(convs) + 1):
        hidden = layer is not dense[-1]
        drop = (f"drop{number}", "dropout", {"rate": design.dropout, "form": design.dropout_form})
        if hidden and design.dropout_before:
            yield drop
        yield layer.name, "fc", {"out": layer.out, **start(design, layer)}
        if hidden:
            yield f"{design.activation}{number}", design.activation, {}
        if hidden and not design.dropout_before:
            yield drop


def conv_steps(design, layer, number):
    """A convolution and what follows it: activation, normalization, pooling."""
    stride, padding = layer.stride, layer.padding
    size = pair(design.image_size, "image_size", 1)
    if stride == "fit":
        stride = max(1, min(size) // 32)
    if padding == "same":
        with naming(layer.name):
            padding = tuple((side - 1) // 2 for side in pair(layer.kernel, "kernel", 1))
        padding = padding[0] if padding[0] == padding[1] else padding
    window = {"kernel": layer.kernel, "stride": stride, "padding": padding}
    if design.round_up and number == 1:
        with naming(layer.name):
            bottom, right = (
                (output_size(n, k, s, p, ceil=True) - 1) * s + k - (n + 2 * p)
                for n, k, s, p in axes(size, window)
            )
        if bottom > 0 or right > 0:
            yield "pad1", "pad", {"bottom": max(bottom, 0), "right": max(right, 0)}
    taps = {"out": layer.out, **window, "groups": layer.groups, **start(design, layer)}
    late = design.late_relu and number == 1
    activation = (f"{design.activation}{number}", design.activation, {})

    yield layer.name, "conv", taps
    if design.normalization == "bn":
        yield f"norm{number}", "bn", {}
    if not late:
        yield activation
    if design.normalization == "lrn" and layer.norm:
        alpha, beta, k = design.lrn
        lrn = {"size": 5, "alpha": alpha, "beta": beta, "k": k, "divide": design.divide_alpha}
        lrn["groups"] = 2 if design.split_norm else 1
        yield f"norm{number}", "lrn", lrn
        if design.spatial_norm and number == 2:
            yield "cnorm2", "spatial_lrn", {"size": 5, "alpha": 1e-3, "beta": 0.75, "k": 1.0}
    if layer.pool:
        window = {"kernel": design.pool_kernel, "stride": design.pool_stride, "padding": 0}
        yield f"pool{number}", f"{design.pooling}pool", window
    if late:
        yield activation


def start(design, layer):
    """How the layer's numbers start: {"init", "std", "bias"}."""
    wide = design.wide_init and layer.name in ("conv3", "conv4", "conv5")
    std = 0.03 if wide else layer.std
    return {"init": design.init, "std": std, "bias": layer.bias}


def row(name, kind, settings, shape):
    """The `Row` of a layer that is given maps of this shape; a ValueError if it can't be."""
    if kind == "conv":
        c, *size = shape
        out, groups = whole(settings["out"], "the number of kernels", 1), settings["groups"]
        size = windows(size, settings)  # (H', W')
        parameters = conv_parameters(c, out, settings["kernel"], groups)
        work = conv_multiply_adds(c, out, settings["kernel"], size, groups)
        return Row(name, kind, settings, (out, *size), parameters, work)
    if kind == "fc":
        n, out = prod(shape), whole(settings["out"], "the number of units", 1)
        return Row(name, kind, settings, (out,), (n + 1) * out, n * out)
    if kind == "bn":
        return Row(name, kind, settings, shape, parameters=2 * shape[0])  # a scale and a shift
    if kind in ("maxpool", "avgpool"):
        return Row(name, kind, settings, (shape[0], *windows(shape[1:], settings)))
    if kind == "pad":
        c, h, w = shape
        return Row(name, kind, settings, (c, h + settings["bottom"], w + settings["right"]))
    if kind == "adaptive":
        side = whole(settings["size"], "adaptive", 1)
        return Row(name, kind, settings, (shape[0], side, side))
    if kind == "flatten":
        return Row(name, kind, settings, (prod(shape),))
    return Row(name, kind, settings, shape)  # activations, normalizations, dropout


def windows(size, settings):
    """How many windows fit: (H, W) -> (H', W')."""
    return tuple(output_size(n, k, s, p) for n, k, s, p in axes(size, settings))


def axes(size, settings):
    """(size, kernel, stride, padding) of each axis, vertical and horizontal."""
    least = {"kernel": 1, "stride": 1, "padding": 0}
    return zip(size, *(pair(settings[name], name, least[name]) for name in least), strict=True)
