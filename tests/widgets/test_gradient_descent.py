"""The gradient descent widget: what Python and the front end compute, beside PyTorch."""

import random

import numpy as np
import pytest
import torch
import traitlets as t
from status_line import status

from alexnet_lib.training.optimizers import PaperSGD
from alexnet_lib.widgets import WIDGETS, GradientDescentWidget
from alexnet_lib.widgets.gradient_descent import STEPS, SURFACES

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {},
        {"surface": "saddle", "optimizer": "adam", "momentum": 0.9, "step": 30},
        {"surface": "hollows", "noise": 1.5, "falls": True, "start": [3, -2]},
        {"rate": 0.11, "decay": 0.2, "step": 9},  # off the map
        {"surface": "bend", "optimizer": "rmsprop", "rate": 0.02, "step": 0},
        {"surface": "bowl", "rate": 3},  # gone
    ],
    # another surface and another noise each time
    "heaviest": """(i) => {
      const names = ["bend", "hollows", "saddle", "plateau", "bowl", "valley"];
      model.set("surface", names[i % 6]);
      model.set("start", [1 + i / 50, 1 - i / 70]);
      model.set("noise", 1 + i / 10);
      model.set("momentum", 0.5);
      model.set("step", 100);
    }""",
}


def torch_height(name, a, b):
    """The surfaces, written for PyTorch."""
    return {
        "valley": lambda: (a**2 + 20 * b**2) / 2,
        "bowl": lambda: (a**2 + b**2) / 2,
        "bend": lambda: 2 * (b - a**2 / 4) ** 2 + (a - 2) ** 2 / 10,
        "hollows": lambda: (a**2 - 4) ** 2 / 8 + a / 4 + b**2 + 0.51,
        "saddle": lambda: a**2 / 2 - b**2 / 2 + b**4 / 16 + 1,
        "plateau": lambda: 2 - 2 * torch.exp(-(a**2 + b**2) / 2),
    }[name]()


