"""The legacy widget: what Python and the front end compute and say, and torchvision's numbers."""

import random
import re

import pytest
import torch
import traitlets
from torch import nn

from alexnet_lib.data import measurements, results
from alexnet_lib.networks.anatomy import anatomy
from alexnet_lib.widgets import WIDGETS, LegacyWidget
from alexnet_lib.widgets.legacy import IDEAS, MEASURES, SCALES, value_text

MODELS = LegacyWidget().models
NAMES = [model["name"] for model in MODELS]
BY_NAME = {model["name"]: model for model in MODELS}

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"x": "work", "y": "error", "first": "AlexNet", "second": "MobileNetV2"},
        {"x": "year", "y": "depth", "scale": "linear", "first": "LeNet-5"},
        {"x": "work", "y": "error", "first": "LeNet-5", "second": "LeNet-5"},
        {"x": "error", "y": "error"},
    ],
    # other axes and another pair each time
    "heaviest": """(i) => {
      const names = model.get("models").map(({ name }) => name);
      model.set("x", ["work", "parameters", "depth"][i % 3]);
      model.set("second", names[i % names.length]);
    }""",
}


# The numbers


def test_every_successor_is_there_with_its_published_error_and_what_was_new():
    successors = results()["successors"]
    assert set(IDEAS) == set(successors) == set(measurements("legacy")["figures"]["models"])
    for entry in successors.values():
        model = BY_NAME[entry["name"]]
        assert model["parameters"] == entry["parameters"]
        assert model["work"] / 1e9 == pytest.approx(entry["gmac"], abs=6e-4)
        assert model["error"] == pytest.approx(100 - entry["top5_accuracy"])
        assert model["year"] == results()["sources"][entry["paper"]]["year"]
    assert [model["year"] for model in MODELS] == sorted(model["year"] for model in MODELS)
    assert len(MODELS) == len(successors) + 1


def test_what_the_benchmark_counted_is_what_torchvision_builds():
    """Two cheap ones, anew; the depths are those of the names."""
    models = pytest.importorskip("torchvision").models
    for builder, name in (("alexnet", "AlexNet"), ("vgg16", "VGG-16")):
        with torch.device("meta"):
            counted = anatomy(models.get_model(builder), (1, 3, 224, 224))
        assert counted.multiply_adds == BY_NAME[name]["work"]
        learned = [row for row in counted if row.kind in ("Conv2d", "Linear")]
        assert len(learned) == BY_NAME[name]["depth"]  # nothing stands side by side in these
    for name, depth in (("ResNet-18", 18), ("ResNet-50", 50), ("ResNet-152", 152)):
        assert BY_NAME[name]["depth"] == depth
    assert BY_NAME["GoogLeNet"]["depth"] == 22  # as its paper counts


def test_lenet_is_the_network_that_the_lesson_writes():
    parts = [nn.Conv2d(1, 6, 5), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.AvgPool2d(2)]
    parts += [nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]
    counted = anatomy(nn.Sequential(*parts), (1, 1, 32, 32))
    lenet = BY_NAME["LeNet-5"]
    assert (counted.parameters, counted.multiply_adds) == (lenet["parameters"], lenet["work"])
    assert lenet["error"] is None and lenet["depth"] == 5


# What it says


def test_it_describes_itself():
    w = LegacyWidget(x="parameters", y="error", first="AlexNet", second="ResNet-152")
    assert WIDGETS["legacy"] is LegacyWidget
    assert repr(w) == (
        "LegacyWidget(x='parameters', y='error', first='AlexNet', second='ResNet-152')"
    )
    assert w.describe() == (
        "ResNet-152 beside AlexNet: about as many parameters, 16 times as much work, 15.0 points "
        "less error, 3 years later. On these axes ResNet-152 beats AlexNet."
    )


