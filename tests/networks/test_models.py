"""AlexNet in PyTorch: as its plan says, equal to torchvision's, and trainable in every variant."""

import copy
import pickle
import sys
import urllib.error
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from alexnet_lib import scratch
from alexnet_lib.networks import models
from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.models import AlexNet, PaperDropout, SpatialResponseNorm, alexnet
from alexnet_lib.networks.variants import VARIANTS, plan

NARROW = {f"conv{i}": 4 for i in range(1, 6)} | {"fc6": 8, "fc7": 8}


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def narrow(variant, widths=NARROW, **knobs):
    """The variant with a few kernels in each layer: quick, and all else as it is."""
    return alexnet(variant, num_classes=10, widths=widths, **knobs)


def on_meta(make, *arguments, **settings):
    """A network of full size without the 244 MB of its numbers: shapes alone."""
    with torch.device("meta"):
        return make(*arguments, **settings)


def test_every_layer_gives_the_shape_and_has_the_parameters_of_the_plan():
    for variant in VARIANTS:
        model = narrow(variant).eval()
        seen = {}
        for path, name in model.names.items():
            model.get_submodule(path).register_forward_hook(
                lambda layer, _, y, name=name, seen=seen: seen.update({name: (layer, y.shape[1:])})
            )
        model(torch.zeros(1, *model.plan[0].shape))
        assert list(seen) == [row.name for row in model.plan[1:]]  # in this order
        for row in model.plan[1:]:
            layer, shape = seen[row.name]
            assert shape == row.shape, (variant, row.name)
            assert parameters(layer) == row.parameters, (variant, row.name)


def test_the_paper_has_60_965_224_parameters():
    paper = on_meta(alexnet, "2012")
    assert parameters(paper) == 60_965_224 == sum(row.parameters for row in paper.plan)
    assert paper(torch.zeros(2, 3, 224, 224, device="meta")).shape == (2, 1000)


def test_the_first_weights_are_the_papers():
    paper = narrow("2012", {f"conv{i}": 96 for i in range(1, 6)} | {"fc6": 512, "fc7": 1000})
    for row in paper.plan:
        if row.kind not in ("conv", "fc"):
            continue
        layer = paper.layer(row.name)
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.03)
        assert layer.weight.mean().item() == pytest.approx(0, abs=4e-4)
        one = row.name in ("conv2", "conv4", "conv5", "fc6", "fc7")
        assert layer.bias.eq(1 if one else 0).all(), row.name


def test_the_first_weights_of_the_others():
    code, caffe = narrow("2012-code"), narrow("caffe", NARROW | {"fc6": 300})
    stds = [code.layer(f"conv{i}").weight.std().item() for i in range(1, 6)]
    assert stds == pytest.approx([0.01, 0.01, 0.03, 0.03, 0.03], rel=0.3)
    assert caffe.layer("fc6").weight.std().item() == pytest.approx(0.005, rel=0.05)
    assert caffe.layer("conv2").bias.eq(0.1).all()
    bn, small = narrow("bn"), alexnet("small")
    fan = 3 * 11 * 11 + 4 * 11 * 11
    assert bn.layer("conv1").weight.abs().max().item() <= (6 / fan) ** 0.5
    assert small.layer("fc6").weight.std().item() == pytest.approx((2 / 576) ** 0.5, rel=0.05)
    for model in (bn, small):
        assert not any(model.layer(f"conv{i}").bias.any() for i in range(1, 6))


def test_the_two_towers_meet_where_the_paper_says():
    """A kernel of the second half of conv2 doesn't see the first half of conv1's maps."""
    model = narrow("2012", normalization=None).eval()
    groups = {row.name: row.settings["groups"] for row in model.plan if row.kind == "conv"}
    assert groups == {"conv1": 1, "conv2": 2, "conv3": 1, "conv4": 2, "conv5": 2}
    x = torch.randn(1, 4, 27, 27)
    first = x.clone().requires_grad_()
    model.layer("conv2")(first)[:, 2:].sum().backward()
    assert not first.grad[:, :2].any()
    assert first.grad[:, 2:].any()


