"""A PyTorch network as two plain files that the page can compute: a plan and its weights.

The plan is JSON that names each layer, its kind, its settings and the layers that it reads. The
weights are one file of float16 numbers. `widgets/network.js` reads both; its head describes them.

`web_plan` runs the model once on an empty picture and writes down what happens: each layer in the
order of execution, and the functions of PyTorch that the model calls between its layers, such as
`torch.cat`. So a network may branch and join as it likes. What the page can't compute is refused
by name.
"""

import math
from base64 import b64encode
from functools import cache
from io import BytesIO

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode, resolve_name

from alexnet_lib.data import ANIMALS, animal, photo
from alexnet_lib.networks.bundled import BUNDLED, bundled
from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.models import PaperDropout, SpatialResponseNorm

__all__ = ["FORMAT", "bundled_web_plan", "web_plan"]

FORMAT = 1  # of the plan; network.js reads this one
LARGEST = float(np.finfo(np.float16).max)  # 65,504


def web_plan(model, *, name, title, classes, mean, scale, side, square=None, source="", licence=""):
    """Return (plan, weights) of a network for the page: a dict for JSON, and bytes.

    model    a torch.nn.Module: x (N, C, side, side) -> scores (N, classes); it stays as it is
    name     a short name, also for files; `title` is what people read
    classes  the names of its outputs, or () for a network that has none
    mean     what is subtracted from a pixel, 0 to 255, for each channel (red, green, blue, or grey)
    scale    what it is divided by then
    side     of the pictures that it reads, in pixels
    square   a picture's middle square is scaled to this side, and `side` cut from its middle;
             `side` if not given
    source   where its weights come from, and `licence` what one may do with them: for people

    Raise a ValueError that names the layer if the page can't compute the network.
    """
    mean, scale = [float(v) for v in mean], [float(v) for v in scale]
    if not mean or len(mean) != len(scale) or not all(map(math.isfinite, [*mean, *scale])):
        raise ValueError(
            f"mean and scale must have a finite number for each channel, not {mean} and {scale}."
        )
    if 0 in scale:
        raise ValueError(f"scale divides each pixel, so no number in it may be 0: {scale}.")
    steps = Steps(model)
    steps.follow(torch.zeros(1, len(mean), side, side))
    outputs = steps.outputs
    if len(classes) not in (0, outputs):
        raise ValueError(
            f"{len(classes)} classes are named, but the network has {outputs} outputs."
        )
    weights = Weights()
    layers = [{**step, **weights.add(step["name"], tensors)} for step, tensors in steps.layers]
    picture = {"channels": len(mean), "side": side, "mean": mean, "scale": scale}
    plan = {
        "format": FORMAT,
        "name": name,
        "title": title,
        "input": picture | ({"square": square} if square else {}),
        "classes": list(classes),
        "layers": layers,
        "source": source,
        "licence": licence,
    }
    return plan, weights.data()


@cache
def bundled_web_plan(name):
    """Return (plan, weights) of a network that comes with the package; don't change the plan.

    name  as for `bundled`

    A network for photographs brings some along: plan["pictures"] is [{"name", "webp"}], each a
    WebP file in base64.
    """
    model, about = bundled(name), BUNDLED[name]
    plan, weights = web_plan(
        model,
        name=name,
        title=about.title,
        classes=about.classes,
        mean=about.mean,
        scale=about.scale,
        side=about.side,
        source=about.source,
        licence=about.licence,
    )
    if about.channels == 3:
        plan["pictures"] = [picture_file(about, title) for title in PICTURES]
    return plan, weights


# Photographs to begin with: some that it names right, and some about which it is wrong.
PICTURES = ("dog", "duck", "cat", "kitten", "sheep", "cow", "coffee", "rocket")
QUALITY = 95  # of the files: the network answers as it does without loss, to a point


def picture_file(about, name):
    """Return a bundled photograph as the network reads it, {"name", "webp": base64}."""
    from PIL import Image

    pixels = animal(name) if name in ANIMALS else photo(name)  # (H, W, 3)
    file = BytesIO()
    Image.fromarray(about.square(pixels)).save(file, "webp", quality=QUALITY)
    return {"name": name, "webp": b64encode(file.getvalue()).decode()}


class Weights:
    """The numbers of all layers, one after the other, as float16."""

    def __init__(self):
        self.arrays, self.count = [], 0

    def add(self, layer, tensors):
        """Add a layer's {"weight": tensor, "bias": tensor}; return where in the file they are."""
        places = {}
        for key, tensor in tensors.items():
            array = tensor.detach().to("cpu", torch.float32).numpy()
            if not np.isfinite(array).all() or np.abs(array).max(initial=0) > LARGEST:
                raise ValueError(
                    f"The layer {layer!r} has a {key} that float16 can't hold: not a number, or"
                    f" beyond ±{LARGEST:,.0f}."
                )
            places[key] = {"at": self.count, "shape": list(array.shape)}
            self.arrays.append(array.astype("<f2").ravel())
            self.count += array.size
        return places

    def data(self):
        """Return the bytes of the file."""
        return b"".join(array.tobytes() for array in self.arrays)