def test_the_front_is_what_nobody_beats():
    w = LegacyWidget(x="work", y="error")
    assert w.front == [
        "MobileNetV3-Large",
        "EfficientNet-B0",
        "ResNet-50, trained anew",
        "ConvNeXt-T",
    ]
    assert set(w.beaten_by("AlexNet")) == {
        "SqueezeNet 1.1",
        "MobileNetV2",
        "MobileNetV3-Large",
        "EfficientNet-B0",
    }
    w.y = "year"
    assert w.front == [] and w.verdict == ""
    one, other = LegacyWidget(first="VGG-16", second="ResNet-18"), LegacyWidget()
    one.x = one.y = "work"
    assert one.front == [] and "Both axes show the same" in one.problem
    other.x, other.y, other.second = "work", "error", "ResNet-50"
    assert other.verdict == "On these axes neither beats the other."


def test_a_network_without_an_error_is_answered_in_a_sentence():
    w = LegacyWidget(x="work", y="error", second="LeNet-5")
    assert w.problem.startswith("LeNet-5 read no ImageNet photographs")
    assert "LeNet-5" not in w.positions and w.problem in w.describe()
    w.y = "parameters"
    assert not w.problem and w.positions["LeNet-5"] == (0, 0)
    w.first = w.second
    assert w.comparison == "LeNet-5 beside itself: choose another network."