def test_the_image_is_padded_at_the_right_and_bottom_only():
    """As the authors' program read it: the 55th window hangs over by three pixels."""
    conv1 = narrow("2012").features[:2]  # pad1, conv1
    x = torch.randn(1, 3, 224, 224)
    y = conv1(x)  # (1, 4, 55, 55)
    layer = conv1[1]
    assert torch.equal(y[..., :54, :54], F.conv2d(x, layer.weight, layer.bias, stride=4))
    beyond = F.conv2d(F.pad(x, (0, 3, 0, 3)), layer.weight, layer.bias, stride=4)
    assert torch.equal(y, beyond)


# torchvision


NARROW_DENSE = {"fc6": 64, "fc7": 32}


@pytest.fixture
def narrow_torchvision(monkeypatch):
    """torchvision's own class, whose dense layers of 4,096 outputs are built as narrow as above."""
    widths = {(9216, 4096): (9216, 64), (4096, 4096): (64, 32), (4096, 1000): (32, 1000)}

    def dense(inputs, outputs):
        return nn.Linear(*widths[inputs, outputs])

    module = sys.modules["torchvision.models.alexnet"]
    monkeypatch.setattr(module, "nn", SimpleNamespace(**vars(nn) | {"Linear": dense}))
    return lambda: torchvision.models.AlexNet().eval()


def test_torchvisions_network_has_the_same_parameters_under_the_same_names():
    ours, theirs = on_meta(alexnet, "torchvision"), on_meta(torchvision.models.AlexNet)
    assert parameters(ours) == parameters(theirs) == 61_100_840
    shapes = [
        {name: tensor.shape for name, tensor in model.state_dict().items()}
        for model in (ours, theirs)
    ]
    assert list(shapes[0].items()) == list(shapes[1].items())
    assert ours.names["features.0"] == "conv1"
    assert ours.layer("fc8") is ours.classifier[6]


@pytest.mark.parametrize("size", [(224, 224), (96, 130)])
def test_torchvisions_weights_fit_both_ways_and_give_the_same(narrow_torchvision, size):
    ours = alexnet("torchvision", widths=NARROW_DENSE).eval()
    theirs = narrow_torchvision()
    x = torch.randn(2, 3, *size)
    with torch.no_grad():
        assert not torch.equal(ours(x), theirs(x))
        ours.load_state_dict(theirs.state_dict(), strict=True)
        assert torch.equal(ours(x), theirs(x))

        fresh = alexnet("torchvision", widths=NARROW_DENSE).eval()
        theirs.load_state_dict(fresh.state_dict(), strict=True)
        assert torch.equal(fresh(x), theirs(x))


def test_the_same_numbers_are_drawn_as_in_torchvision(narrow_torchvision):
    torch.manual_seed(5)
    theirs = narrow_torchvision().state_dict()
    torch.manual_seed(5)
    for name, tensor in alexnet("torchvision", widths=NARROW_DENSE).state_dict().items():
        assert torch.equal(tensor, theirs[name])


def test_imagenet_weights_are_loaded_from_the_cache(monkeypatch):
    options = {}
    shapes = on_meta(torchvision.models.AlexNet).state_dict()
    cached_weights = {name: torch.ones(1).expand(like.shape) for name, like in shapes.items()}

    def from_cache(self, **how):
        options[self.name] = how
        return cached_weights

    weights = torchvision.models.AlexNet_Weights
    monkeypatch.setattr(weights, "get_state_dict", from_cache)
    model = alexnet("torchvision", weights="imagenet", dropout=0.2)
    assert options["IMAGENET1K_V1"]["check_hash"]
    assert all(tensor.eq(1).all() for tensor in model.state_dict().values())