class Steps(TorchFunctionMode):
    """Follows a model through one run: `layers` has a (step of the plan, its tensors) for each.

    A module without modules in it is a step; it is told by hooks. A function that is called
    outside such modules, on a tensor that is followed, is a step too.
    """

    def __init__(self, model):
        super().__init__()
        if not isinstance(model, nn.Module):
            kind = type(model).__name__
            raise ValueError(f"The model must be a torch.nn.Module, but {kind} was given.")
        self.model, self.layers, self.outputs = model, [], 0
        self.names = getattr(model, "names", {})  # path -> short name, in our own networks
        self.followed = {}  # id of a tensor -> the name of the layer that made it
        self.kept = []  # these tensors: while they live, no other gets their id
        self.inside = 0  # how many modules without modules are running

    def follow(self, x):
        """Run the model on x (1, C, H, W), in eval mode, and note each step."""
        self.note(x, "input")
        modules = [(path, m) for path, m in self.model.named_modules() if not m._modules]
        hooks = []
        was_training = [m for m in self.model.modules() if m.training]
        first = next(self.model.parameters(), None)
        if first is not None:
            moved = x.to(first.device, first.dtype)
            self.note(moved, "input")
            x = moved
        for path, module in modules:
            hooks.append(module.register_forward_pre_hook(self.enter))
            hooks.append(module.register_forward_hook(self.leaver(path)))
        try:
            for module in was_training:
                module.training = False
            with torch.no_grad(), self:
                scores = self.model(x)  # (1, classes)
        finally:
            for hook in hooks:
                hook.remove()
            for module in was_training:
                module.training = True
        if not self.layers or self.followed.get(id(scores)) != self.layers[-1][0]["name"]:
            raise ValueError(
                "The page can't compute this network: its result is not one tensor that its last"
                " layer gives."
            )
        self.outputs = scores[0].numel()

    def note(self, tensor, name):
        """Remember which layer made a tensor."""
        self.followed[id(tensor)] = name
        self.kept.append(tensor)

    def enter(self, module, args):
        """Begin a layer: what it computes inside is its own business."""
        self.inside += 1

    def leaver(self, path):
        """Return the hook that ends a layer and adds its step."""

        def leave(module, args, output):
            self.inside -= 1
            name = self.names.get(path, path) or type(module).__name__.lower()
            if self.inside:
                return
            inputs = [self.followed.get(id(x)) for x in args]
            kind = type(module).__name__.removeprefix("Parametrized")
            if None in inputs or not inputs or not isinstance(output, torch.Tensor):
                raise ValueError(
                    f"The page can't compute the layer {name!r} ({kind}): it must read one tensor"
                    " that comes from the picture, and give one."
                )
            step, tensors = self.as_step(module, name, kind, args[0], output)
            self.add(step, tensors, name, inputs, output)

        return leave

    def as_step(self, module, name, kind, x, output):
        """Return ({"op", settings}, tensors) of a module; raise if the page has no such layer."""
        if isinstance(module, nn.Dropout | nn.Dropout2d | nn.Identity):
            return None, {}
        describe = STEPS.get(type(module))
        try:
            if describe is None:
                raise NotDrawn(f"it knows {', '.join(sorted(cls.__name__ for cls in STEPS))}")
            return describe(module, x, output)
        except NotDrawn as why:
            raise ValueError(
                f"The page can't compute the layer {name!r} ({kind}): {why}."
            ) from None

    def add(self, step, tensors, name, inputs, output):
        """Add a step; None is one that changes nothing."""
        if step is None:
            self.note(output, inputs[0])
            return
        taken = {layer["name"] for layer, _ in self.layers}
        if name in taken:  # a module that runs more than once
            name = next(f"{name}#{i}" for i in range(2, 999) if f"{name}#{i}" not in taken)
        self.layers.append(({"name": name, "inputs": inputs, **step}, tensors))
        self.note(output, name)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Run a function of PyTorch, and add its step if it is called between layers."""
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        if self.inside or not isinstance(result, torch.Tensor | tuple | list):
            return result  # a number, say, or a shape
        flat = [x for arg in args for x in (arg if isinstance(arg, tuple | list) else (arg,))]
        inputs = [self.followed.get(id(x)) for x in flat if isinstance(x, torch.Tensor)]
        if not any(inputs) or not tensors_in(result):
            return result
        full = resolve_name(function) or getattr(function, "__name__", str(function))
        short = full.rpartition(".")[2].strip("_")
        step = function_step(short, args, kwargs, result) if None not in inputs else None
        if step is None:
            raise ValueError(
                f"The page can't compute {full}, which the network calls between its layers: it"
                f" knows {', '.join(sorted(FUNCTIONS))}."
            )
        parts = [name.rpartition(".")[0] for name in inputs]
        name = f"{parts[0]}.{step['op']}" if parts[0] and len({*parts}) == 1 else step["op"]
        self.add(step if step["op"] != "same" else None, {}, name, inputs, result)
        return result


class NotDrawn(ValueError):
    """Why the page can't compute a layer, as the end of a sentence."""


