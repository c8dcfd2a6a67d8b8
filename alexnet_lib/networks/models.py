"""AlexNet in PyTorch: every variant of `variants.py`, with any of its knobs turned.

`alexnet("2012")` is the paper's network. `variants.plan` lists the layers with their shapes,
`build_layer` turns each row into a PyTorch module, and `AlexNet` runs them in order. This file
repeats no number of the tables.

    model = alexnet("2012")
    scores = model(torch.zeros(1, 3, 224, 224))  # (1, 1000)
"""

from itertools import pairwise

import torch
from torch import nn

from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.variants import plan

__all__ = ["AlexNet", "PaperDropout", "SpatialResponseNorm", "alexnet"]


def alexnet(variant="2012", num_classes=None, *, weights=None, **knobs):
    """Return AlexNet in one of its variants: x (N, C, H, W) -> scores (N, num_classes).

    variant      "2012", "2012-code", "caffe", "torchvision", "bn" or "small"
    num_classes  by default 1000, and 10 for "small"
    weights      "imagenet" loads torchvision's weights; only for alexnet("torchvision") unchanged
    knobs        those of `variants.plan`: image_size, in_channels, activation, pooling, kernels,
                 widths, depth, dropout, normalization …

    Raise a ValueError that names the layer and the reason if such a network can't be built.
    """
    if num_classes is not None:
        knobs["num_classes"] = num_classes
    if weights is None:
        return AlexNet(variant, plan(variant, **knobs))
    check_pretrained_fits(weights, variant, knobs)
    loaded = imagenet_weights()
    with torch.device("meta"):  # no first weights are drawn: the loaded ones take their place
        model = AlexNet(variant, plan(variant, **knobs))
    model.load_state_dict(loaded, assign=True)
    return model


class AlexNet(nn.Module):
    """The layers of a plan, in order: `features` makes maps, `classifier` makes scores of them.

    plan   the rows of its layers: name, kind, settings, shape, parameters, multiply_adds
    names  the short name of each layer: {"features.conv1": "conv1", …}
    """

    def __init__(self, variant, rows):
        super().__init__()
        self.variant = variant
        self.plan = rows
        self.names = {}
        self.features = nn.Sequential()
        self.register_module("avgpool", None)  # only torchvision's variant has one
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential()
        part = "features"
        for before, row in pairwise(rows):
            layer = build_layer(row, before.shape)
            if row.kind in ("adaptive", "flatten"):  # between the two parts
                part = "classifier"
                path = row.name
                self.add_module(path, layer)
            else:
                stack = self.get_submodule(part)
                # torchvision's layers have numbers for names, so that its weights fit.
                name = str(len(stack)) if variant == "torchvision" else row.name
                path = f"{part}.{name}"
                stack.add_module(name, layer)
            self.names[path] = row.name

    def forward(self, x):
        """Compute scores (N, num_classes) from x (N, C, H, W); the loss applies the softmax."""
        self.check_input(x)
        x = self.features(x)  # (N, 256, 6, 6) in the paper's network
        if self.avgpool is not None:
            x = self.avgpool(x)  # (N, 256, 6, 6) for images of any size
        return self.classifier(self.flatten(x))  # (N, num_classes)

    def check_input(self, x):
        """Raise a ValueError for images that don't fit the first fully connected layer."""
        shape = self.plan[0].shape
        fits = x.shape[1:] == shape or (
            self.avgpool is not None and x.ndim == 4 and x.shape[1] == shape[0]
        )
        if not fits:
            sizes = f"{shape[0]}, H, W" if self.avgpool is not None else ", ".join(map(str, shape))
            raise ValueError(
                f"This network reads images of shape (N, {sizes}), but was given"
                f" {tuple(x.shape)}: change the images, or build the network for this shape with"
                " image_size and in_channels."
            )

    def layer(self, name):
        """Return the module with this short name, as in model.layer("conv1")."""
        paths = {short: path for path, short in self.names.items()}
        if name not in paths:
            raise ValueError(f"There is no layer {name!r}: this network has {', '.join(paths)}.")
        return self.get_submodule(paths[name])