@pytest.mark.parametrize(
    ("kind", "words"), [(urllib.error.URLError, "no route"), (RuntimeError, "bad hash")]
)
def test_without_a_network_the_message_says_what_to_do(monkeypatch, kind, words):
    def offline(self, **how):
        raise kind(words)  # a new one: an error keeps the network of the function that it left

    monkeypatch.setattr(torchvision.models.AlexNet_Weights, "get_state_dict", offline)
    with pytest.raises(
        RuntimeError, match=r"could not be loaded .* put it into .*checkpoints as alex"
    ):
        alexnet("torchvision", weights="imagenet")


@pytest.mark.parametrize(
    ("variant", "knobs"),
    [
        ("2012", {}),
        ("torchvision", {"num_classes": 10}),
        ("torchvision", {"activation": "tanh"}),
        ("torchvision", {"widths": {"conv1": 32}}),
    ],
)
def test_imagenet_weights_fit_one_network_only(variant, knobs):
    with pytest.raises(ValueError, match=r"are those of alexnet.*with 1000 classes and nothing"):
        alexnet(variant, weights="imagenet", **knobs)
    with pytest.raises(ValueError, match=r'weights must be "imagenet" or None, but .*\.pth'):
        alexnet(variant, weights="mine.pth", **knobs)


# Knobs


def modules_of(model):
    return [type(module) for module in model.modules()]


def test_knobs_turn_the_modules():
    kinds = modules_of(
        narrow("caffe", activation="leaky_relu", pooling="avg", normalization="bn", dropout=0.2)
    )
    for kind, count in {
        nn.LeakyReLU: 7,
        nn.AvgPool2d: 3,
        nn.BatchNorm2d: 5,
        nn.Dropout: 2,
        LocalResponseNorm: 0,
        nn.ReLU: 0,
    }.items():
        assert kinds.count(kind) == count, kind
    assert modules_of(narrow("2012")).count(PaperDropout) == 2
    assert modules_of(narrow("2012")).count(LocalResponseNorm) == 2
    assert modules_of(narrow("2012-code")).count(SpatialResponseNorm) == 1
    assert on_meta(narrow, "2012", depth=7, widths={}).layer("conv6").groups == 2


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
def test_activations_are_the_ones_named(activation):
    model = alexnet("small", activation=activation)
    x = torch.linspace(-3, 3, 7)
    assert torch.equal(
        model.layer(f"{activation}1")(x), getattr(torch, activation, F.leaky_relu)(x)
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_learns(variant):
    """One step of gradient descent reaches every parameter and lowers the loss on that batch."""
    torch.manual_seed(0)
    model = narrow(variant, dropout=0.0, init="kaiming", image_size=80)
    x, y = torch.randn(6, 3, 80, 80), torch.arange(6)
    start = F.cross_entropy(model(x), y)
    start.backward()
    for name, p in model.named_parameters():
        assert p.grad is not None, name
        assert p.grad.isfinite().all(), name
    assert sum(p.grad.any() for p in model.parameters()) >= 14  # of 8 weights and 8 biases
    torch.optim.SGD(model.parameters(), 0.01).step()
    assert F.cross_entropy(model(x), y) < start


def test_the_program_normalizes_before_it_rectifies():
    """LRN and ReLU don't commute; max pooling and ReLU do."""
    model = narrow("2012-code").eval()
    names = list(model.names.values())
    assert names[1:5] == ["conv1", "norm1", "pool1", "relu1"]
    x = torch.randn(1, 3, 224, 224) * 60
    with torch.no_grad():
        maps = model.features[:2](x)  # (1, 4, 55, 55)
        pool, lrn = model.layer("pool1"), LocalResponseNorm(5, 1e-1, 0.75, 2.0)
        assert torch.equal(model.features[:5](x), pool(model.layer("norm1")(maps)).relu())
        assert torch.equal(pool(maps.relu()), pool(maps).relu())
        assert not torch.allclose(lrn(maps.relu()), lrn(maps).relu(), rtol=1e-3)


# The layers that PyTorch lacks


def test_paper_dropout():
    torch.manual_seed(0)
    x = torch.rand(200_000) + 0.5
    layer = PaperDropout(0.2)
    silenced = layer(x)
    kept = silenced != 0
    assert torch.equal(silenced[kept], x[kept])  # not scaled
    assert kept.float().mean().item() == pytest.approx(0.8, abs=0.005)
    layer.eval()
    assert torch.equal(layer(x), x * 0.8)
    assert layer(x).mean().item() == pytest.approx(silenced.mean().item(), rel=0.01)
    assert "rate=0.2" in repr(layer)


def test_paper_dropout_and_pytorchs_differ_by_a_factor():
    x = torch.rand(1000)
    for mode in (True, False):
        torch.manual_seed(0)
        ours = PaperDropout(0.5).train(mode)(x)
        torch.manual_seed(0)
        theirs = nn.Dropout(0.5).train(mode)(x)
        torch.testing.assert_close(ours, theirs * 0.5)


def test_spatial_norm_by_its_definition():
    x = np.random.default_rng(0).standard_normal((2, 3, 6, 7)) * 30
    layer = SpatialResponseNorm(5, 0.01, 0.75, 2.0)
    expected = np.empty_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        around = x[n, c, max(0, i - 2) : i + 3, max(0, j - 2) : j + 3]
        expected[n, c, i, j] = x[n, c, i, j] / (2 + 0.01 / 25 * (around**2).sum()) ** 0.75
    np.testing.assert_allclose(layer(torch.from_numpy(x)), expected, rtol=1e-12)
    assert "5, alpha=0.01" in repr(layer)


def test_lrn_of_the_paper_and_of_the_program():
    x = torch.randn(1, 96, 3, 3, dtype=torch.float64) * 100
    for variant, parts, divide in (("2012", 1, False), ("2012-code", 2, True)):
        # The program's GPUs each normalize the maps that they have: 48 of conv1's 96.
        expected = np.concatenate(
            [
                scratch.local_response_norm(part, 5, 1e-4, 0.75, 2.0, divide=divide)
                for part in np.split(x.numpy(), parts, axis=1)
            ],
            axis=1,
        )
        ours = narrow(variant).layer("norm1")(x)
        np.testing.assert_allclose(ours, expected, rtol=1e-10)


# In use


def test_a_network_can_be_stored_copied_and_moved():
    model = alexnet("small").eval()
    x = torch.randn(2, 3, 32, 32)
    y = model(x)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x), y)
        assert other.plan == model.plan
    assert alexnet("small").double()(x.double()).dtype == torch.float64
    channels_last = model.to(memory_format=torch.channels_last)
    torch.testing.assert_close(channels_last(x), y)