def torch_path(widget, steps):
    """The path of the widget's settings by PyTorch's optimizers, with its noise."""
    w = [torch.tensor(value, dtype=torch.double, requires_grad=True) for value in widget.start]
    own = {"rmsprop": {"alpha": 0.9}, "adam": {"betas": (widget.momentum, 0.999)}}
    if widget.optimizer == "sgd":
        rule = PaperSGD(w, widget.rate, widget.momentum, widget.decay)
    else:
        make = {"rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}[widget.optimizer]
        rule = make(w, widget.rate, weight_decay=widget.decay, **own[widget.optimizer])
    path = [list(widget.start)]
    for noise in widget.noises[:steps]:
        rule.zero_grad()
        torch_height(widget.surface, *w).backward()
        for weight, amount in zip(w, noise, strict=True):
            weight.grad += amount
        rule.step()
        path.append([weight.item() for weight in w])
    return path


def drawn_settings(count):
    """Settings as a reader could make them."""
    draw = random.Random(2012)
    for _ in range(count):
        surface = draw.choice(list(SURFACES))
        yield {
            "surface": surface,
            "optimizer": draw.choice(("sgd", "sgd", "rmsprop", "adam")),
            "rate": draw.choice((0.001, 0.02, 0.05, 0.09, 0.1, 0.11, 0.3, 1)),
            "momentum": draw.choice((0, 0.5, 0.9, round(draw.uniform(0, 0.99), 2))),
            "decay": draw.choice((0, 0, 0.01, 0.3)),
            "noise": draw.choice((0, 0, 0.5, 2)),
            "falls": draw.choice((True, False)),
            "start": [round(draw.uniform(*ends), 2) for ends in SURFACES[surface].span],
            "seed": draw.randint(0, 9999),
        }


def test_the_heights_and_slopes_are_those_that_autograd_finds():
    draw = random.Random(0)
    for name, surface in SURFACES.items():
        for _ in range(20):
            place = [draw.uniform(*ends) for ends in surface.span]
            w = [torch.tensor(value, dtype=torch.double, requires_grad=True) for value in place]
            height = torch_height(name, *w)
            height.backward()
            assert surface.height(*place) == pytest.approx(height.item())
            assert surface.slopes(*place) == pytest.approx([weight.grad.item() for weight in w])
            assert height >= 0
        for bottom in surface.bottoms:
            assert surface.slopes(*bottom) == pytest.approx((0, 0), abs=1e-3)
        heights = [surface.height(*bottom) for bottom in surface.bottoms]
        assert heights == sorted(heights) and heights[0] < 0.01
        (left, right), (low, high) = surface.span
        assert left <= surface.start[0] <= right and low <= surface.start[1] <= high


def test_the_lessons_predictions():
    plain = GradientDescentWidget()
    assert plain.verdict[0] == "arrives" and plain.verdict[3] == 49
    assert GradientDescentWidget(momentum=0.5).verdict[3] == 18
    heavy = GradientDescentWidget(momentum=0.9)
    assert heavy.verdict[3] == 85 and min(a for a, _ in heavy.path) < -5.8  # past the bottom
    wild = GradientDescentWidget(rate=0.11)
    assert wild.off_map == 6 and wild.verdict[0] == "diverges"
    assert wild.path[5][1] == pytest.approx(-(1.2**5))
    edge = GradientDescentWidget(rate=0.1)
    assert edge.verdict[0] == "bounces"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "It arrives: within 0.1 of a bottom from step 49 on."),
        ({"rate": 0.11}, "It flies apart: off the map after 6 steps, and more than 10,000 away"),
        ({"rate": 0.1}, "It moves back and forth and gets no nearer: 1 from a bottom at the end."),
        ({"rate": 0.02}, "After 100 steps it is on its way, 1.33 from a bottom."),
        ({"noise": 2}, "The noise keeps it dancing, 0.3"),
        ({"surface": "saddle"}, "It hardly moves any more, 2 from a bottom."),
        ({"surface": "plateau"}, "It hardly moves any more, 3.38 from a bottom."),
        ({"surface": "hollows"}, "from step 16 on."),
        ({"surface": "hollows", "start": [1, 1]}, "from step 13 on, but it is the worse hollow."),
        ({"surface": "bend", "rate": 0.3}, "off the map after 1 step, and"),
    ],
)
def test_it_describes_how_a_run_ends(settings, sentence):
    w = GradientDescentWidget(**settings)
    assert sentence in w.describe()
    assert w.describe().startswith(f"A ball on the surface “{w.describe().split('“')[1][:3]}")


def test_less_rate_later_ends_the_dance():
    ends = []
    for falls in (False, True):
        runs = [
            GradientDescentWidget(surface="bowl", rate=0.5, noise=2, falls=falls, seed=seed).path
            for seed in range(20)
        ]
        ends.append(np.mean([np.hypot(*path[-1]) for path in runs]))
    assert ends[1] < ends[0] / 2


