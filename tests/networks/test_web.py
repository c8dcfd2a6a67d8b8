"""Networks as a plan and weights for the page: what is written, and what is refused.

tests/widgets/test_network.py runs such plans in a browser.
"""

import json

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import network_sizes
from alexnet_lib.networks.bundled import BUNDLED
from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.models import PaperDropout, SpatialResponseNorm, alexnet
from alexnet_lib.networks.web import bundled_web_plan, web_plan


def web(model, **settings):
    """Return the plan and the weights of a model that reads grey pictures of 8 × 8."""
    about = {"name": "m", "title": "M", "classes": (), "mean": [0], "scale": [255], "side": 8}
    return web_plan(model, **about | settings)


def steps(plan):
    """Return [(name, op, inputs)] of a plan."""
    return [(layer["name"], layer["op"], layer["inputs"]) for layer in plan["layers"]]


class Branches(nn.Module):
    """Two convolutions of one input, joined; `end` computes the rest from x and the maps."""

    def __init__(self, end=None):
        super().__init__()
        self.left = nn.Conv2d(1, 2, 3, padding=1)
        self.right = nn.Conv2d(1, 2, 1, bias=False)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout()
        self.end = end

    def forward(self, x):
        """Compute scores (N, …) from x (N, 1, H, W)."""
        if x.shape[1] != 1:
            raise ValueError("grey pictures only")
        both = torch.cat([self.relu(self.left(x)), self.right(x)], dim=1)  # (N, 4, H, W)
        if self.end:
            return self.end(x, both)
        both = self.drop(both)  # (N, 4, H, W)
        both += F.relu(both)  # (N, 4, H, W)
        return both.view(len(x), -1)  # (N, 4 · H · W)


def test_a_network_may_branch_and_join_and_use_functions():
    model = Branches()
    plan, weights = web(model)
    assert steps(plan) == [
        ("left", "conv", ["input"]),
        ("relu", "relu", ["left"]),
        ("right", "conv", ["input"]),
        ("concat", "concat", ["relu", "right"]),
        ("relu#2", "relu", ["concat"]),
        ("add", "add", ["concat", "relu#2"]),
        ("flatten", "flatten", ["add"]),
    ]
    left, _, right, *_ = plan["layers"]
    settings = {"kernel": 3, "stride": 1, "padding": 1, "groups": 1}
    places = {"weight": {"at": 0, "shape": [2, 1, 3, 3]}, "bias": {"at": 18, "shape": [2]}}
    assert left == {"name": "left", "op": "conv", "inputs": ["input"], **settings, **places}
    assert right["weight"] == {"at": 20, "shape": [2, 1, 1, 1]} and "bias" not in right
    numbers = np.frombuffer(weights, "<f2")
    assert np.array_equal(numbers[:18], model.left.weight.detach().half().numpy().ravel())
    assert numbers.size == 22
    assert plan["input"] == {"channels": 1, "side": 8, "mean": [0.0], "scale": [255.0]}
    assert json.loads(json.dumps(plan)) == plan
    assert model.training  # as it was


def test_layers_get_the_settings_that_mean_the_same_in_the_page():
    paper = LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0, divide=False, groups=2)
    halves = nn.BatchNorm2d(4, eps=0)
    halves.running_var[:] = 4
    halves.running_mean[:] = 1
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same"),
        nn.Identity(),
        halves,
        paper,
        SpatialResponseNorm(3),
        nn.ZeroPad2d((0, 1, 0, 2)),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.AdaptiveAvgPool2d(2),
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.Flatten(),
        nn.Flatten(),
        PaperDropout(0.25),
        nn.LeakyReLU(0.2),
        nn.Linear(4, 2),
        nn.Softmax(1),
    )
    plan, weights = web(model, classes=("a", "b"), square=10, source="here", licence="none")
    ops = [layer["op"] for layer in plan["layers"]]
    assert ops[:4] == ["conv", "batchnorm", "lrn", "spatial_lrn"]
    assert ops[4:9] == ["pad", "maxpool", "adaptiveavg", "globalavg", "flatten"]
    assert ops[9:] == ["scale", "leaky_relu", "linear", "softmax"]
    conv, norm, lrn, _, pad, pool, *_, scale, leaky, _, _ = plan["layers"]
    assert conv["padding"] == 1 and pool["ceil"] is True
    at = norm["weight"]["at"]
    assert np.frombuffer(weights, "<f2")[at : at + 8].tolist() == [0.5] * 4 + [-0.5] * 4
    assert lrn["alpha"] == pytest.approx(5e-4) and lrn["groups"] == 2
    assert (pad["top"], pad["bottom"], pad["left"], pad["right"]) == (0, 2, 0, 1)
    assert scale["factor"] == 0.75 and leaky["slope"] == 0.2
    assert plan["input"]["square"] == 10 and (plan["source"], plan["licence"]) == ("here", "none")