@pytest.mark.parametrize("shape", [(1, 3, 227, 227), (1, 1, 224, 224), (3, 224, 224), (1, 3, 224)])
def test_images_of_another_size_are_refused(shape):
    with pytest.raises(
        ValueError, match=r"reads images of shape \(N, 3, 224, 224\), but was given"
    ):
        narrow("2012")(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(1, 1, 224, 224), (3, 224, 224)])
def test_torchvisions_refuses_other_channels(shape):
    with pytest.raises(ValueError, match=r"reads images of shape \(N, 3, H, W\), but was given"):
        narrow("torchvision")(torch.zeros(shape))


def test_a_layer_that_is_not_there():
    with pytest.raises(ValueError, match="There is no layer 'conv6': this network has conv1, "):
        alexnet("small").layer("conv6")


def test_refusals_reach_the_caller():
    with pytest.raises(ValueError, match=r"^conv2 can't be built: 97 input channels"):
        alexnet("2012", widths={"conv1": 97})
    with pytest.raises(ValueError, match="There is no variant 'alexnet'"):
        alexnet("alexnet")


def test_what_the_module_shows():
    assert set(models.__all__) == {"AlexNet", "PaperDropout", "SpatialResponseNorm", "alexnet"}
    assert isinstance(alexnet("small"), AlexNet)
    assert plan("small") == alexnet("small").plan