def test_without_javascript_every_number_can_be_read():
    page = LegacyWidget()._html()
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page)
    assert [name for name, _ in rows] == NAMES
    cells = re.findall("<td>(.*?)</td>", dict(rows)["AlexNet"])
    assert cells == ["61.1 million", "714 million", "20.9 %", "2012", "8"]
    assert value_text("work", 17_563_828_224) == "17.6 billion"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"x": "size"}, 'x is one of "parameters", "work", "error", "year", "depth", not'),
        ({"scale": "log"}, 'scale is one of "logarithmic", "linear"'),
        ({"second": "LeNet"}, 'second is one of "LeNet-5", "AlexNet"'),
        ({"models": []}, "models is a list of two or more dicts with name, idea, parameters"),
        ({"models": [MODELS[1], MODELS[1]]}, "each name once"),
        ({"models": [MODELS[1], {**MODELS[2], "work": 0}]}, "measures are numbers above 0"),
        ({"models": [MODELS[1], {**MODELS[2], "year": None}]}, "only an error may be None"),
        ({"models": [MODELS[1], {"name": "mine"}]}, "models is a list"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(settings, sentence):
    with pytest.raises(traitlets.TraitError, match=sentence):
        LegacyWidget(**settings)


def test_own_networks_can_be_compared():
    w = LegacyWidget(first="VGG-16", second="AlexNet")
    w.models = [MODELS[1], {**MODELS[2], "name": "mine", "error": None}]
    assert (w.first, w.second) == ("AlexNet", "AlexNet")
    w.second = "mine"
    assert "mine read no ImageNet" in w.problem


# The front end, in a browser

RESULTS = "(all) => answers(all, (widget) => widget.results())"


def test_both_sides_compute_and_say_the_same(open_widget):
    page = open_widget(LegacyWidget())
    drawn = random.Random(2012)
    settings = [
        {
            "x": drawn.choice(list(MEASURES)),
            "y": drawn.choice(list(MEASURES)),
            "scale": drawn.choice(SCALES),
            "first": drawn.choice(NAMES),
            "second": drawn.choice(NAMES),
        }
        for _ in range(150)
    ]
    problems = 0
    for setting, got in zip(settings, page.evaluate(RESULTS, settings), strict=True):
        w = LegacyWidget(**setting)
        assert got["shown"] == [model["name"] for model in w.shown]
        assert got["front"] == w.front
        for key in ("problem", "verdict", "comparison"):
            assert got[key] == getattr(w, key), setting
        assert got["ratios"] == pytest.approx(w.ratios)
        assert list(got["positions"]) == list(w.positions)
        for name, place in w.positions.items():
            assert got["positions"][name] == pytest.approx(place, abs=1e-12)
            assert all(0 <= part <= 1 for part in place)
        problems += bool(w.problem)
    assert 10 < problems < 140
    texts = page.evaluate(
        """() => model.get("models").map((one) => ["parameters", "work", "error", "year", "depth"]
          .map((key) => view.el.alexnetWidget.valueText(key, one[key])))"""
    )
    assert texts == [[value_text(key, model[key]) for key in MEASURES] for model in MODELS]


def test_the_marks_of_an_axis_are_on_it(open_widget):
    page = open_widget(LegacyWidget())
    for scale in SCALES:
        for key in MEASURES:
            page.evaluate(
                "([x, scale]) => { model.set('x', x); model.set('scale', scale) }", [key, scale]
            )
            w = LegacyWidget(x=key, scale=scale)
            low, high = w.ends(key)
            marks = page.evaluate("view.el.alexnetWidget.marks('x')")
            assert 2 <= len(marks) <= 10, (key, scale, marks)
            for value, text in marks:
                assert low * 0.99 <= value <= high * 1.01 and text
            assert len({text for _, text in marks}) == len(marks)


def test_keys_and_clicks_choose_the_second_network(open_widget):
    w = LegacyWidget(x="work", y="error", second="AlexNet")
    page = open_widget(w)
    canvas = page.locator("canvas")
    to_the_right = sorted(w.positions, key=lambda name: w.positions[name][0])
    at = to_the_right.index("AlexNet")
    for key, place in (("ArrowRight", at + 1), ("ArrowLeft", at), ("Home", 0), ("ArrowLeft", 0)):
        canvas.press(key)
        page.evaluate("drawn()")
        assert page.evaluate("model.get('second')") == to_the_right[place], key
    canvas.press("End")
    assert page.evaluate("model.get('second')") == to_the_right[-1]
    upwards = sorted(w.positions, key=lambda name: w.positions[name][1])
    page.evaluate("model.set('second', 'AlexNet')")
    canvas.press("ArrowUp")  # AlexNet has the largest error, so nothing is above it
    assert page.evaluate("model.get('second')") == upwards[-1] == "AlexNet"
    canvas.press("ArrowDown")
    assert page.evaluate("model.get('second')") == upwards[-2]
    for point in page.evaluate("view.el.alexnetWidget.layout().points")[::3]:
        canvas.click(position={"x": point["left"], "y": point["top"]})
        assert page.evaluate("model.get('second')") == point["name"]
    canvas.click(position={"x": 3, "y": 3})  # far from all
    assert page.evaluate("model.get('second')") == point["name"]


def test_controls_table_and_status_follow(open_widget):
    page = open_widget(LegacyWidget())
    page.get_by_label("To the right", exact=True).select_option("work")
    page.get_by_label("First network", exact=True).select_option("AlexNet")
    page.get_by_label("Second network", exact=True).select_option("ResNet-50")
    page.get_by_label("linear", exact=True).check()
    page.evaluate("drawn()")
    w = LegacyWidget(x="work", first="AlexNet", second="ResNet-50", scale="linear")
    state = "[model.get('x'), model.get('scale'), model.get('second')]"
    assert page.evaluate(state) == ["work", "linear", "ResNet-50"]
    page.get_by_role("status").get_by_text(w.describe()).wait_for()
    rows = page.locator(".axw-legacy tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows[:3]] == [
        ["parameters", "61.1 million", "25.6 million", "0.42"],
        ["multiply-adds", "714 million", "4.09 billion", "5.7"],
        ["top-5 error, %", "20.9 %", "7.1 %", ""],
    ]
    assert rows[-1].split("\t")[1:] == ["12", "160", "14"]
    page.get_by_role("button", name="Exchange the two").click()
    page.evaluate("drawn()")
    assert page.evaluate("[model.get('first'), model.get('second')]") == ["ResNet-50", "AlexNet"]
    page.get_by_label("Second network", exact=True).select_option("LeNet-5")
    page.get_by_role("status").get_by_text("LeNet-5 read no ImageNet photographs").wait_for()