def build_layer(row, shape):
    """Return the PyTorch module for one row of a plan whose input has this shape."""
    s = row.settings
    if row.kind == "conv":
        window = s["kernel"], s["stride"], s["padding"]
        return initialize(nn.Conv2d(shape[0], s["out"], *window, groups=s["groups"]), s)
    if row.kind == "fc":
        return initialize(nn.Linear(shape[0], s["out"]), s)
    if row.kind == "pad":
        return nn.ZeroPad2d((0, s["right"], 0, s["bottom"]))
    if row.kind == "lrn":
        return LocalResponseNorm(**s)
    if row.kind == "spatial_lrn":
        return SpatialResponseNorm(**s)
    if row.kind == "bn":
        return nn.BatchNorm2d(shape[0])
    if row.kind == "maxpool":
        return nn.MaxPool2d(s["kernel"], s["stride"], s["padding"])
    if row.kind == "avgpool":
        return nn.AvgPool2d(s["kernel"], s["stride"], s["padding"])
    if row.kind == "adaptive":
        return nn.AdaptiveAvgPool2d(s["size"])
    if row.kind == "flatten":
        return nn.Flatten()
    if row.kind == "dropout":
        return PaperDropout(s["rate"]) if s["form"] == "paper" else nn.Dropout(s["rate"])
    return ACTIVATIONS[row.kind]()


# Not in place: ReLU must not overwrite the output of the convolution, which readers look at.
ACTIVATIONS = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def initialize(layer, settings):
    """Draw the first weights of a layer by its settings "init", "std" and "bias"; return it."""
    if settings["init"] == "torch":
        return layer  # PyTorch has already drawn them
    if settings["init"] == "normal":
        nn.init.normal_(layer.weight, 0, settings["std"])
    elif settings["init"] == "glorot":
        nn.init.xavier_uniform_(layer.weight)
    else:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.constant_(layer.bias, settings["bias"] if settings["init"] == "normal" else 0)
    return layer


class PaperDropout(nn.Module):
    """Dropout as in the paper: training silences some units, testing scales all of them.

    nn.Dropout scales in training instead, by 1 / (1 - rate), and does nothing in testing.
    On average the two differ only by that factor.
    """

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        """Compute y from x, both of the same shape, which may be any."""
        keep = 1 - self.rate
        if self.training:
            return x * torch.empty_like(x).bernoulli_(keep)  # like x, some units 0
        return x * keep  # like x: times the probability of keeping a unit, not of dropping it

    def extra_repr(self):
        """Return the settings, for print(model)."""
        return f"rate={self.rate}"


class SpatialResponseNorm(nn.Module):
    """Divides each number by (k + alpha · mean of the squares around it in its map) ^ beta.

    The neighbourhood is size × size pixels; beyond the edge, squares are 0. The authors' program
    has one such layer after conv2's local response normalization; the paper doesn't mention it.
    """

    def __init__(self, size=5, alpha=1e-3, beta=0.75, k=1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x):
        """Compute y (N, C, H, W) from x (N, C, H, W)."""
        squares = nn.functional.avg_pool2d(x * x, self.size, 1, self.size // 2)  # (N, C, H, W)
        return x * (self.k + self.alpha * squares) ** -self.beta  # (N, C, H, W)

    def extra_repr(self):
        """Return the settings, for print(model)."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def imagenet_weights():
    """Return torchvision's ImageNet weights, from its cache or downloaded into it."""
    from torchvision.models import AlexNet_Weights  # here, since importing it takes half a second

    weights = AlexNet_Weights.IMAGENET1K_V1
    try:
        return weights.get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError) as error:  # no connection, no room; or a damaged file
        name = weights.url.rsplit("/", 1)[1]
        raise RuntimeError(
            f"The ImageNet weights could not be loaded ({error}). Either download {weights.url}"
            f" on another machine and put it into {torch.hub.get_dir()}/checkpoints as {name},"
            " or leave weights out and train the network, or take SqueezeNet, which comes with this"
            " package and knows the same classes."
        ) from error


def check_pretrained_fits(weights, variant, knobs):
    """Raise a ValueError for weights that don't fit the network."""
    if weights != "imagenet":
        raise ValueError(f'weights must be "imagenet" or None, but {weights!r} was given.')
    fixed = {name: value for name, value in knobs.items() if name != "dropout"}
    if variant != "torchvision" or plan(variant, **fixed) != plan("torchvision"):
        raise ValueError(
            'The ImageNet weights are those of alexnet("torchvision") with 1000 classes and'
            " nothing changed but its dropout: load that network, then change its layers."
        )