def tensors_in(result):
    """Return the tensors of a function's result."""
    values = result if isinstance(result, tuple | list) else (result,)
    return [value for value in values if isinstance(value, torch.Tensor)]


# --- functions, and what the page calls them -------------------------------------------------


def function_step(short, args, kwargs, result):
    """Return {"op", settings} of a function between layers, or None if the page has none."""
    if not isinstance(result, torch.Tensor) or short not in FUNCTIONS:
        return None
    return FUNCTIONS[short](args, kwargs, result)


def concat_step(args, kwargs, result):
    """Join maps: torch.cat along the channels."""
    axis = kwargs.get("dim", args[1] if len(args) > 1 else 0)
    return {"op": "concat"} if axis in (1, 1 - result.ndim) else None


def add_step(args, kwargs, result):
    """Add two tensors of one shape."""
    shapes = [x.shape for x in args if isinstance(x, torch.Tensor)]
    fits = len(shapes) == 2 and shapes[0] == shapes[1] and not kwargs
    return {"op": "add"} if fits else None


def shape_step(args, kwargs, result):
    """Flatten, or leave the shape as it is."""
    if result.shape == args[0].shape:
        return {"op": "same"}
    return {"op": "flatten"} if result.ndim == 2 and len(result) == 1 else None


def mean_step(args, kwargs, result):
    """Average whole maps to (N, C, 1, 1): x.mean((2, 3), keepdim=True)."""
    axes = kwargs.get("dim", args[1] if len(args) > 1 else None)
    whole = isinstance(axes, list | tuple) and sorted(a % 4 for a in axes) == [2, 3]
    return {"op": "globalavg"} if whole and args[0].ndim == result.ndim == 4 else None


def plain(op):
    """Return the step of a function of one tensor without settings."""
    return lambda args, kwargs, result: {"op": op} if len(args) == 1 else None


FUNCTIONS = {
    "cat": concat_step,
    "concat": concat_step,
    "add": add_step,
    "iadd": add_step,
    "flatten": shape_step,
    "view": shape_step,
    "reshape": shape_step,
    "contiguous": shape_step,
    "relu": plain("relu"),
    "sigmoid": plain("sigmoid"),
    "tanh": plain("tanh"),
    "mean": mean_step,
}


# --- modules, and what the page calls them ---------------------------------------------------


def one(value, what):
    """Return a setting as one whole number; a pair must have twice the same."""
    pair = value if isinstance(value, tuple | list) else (value,)
    if len({*pair}) != 1 or isinstance(pair[0], str):
        raise NotDrawn(f"its {what} is {value}, and here both directions have the same")
    return int(pair[0])


def check_plain(wanted, module):
    """Refuse a setting that the page doesn't have."""
    for key, value in wanted.items():
        given = getattr(module, key)
        if given != value and given != (value, value):
            raise NotDrawn(f"its {key} is {given}, and here it is {value}")


def window(module):
    """Return the kernel, stride and padding of a layer."""
    return {
        "kernel": one(module.kernel_size, "kernel"),
        "stride": one(module.stride, "stride"),
        "padding": one(module.padding, "padding"),
    }


def learned(module):
    """Return the tensors of a layer, without a bias that it doesn't have."""
    tensors = {"weight": module.weight, "bias": module.bias}
    return {key: tensor for key, tensor in tensors.items() if tensor is not None}


def conv_step(module, x, output):
    """Return the step of a convolution."""
    check_plain({"dilation": 1, "padding_mode": "zeros"}, module)
    kernel, stride = one(module.kernel_size, "kernel"), one(module.stride, "stride")
    padding = {"valid": 0, "same": (kernel - 1) / 2}.get(module.padding, module.padding)
    if padding == kernel / 2 - 0.5 and kernel % 2 == 0:
        raise NotDrawn('its padding is "same", which is not the same all round an even kernel')
    settings = {"kernel": kernel, "stride": stride, "padding": one(padding, "padding")}
    return {"op": "conv", **settings, "groups": module.groups}, learned(module)


