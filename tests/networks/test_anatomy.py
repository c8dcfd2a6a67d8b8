"""Sizes, readers, parameters, multiply-adds: equal to PyTorch's and to the published network."""

import json
from copy import deepcopy
from html.parser import HTMLParser
from itertools import product

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import prune
from torch.utils.flop_counter import FlopCounterMode

from alexnet_lib.networks.anatomy import anatomy
from alexnet_lib.networks.models import PaperDropout, SpatialResponseNorm, alexnet

# The five convolutions of 2012: output side, parameters, millions of multiply-adds.
PUBLISHED = [
    (55, 34_944, 105.415),
    (27, 307_456, 223.949),
    (13, 885_120, 149.520),
    (13, 663_936, 112.140),
    (13, 442_624, 74.760),
]


def network_of_2012():
    """The published network for 227 × 227, in PyTorch's own modules."""
    return nn.Sequential(
        *(nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, 1, 2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5)),
        *(nn.MaxPool2d(3, 2), nn.Conv2d(256, 384, 3, 1, 1), nn.ReLU()),
        *(nn.Conv2d(384, 384, 3, 1, 1, groups=2), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, 1, 1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()),
        *(nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout()),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)),
    )


def on_meta(name, **settings):
    """Return one of torchvision's models without the time and memory that its weights take."""
    with torch.device("meta"):
        return getattr(torchvision.models, name)(weights=None, **settings)