def test_our_networks_keep_the_names_of_their_layers():
    model = alexnet("small", in_channels=1, image_size=28)
    plan, weights = web(model, side=28)
    named = [row.name for row in model.plan if row.kind not in ("input", "dropout")]
    assert [layer["name"] for layer in plan["layers"]] == named
    assert len(weights) == 2 * sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (nn.Sequential(nn.SiLU()), "the layer '0' (SiLU): it knows AdaptiveAvgPool2d, AvgPool2d"),
        (nn.Sequential(nn.Conv2d(1, 2, (3, 1))), "'0' (Conv2d): its kernel is (3, 1), and here"),
        (nn.Sequential(nn.Conv2d(1, 2, 2, dilation=2)), "its dilation is (2, 2), and here it is 1"),
        pytest.param(
            nn.Sequential(nn.Conv2d(1, 2, 2, padding="same")),
            "not the same all round an even kernel",
            marks=pytest.mark.filterwarnings("ignore:Using padding='same' with even"),
        ),
        (
            nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")),
            "its padding_mode is reflect",
        ),
        (nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False)), "leaves the padding out"),
        (nn.Sequential(nn.AvgPool2d(2, divisor_override=3)), "its divisor_override is 3"),
        (nn.Sequential(nn.MaxPool2d(2, dilation=2)), "its dilation is 2"),
        (nn.Sequential(nn.AdaptiveAvgPool2d((1, 2))), "its output size is (1, 2)"),
        (nn.Sequential(nn.BatchNorm2d(1, track_running_stats=False)), "no running averages"),
        (nn.Sequential(nn.GELU("tanh")), "its approximate is tanh"),
        (nn.Sequential(nn.Linear(8, 2)), "it reads (1, 8, 8), and here it reads a list"),
        (nn.Sequential(nn.Softmax(1)), "doesn't turn a list of scores into probabilities"),
        (nn.Sequential(nn.Flatten(2)), "one list of numbers for each picture"),
        (nn.Sequential(nn.ZeroPad2d(-1)), "here it adds pixels"),
        (Branches(lambda x, maps: maps.abs()), "can't compute torch.Tensor.abs, which the network"),
        (Branches(lambda x, maps: maps + 1), "can't compute torch.Tensor.add"),
        (Branches(lambda x, maps: maps * torch.ones(1)), "can't compute torch.Tensor.mul"),
        (Branches(lambda x, maps: torch.cat([maps, maps], 2)), "can't compute torch.cat"),
        (Branches(lambda x, maps: x), "its result is not one tensor that its last layer gives"),
        (Branches(lambda x, maps: (maps, maps)), "its result is not one tensor"),
    ],
)
def test_what_the_page_cannot_compute_is_refused_by_name(model, sentence):
    with pytest.raises(ValueError) as error:
        web(model)
    assert sentence in str(error.value)
    assert str(error.value).startswith("The page can't compute ")


def test_a_layer_that_reads_something_else_is_refused():
    model = Branches(lambda x, maps: model.right(torch.ones(1, 1, 8, 8)))
    with pytest.raises(ValueError, match=r"'right' \(Conv2d\): it must read one tensor"):
        web(model)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"mean": [0, 0]}, "a finite number for each channel, not [0.0, 0.0] and [255.0]"),
        ({"mean": [float("nan")]}, "a finite number for each channel"),
        ({"scale": [0]}, "no number in it may be 0"),
        ({"classes": ("a",)}, "1 classes are named, but the network has 72 outputs"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, sentence):
    with pytest.raises(ValueError) as error:
        web(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), **settings)
    assert sentence in str(error.value)


def test_what_is_no_module_and_weights_beyond_float16_are_refused():
    with pytest.raises(ValueError, match=r"must be a torch.nn.Module, but str was given"):
        web("resnet")
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Flatten())
    for value in (7e4, float("nan")):
        nn.init.constant_(model[0].weight, value)
        with pytest.raises(ValueError, match=r"layer '0' has a weight that float16 can't hold"):
            web(model)


def test_the_sizes_that_buttons_say_are_those_of_the_weights():
    assert set(network_sizes()) == set(BUNDLED)
    for name, size in network_sizes().items():
        plan, weights = bundled_web_plan(name)
        assert len(weights) == size and plan["name"] == name
        assert plan["classes"] == list(BUNDLED[name].classes)
