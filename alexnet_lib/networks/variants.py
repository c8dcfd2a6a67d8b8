"""AlexNet as it was published: one table of eight learned layers for each variant.

The tables are all that the course writes down about the network. `plan` goes through one of
them and works out every size and cost in whole numbers, before any network exists. `models.py`
builds the network from the plan, and `plots.network` draws it.

Read on from `plan`: it turns the knobs (`apply_knobs`), lists the layers in the order in which
they run (`layer_sequence`), and gives each one its shape and its costs (`make_row`).

    "2012"         the paper: two towers on two GPUs, images of 224 × 224
    "2012-code"    the authors' program: five switches that the paper doesn't mention
    "caffe"        one tower for 227 × 227, as Caffe rebuilt it, but without groups
    "torchvision"  the network behind PyTorch's pretrained weights: fewer kernels, no LRN
    "bn"           one tower with batch normalization before each activation, as its paper proposes
                   (many Keras tutorials have it after the activation)
    "small"        the same eight layers in miniature, for images of 28 to 64 pixels and a laptop

Sources: Krizhevsky, Sutskever and Hinton, NIPS 2012; their program, published in 2025 by the
Computer History Museum; Caffe's models/bvlc_alexnet; torchvision.models.alexnet.
"""

from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from math import prod

from alexnet_lib.arguments import as_int, as_pair
from alexnet_lib.networks.sizes import conv_multiply_adds, conv_parameters, output_size

__all__ = ["VARIANTS", "Conv", "Dense", "Row", "Variant", "plan"]


@dataclass(frozen=True)
class Conv:
    """A line of a table: a convolution, and whether its maps are normalized and pooled."""

    name: str
    out: int  # kernels
    kernel: int
    stride: int | str = 1  # "fit": 1 for every 32 pixels of the image
    padding: int | str = 0  # "same": stride 1 and an odd kernel keep the size
    groups: int = 1  # 2: each half of the kernels sees only the maps of its own GPU
    norm: bool = False  # local response normalization follows, in variants that have it
    pool: bool = False
    std: float = 0.01  # of the initial weights
    bias: float = 0.0  # the initial value of all biases


@dataclass(frozen=True)
class Dense:
    """A line of a table: a fully connected layer. The last one has an output for each class."""

    name: str
    out: int
    std: float = 0.01
    bias: float = 0.0


@dataclass(frozen=True)
class Variant:
    """A table of layers and the settings that they share; each setting is a knob of `plan`."""

    about: str
    layers: tuple[Conv | Dense, ...]
    image_size: int
    num_classes: int = 1000
    round_up: bool = False  # a window of conv1 that hangs over the far edge counts; it reads 0s
    activation: str = "relu"
    normalization: str | None = "lrn"  # or "bn", right after every convolution, or None
    lrn: tuple[float, float, float] = (1e-4, 0.75, 2.0)  # alpha, beta, k; over 5 channels
    pooling: str = "max"  # or "avg"
    pool_kernel: int = 3
    pool_stride: int = 2  # less than the kernel: windows overlap
    adaptive: int | None = None  # the maps are averaged to this side before the first Dense layer
    dropout: float = 0.5  # the probability that a unit is silenced
    dropout_form: str = "inverted"  # scales in training; "paper" scales in testing
    dropout_before: bool = False  # drops the inputs of the hidden layers, not their outputs
    init: str = "normal"  # with the table's std and bias; or "torch", "glorot", "kaiming"
    # What the authors' program does and the paper doesn't say:
    divide_alpha: bool = False  # LRN's alpha is divided by its 5 channels
    split_norm: bool = False  # LRN sees only the maps of its own GPU: 48, and 128 in conv2
    late_relu: bool = False  # conv1's ReLU comes after the normalization and the pooling
    spatial_norm: bool = False  # conv2's maps are normalized once more, over 5 × 5 pixels
    wide_init: bool = False  # conv3, conv4 and conv5 start with std 0.03


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
# These knobs take a number for each layer that they name: kernels={"conv1": 7}.
PER_LAYER = {
    "kernels": "kernel",
    "strides": "stride",
    "paddings": "padding",
    "groups": "groups",
    "widths": "out",
}


@dataclass(frozen=True)
class Row:
    """One layer of a plan: its kind, the shape of its output, its parameters and its work."""

    name: str  # "conv1"
    kind: str  # "conv", "relu", "lrn", "maxpool", "fc" …
    settings: dict
    shape: tuple[int, ...]  # of the output for one image: (C, H, W), or (n,) once flattened
    parameters: int = 0
    multiply_adds: int = 0

    @property
    def outputs(self):
        """The number of outputs for one image."""
        return prod(self.shape)


