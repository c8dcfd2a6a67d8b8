"""The plans of AlexNet's variants: sizes, counts, knobs, and what is refused."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alexnet_lib.networks.variants import VARIANTS, Conv, plan

few = settings(max_examples=60)


def total(rows, figure="parameters"):
    return sum(getattr(row, figure) for row in rows)


def kinds(rows):
    return [row.kind for row in rows]


def shapes(rows):
    return {row.name: row.shape for row in rows}


def settings_of(rows, name):
    return next(row.settings for row in rows if row.name == name)


@pytest.mark.parametrize(
    ("variant", "parameters", "multiply_adds"),
    [
        ("2012", 60_965_224, 724_406_816),
        ("2012-code", 60_965_224, 724_406_816),
        ("caffe", 62_378_344, 1_135_256_096),
        ("torchvision", 61_100_840, 714_188_480),
        ("bn", 62_378_344 + 2 * (96 + 256 + 384 + 384 + 256), 1_135_256_096),
    ],
)
def test_counts(variant, parameters, multiply_adds):
    rows = plan(variant)
    assert total(rows) == parameters
    assert total(rows, "multiply_adds") == multiply_adds


def test_every_variant_has_eight_learned_layers_and_says_what_it_is():
    for name, variant in VARIANTS.items():
        rows = plan(name)
        assert len(variant.layers) == 8
        assert kinds(rows).count("conv") == 5
        assert kinds(rows).count("fc") == 3
        assert kinds(rows).count("maxpool") == 3
        assert len({row.name for row in rows}) == len(rows)
        assert rows[-1].shape == (variant.num_classes,)
        assert variant.about


def test_a_plan_is_plain_data():
    for name in VARIANTS:
        rows = [asdict(row) for row in plan(name)]
        again = json.loads(json.dumps(rows))
        assert [row["name"] for row in again] == [row["name"] for row in rows]


def test_no_torch_is_needed():
    program = "import sys, alexnet_lib.networks.variants; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_papers_network_line_by_line():
    rows = [(row.name, row.shape) for row in plan("2012")]
    assert rows == [
        ("input", (3, 224, 224)),
        ("pad1", (3, 227, 227)),
        ("conv1", (96, 55, 55)),
        ("relu1", (96, 55, 55)),
        ("norm1", (96, 55, 55)),
        ("pool1", (96, 27, 27)),
        ("conv2", (256, 27, 27)),
        ("relu2", (256, 27, 27)),
        ("norm2", (256, 27, 27)),
        ("pool2", (256, 13, 13)),
        ("conv3", (384, 13, 13)),
        ("relu3", (384, 13, 13)),
        ("conv4", (384, 13, 13)),
        ("relu4", (384, 13, 13)),
        ("conv5", (256, 13, 13)),
        ("relu5", (256, 13, 13)),
        ("pool5", (256, 6, 6)),
        ("flatten", (9216,)),
        ("fc6", (4096,)),
        ("relu6", (4096,)),
        ("drop6", (4096,)),
        ("fc7", (4096,)),
        ("relu7", (4096,)),
        ("drop7", (4096,)),
        ("fc8", (1000,)),
    ]


@pytest.mark.parametrize(("size", "padding"), [(224, 3), (227, 0), (228, 3), (230, 1), (231, 0)])
def test_the_padding_follows_from_rounding_up(size, padding):
    """As much as the last window hangs over: 224 pixels have 54.25 steps of 4."""
    rows = plan("2012", image_size=size)
    pads = [row.settings for row in rows if row.kind == "pad"]
    assert pads == ([{"bottom": padding, "right": padding}] if padding else [])


def test_the_program_differs_from_the_paper_by_five_switches():
    code, paper = plan("2012-code"), plan("2012")
    switches = ("divide_alpha", "split_norm", "late_relu", "spatial_norm", "wide_init")
    assert plan("2012", **dict.fromkeys(switches, True)) == code
    assert plan("2012-code", **dict.fromkeys(switches, False)) == paper
    for switch in switches:
        one = plan("2012", **{switch: True})
        assert one not in (paper, code)
        assert (total(one), one[-1].shape) == (total(paper), (1000,))


def test_each_switch_does_what_it_says():
    divided = plan("2012", divide_alpha=True)
    assert [settings_of(divided, f"norm{i}")["divide"] for i in (1, 2)] == [True, True]
    split = plan("2012", split_norm=True)
    assert [settings_of(split, f"norm{i}")["groups"] for i in (1, 2)] == [2, 2]
    late = kinds(plan("2012", late_relu=True))
    assert late[2:6] == ["conv", "lrn", "maxpool", "relu"]
    assert late[6:10] == ["conv", "relu", "lrn", "maxpool"]
    spatial = [row.name for row in plan("2012", spatial_norm=True)]
    assert spatial[spatial.index("norm2") :][:3] == ["norm2", "cnorm2", "pool2"]
    wide = plan("2012", wide_init=True)
    stds = [row.settings["std"] for row in wide if row.kind in ("conv", "fc")]
    assert stds == [0.01, 0.01, 0.03, 0.03, 0.03, 0.01, 0.01, 0.01]


def test_the_biases_of_the_paper():
    rows = plan("2012")
    ones = {row.name for row in rows if row.settings.get("bias") == 1}
    assert ones == {"conv2", "conv4", "conv5", "fc6", "fc7"}


def test_where_dropout_is():
    paper, torchvision = ([r.name for r in plan(v)] for v in ("2012", "torchvision"))
    assert paper[-7:] == ["fc6", "relu6", "drop6", "fc7", "relu7", "drop7", "fc8"]
    assert torchvision[-7:] == ["drop6", "fc6", "relu6", "drop7", "fc7", "relu7", "fc8"]


def test_pooling_that_does_not_overlap_gives_the_same_sizes():
    """Which is why the paper's comparison of the two is clean."""
    without = plan("2012", pool_kernel=2)
    assert shapes(without) == shapes(plan("2012"))
    assert settings_of(without, "pool1") == {"kernel": 2, "stride": 2, "padding": 0}