@pytest.mark.parametrize(
    ("trait", "value", "sentence"),
    [
        ("surface", "hill", 'surface is one of "valley", "bowl"'),
        ("optimizer", "SGD", 'optimizer is one of "sgd", "rmsprop", "adam", not \'SGD\'.'),
        ("rate", 0, "rate is a number from 0.0001 to 10, not 0."),
        ("momentum", 1, "momentum is a number from 0 to 0.99, not 1."),
        ("decay", -1, "decay is a number from 0 to 1, not -1."),
        ("noise", float("nan"), "noise is a number from 0 to 10, not nan."),
        ("start", [1, 2, 3], "start is a list of 2 to 2 numbers from -20 to 20"),
        ("start", [1, 21], "start is a list of 2 to 2 numbers from -20 to 20"),
        ("step", 101, "step is a whole number from 0 to 100, not 101."),
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(trait, value, sentence):
    w = GradientDescentWidget()
    before = w.state()
    with pytest.raises(t.TraitError, match=sentence):
        setattr(w, trait, value)
    assert w.state() == before


def test_it_is_one_of_the_books_widgets():
    assert WIDGETS["gradient_descent"] is GradientDescentWidget
    w = GradientDescentWidget(surface="bowl", rate=0.5)
    assert repr(w) == (
        "GradientDescentWidget(surface='bowl', optimizer='sgd', rate=0.5, momentum=0.0, "
        "start=[-3.0, 2.0])"
    )


# The front end, in a browser

RESULTS = "(all) => answers(all, (widget) => widget.results())"
AGREE = 12  # steps: on a bent surface a last digit's difference grows with every step


def test_both_sides_compute_what_torch_computes(open_widget):
    page = open_widget(GradientDescentWidget())
    kinds = set()
    drawn = list(drawn_settings(80))
    for settings, got in zip(drawn, page.evaluate(RESULTS, drawn), strict=True):
        w = GradientDescentWidget(**settings)
        path, theirs = np.array(w.path), np.array(got["path"])
        steps = min(AGREE, len(path) - 1, len(theirs) - 1)
        close = {"rtol": 1e-5, "atol": 1e-7, "err_msg": str(settings)}
        np.testing.assert_allclose(path[: steps + 1], torch_path(w, steps), **close)
        np.testing.assert_allclose(theirs[: steps + 1], path[: steps + 1], **close)
        np.testing.assert_allclose(got["losses"][: steps + 1], w.losses[: steps + 1], **close)
        if len(path) == len(theirs) and np.allclose(path, theirs, rtol=1e-6, atol=1e-6):
            kind, bottom, _, step = w.verdict
            told = got["verdict"]
            assert (told["kind"], told["bottom"], told["step"]) == (kind, bottom, step), settings
            assert got["offMap"] == w.off_map
            kinds.add(kind)
    assert kinds == {"diverges", "arrives", "dances", "bounces", "still", "on"}


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.evaluate("drawn()")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"step": 12},
            "Step 12: the ball is at (3.22, 0.0687), and the loss is 5.25. It arrives: within 0.1 "
            "of a bottom from step 49 on.",
        ),
        (
            {"rate": 0.11, "step": 4},
            "Step 4: the ball is at (6.27, 2.07), and the loss is 62.7. It flies apart: off the "
            "map after 6 steps, and more than 10,000 away after 51. Try a lower rate.",
        ),
        (
            {"rate": 0.11},
            "The ball is gone. It flies apart: off the map after 6 steps, and more than 10,000 "
            "away after 51. Try a lower rate.",
        ),
        (
            {"surface": "saddle"},
            "Step 100: the ball is at (−0.000241, 0), and the loss is 1. It hardly moves any more, "
            "2 from a bottom. The ground is level there, or nearly so.",
        ),
        (
            {"surface": "bowl", "decay": 0.5, "start": [0, 0], "step": 1},
            "Step 1: the ball is at (0, 0), and the loss is 0. It arrives: within 0.1 of a bottom "
            "from step 0 on.",
        ),
    ],
)
def test_the_status_says_where_the_ball_is_and_how_it_ends(open_widget, settings, sentence):
    page = open_widget(GradientDescentWidget(**settings))
    assert page.get_by_role("status").inner_text() == sentence


def test_the_same_endings_in_both_languages(open_widget):
    page = open_widget(GradientDescentWidget())
    for settings in ({}, {"rate": 0.1}, {"rate": 0.02}, {"noise": 2}, {"surface": "plateau"}):
        w = GradientDescentWidget(**settings)
        told = page.evaluate(
            """async (state) => {
              for (const [name, value] of Object.entries(state)) model.set(name, value);
              await drawn();
              return view.el.alexnetWidget.said();
            }""",
            w.state(),
        )
        assert w.ending() in told


