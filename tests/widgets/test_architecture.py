"""The architecture widget: what Python and the front end compute, beside plans and PyTorch."""

import json
import random

import pytest
import torch
import traitlets as t

from alexnet_lib.networks import VARIANTS, AlexNet, alexnet, plan
from alexnet_lib.networks.anatomy import anatomy
from alexnet_lib.widgets import WIDGETS, ArchitectureWidget
from alexnet_lib.widgets.architecture import obstacle, views

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"variant": "torchvision", "image": 300, "depth": 7, "layer": "conv3"},
        {"image": 63, "layer": "fc6"},  # pool5 doesn't fit
        {"variant": "small", "pool_kernel": 2, "layer": "fc8", "changes": {"fc8": {"width": 100}}},
        {"changes": {"conv1": {"groups": 2}, "conv3": {"width": 1024, "kernel": 9}}},
    ],
    "heaviest": """(i) => {
      model.set("variant", ["2012-code", "bn", "torchvision"][i % 3]);
      model.set("depth", 8 - (i % 4));
      model.set("image", 512 - 64 * (i % 5));
      model.set("changes", { conv2: { width: 8 * (i + 3), kernel: 3 + 2 * (i % 4) } });
    }""",
}

NUMBERS = {
    "kernel": (1, 2, 3, 4, 5, 7, 9, 11, 15),
    "stride": (1, 2, 3, 4),
    "padding": (0, 1, 2, 3, 7),
    "groups": (1, 2),
    "width": (8, 17, 64, 96, 500),
}


def drawn_settings(count):
    """Settings as a reader could make them: about a sixth of them can't be built."""
    draw = random.Random(2012)
    for _ in range(count):
        variant = draw.choice(list(VARIANTS))
        depth = draw.choice([3, 4, 5, 5, 5, 6, 8])
        changes = {}
        for number in draw.sample(range(1, depth + 1), draw.randint(0, 2)):
            changes[f"conv{number}"] = {
                key: draw.choice(values) for key, values in NUMBERS.items() if draw.random() < 0.4
            }
        for number, widths in ((depth + 1, (64, 512)), (depth + 3, (2, 20))):
            if draw.random() < 0.3:
                changes[f"fc{number}"] = {"width": draw.choice(widths)}
        yield {
            "variant": variant,
            "image": draw.choice([VARIANTS[variant].image_size, draw.randint(16, 300)]),
            "depth": depth,
            "pool_kernel": draw.choice([3, 3, 2, 1, 4]),
            "pool_stride": draw.choice([2, 2, 1, 3]),
            "changes": changes,
        }


SETTINGS = list(drawn_settings(150))


@pytest.fixture(scope="module")
def drawn():
    """(settings, widget, rows, problem) for each of the drawn settings, computed once."""
    widgets = [ArchitectureWidget(**settings) for settings in SETTINGS]
    return [(s, w, *w.result) for s, w in zip(SETTINGS, widgets, strict=True)]


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_is_the_packages(name):
    w = ArchitectureWidget(variant=name)
    rows = plan(name)
    assert w.rows == rows and w.problem == "" and w.image == VARIANTS[name].image_size
    assert w.parameters == sum(row.parameters for row in rows)
    assert w.multiply_adds == sum(row.multiply_adds for row in rows)


def test_sizes_and_views_are_those_that_pytorch_runs_with(drawn):
    tried = 0
    for settings, w, planned, problem in drawn[:12]:
        if problem:
            continue
        with torch.device("meta"):  # shapes, no numbers
            model = AlexNet(w.variant, planned)
        rows = anatomy(model, (1, 3, w.image, w.image))
        seen = w.views
        assert [row.name for row in rows] == [row.name for row in planned[1:]]
        for theirs, ours in zip(rows, planned[1:], strict=True):
            hint = f"{settings}, {ours.name}"
            assert theirs.output == ours.shape, hint
            assert theirs.parameters == ours.parameters, hint
            assert theirs.multiply_adds == ours.multiply_adds, hint
            assert theirs.receptive_field == (seen[ours.name],) * 2, hint
        assert rows.memory == w.memory, settings
        tried += 1
    assert tried > 6