def test_knobs():
    rows = plan(
        "2012",
        in_channels=1,
        activation="tanh",
        pooling="avg",
        normalization="bn",
        dropout=0.2,
        num_classes=10,
        kernels={"conv1": 7},
        strides={"conv1": 2},
        paddings={"conv1": 3},
        widths={"conv1": 64, "fc6": 512},
        groups={"conv2": 1},
    )
    names, at = [row.name for row in rows], shapes(rows)
    assert at["input"] == (1, 224, 224)
    assert at["conv1"] == (64, 113, 113)  # 1 + ceil((224 + 6 - 7) / 2)
    assert at["fc6"] == (512,)
    assert at["fc8"] == (10,)
    assert names[2:7] == ["conv1", "norm1", "tanh1", "pool1", "conv2"]
    assert kinds(rows).count("bn") == 5
    assert kinds(rows).count("avgpool") == 3
    assert settings_of(rows, "drop6") == {"rate": 0.2, "form": "paper"}
    assert settings_of(rows, "conv2")["groups"] == 1


def test_padding_that_keeps_the_size_follows_the_kernel():
    for kernel in (1, 3, 5, 7, (3, 5)):
        assert shapes(plan("2012", kernels={"conv3": kernel}))["conv3"] == (384, 13, 13)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("depth", [3, 4, 5, 6, 8])
def test_depth(variant, depth):
    rows = plan(variant, depth=depth)
    convs = [row.name for row in rows if row.kind == "conv"]
    dense = [row.name for row in rows if row.kind == "fc"]
    assert convs == [f"conv{i}" for i in range(1, depth + 1)]
    assert dense == [f"fc{i}" for i in range(depth + 1, depth + 4)]
    assert kinds(rows).count("maxpool") == 3
    if depth == 5:
        assert rows == plan(variant)


def test_half_as_many_kernels():
    """The paper's network on one GPU: its last convolution stayed as wide, so its fc6 too."""
    halves = {"conv1": 48, "conv2": 128, "conv3": 192, "conv4": 192}
    one_gpu = plan("caffe", widths=halves)
    assert shapes(one_gpu)["flatten"] == (9216,)
    assert total(one_gpu[:17]) < total(plan("2012")[:17]) < total(plan("caffe")[:17])


@pytest.mark.parametrize(("size", "stride"), [(28, 1), (32, 1), (63, 1), (64, 2), (128, 4)])
def test_the_small_network_keeps_its_work_on_larger_images(size, stride):
    rows = plan("small", image_size=size)
    assert settings_of(rows, "conv1")["stride"] == stride
    assert total(rows) < 1_200_000


