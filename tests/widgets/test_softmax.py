"""The softmax widget: what Python and the front end compute, beside PyTorch."""

import math
import random

import numpy as np
import pytest
import torch
import traitlets
from torch.nn import functional as F

from alexnet_lib.widgets import WIDGETS, SoftmaxWidget
from alexnet_lib.widgets.softmax import NAMES

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"label": 1, "temperature": 2},
        {"scores": [1002, 1001, 1000], "powers": "plain"},  # too large for a float
        {"scores": [3.2, -1, 0, 0.5, -2, 1], "label": 5},
        {"scores": [0, 0], "names": ["yes", "no"], "label": 0},
    ],
    # six classes, all scores and the label changed
    "heaviest": """(i) => {
      model.set("names", ["cat", "dog", "cup", "car", "hat", "bee"]);
      model.set("scores", [1, 2, 3, 4, 5, 6].map((k) => ((k * (i + 3)) % 11) - 5.25));
      model.set("label", i % 6);
      model.set("temperature", 0.5 + (i % 5));
    }""",
}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"scores": [1002, 1001, 1000], "label": 2},
        {"scores": [-4, 7.5, 0, 0.1, 2, 2], "label": 5, "temperature": 0.4},
        {"scores": [0.5, -0.5], "label": 0, "temperature": 7, "powers": "plain"},
    ],
)
def test_it_computes_what_torch_computes(settings):
    w = SoftmaxWidget(**settings)
    s = torch.tensor(w.scores, dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(s[None] / w.temperature, torch.tensor([w.label]))
    loss.backward()
    p = torch.softmax(s.detach() / w.temperature, 0)
    np.testing.assert_allclose(w.probabilities, p, rtol=1e-12)
    np.testing.assert_allclose(w.log_probabilities, p.log(), rtol=1e-12)
    assert w.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(w.gradient, s.grad, rtol=1e-9, atol=1e-15)
    assert w.entropy == pytest.approx(-(p * p.log()).sum().item())
    assert w.probabilities.shape == w.gradient.shape == (len(w.scores),)


def test_by_hand():
    w = SoftmaxWidget(scores=np.log([1, 2, 5]), names=["a", "b", "c"], label=1)
    np.testing.assert_allclose(w.probabilities, [1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(w.gradient, [1 / 8, -6 / 8, 5 / 8])
    assert w.loss == pytest.approx(np.log(4))
    w.temperature = 0.5
    np.testing.assert_allclose(w.probabilities, [1 / 30, 4 / 30, 25 / 30])
    np.testing.assert_allclose(w.gradient, [2 / 30, -52 / 30, 50 / 30])


def test_plain_powers_meet_the_limits_of_a_float_and_shifted_ones_do_not():
    w = SoftmaxWidget(scores=[1002, 1001, 1000], powers="plain")
    assert np.isnan(w.probabilities).all() and np.isnan(w.loss) and np.isnan(w.gradient).all()
    assert w.describe().endswith("exceed what a float can hold, so no probabilities come out.")
    w.powers = "shifted"
    np.testing.assert_allclose(w.probabilities, SoftmaxWidget().probabilities)
    w.scores, w.powers = [-1000, -1000, -1000], "plain"
    assert np.isnan(w.probabilities).all()
    w.scores, w.label = [0, -800, 1], 1
    assert w.probabilities[1] == 0 and w.loss == np.inf and np.isfinite(w.gradient).all()
    w.powers = "shifted"
    assert w.loss == pytest.approx(801.3133) and w.probabilities[1] == 0
    assert w.entropy == pytest.approx(0.5822, abs=1e-4)


def test_it_describes_itself():
    assert SoftmaxWidget().describe() == (
        "Softmax of the scores cat 2, dog 1 and cup 0 gives the probabilities cat 0.665, dog 0.245 "
        "and cup 0.09. The label is dog, so the loss is 1.41."
    )
    w = SoftmaxWidget(scores=[-3, 3], names=["no", "yes"], temperature=2, label=0)
    assert w.describe() == (
        "Softmax of the scores no −3 and yes 3 at temperature 2 gives the probabilities no 0.0474 "
        "and yes 0.953. The label is no, so the loss is 3.05."
    )
    w = SoftmaxWidget(scores=[-10, 0], label=0)
    assert w.describe().endswith("cat 4.54·10⁻⁵ and dog 1. The label is cat, so the loss is 10.")
    w = SoftmaxWidget(scores=[-800, 0], label=0, powers="plain")
    assert w.describe().endswith("so the loss is infinite.")


def test_names_come_with_scores():
    assert SoftmaxWidget(scores=[1, 2, 3, 4]).names == ["cat", "dog", "cup", "car"]
    assert SoftmaxWidget([0, 0]).names == ["cat", "dog"]


def test_what_the_front_end_sends_arrives_whole():
    w = SoftmaxWidget()
    w.set_state({"names": ["a", "b"], "scores": [1, 2.5], "label": 0})  # fewer classes
    assert (w.names, w.scores, w.label) == (["a", "b"], [1.0, 2.5], 0)
    w.set_state({"names": ["a", "b", "cat", "dog"], "scores": [1, 2.5, 0, 0], "label": 3})
    assert len(w.probabilities) == 4


@pytest.mark.parametrize(
    ("trait", "value", "sentence"),
    [
        ("scores", [1], "scores is a list of 2 to 6 numbers from -10000 to 10000, not"),
        ("scores", [1, 2, np.nan], "scores is a list of 2 to 6 numbers from -10000 to 10000, not"),
        ("scores", [1, 2, 10001], "scores is a list of 2 to 6 numbers"),
        ("scores", [[1, 2], [3, 4]], "scores is a list of 2 to 6 numbers"),
        ("scores", "abc", "scores is a list of 2 to 6 numbers"),
        ("scores", [1, 2], "There are 2 scores for 3 names"),
        ("names", ["a", "b"], "There are 3 scores for 2 names"),
        ("names", ["a", "a", "b"], "names is a list of 2 to 6 different names of up to 12"),
        ("names", ["a", "b", "a very long name"], "names is a list of 2 to 6 different names"),
        ("names", ["a", "b", ""], "names is a list of 2 to 6 different names"),
        ("names", "abc", "names is a list of 2 to 6 different names"),
        ("label", 3, r"label is a whole number from 0 to 2 \(there are 3 classes\), not 3."),
        ("label", 1.0, "label is a whole number from 0 to 5, not 1.0."),
        ("temperature", 0, "temperature is a number from 0.01 to 100, not 0."),
        ("temperature", "hot", "temperature is a number from 0.01 to 100, not 'hot'."),
        ("powers", "naive", 'powers is one of "shifted", "plain", not \'naive\'.'),
    ],
)
def test_a_wrong_setting_is_answered_in_a_sentence(trait, value, sentence):
    w = SoftmaxWidget()
    before = w.state()
    with pytest.raises(traitlets.TraitError, match=sentence):
        setattr(w, trait, value)
    assert w.state() == before


def test_it_is_one_of_the_books_widgets():
    assert WIDGETS["softmax"] is SoftmaxWidget
    w = SoftmaxWidget(scores=[2, 1, 0])
    assert repr(w) == (
        "SoftmaxWidget(scores=[2.0, 1.0, 0.0], names=['cat', 'dog', 'cup'], label=1, "
        "temperature=1.0, powers='shifted')"
    )
    assert w.state() == {
        "label": 1,
        "names": ["cat", "dog", "cup"],
        "powers": "shifted",
        "scores": [2, 1, 0],
        "temperature": 1,
    }


# The front end, in a browser

RESULTS = "(all) => answers(all, (widget) => widget.results())"


def drawn_settings(count):
    """Settings as a reader could make them: two to six classes, close together and far apart."""
    draw = random.Random(2012)
    for _ in range(count):
        classes = draw.randint(2, 6)
        size, shift = draw.choice((0.1, 1, 8, 60, 700)), draw.choice((0, 0, 0, 1000, -1000, 5000))
        yield {
            "scores": [shift + draw.choice((0, draw.gauss(0, size))) for _ in range(classes)],
            "names": list(NAMES[:classes]),
            "label": draw.randrange(classes),
            "temperature": draw.choice((1, 1, 0.1, 0.5, 2, 10, draw.uniform(0.05, 20))),
            "powers": draw.choice(("shifted", "shifted", "plain")),
        }


def test_the_front_end_computes_what_torch_computes(open_widget):
    page = open_widget(SoftmaxWidget())
    overflows = 0
    drawn = list(drawn_settings(300))
    for settings, got in zip(drawn, page.evaluate(RESULTS, drawn), strict=True):
        w = SoftmaxWidget(**settings)
        ours = {  # the Python side, which meets the limits of a float where the front end does
            "probabilities": w.probabilities,
            "logs": w.log_probabilities,
            "loss": w.loss,
            "gradient": w.gradient,
            "entropy": w.entropy,
        }
        for what, value in ours.items():
            np.testing.assert_allclose(
                got[what], value, rtol=1e-9, atol=1e-12, err_msg=f"{what} {settings}"
            )
        if not np.isfinite(w.loss):
            overflows += 1
            assert w.powers == "plain"
            continue
        s = torch.tensor(settings["scores"], dtype=torch.float64, requires_grad=True)
        hot = s / settings["temperature"]
        loss = F.cross_entropy(hot[None], torch.tensor([settings["label"]]))
        loss.backward()
        p, logs = torch.softmax(hot, 0).detach(), torch.log_softmax(hot, 0).detach()
        close = {"rtol": 1e-9, "atol": 1e-12, "err_msg": str(settings)}
        np.testing.assert_allclose(got["probabilities"], p, **close)
        np.testing.assert_allclose(got["gradient"], s.grad, **close)
        assert got["loss"] == pytest.approx(loss.item(), rel=1e-9, abs=1e-12)
        assert got["entropy"] == pytest.approx(torch.special.entr(p).sum().item(), abs=1e-9)
        if w.powers == "shifted":
            np.testing.assert_allclose(got["logs"], logs, **close)
    assert 15 < overflows < 100  # both kinds were drawn


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {},
            "Best is cat with 0.665; the label, dog, gets 0.245, so the loss is −ln 0.245 = 1.41. "
            "A step against the gradient would raise the score of dog and lower the others, cat "
            "most.",
        ),
        (
            {"label": 0, "temperature": 2},
            "Temperature 2. Best is cat with 0.506, and it is the label, so the loss is −ln 0.506 "
            "= 0.68. A step against the gradient would raise the score of cat and lower the "
            "others, dog most.",
        ),
        (
            {"scores": [0, 0, 0, 0], "label": 2},
            "All classes get 0.25: no idea. The label is cup, so the loss is ln 4 = 1.39. A step "
            "against the gradient would raise the score of cup and lower the others, all alike.",
        ),
        (
            {"scores": [3, 3, 0]},
            "Best are cat and dog with 0.488 each; the label, dog, gets 0.488, so the loss is −ln "
            "0.488 = 0.718. A step against the gradient would raise the score of dog and lower "
            "the others, cat most.",
        ),
        (
            {"scores": [-9, 9], "label": 1},
            "Best is dog with more than 0.999, and it is the label, so the loss is −ln more than "
            "0.999 = 1.52·10⁻⁸. The gradient is almost 0: there is nothing left to learn.",
        ),
        (
            {"scores": [0, -1000], "label": 1},
            "Best is cat with 1; the label is dog, whose probability is too small for a float, but "
            "not its logarithm: ln p = −1,000, so the loss is 1,000. A step against the gradient "
            "would raise the score of dog and lower that of cat.",
        ),
        (
            {"scores": [0, -1000], "label": 1, "powers": "plain"},
            "Best is cat with 1; the label is dog, whose power is too small for a float: −ln 0 is "
            "infinite. A step against the gradient would raise the score of dog and lower that of "
            "cat.",
        ),
        (
            {"scores": [2, 1001, 1000], "powers": "plain"},
            "e to the power of 1001 is too large for a float, so it counts as infinite, and "
            "infinity divided by infinity is not a number (nan). No probabilities, no loss, no "
            "gradient. Subtract the largest score first.",
        ),
        (
            {"scores": [-1000, -1000], "label": 0, "powers": "plain"},
            "Every power of e is too small for a float, so it counts as 0, and 0 divided by 0 is "
            "not a number (nan). No probabilities, no loss, no gradient. Subtract the largest "
            "score first.",
        ),
    ],
)
def test_the_status_says_the_numbers(open_widget, settings, sentence):
    page = open_widget(SoftmaxWidget(**settings))
    assert page.get_by_role("status").inner_text() == sentence