def test_step_play_and_a_start_of_ones_own(open_widget):
    page = open_widget(GradientDescentWidget())
    press(page, "Back to the start")
    press(page, "Next step")
    assert page.evaluate("model.get('step')") == 1
    assert "Step 1: the ball is at (9.1, −0.8)" in status(page)
    press(page, "Play")
    page.wait_for_function("model.get('step') > 3")
    press(page, "Pause")
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 3})
    page.evaluate("drawn()")
    a, b = page.evaluate("model.get('start')")
    assert 1 < a < 4 and 0.3 < b < 1.5 and page.evaluate("model.get('step')") == STEPS
    canvas.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('start')") == pytest.approx([a + 18 / 50, b])
    page.keyboard.press("ArrowUp")
    assert page.evaluate("model.get('start')[1]") == pytest.approx(b + 0.1)
    page.get_by_label("Start, second weight").fill("-1/4")
    assert page.evaluate("model.get('start')[1]") == -0.25
    press(page, "Reset")
    assert page.evaluate("[model.get('start'), model.get('step')]") == [[10, 1], STEPS]


def test_a_kept_path_stays_while_the_settings_change(open_widget):
    page = open_widget(GradientDescentWidget())
    key = page.get_by_text("kept: gradient descent, rate 0.09", exact=True)
    assert not key.is_visible()
    press(page, "Keep this path")
    page.get_by_label("Momentum", exact=True).fill("0.5")
    page.evaluate("drawn()")
    assert key.is_visible() and "from step 18 on" in status(page)
    press(page, "Forget the kept path")
    assert not key.is_visible()
    press(page, "Keep this path")
    page.get_by_label("Surface", exact=True).select_option("saddle")
    page.evaluate("drawn()")
    assert not page.get_by_text("kept:").is_visible()
    assert page.evaluate("model.get('start')") == [-3, 0]


def test_the_controls_reach_every_setting(open_widget):
    page = open_widget(GradientDescentWidget())
    page.get_by_label("Rate", exact=True).fill("16")
    assert page.evaluate("model.get('rate')") == 0.11
    page.get_by_label("RMSProp").check()
    page.evaluate("drawn()")
    assert page.get_by_label("Momentum", exact=True).is_disabled()
    page.get_by_label("Adam").check()
    page.evaluate("drawn()")
    assert page.evaluate("model.get('momentum')") == 0.9
    page.get_by_label("÷ 10 halfway").check()
    page.get_by_label("Decay", exact=True).fill("0.3")
    page.get_by_label("Noise", exact=True).fill("1.5")
    press(page, "Other noise")
    found = page.evaluate(
        "['optimizer', 'falls', 'decay', 'noise', 'seed'].map((n) => model.get(n))"
    )
    assert found == ["adam", True, 0.3, 1.5, 2]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("two", "“two” is not a number; the start stays where it was."),
        ("30", "A start lies between −20 and 20 in both directions; it stays where it was."),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_words(open_widget, typed, sentence):
    page = open_widget(GradientDescentWidget())
    field = page.get_by_label("Start, first weight")
    field.fill(typed)
    field.blur()
    page.wait_for_function(f"document.querySelector('[role=status]').innerText === {sentence!r}")
    assert page.evaluate("model.get('start')") == [10, 1]
    assert field.input_value() == "10"


def test_without_noise_there_is_no_other_noise(open_widget):
    page = open_widget(GradientDescentWidget())
    press(page, "Other noise")
    page.get_by_role("status").get_by_text("There is no noise: move its slider first.").wait_for()


def test_what_stands_below_the_pictures(open_widget):
    page = open_widget(GradientDescentWidget(step=1, decay=0.5))
    facts = dict(
        zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True)
    )
    assert facts["Gradient here"] == "(8.65, −16.9)"
    assert facts["Pull of the decay"] == "(−4.33, 0.422)"