def test_the_small_network_costs_as_much_at_64_as_at_32():
    assert plan("small", image_size=64)[2:] == plan("small")[2:]


@given(
    size=st.integers(1, 300),
    kernel=st.integers(1, 12),
    stride=st.integers(1, 5),
    pool=st.integers(1, 4),
    width=st.integers(1, 6),
    groups=st.integers(1, 3),
)
@few
def test_a_plan_is_right_or_refused_with_the_layers_name(size, kernel, stride, pool, width, groups):
    knobs = {
        "image_size": size,
        "kernels": {"conv1": kernel},
        "strides": {"conv1": stride},
        "pool_kernel": pool,
        "widths": {"conv2": width},
        "groups": {"conv3": groups},
    }
    try:
        rows = plan("torchvision", **knobs)
    except ValueError as error:
        assert str(error).split()[0] in {"conv1", "pool1", "conv2", "pool2", "conv3", "pool5"}
        return
    assert all(side >= 1 for row in rows for side in row.shape)
    assert rows[-1].shape == (1000,)


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"kernels": {"conv1": 300}}, "^conv1 can't be built: a kernel of 300 spans 300 pixels"),
        ({"kernels": {"conv4": 15}, "paddings": {"conv4": 0}}, "^conv4 can't be built: a kernel"),
        ({"image_size": 20}, "^pool2 can't be built: a kernel of 3 spans 3 pixels, but the image"),
        ({"widths": {"conv1": 97}}, "^conv2 can't be built: 97 input channels can't be shared"),
        ({"groups": {"conv3": 5}}, "^conv3 can't be built: 256 input channels"),
        ({"widths": {"conv3": 0}}, "^conv3 can't be built: the number of kernels must be at least"),
        ({"widths": {"fc6": "all"}}, "^fc6 can't be built: the number of units must be a whole"),
        ({"kernels": {"conv2": "5"}}, "^conv2 can't be built: kernel must be a whole number"),
        ({"strides": {"conv1": 0}}, "^conv1 can't be built: stride must be at least 1"),
        ({"pool_kernel": 0}, "^pool1 can't be built: kernel must be at least 1, but 0"),
        ({"adaptive": 1.5}, "^avgpool can't be built: adaptive must be a whole number"),
        ({"kernels": {"fc6": 3}}, "kernels can't change 'fc6': it can change conv1, .*, conv5.$"),
        ({"widths": {"fc8": 3}}, "widths can't change 'fc8': .* fc6, fc7.$"),
        ({"kernels": {"conv6": 3}}, "kernels can't change 'conv6'"),
        ({"kernels": 3}, "kernels names the layers that it changes, as in .*, but 3 was given"),
        ({"activation": "swish"}, "activation must be one of 'relu', .*, but 'swish' was given"),
        ({"normalization": "none"}, "normalization must be one of 'lrn', 'bn', None"),
        ({"dropout": 1}, "probability that a unit is silenced, at least 0 and below 1, but 1 was"),
        ({"dropout": "half"}, "but 'half' was given"),
        ({"depth": 2}, "depth must be at least 3, but 2 was given"),
        ({"num_classes": 0}, "num_classes must be at least 1"),
        ({"in_channels": 0}, "in_channels must be at least 1"),
        ({"image_size": "big"}, "image_size must be a whole number, but 'big'"),
        (
            {"lrn": (1e-4, 0.75)},
            r"lrn must be three numbers \(alpha, beta, k\), but \(0.0001, 0.75\)",
        ),
        ({"kernel": 3}, "There is no knob 'kernel': turn one of in_channels, depth, kernels, "),
        ({"layers": ()}, "There is no knob 'layers'"),
    ],
)
def test_what_can_not_be_is_refused(knobs, sentence):
    with pytest.raises(ValueError, match=sentence):
        plan("2012", **knobs)


@pytest.mark.parametrize("variant", ["2013", None, ["2012"]])
def test_an_unknown_variant(variant):
    with pytest.raises(ValueError, match=r'There is no variant .*: choose one of "2012", "2012-c'):
        plan(variant)


def test_a_knob_leaves_the_table_as_it_was():
    before = VARIANTS["2012"]
    plan("2012", kernels={"conv1": 7}, depth=7, dropout=0.1)
    assert VARIANTS["2012"] == before
    assert before.layers[0] == Conv("conv1", 96, 11, stride=4, norm=True, pool=True)