def scores(page):
    return page.evaluate("model.get('scores')")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.evaluate("drawn()")


def test_the_buttons(open_widget):
    page = open_widget(SoftmaxWidget())
    bars = "document.querySelector('canvas').getAttribute('aria-label')"
    first = page.evaluate(bars)
    assert first == "Probabilities: cat 0.665, dog (label) 0.245, cup 0.09."
    for name, result in [("+ 1", [3, 2, 1]), ("+ 1000", [1003, 1002, 1001])]:
        press(page, name)
        assert scores(page) == result and page.evaluate(bars) == first  # a shift isn't seen
    page.get_by_label("scores as they are").check()
    page.evaluate("drawn()")
    assert page.evaluate(bars) == "Probabilities: cat nan, dog (label) nan, cup nan."
    press(page, "Step against the gradient")
    said = "There is no gradient to step against: it is not a number."
    page.wait_for_function(f"document.querySelector('[role=status]').innerText === '{said}'")
    press(page, "− 1000")
    press(page, "− 1")
    assert scores(page) == [2, 1, 0] and page.evaluate(bars) == first
    press(page, "× 2")
    assert scores(page) == [4, 2, 0]
    press(page, "÷ 2")
    press(page, "No idea")
    assert scores(page) == [0, 0, 0]
    press(page, "Sure and right")
    assert scores(page) == [0, 8, 0]
    press(page, "Sure and wrong")
    assert scores(page) == [0, 0, 8]
    press(page, "Reset")
    assert scores(page) == [2, 1, 0] and page.evaluate("model.get('powers')") == "shifted"