def test_where_it_ends_the_package_refuses_too(drawn):
    impossible = 0
    for settings, w, _, problem in drawn:
        if not problem:
            continue
        knobs = {"pool_kernel": w.pool_kernel, "pool_stride": w.pool_stride}
        knobs |= {"image_size": w.image, "depth": w.depth, "num_classes": 5}
        names = {"kernel": "kernels", "stride": "strides", "padding": "paddings"}
        names |= {"groups": "groups", "width": "widths"}
        for layer, changes in w.changes.items():
            for key, number in changes.items():
                if layer != f"fc{w.depth + 3}":
                    knobs.setdefault(names[key], {})[layer] = number
        with pytest.raises(ValueError, match="can't be built") as caught:
            plan(w.variant, **knobs)
        assert str(caught.value).split()[0] == problem.split()[0], settings
        impossible += 1
    assert 10 < impossible < 60  # both kinds were drawn


def test_what_the_lesson_lets_one_predict():
    before = ArchitectureWidget()
    w = ArchitectureWidget(changes={"conv1": {"stride": 2}})
    then, now = ({row.name: row for row in each.rows} for each in (before, w))
    assert now["conv2"].parameters == then["conv2"].parameters
    assert 3.8 < now["conv2"].multiply_adds / then["conv2"].multiply_adds < 3.9
    assert now["fc6"].shape == (4096,) and now["pool5"].shape == (256, 12, 12)
    assert w.parameters > 2.8 * before.parameters
    w = ArchitectureWidget(image=64)
    assert w.problem == "" and {row.name: row for row in w.rows}["pool5"].shape == (256, 1, 1)
    w.image = 63
    assert w.problem.startswith("pool5 can't be built: its window of 3 × 3 doesn't fit into maps")