def pytorch_count(model, *inputs):
    """Return PyTorch's own count of a model's multiply-adds."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # it would count 0 for attention
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        deepcopy(model).eval()(*inputs)
    torch.backends.mha.set_fastpath_enabled(fast)
    return counter.get_total_flops() // 2


def fields(model, shape, *kinds):
    return [row.receptive_field for row in anatomy(model, shape) if row.kind in kinds]


def test_the_network_of_2012_layer_by_layer():
    with torch.device("meta"):
        rows = anatomy(network_of_2012(), (1, 3, 227, 227))
    assert rows.parameters == rows.trainable_parameters == 60_965_224
    assert rows.multiply_adds == 724_406_816
    assert rows.memory == 7_758_240
    convs = [row for row in rows if row.kind == "Conv2d"]
    published = zip(convs, PUBLISHED, strict=True)
    for row, (side, parameters, millions) in published:
        assert row.output[1:] == (side, side)
        assert (row.parameters, round(row.multiply_adds / 1e6, 3)) == (parameters, millions)
    assert [row.memory for row in convs] == [1_161_600, 746_496, 259_584, 259_584, 173_056]
    dense = [row for row in rows if row.kind == "Linear"]
    assert [row.parameters for row in dense] == [37_752_832, 16_781_312, 4_097_000]
    assert [row.memory for row in dense] == [16_384, 16_384, 4_000]
    assert sum(np.prod(row.output) for row in convs + dense) == 659_272
    # "fully connected layers: 96.2 % of the parameters, 8.1 % of the work"
    assert round(100 * sum(row.parameter_share for row in dense), 1) == 96.2
    assert round(100 * sum(row.multiply_add_share for row in dense), 1) == 8.1
    windows = [rows[name].receptive_field for name in ("0", "3", "4", "7", "8", "10", "12", "14")]
    assert windows == [(side, side) for side in (11, 19, 51, 67, 99, 131, 163, 195)]
    assert rows["17"].receptive_field == (227, 227)


def test_torchvisions_alexnet():
    rows = anatomy(on_meta("alexnet"), (1, 3, 224, 224))
    assert (rows.parameters, rows.multiply_adds, rows.memory) == (
        61_100_840,
        714_188_480,
        4_429_728,
    )
    assert rows["features.12"].receptive_field == (195, 195)
    assert rows["classifier.1"].receptive_field == (224, 224)


# Millions of parameters and billions of multiply-adds, to the digits that torchvision prints.
FAMOUS = {
    "squeezenet1_1": ({}, 1.24, 0.349),
    "vgg16": ({}, 138.4, 15.47),
    "googlenet": ({"aux_logits": False, "init_weights": False}, 6.62, 1.50),
    "resnet18": ({}, 11.7, 1.81),
    "resnet50": ({}, 25.6, 4.09),
    "resnet152": ({}, 60.2, 11.5),
    "mobilenet_v2": ({}, 3.5, 0.30),
    "mobilenet_v3_large": ({}, 5.5, 0.22),
    "efficientnet_b0": ({}, 5.3, 0.386),
    "convnext_tiny": ({}, 28.6, 4.46),
    "vit_b_16": ({}, 86.6, 17.56),
}


@pytest.mark.parametrize("name", FAMOUS)
def test_the_famous_networks(name):
    options, millions, billions = FAMOUS[name]
    model = on_meta(name, **options)
    rows = anatomy(model, (1, 3, 224, 224))
    assert abs(rows.parameters / 1e6 - millions) <= (0.0501 if millions > 2 else 0.00501)
    assert abs(rows.multiply_adds / 1e9 - billions) <= (0.0501 if billions > 5 else 0.00501)
    assert sum(row.parameters for row in rows) == rows.parameters
    assert sum(row.multiply_adds for row in rows) == rows.multiply_adds
    assert sum(row.memory for row in rows) == rows.memory
    assert rows.multiply_adds == pytorch_count(model, torch.empty(1, 3, 224, 224, device="meta"))
    last = rows.rows[-1]
    # ConvNeXt flattens maps of one pixel, all others multiply everything with everything.
    assert (last.output, last.receptive_field) == ((1000,), (224, 224))


def test_windows_known_from_theory():
    # VGG-16: two or three 3 × 3 convolutions, then a 2 × 2 pool, five times.
    assert fields(on_meta("vgg16"), (1, 3, 224, 224), "MaxPool2d")[-1] == (212, 212)
    # ResNet-50, with its strides in the 3 × 3 convolutions. A 3 × 3 one adds 2 * distance of
    # neighbors: 7, pool 7 + 2*2 = 11, three with distance 4: 35, one with 4 and three with 8: 91,
    # one with 8 and five with 16: 267, one with 16 and two with 32: 427.
    windows = fields(on_meta("resnet50"), (1, 3, 224, 224), "Bottleneck")
    assert [windows[i][0] for i in (2, 6, 12, 15)] == [35, 91, 267, 427]
    assert fields(on_meta("resnet50"), (1, 3, 96, 160), "AdaptiveAvgPool2d") == [(96, 160)]


def gradient_window(model, height, width):
    """Return the widest window of the middle outputs, from the pixels with a gradient."""
    x = torch.ones(1, 2, height, width, dtype=torch.float64, requires_grad=True)
    y = model(x)
    middles = []
    for outputs, pixels in zip(y.shape[2:], (height, width), strict=True):
        count = max(4, 2 + outputs // pixels)  # upsampling repeats the windows at this distance
        middles.append(range((outputs - count) // 2, (outputs + count) // 2))
    sides = []
    for i, j in product(*middles):
        (gradient,) = torch.autograd.grad(y[0, :, i, j].sum(), x, retain_graph=True)
        where = gradient[0].sum(0).nonzero()  # (pixels, 2)
        if len(where):  # a transposed convolution can leave gaps between its windows
            sides.append(where.max(0).values - where.min(0).values + 1)
    return tuple(torch.stack(sides).max(0).values.tolist())


def with_positive_weights(model):
    """Give the model weights above 0, so that no pixels cancel out."""
    for parameter in model.double().parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
    return model


class Shortcut(nn.Module):
    """Two ways, added or joined, and a convolution that reads both."""

    def __init__(self, short, long, join):
        super().__init__()
        self.short, self.long, self.join = short, long, join
        self.after = nn.Conv2d(4 if join else 2, 2, 1)

    def forward(self, x):
        short, long = self.short(x), self.long(x)
        size = [slice(min(pair)) for pair in zip(short.shape, long.shape, strict=True)]
        short, long = short[tuple(size)], long[tuple(size)]
        return self.after(torch.cat([short, long], 1) if self.join else short + long)


def sides(most, least=1):
    return st.tuples(st.integers(least, most), st.integers(least, most))


STRIDES = sides(2)
LAYERS = st.one_of(
    st.builds(
        lambda k, s, p, d, g: nn.Conv2d(2, 2, k, s, p, d, g),
        *(sides(3), STRIDES, sides(2, 0), sides(2), st.integers(1, 2)),
    ),
    st.builds(
        lambda k, s, c: nn.AvgPool2d(k, s, tuple(i // 2 for i in k), c),
        *(sides(4), STRIDES, st.booleans()),
    ),
    st.builds(
        lambda k, s, p, d: nn.ConvTranspose2d(2, 2, k, s, p, dilation=d),
        *(sides(3), STRIDES, sides(1, 0), sides(2)),
    ),
    st.builds(lambda p: nn.ZeroPad2d(p), st.tuples(*[st.integers(-1, 3)] * 4)),
    st.just(nn.LocalResponseNorm(3)),
    st.just(SpatialResponseNorm()),
    st.just(PaperDropout().eval()),
    st.just(nn.Upsample(scale_factor=2)),
)
BLOCKS = st.builds(
    lambda k, s, d, join: Shortcut(nn.Conv2d(2, 2, 1, s), nn.Conv2d(2, 2, k, s, 0, d), join),
    *(sides(3), STRIDES, sides(2), st.booleans()),
)


@given(st.lists(st.one_of(LAYERS, BLOCKS), min_size=1, max_size=4))
@settings(max_examples=40)
def test_the_window_is_where_the_gradient_is(layers):
    model = with_positive_weights(nn.Sequential(*layers))
    assert anatomy(model, (1, 2, 72, 90)).rows[-1].receptive_field == gradient_window(model, 72, 90)


def test_windows_over_the_edge_and_of_the_whole_image():
    three = [nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, 2, 1), nn.Conv2d(1, 1, 3, padding=1)]
    model = nn.Sequential(*three, nn.Flatten(), nn.LazyLinear(2))
    rows = anatomy(model, (1, 1, 6, 8))
    assert [row.receptive_field for row in rows] == [(3, 3), (5, 5), (9, 9), (9, 9), (6, 8)]
    pooled = nn.Sequential(nn.Conv2d(1, 1, 3), nn.AdaptiveAvgPool2d((1, None)))
    assert fields(pooled, (1, 1, 9, 7), "AdaptiveAvgPool2d") == [(9, 3)]
    halves = nn.Sequential(nn.AdaptiveMaxPool2d(2), nn.Conv2d(1, 1, 1))
    assert fields(halves, (1, 1, 7, 8), "Conv2d") == [(4, 4)]
    # A convolution in front of the pool reads what nothing pools: the rest that stride 4 leaves.
    assert fields(nn.Sequential(nn.Conv2d(1, 1, 4, 4)), (1, 1, 11, 9), "Conv2d") == [(4, 4)]


def test_windows_go_where_numbers_go():
    class Moves(nn.Module):
        def forward(self, x):  # (N, 2, 7, 7)
            wide = F.avg_pool2d(x, 3, 1, 1)
            forgotten = wide.clone().zero_() + torch.zeros_like(wide) + wide.new_ones(7)
            copied = torch.empty_like(x).copy_(x) + forgotten
            moved = torch.stack([copied.roll(1, 2), copied.flip(3)]).unbind()[1]
            return moved.permute(0, 2, 3, 1).reshape(-1, 2).softmax(1).view(-1, 7, 7, 2)

    model = nn.Sequential(nn.Conv2d(1, 2, 3), Moves())
    assert [row.receptive_field for row in anatomy(model, (2, 1, 9, 9))] == [(3, 3), (3, 3)]


def test_what_can_not_be_followed_is_not_guessed():
    class Sort(nn.Module):
        def forward(self, x):
            return x.sort(dim=2).values

    rows = anatomy(nn.Sequential(nn.Conv2d(1, 2, 3), Sort(), nn.Conv2d(2, 1, 3)), (1, 1, 9, 9))
    assert [row.receptive_field for row in rows] == [(3, 3), None, None]
    assert [row.receptive_field for row in anatomy(nn.Linear(3, 2), (5, 3))] == [None]
    one = anatomy(nn.Sequential(nn.Conv2d(1, 1, 2), nn.Flatten(0)), (4, 1, 2, 2))["1"]
    assert (one.output, one.memory, one.receptive_field) == ((), 4, (2, 2))


@pytest.mark.parametrize("variant", ["2012", "2012-code", "caffe", "torchvision", "bn", "small"])
def test_our_own_networks_agree_with_their_plan(variant):
    with torch.device("meta"):
        model = alexnet(variant)
    image, *plan = model.plan
    rows = anatomy(model, (1, *image.shape))
    for row, line in zip(rows, plan, strict=True):
        costs = row.name, row.output, row.parameters, row.multiply_adds
        assert costs == (line.name, line.shape, line.parameters, line.multiply_adds)
        assert rows[line.name] is row
    expected = {"2012-code": 227, "small": 51}.get(variant, 195)
    assert rows["pool5"].receptive_field == (expected, expected)
    assert rows["fc6"].receptive_field == image.shape[1:]


class Odd(nn.Module):
    """Everything that a forward can do itself, one layer used twice, and one never."""

    def __init__(self):
        super().__init__()
        self.twice = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.up = nn.ConvTranspose2d(4, 6, 3, 2, groups=2)
        self.heads = nn.MultiheadAttention(6, 2, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(6, 3, 5, batch_first=True)
        self.unused = nn.Linear(10, 10)
        self.scale = nn.Parameter(torch.ones(6, 2))

    def forward(self, x):
        x = F.relu(self.twice(x)) + self.twice(x)
        x = self.up(x).flatten(2).transpose(1, 2)  # (N, L, 6)
        x = self.heads(x, x, x, need_weights=False)[0] + self.heads(x, x, x)[0]
        x = F.scaled_dot_product_attention(x, self.encoder(x), x)
        return torch.einsum("nlc,cd->nld", x, self.scale).mean(1)


@pytest.mark.parametrize("images", [1, 3])
def test_functions_modules_used_twice_and_never(images):
    model, x = Odd(), torch.randn(images, 4, 5, 6)
    rows = anatomy(model, x)
    assert rows.multiply_adds * images == pytorch_count(model, x)
    assert [row.name for row in rows][:5] == ["twice", "Odd", "twice", "Odd", "up"]
    first, second = (row for row in rows if row.name == "twice")
    assert rows["twice"] is first
    assert (first.parameters, second.parameters) == (4 * 2 * 9 + 4, 0)
    assert first.multiply_adds == second.multiply_adds == 4 * 2 * 9 * 30
    assert rows["heads"].parameters == sum(p.numel() for p in model.heads.parameters())
    assert rows.parameters == sum(p.numel() for p in model.parameters())
    assert rows.parameters - sum(row.parameters for row in rows) == 110
    assert "110 of the parameters are in layers that did not run." in str(rows)
    assert rows.rows[-1].output == (2,)


def test_rows_do_not_depend_on_how_many_images_or_whether_shape_or_tensor():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 5))
    rows = anatomy(model, (1, 3, 6, 6)).rows
    assert anatomy(model, torch.rand(7, 3, 6, 6)).rows == rows
    assert anatomy(model, [2, 3, 6, 6]).rows == rows
    doubled = [row.memory for row in anatomy(model.double(), (1, 3, 6, 6))]
    assert doubled == [2 * row.memory for row in rows]
    assert anatomy(model.bfloat16().to("meta"), (1, 3, 6, 6))["0"].memory == 4 * 16 * 2


class Nosy(nn.Module):
    """A layer that looks at its numbers, so that shapes alone don't do, and changes its state."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        self.last = x
        if x.sum() > 1e9:
            return x
        return F.dropout(self.linear(x), training=True) + torch.rand_like(x)


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_stays_as_it_was(fails):
    noisy = [nn.BatchNorm2d(3, momentum=None), nn.Flatten(), nn.Linear(12, 3), Nosy()]
    model = nn.Sequential(*noisy, nn.Linear(4 if fails else 3, 2))
    model[2].eval()
    model[2].weight.requires_grad_(False)
    model[2].bias.grad = torch.ones(3)
    collected = []
    hook = model[2].register_forward_hook(lambda *call: collected.append(call))
    modes = [module.training for module in model.modules()]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    x = torch.ones(2, 3, 2, 2, requires_grad=True)
    torch.manual_seed(0)
    dice = torch.get_rng_state()
    with torch.inference_mode():
        if fails:
            with pytest.raises(ValueError, match=r"4 \(Linear\) can't take \(2, 3\)"):
                anatomy(model, x)
        else:
            rows = anatomy(model, x)
            assert rows.multiply_adds == 36 + 9 + 6
            assert rows.trainable_parameters == rows.parameters - 36
    assert [module.training for module in model.modules()] == modes
    assert model.state_dict().keys() == state.keys()
    assert all(torch.equal(model.state_dict()[name], value) for name, value in state.items())
    assert torch.equal(torch.get_rng_state(), dice)
    assert torch.equal(model[2].bias.grad, torch.ones(3))
    assert model[0].weight.grad is None and x.grad is None and torch.equal(x, torch.ones_like(x))
    assert not collected and not hasattr(model[3], "last")
    assert list(model[2]._forward_hooks) == [hook.id]
    hooked = [m for m in model.modules() if m._forward_pre_hooks or m._forward_hooks]
    assert hooked == [model[2]]
    assert torch.backends.mha.get_fastpath_enabled()