def test_a_step_moves_the_scores_against_the_gradient(open_widget):
    w = SoftmaxWidget(temperature=0.5)
    page = open_widget(w)
    losses = [w.loss]
    for _ in range(3):
        want = np.array(w.scores) - w.gradient
        press(page, "Step against the gradient")
        np.testing.assert_allclose(scores(page), want, rtol=1e-12)
        w.scores = want
        losses.append(w.loss)
    assert losses == sorted(losses, reverse=True)


def test_all_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(SoftmaxWidget())
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(() => { const a = document.activeElement; return a === document.body ? null :"
            " a.getAttribute('aria-label') ?? (a.innerText || a.value) })()"
        )
        if stop is None:
            break
        stops.append(stop)
    assert stops == [
        *("No idea", "Sure and right", "Sure and wrong", "Reset"),
        *("Score of cat", "Score of cat, as a number"),
        *("dog is the label", "Score of dog", "Score of dog, as a number"),
        *("Score of cup", "Score of cup, as a number"),
        *("Step against the gradient", "Temperature", "Classes"),
        *("+ 1", "− 1", "+ 1000", "− 1000", "× 2", "÷ 2"),
        "shifted",
    ]
    page.get_by_label("dog is the label").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("model.get('label')") == 2
    page.get_by_label("Score of cat", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert scores(page) == [2.1, 1, 0]
    page.get_by_label("Score of cup, as a number").focus()
    page.keyboard.type("-1/4")
    assert scores(page) == [2.1, 1, -0.25]


def test_temperature_and_classes(open_widget):
    page = open_widget(SoftmaxWidget(label=2))
    heat, classes = page.get_by_label("Temperature"), page.get_by_label("Classes")
    found = []
    for place in range(-20, 21):
        heat.fill(str(place))
        page.evaluate("drawn()")
        assert heat.input_value() == str(place)  # it stays where it was put
        found.append(page.evaluate("model.get('temperature')"))
        assert found[-1] == pytest.approx(10 ** (place / 20), rel=0.05)
    assert found[0] == 0.1 and found[20] == 1 and found[-1] == 10
    assert heat.get_attribute("aria-valuetext") == "10"
    classes.fill("6")
    page.evaluate("drawn()")
    assert page.evaluate("model.get('names')") == list(NAMES)
    assert scores(page) == [2, 1, 0, 0, 0, 0]
    assert page.get_by_label("Score of bee", exact=True).is_visible()
    classes.fill("2")
    page.evaluate("drawn()")
    assert scores(page) == [2, 1] and page.evaluate("model.get('label')") == 1
    assert not page.get_by_label("Score of cup", exact=True).is_visible()


@pytest.mark.parametrize("typed", ["two", "1/0", "", "<img src=x onerror=alert(1)>"])
def test_what_is_no_number_is_refused_in_words(open_widget, typed):
    page = open_widget(SoftmaxWidget())
    cell = page.get_by_label("Score of dog, as a number")
    cell.fill(typed)
    cell.blur()
    page.wait_for_function("document.querySelector('[role=status]').innerText.includes('is not')")
    assert page.get_by_role("status").inner_text() == (
        f"“{typed}” is not a number; the score stays as it was."
    )
    assert cell.input_value() == "1" and scores(page) == [2, 1, 0]


def test_scores_have_limits_and_sliders_follow(open_widget):
    page = open_widget(SoftmaxWidget())
    slider = page.get_by_label("Score of cat", exact=True)
    ends = (
        "[...document.querySelectorAll('input[type=range]')].slice(0, 1).map((n) => [n.min, n.max])"
    )
    assert page.evaluate(ends) == [["-10", "10"]]
    press(page, "+ 1000")
    assert page.evaluate(ends) == [["991", "1011"]] and slider.input_value() == "1002"
    slider.fill("1011")
    page.evaluate("drawn()")
    assert page.evaluate(ends) == [["991", "1011"]]  # not under the hand
    page.get_by_label("Score of cat, as a number").fill("20000")
    page.wait_for_function("document.querySelector('[role=status]').innerText.includes('stay')")
    said = page.get_by_role("status").inner_text()
    assert said == "Scores go from −10,000 to 10,000 here, so they stay as they were."
    assert scores(page) == [1011, 1001, 1000]
    press(page, "Reset")
    assert page.evaluate(ends) == [["-10", "10"]]


def test_what_stands_below_the_bars(open_widget):
    page = open_widget(SoftmaxWidget(temperature=2))
    facts = dict(
        zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True)
    )
    assert facts == {
        "Powers": "cat e^0 = 1 · dog e^(−0.5) = 0.607 · cup e^(−1) = 0.368 · sum 1.97",
        "Loss": "−ln 0.307 = 1.18",
        "Like guessing": "among e^loss = 3.26 classes",
        "Entropy": "1.02, the loss to expect if the probabilities hold; at most ln 3 = 1.1",
    }
    assert math.isclose(SoftmaxWidget(temperature=2).loss, 1.18, abs_tol=0.005)
    gradient = page.locator("canvas").nth(1).get_attribute("aria-label")
    assert gradient == "Gradient: cat 0.253, dog (label) −0.346, cup 0.0932."
    assert page.get_by_text("(p − y)/2", exact=True).is_visible()