def test_changes_of_absent_layers_wait():
    w = ArchitectureWidget(changes={"conv6": {"kernel": 7}, "fc8": {"width": 12}})
    assert w.rows[-1].shape == (12,)
    same = ArchitectureWidget(changes={"fc8": {"width": 12}})
    assert w.rows == same.rows
    w.depth = 6  # now there is a conv6, and fc8 is a hidden layer of 12 units
    assert {row.name: row for row in w.rows}["conv6"].settings["kernel"] == 7
    assert w.rows[-1].shape == (1000,)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"variant": "vgg"}, 'variant is one of "2012", "2012-code"'),
        ({"image": 8}, "image is a whole number from 16 to 512, not 8"),
        ({"depth": 2}, "depth is a whole number from 3 to 8"),
        ({"layer": "pool5"}, 'layer is one of "conv1"'),
        ({"changes": ["conv1"]}, "changes names layers and settings"),
        ({"changes": {"pool1": {"kernel": 2}}}, "can't change 'pool1'"),
        ({"changes": {"fc6": {"kernel": 2}}}, "can't change 'kernel' of fc6: it has width"),
        ({"changes": {"conv1": {"kernel": 16}}}, "kernel of conv1 is a whole number from 1 to 15"),
        ({"changes": {"conv1": {"stride": 0}}}, "stride of conv1 is a whole number from 1 to 8"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(settings, sentence):
    with pytest.raises(t.TraitError, match=sentence):
        ArchitectureWidget(**settings)


def test_each_obstacle_has_its_sentence():
    conv = {"kernel": 5, "padding": 1, "groups": 2, "out": 9}
    assert obstacle("conv2", "conv", conv, (3, 9, 9)).startswith(
        "conv2 can't be built: the 3 maps that it gets can't be shared out equally between two"
    )
    assert "the 9 kernels can't be shared out" in obstacle("conv2", "conv", conv, (4, 9, 9))
    conv["out"] = 8
    assert obstacle("conv2", "conv", conv, (4, 2, 2)).endswith(
        "its window of 5 × 5 doesn't fit into maps of 2 × 2, not even with a padding of 1. "
        "Take a larger image, a smaller stride in front of it, or a smaller window."
    )
    assert obstacle("conv2", "conv", conv, (4, 3, 3)) == ""
    assert obstacle("fc6", "fc", {"out": 3}, (7,)) == ""


def test_describe_says_what_there_is():
    w = ArchitectureWidget()
    assert w.describe() == (
        "AlexNet as '2012', for pictures of 224 × 224: 5 convolutions and 3 fully connected layers,"
        " 60,965,224 parameters and 724,406,816 multiply-adds."
    )
    w.image = 63
    assert w.describe() == w.problem
    assert repr(w) == "ArchitectureWidget(variant='2012', image=63, depth=5, changes={})"
    assert "tables" not in w.state() and len(json.dumps(w.state())) < 300
    assert WIDGETS["architecture"] is ArchitectureWidget
    assert alexnet("small").plan == ArchitectureWidget(variant="small").rows


# The front end, in a browser

PLANS = "(all) => answers(all, (widget) => widget.plan())"


@pytest.mark.browser
def test_the_front_end_computes_what_python_does(open_widget, drawn):
    page = open_widget(ArchitectureWidget())
    plans = page.evaluate(PLANS, SETTINGS)
    assert len(plans) == 150
    for (settings, _, rows, problem), got in zip(drawn, plans, strict=True):
        want = [
            [row.name, row.kind, list(row.shape), row.parameters, row.multiply_adds, view]
            for row, view in zip(rows, views(rows), strict=True)
        ]
        assert got["rows"] == want, settings
        assert got["problem"] == problem
        totals = {"parameters": sum(row.parameters for row in rows)}
        totals["work"] = sum(row.multiply_adds for row in rows)
        totals["memory"] = 4 * sum(row.outputs for row in rows[1:])
        assert {key: got[key] for key in totals} == totals, settings


def wait_for_status(page, text):
    """Wait until the status line says it."""
    page.wait_for_function(
        "(text) => document.querySelector('[role=status]').innerText.includes(text)", arg=text
    )


@pytest.mark.browser
def test_a_reader_changes_a_layer(open_widget):
    page = open_widget(ArchitectureWidget())
    main = page.locator("main")
    assert "two; conv3 reads both" in main.inner_text()
    assert "60,965,224, as published" in main.inner_text()
    page.get_by_label("Stride", exact=True).fill("2")
    wait_for_status(page, "conv1: 96 kernels of 11 × 11, stride 2")
    assert "174,211,432, 2.86 times as many as published" in main.inner_text()
    assert page.evaluate("model.get('changes')") == {"conv1": {"stride": 2}}
    page.get_by_role("button", name="As published").click()
    page.get_by_role("button", name="conv3", exact=True).click()
    page.get_by_label("its own tower").check()
    wait_for_status(page, "each over 128 of 256 maps")
    assert "two; no convolution but the first reads both" in main.inner_text()
    page.get_by_label("Convolutions").fill("7")
    wait_for_status(page, "conv3: 384 kernels of 3 × 3, stride 1, padding 1, each over all 256")
    assert page.evaluate("model.get('changes')") == {}
    page.get_by_label("Start from").select_option("torchvision")
    wait_for_status(page, "The network has 61.1 M parameters and 714 M multiply-adds")
    assert "one: every kernel reads all maps" in main.inner_text()
    assert page.evaluate("[model.get('depth'), model.get('image')]") == [5, 224]


@pytest.mark.browser
def test_a_reader_walks_along_the_drawing(open_widget):
    page = open_widget(ArchitectureWidget())
    picture = page.get_by_role("application", name="The network, drawn to scale")
    picture.press("ArrowRight")
    wait_for_status(page, "conv2: 256 kernels of 5 × 5, stride 1, padding 2, each over 48 of 96")
    picture.press("End")
    wait_for_status(page, "fc8: 1,000 units, each over all 4,096 numbers")
    assert page.get_by_label("Classes").is_visible()
    assert not page.get_by_label("Kernel", exact=True).is_visible()
    picture.press("ArrowRight")  # there is no further one
    picture.press("Home")
    wait_for_status(page, "conv1: ")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] - 12, "y": 60})
    wait_for_status(page, "fc8: ")
    pressed = page.locator("button[aria-pressed=true]")
    assert pressed.all_inner_texts() == ["fc8"]


@pytest.mark.browser
def test_the_impossible_layer_is_named(open_widget):
    page = open_widget(ArchitectureWidget())
    page.get_by_label("Picture").fill("63")
    wait_for_status(page, "pool5 can't be built: its window of 3 × 3 doesn't fit into maps of 2")
    row = page.get_by_role("row").filter(has_text="can't be built")
    assert row.inner_text().split() == ["pool5", "can't", "be", "built"]
    assert page.locator(".axw-arch-problem").is_visible()
    page.get_by_role("button", name="fc6", exact=True).click()
    wait_for_status(page, "fc6 is not reached.")
    page.get_by_label("Picture").fill("64")
    wait_for_status(page, "fc6: 4,096 units, each over all 256 numbers")
    assert not page.locator(".axw-arch-problem").is_visible()
    page.get_by_role("button", name="conv1", exact=True).click()
    page.get_by_label("its own tower").check()
    wait_for_status(page, "conv1 can't be built: the 3 maps that it gets can't be shared out")