def linear_step(module, x, output):
    """Return the step of a fully connected layer."""
    if x.ndim != 2:
        raise NotDrawn(f"it reads {tuple(x.shape[1:])}, and here it reads a list of numbers")
    return {"op": "linear"}, learned(module)


def maxpool_step(module, x, output):
    """Return the step of max pooling."""
    check_plain({"dilation": 1, "return_indices": False}, module)
    return {"op": "maxpool", **window(module), "ceil": bool(module.ceil_mode)}, {}


def avgpool_step(module, x, output):
    """Return the step of average pooling."""
    check_plain({"divisor_override": None}, module)
    if not module.count_include_pad and one(module.padding, "padding"):
        raise NotDrawn("it leaves the padding out of its averages, and here the padding counts")
    return {"op": "avgpool", **window(module), "ceil": bool(module.ceil_mode)}, {}


def adaptive_step(module, x, output):
    """Return the step of adaptive average pooling."""
    side = one(tuple(output.shape[2:]), "output size")
    return ({"op": "globalavg"} if side == 1 else {"op": "adaptiveavg", "size": side}), {}


def batchnorm_step(module, x, output):
    """Return the step of batch normalization: in testing, a factor and a shift for each map."""
    if module.running_var is None:
        raise NotDrawn("it keeps no running averages, and here it needs them")
    factor = (module.running_var + module.eps) ** -0.5  # (C,)
    if module.weight is not None:
        factor = factor * module.weight
    shift = -module.running_mean * factor
    if module.bias is not None:
        shift = shift + module.bias
    return {"op": "batchnorm"}, {"weight": factor, "bias": shift}


def torch_lrn_step(module, x, output):
    """Return the step of PyTorch's local response normalization."""
    settings = {"size": module.size, "alpha": module.alpha, "beta": module.beta, "k": module.k}
    return {"op": "lrn", **settings, "groups": 1}, {}


def lrn_step(module, x, output):
    """Return the step of ours; its alpha may not be divided by its channels, in the page it is."""
    step, _ = torch_lrn_step(module, x, output)
    alpha = module.alpha if module.divide else module.alpha * module.size
    return {**step, "alpha": alpha, "groups": module.groups}, {}


def spatial_lrn_step(module, x, output):
    """Return the step of the normalization over neighbouring pixels."""
    settings = {"size": module.size, "alpha": module.alpha, "beta": module.beta, "k": module.k}
    return {"op": "spatial_lrn", **settings}, {}


def pad_step(module, x, output):
    """Return the step of padding with zeros."""
    left, right, top, bottom = module.padding
    if min(module.padding) < 0:
        raise NotDrawn(f"its padding is {module.padding}, and here it adds pixels")
    return {"op": "pad", "top": top, "bottom": bottom, "left": left, "right": right}, {}


def flatten_step(module, x, output):
    """Return the step of flattening; what is flat already stays."""
    if output.ndim != 2 or len(output) != 1:
        raise NotDrawn("it doesn't make one list of numbers for each picture")
    return ({"op": "flatten"} if x.ndim > 2 else None), {}


def gelu_step(module, x, output):
    """Return the step of GELU."""
    check_plain({"approximate": "none"}, module)
    return {"op": "gelu"}, {}


def softmax_step(module, x, output):
    """Return the step of softmax."""
    if x.ndim != 2 or module.dim not in (None, 1, -1):
        raise NotDrawn("it doesn't turn a list of scores into probabilities")
    return {"op": "softmax"}, {}


STEPS = {
    nn.Conv2d: conv_step,
    nn.Linear: linear_step,
    nn.MaxPool2d: maxpool_step,
    nn.AvgPool2d: avgpool_step,
    nn.AdaptiveAvgPool2d: adaptive_step,
    nn.BatchNorm2d: batchnorm_step,
    nn.LocalResponseNorm: torch_lrn_step,
    LocalResponseNorm: lrn_step,
    SpatialResponseNorm: spatial_lrn_step,
    nn.ZeroPad2d: pad_step,
    nn.Flatten: flatten_step,
    nn.Softmax: softmax_step,
    nn.GELU: gelu_step,
    nn.ReLU: lambda module, x, output: ({"op": "relu"}, {}),
    nn.Sigmoid: lambda module, x, output: ({"op": "sigmoid"}, {}),
    nn.Tanh: lambda module, x, output: ({"op": "tanh"}, {}),
    nn.LeakyReLU: lambda module, x, output: (
        {"op": "leaky_relu", "slope": module.negative_slope},
        {},
    ),
    PaperDropout: lambda module, x, output: ({"op": "scale", "factor": 1 - module.rate}, {}),
}