def plan(variant="2012", *, in_channels=3, depth=None, **knobs):
    """Return every layer of a network, from the image to the scores: a list of `Row`.

    variant      a name in VARIANTS
    in_channels  3 for colour, 1 for grey
    depth        the number of convolutions: below 5 the middle ones go, above 5 conv4 is repeated
    kernels, strides, paddings, groups, widths
                 new numbers for some layers: kernels={"conv1": 7}, widths={"fc6": 512}
    the others   any field of `Variant`: activation="tanh", pooling="avg", dropout=0.2 …

    Raise a ValueError that names the layer and the reason if such a network can't be built.
    """
    design = apply_knobs(variant, depth, knobs)
    height, width = as_pair(design.image_size, "image_size", 1)
    image = (as_int(in_channels, "in_channels", 1), height, width)  # (C, H, W)
    rows = [Row("input", "input", {}, image)]
    for name, kind, settings in layer_sequence(design):
        with layer_errors(name):
            rows.append(make_row(name, kind, settings, rows[-1].shape))
    return rows


@contextmanager
def layer_errors(layer):
    """Put the name of the layer in front of the reason why it can't be built."""
    try:
        yield
    except ValueError as error:
        reason = str(error)
        raise ValueError(f"{layer} can't be built: {reason[0].lower()}{reason[1:]}") from None


# From a variant and its knobs to a table of layers.


def apply_knobs(variant, depth=None, knobs=None):
    """Return the `Variant` of this name with its knobs turned."""
    if variant not in list(VARIANTS):
        names = ", ".join(f'"{name}"' for name in VARIANTS)
        raise ValueError(f"There is no variant {variant!r}: choose one of {names}.")
    design = VARIANTS[variant]
    knobs = dict(knobs or {})
    if depth is not None:
        design = replace(design, layers=with_depth(design.layers, as_int(depth, "depth", 3)))
    for knob, setting in PER_LAYER.items():
        if knob in knobs:
            design = replace(design, layers=override(design.layers, knob, setting, knobs.pop(knob)))
    check_knobs(knobs)
    design = replace(design, **knobs)
    if not isinstance(design.dropout, (int, float)) or not 0 <= design.dropout < 1:
        raise ValueError(
            "dropout must be the probability that a unit is silenced, at least 0 and below 1, but"
            f" {design.dropout!r} was given."
        )
    if len(design.lrn) != 3 or not all(isinstance(number, (int, float)) for number in design.lrn):
        raise ValueError(
            f"lrn must be three numbers (alpha, beta, k), but {design.lrn!r} was given."
        )
    last = replace(design.layers[-1], out=as_int(design.num_classes, "num_classes", 1))
    return replace(design, layers=(*design.layers[:-1], last))


def check_knobs(knobs):
    """Raise a ValueError for a knob that doesn't exist, or a word that it doesn't offer."""
    known = [field.name for field in fields(Variant) if field.name not in ("about", "layers")]
    for knob, value in knobs.items():
        if knob not in known:
            offered = ", ".join(["in_channels", "depth", *PER_LAYER, *known])
            raise ValueError(f"There is no knob {knob!r}: turn one of {offered}.")
        if knob in CHOICES and value not in CHOICES[knob]:
            offered = ", ".join(repr(choice) for choice in CHOICES[knob])
            raise ValueError(f"{knob} must be one of {offered}, but {value!r} was given.")


def with_depth(layers, depth):
    """Return `depth` convolutions: conv3 and copies of conv4 between conv2 and the last one."""
    convs = [layer for layer in layers if isinstance(layer, Conv)]
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    middle = [convs[2], *[convs[3]] * depth][: depth - 3]
    convs = [*convs[:2], *middle, convs[-1]]
    convs = [replace(layer, name=f"conv{i}") for i, layer in enumerate(convs, 1)]
    dense = [replace(layer, name=f"fc{i}") for i, layer in enumerate(dense, depth + 1)]
    return (*convs, *dense)


def override(layers, knob, setting, numbers):
    """Return the layers with new `numbers` {name: number} for one of their settings."""
    if not isinstance(numbers, dict):
        raise ValueError(
            f'{knob} names the layers that it changes, as in {knob}={{"conv2": 3}},'
            f" but {numbers!r} was given."
        )
    # The width of the last layer is num_classes.
    offered = [layer.name for layer in layers[:-1] if hasattr(layer, setting)]
    for name in numbers:
        if name not in offered:
            raise ValueError(f"{knob} can't change {name!r}: it can change {', '.join(offered)}.")
    return tuple(
        replace(layer, **{setting: numbers[layer.name]}) if layer.name in numbers else layer
        for layer in layers
    )


# From a table to the layers in the order in which they run: (name, kind, settings) each.


def layer_sequence(design):
    """Yield (name, kind, settings) of every layer: convolutions, flattening, dense layers."""
    convs = [layer for layer in design.layers if isinstance(layer, Conv)]
    dense = [layer for layer in design.layers if isinstance(layer, Dense)]
    for number, layer in enumerate(convs, 1):
        yield from conv_block(design, layer, number)
    if design.adaptive:
        yield "avgpool", "adaptive", {"size": design.adaptive}
    yield "flatten", "flatten", {}
    for number, layer in enumerate(dense[:-1], len(convs) + 1):
        yield from hidden_block(design, layer, number)
    yield dense_layer(design, dense[-1])