def test_models_that_are_hard_to_copy():
    model = nn.Sequential(nn.Linear(3, 4), nn.utils.parametrizations.weight_norm(nn.Linear(4, 2)))
    prune.random_unstructured(model[0], "weight", 0.5)
    model(torch.ones(1, 3)).sum().backward()  # its pruned weight is no parameter, and has a history
    rows = anatomy(model, (1, 3))
    assert rows.multiply_adds == 12 + 8
    assert rows["0"].parameters == 12 + 4  # masked before the layer runs, and still its own
    assert sum(row.parameters for row in rows) == rows.parameters == 16 + 8 + 2 + 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: anatomy(nn.Sequential(nn.Conv2d(3, 8, 11)), (1, 1, 224, 224)),
            r"^0 \(Conv2d\) can't take \(1, 1, 224, 224\): given groups=1.* 3 channels.*",
        ),
        (
            lambda: anatomy(on_meta("alexnet"), (2, 3, 30, 30)),
            r"^features\.5 \(MaxPool2d\) can't take \(2, 192, 2, 2\): .*too small\.$",
        ),
        (
            lambda: anatomy(nn.Sequential(nn.ReLU(), nn.Linear(9216, 2)), (1, 9000)),
            r"^1 \(Linear\) can't take \(1, 9000\): .*shapes cannot be multiplied",
        ),
        (
            lambda: anatomy(alexnet("small"), (1, 3, 40, 40)),
            r"^AlexNet can't take \(1, 3, 40, 40\): this network reads images",
        ),
        (lambda: anatomy(nn.Bilinear(2, 3, 4), (1, 2)), r"^Bilinear can't take .*missing 1 req"),
    ],
)
def test_a_model_that_fails_names_the_layer_the_shape_and_the_reason(call, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        call()
    assert "\n" not in str(error.value)
    assert isinstance(error.value.__cause__, (RuntimeError, TypeError, ValueError))


@pytest.mark.parametrize(
    ("model", "input", "sentence"),
    [
        (nn.Linear, (1, 2), "The model must be a torch.nn.Module, but type was given"),
        (nn.Linear(2, 2), (0, 2), "the number of images must be at least 1, but 0 was given"),
        (nn.Linear(2, 2), torch.ones(0, 2), "the number of images must be at least 1, but 0 was"),
        (nn.Linear(2, 2), (1, 0), "each side of the input's shape must be at least 1, but 0"),
        (nn.Linear(2, 2), (1, 2.5), r"side of the input's shape must be a whole number, but 2\.5"),
        (nn.Linear(2, 2), (2,), r"must begin with the number of images.* but \(2,\) was given"),
        (nn.Linear(2, 2), "cat.jpg", r"must be a tensor or a shape .* but 'cat\.jpg' was given"),
    ],
)
def test_no_model_and_no_input(model, input, sentence):
    with pytest.raises(ValueError, match=sentence):
        anatomy(model, input)


def small():
    layers = [nn.Conv2d(3, 1000, (11, 9), 2), nn.ReLU(), nn.Flatten(), nn.Linear(36000, 10)]
    model = nn.Sequential(*layers)
    model.names = {"0": "conv1", "3": "fc<2>"}
    model[0].requires_grad_(False)
    return anatomy(model, (1, 3, 21, 20))


def test_the_table_as_text():
    lines = str(small()).splitlines()
    assert lines == repr(small()).splitlines()
    cells = [line.split() for line in lines[4:-1] if "---" not in line]
    assert cells == [
        ["conv1", "Conv2d", "1000×6×6", "298,000", "45.3", "10.692", "96.7", "0.144", "11×9"],
        ["1", "ReLU", "1000×6×6", "0", "0.0", "0.000", "0.0", "0.144", "11×9"],
        ["2", "Flatten", "36000", "0", "0.0", "0.000", "0.0", "0.144", "11×9"],
        ["fc<2>", "Linear", "10", "360,010", "54.7", "0.360", "3.3", "0.000", "21×19"],
        ["total", "658,010", "100.0", "11.052", "100.0", "0.432"],
    ]
    assert lines[0] == "Sequential, for one input of 3×21×20"
    assert lines[-1] == "360,010 of the parameters are trainable."
    with torch.device("meta"):
        widest = str(anatomy(alexnet("2012-code"), (1, 3, 224, 224)))
    assert max(map(len, widest.splitlines())) <= 88
    ends = {len(line.rstrip()) for line in widest.splitlines()[1:-2]}
    assert len(ends) == 1  # the last column is flush


class Cells(HTMLParser):
    """The rows of a table as texts, and the tags with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.tags, self.open = [], [], []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += text


def test_the_table_in_a_notebook():
    html = small()._repr_html_()
    table = Cells(html)
    header, conv, *_, dense, total = table.rows
    assert len({len(row) for row in table.rows}) == 1
    assert header[0] == "Layer"
    assert conv[:4] == ["conv1", "Conv2d", "1000×6×6", "298,000"]
    assert conv[5] == f"{297_000 * 36:,}"
    assert (dense[0], dense[7], dense[8]) == ("fc<2>", "40", "21×19")
    assert total[3] == "658,010"
    scopes = [attributes.get("scope") for tag, attributes in table.tags if tag == "th"]
    assert scopes == ["col"] * 9 + ["row"] * 5
    assert "<caption>Sequential, for one input of 3×21×20</caption>" in html
    assert "color" not in html and "background" not in html
    assert html == small()._repr_html_()


def test_plain_data():
    rows = small()
    data = json.loads(json.dumps(rows.to_dict()))
    assert (
        data["multiply_adds"] == rows.multiply_adds == sum(r["multiply_adds"] for r in data["rows"])
    )
    assert data["rows"][0]["receptive_field"] == [11, 9]
    assert len(rows) == len(data["rows"]) == len(list(rows)) == 4
    with pytest.raises(KeyError, match="There is no row 'fc6': there are conv1, 1, 2, fc<2>"):
        rows["fc6"]
