"""AlexNet in PyTorch, in the variants of `variants.py`, and with every knob turned.

`alexnet("2012")` is the paper's network. How it is made: `variants.plan` lists the layers with
their shapes, `module` makes one PyTorch module of each line, and `AlexNet` is what they are in
order. Nothing here repeats a number of the tables.

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
    """AlexNet in one of its variants: a PyTorch module, x (N, C, H, W) -> scores (N, num_classes).

    variant      "2012", "2012-code", "caffe", "torchvision", "bn" or "small"
    num_classes  1000 if not given; 10 for "small"
    weights      "imagenet" loads torchvision's, for alexnet("torchvision") as it is
    knobs        what `variants.plan` takes: image_size, in_channels, activation, pooling, kernels,
                 widths, depth, dropout, normalization …

    A network that can't be is refused, with the name of the layer and the reason.
    """
    if num_classes is not None:
        knobs["num_classes"] = num_classes
    if weights is None:
        return AlexNet(variant, plan(variant, **knobs))
    need_unchanged(weights, variant, knobs)
    loaded = imagenet_weights()
    with torch.device("meta"):  # no numbers are drawn, since these take their place
        model = AlexNet(variant, plan(variant, **knobs))
    model.load_state_dict(loaded, assign=True)
    return model


class AlexNet(nn.Module):
    """The layers of a plan, in order: `features` makes maps, `classifier` tells what is in them.

    plan   the rows that it was made of: name, kind, settings, shape, parameters, multiply_adds
    names  the short name of each layer: {"features.conv1": "conv1", …}
    """

    def __init__(self, variant, rows):
        super().__init__()
        self.variant, self.plan, self.names = variant, rows, {}
        self.features = nn.Sequential()
        self.register_module("avgpool", None)  # most variants have none
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential()
        part = "features"
        for before, row in pairwise(rows):
            layer, path = module(row, before.shape), row.name
            if row.kind in ("adaptive", "flatten"):
                self.add_module(path, layer)
                part = "classifier"
            else:
                stack = self.get_submodule(part)
                # torchvision's layers have numbers, so that its weights find them by name.
                name = str(len(stack)) if variant == "torchvision" else row.name
                stack.add_module(name, layer)
                path = f"{part}.{name}"
            self.names[path] = row.name

    def forward(self, x):
        """x (N, C, H, W) -> scores (N, num_classes); the softmax is left to the loss."""
        self.need_images(x)
        x = self.features(x)  # (N, 256, 6, 6) in the paper's
        if self.avgpool is not None:
            x = self.avgpool(x)  # (N, 256, 6, 6), whatever the size of the images
        return self.classifier(self.flatten(x))  # (N, num_classes)

    def need_images(self, x):
        """Refuse images that the first fully connected layer was not made for."""
        shape = self.plan[0].shape
        fits = x.shape[1:] == shape or (
            self.avgpool is not None and x.ndim == 4 and x.shape[1] == shape[0]
        )
        if not fits:
            sizes = f"{shape[0]}, H, W" if self.avgpool is not None else ", ".join(map(str, shape))
            raise ValueError(
                f"This network reads images of shape (N, {sizes}), but was given"
                f" {tuple(x.shape)}: change the images, or make the network for theirs with"
                " image_size and in_channels."
            )

    def layer(self, name):
        """The module with this short name, as in model.layer("conv1")."""
        paths = {short: path for path, short in self.names.items()}
        if name not in paths:
            raise ValueError(f"There is no layer {name!r}: this network has {', '.join(paths)}.")
        return self.get_submodule(paths[name])


def module(row, shape):
    """The PyTorch module for one row of a plan, given the shape of what it reads."""
    s = row.settings
    if row.kind == "conv":
        window = s["kernel"], s["stride"], s["padding"]
        return started(nn.Conv2d(shape[0], s["out"], *window, groups=s["groups"]), s)
    if row.kind == "fc":
        return started(nn.Linear(shape[0], s["out"]), s)
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


# Not in place: whoever looks at what a convolution gave finds it, not what ReLU left of it.
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def started(layer, settings):
    """The layer with its first weights, as the plan's {"init", "std", "bias"} say."""
    if settings["init"] == "torch":
        return layer  # PyTorch has drawn them
    if settings["init"] == "normal":
        nn.init.normal_(layer.weight, 0, settings["std"])
    elif settings["init"] == "glorot":
        nn.init.xavier_uniform_(layer.weight)
    else:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.constant_(layer.bias, settings["bias"] if settings["init"] == "normal" else 0)
    return layer


class PaperDropout(nn.Module):
    """Dropout as the paper has it: units are silenced in training, all are scaled in testing.

    nn.Dropout scales in training instead, by 1 / (1 - rate), and does nothing in testing.
    Both give the same on average, up to that factor.
    """

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        """x of any shape -> the same shape."""
        keep = 1 - self.rate
        if self.training:
            return x * torch.empty_like(x).bernoulli_(keep)
        return x * keep  # the chance to be kept, not the one to be dropped

    def extra_repr(self):
        """What print(model) shows of it."""
        return f"rate={self.rate}"


class SpatialResponseNorm(nn.Module):
    """Each number over (k + alpha · mean of squares around it) ^ beta, in its own map.

    The neighbourhood is size × size pixels; beyond the edge, squares are 0. The authors' program
    has one such layer after conv2's local response normalization, and the paper doesn't say so.
    """

    def __init__(self, size=5, alpha=1e-3, beta=0.75, k=1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x):
        """x (N, C, H, W) -> the same shape."""
        squares = nn.functional.avg_pool2d(x * x, self.size, 1, self.size // 2)  # (N, C, H, W)
        return x * (self.k + self.alpha * squares) ** -self.beta

    def extra_repr(self):
        """What print(model) shows of it."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def imagenet_weights():
    """torchvision's state dict for ImageNet: from its cache, or downloaded into it."""
    from torchvision.models import AlexNet_Weights  # half a second, for this alone

    weights = AlexNet_Weights.IMAGENET1K_V1
    try:
        return weights.get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError) as error:  # no connection, no room; or a damaged file
        name = weights.url.rsplit("/", 1)[1]
        raise RuntimeError(
            f"The weights for ImageNet could not be had ({error}). Either get {weights.url}"
            f" on another machine and put it into {torch.hub.get_dir()}/checkpoints as {name},"
            " or leave weights out and train the network."
        ) from error


def need_unchanged(weights, variant, knobs):
    """Refuse weights that don't fit the network."""
    if weights != "imagenet":
        raise ValueError(f'weights must be "imagenet" or None, but {weights!r} was given.')
    fixed = {name: value for name, value in knobs.items() if name != "dropout"}
    if variant != "torchvision" or plan(variant, **fixed) != plan("torchvision"):
        raise ValueError(
            'The weights for ImageNet are those of alexnet("torchvision") with 1000 classes and'
            " nothing changed but its dropout: load them so, then change its layers."
        )