def conv_block(design, layer, number):
    """Yield a convolution and what follows it: activation, normalization, pooling."""
    window = conv_window(design, layer)
    if design.round_up and number == 1:
        bottom, right = overhang(design, layer, window)
        if bottom or right:
            yield "pad1", "pad", {"bottom": bottom, "right": right}
    conv = {"out": layer.out, **window, "groups": layer.groups, **init_settings(design, layer)}
    activation = (f"{design.activation}{number}", design.activation, {})
    late = design.late_relu and number == 1

    yield layer.name, "conv", conv
    if design.normalization == "bn":
        yield f"norm{number}", "bn", {}
    if not late:
        yield activation
    if design.normalization == "lrn" and layer.norm:
        yield from lrn_block(design, number)
    if layer.pool:
        pool = {"kernel": design.pool_kernel, "stride": design.pool_stride, "padding": 0}
        yield f"pool{number}", f"{design.pooling}pool", pool
    if late:
        yield activation


def conv_window(design, layer):
    """Return the kernel, stride and padding of a convolution, "fit" and "same" as numbers."""
    stride = layer.stride
    padding = layer.padding
    if stride == "fit":
        stride = max(1, min(as_pair(design.image_size, "image_size", 1)) // 32)
    if padding == "same":
        with layer_errors(layer.name):
            high, wide = as_pair(layer.kernel, "kernel", 1)
        padding = ((high - 1) // 2, (wide - 1) // 2)
        padding = padding[0] if padding[0] == padding[1] else padding
    return {"kernel": layer.kernel, "stride": stride, "padding": padding}


def overhang(design, layer, window):
    """Return how many pixels the last windows reach beyond the image: (bottom, right)."""
    size = as_pair(design.image_size, "image_size", 1)
    with layer_errors(layer.name):
        return tuple(
            max(0, (output_size(n, k, s, p, ceil=True) - 1) * s + k - (n + 2 * p))
            for n, k, s, p in window_axes(size, window)
        )


def lrn_block(design, number):
    """Yield the local response normalization, and the second one that the program has at conv2."""
    alpha, beta, k = design.lrn
    lrn = {"size": 5, "alpha": alpha, "beta": beta, "k": k, "divide": design.divide_alpha}
    lrn["groups"] = 2 if design.split_norm else 1
    yield f"norm{number}", "lrn", lrn
    if design.spatial_norm and number == 2:
        yield "cnorm2", "spatial_lrn", {"size": 5, "alpha": 1e-3, "beta": 0.75, "k": 1.0}


def hidden_block(design, layer, number):
    """Yield a hidden fully connected layer, its activation, and dropout before or after them."""
    drop = (f"drop{number}", "dropout", {"rate": design.dropout, "form": design.dropout_form})
    if design.dropout_before:
        yield drop
    yield dense_layer(design, layer)
    yield f"{design.activation}{number}", design.activation, {}
    if not design.dropout_before:
        yield drop


def dense_layer(design, layer):
    """Return a fully connected layer alone."""
    return layer.name, "fc", {"out": layer.out, **init_settings(design, layer)}


def init_settings(design, layer):
    """Return how the layer's weights and biases start: {"init", "std", "bias"}."""
    wide = design.wide_init and layer.name in ("conv3", "conv4", "conv5")
    std = 0.03 if wide else layer.std
    return {"init": design.init, "std": std, "bias": layer.bias}


# From a layer and the shape of its input to its own shape and costs.


def make_row(name, kind, settings, shape):
    """Return the `Row` of a layer whose input has this shape; raise a ValueError if it can't be."""
    if kind == "conv":
        c, *size = shape  # (C, H, W)
        out = as_int(settings["out"], "the number of kernels", 1)
        kernel, groups = settings["kernel"], settings["groups"]
        size = window_counts(size, settings)  # (H', W')
        parameters = conv_parameters(c, out, kernel, groups)
        work = conv_multiply_adds(c, out, kernel, size, groups)
        return Row(name, kind, settings, (out, *size), parameters, work)  # (out, H', W')
    if kind == "fc":
        n = prod(shape)
        out = as_int(settings["out"], "the number of units", 1)
        return Row(name, kind, settings, (out,), (n + 1) * out, n * out)
    if kind == "bn":
        return Row(name, kind, settings, shape, parameters=2 * shape[0])  # a scale and a shift
    if kind in ("maxpool", "avgpool"):
        shape = (shape[0], *window_counts(shape[1:], settings))  # (C, H', W')
    elif kind == "pad":
        c, h, w = shape
        shape = (c, h + settings["bottom"], w + settings["right"])  # (C, H', W')
    elif kind == "adaptive":
        side = as_int(settings["size"], "adaptive", 1)
        shape = (shape[0], side, side)  # (C, side, side)
    elif kind == "flatten":
        shape = (prod(shape),)  # (C*H*W,)
    return Row(name, kind, settings, shape)  # activations, LRN and dropout keep the shape


def window_counts(size, settings):
    """Return how many windows fit: (H, W) -> (H', W')."""
    return tuple(output_size(n, k, s, p) for n, k, s, p in window_axes(size, settings))


def window_axes(size, settings):
    """Return (size, kernel, stride, padding) of the vertical axis and of the horizontal one."""
    least = {"kernel": 1, "stride": 1, "padding": 0}
    return zip(size, *(as_pair(settings[name], name, least[name]) for name in least), strict=True)
