"""The dropout widget's front end, in a real browser."""

import random

import numpy as np
import pytest
import torch

from alexnet_lib.widgets import DropoutWidget
from alexnet_lib.widgets.dropout import FORMS

pytestmark = pytest.mark.browser

ANSWER = """async (settings) => {
  for (const [name, value] of Object.entries(settings)) model.set(name, value);
  await frame();
  return view.el.alexnetWidget.state();
}"""


def drawn_settings(count):
    """Settings as a reader could make them, AlexNet's own first."""
    yield {"rate": 0.5, "form": "paper", "mode": "training"}
    yield {"rate": 0.5, "form": "paper", "mode": "testing"}
    draw = random.Random(2012)
    for _ in range(count):
        values = [round(draw.uniform(-9, 9), 2) for _ in range(draw.randint(2, 12))]
        by_hand = [draw.randint(0, 1) for _ in values]
        yield {
            "values": values,
            "rate": draw.randint(0, 18) / 20,
            "form": draw.choice(FORMS),
            "mode": draw.choice(("training", "training", "testing")),
            "seed": draw.randint(0, 9999),
            "draws": draw.choice((1, 2, 37, 250, 1200)),
            "by_hand": by_hand if draw.random() < 0.2 else [],
        }


def test_it_computes_what_pytorch_does_with_the_same_masks_as_python(open_widget):
    page = open_widget(DropoutWidget())
    for settings in drawn_settings(240):
        w = DropoutWidget(**settings)
        got = page.evaluate(ANSWER, settings)
        np.testing.assert_array_equal(got["mask"], w.mask, err_msg=str(settings))
        x, keep = torch.tensor(w.values, dtype=torch.float64), 1 - w.rate
        mask, masks = torch.tensor(w.mask), torch.tensor(w.masks)
        if w.mode == "training":
            y = x * mask / (keep if w.form == "inverted" else 1)
        else:
            y = x * {"paper": keep, "inverted": 1, "slip": w.rate}[w.form]
        sums = (x * masks).sum(1) / (keep if w.form == "inverted" else 1)
        means = sums.cumsum(0) / torch.arange(1, w.draws + 1)
        close = {"rtol": 1e-9, "atol": 1e-9, "err_msg": str(settings)}
        np.testing.assert_allclose(got["outputs"], y, **close)
        np.testing.assert_allclose(got["sum"], y.sum(), **close)
        np.testing.assert_allclose(got["sums"], sums, **close)
        np.testing.assert_allclose(got["means"], means, **close)
        np.testing.assert_allclose(got["test"], w.test_value, **close)
        np.testing.assert_allclose(got["expected"], w.expected, **close)


SAID = "(text) => document.querySelector('[role=status]').innerText.includes(text)"


def status(page, expected):
    """The status line, once it says what is expected: it waits until the hand is still."""
    page.wait_for_function(SAID, arg=expected)
    return page.get_by_role("status").inner_text()


def traits(page, *names):
    found = page.evaluate("(names) => names.map((name) => model.get(name))", list(names))
    return found if len(names) > 1 else found[0]


def test_redrawing(open_widget):
    page = open_widget(DropoutWidget())
    for _ in range(2):
        page.get_by_role("button", name="Redraw").click()
    assert traits(page, "draws") == 3
    page.get_by_role("button", name="100 more").click()
    w = DropoutWidget(draws=103)
    off, total = 8 - w.mask.sum(), w.outputs.sum()
    assert status(page, "draw 103") == (
        f"Training, the paper’s form, p = 0.5, draw 103: {off} of 8 units are switched off, and "
        f"the sum is {total:.0f}. The running mean over 103 draws of the training is "
        f"{w.running_mean[-1]:.3g}; the test value is 10."
    )
    assert page.get_by_text("Mean over 103 draws", exact=True).is_visible()
    page.get_by_role("button", name="Start again").click()
    assert traits(page, "draws", "seed") == [1, 2]
    page.evaluate("model.set('draws', 4990)")
    page.get_by_role("button", name="100 more").click()
    assert traits(page, "draws") == 5000
    page.get_by_role("button", name="Redraw").click()
    assert traits(page, "draws") == 5000
    assert status(page, "most") == "5,000 draws are the most; press Start again."


def test_a_test_draws_nothing_and_says_so(open_widget):
    page = open_widget(DropoutWidget(rate=0.2, draws=5))
    page.get_by_label("Testing", exact=True).check()
    assert status(page, "Testing").startswith(
        "Testing, the paper’s form, p = 0.2: all 8 units are on, each times 0.8, and the sum is 16."
    )
    page.get_by_role("button", name="Redraw").click()
    assert status(page, "In testing").startswith("In testing nothing is drawn")
    page.get_by_role("application").focus()
    page.keyboard.press("Space")
    assert status(page, "no unit").startswith("In testing no unit is switched off")
    assert traits(page, "draws", "by_hand") == [5, []]


def test_half_hides_the_slip(open_widget):
    page = open_widget(DropoutWidget(draws=50))
    page.get_by_label("common slip").check()
    assert "part" not in status(page, "the common slip")
    assert "average to 10, the sum in testing." in page.inner_text("main")
    page.get_by_label("p", exact=True).fill("0.2")
    assert status(page, "part").endswith(
        "the test value is 4. On average the training gives 16, so the two part."
    )
    assert "every unit is multiplied by p = 0.2" in page.inner_text("main")
    assert "average to 16; in testing it is 4." in page.inner_text("main")
    page.get_by_label("inverted").check()
    page.evaluate("drawn()")
    text = page.inner_text("main")
    assert "a unit that is kept is multiplied by 1/(1 − p) = 1.25" in text
    assert "2⁸ = 256 of them" in text and "average to 20, the sum in testing." in text
    page.get_by_role("button", name="AlexNet").click()
    assert traits(page, "rate", "form", "mode") == [0.5, "paper", "training"]


def test_units_are_switched_by_hand(open_widget):
    page = open_widget(DropoutWidget(rate=0, draws=7))
    canvas = page.get_by_role("application")
    side = canvas.bounding_box()["width"]
    canvas.click(position={"x": 4 + (side - 8) * 2.5 / 8, "y": 50})  # the third of eight
    assert traits(page, "by_hand") == [1, 1, 0, 1, 1, 1, 1, 1]
    assert status(page, "by hand") == (
        "Training, the paper’s form, p = 0, a mask set by hand, which doesn’t count: 1 of 8 units "
        "is switched off, and the sum is 17. The running mean over 7 draws of the training is 20; "
        "the test value is 20."
    )
    page.evaluate("drawn()")
    assert page.get_by_text("unit 3: 3, passes on 0", exact=True).is_visible()
    canvas.click(position={"x": side / 2, "y": 120})  # where no unit is
    assert traits(page, "by_hand") == [1, 1, 0, 1, 1, 1, 1, 1]
    for key in ("Home", "Space", "End", "Enter", "ArrowLeft", "ArrowRight", "Space", "ArrowUp"):
        page.keyboard.press(key)
    assert traits(page, "by_hand") == [0, 1, 0, 1, 1, 1, 1, 1]  # the last one off, and on again
    page.evaluate("drawn()")
    name = canvas.get_attribute("aria-label")
    assert name.startswith("8 units and their sum: off, 1, off, 2, 5, 2, 1, 2.")
    page.get_by_role("button", name="Redraw").click()
    assert traits(page, "draws", "by_hand") == [8, []]


def test_all_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(DropoutWidget())
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(() => { const a = document.activeElement; return a === document.body ? null :"
            " a.type === 'radio' ? a.value : a.getAttribute('aria-label') ?? a.innerText })()"
        )
        if stop is None:
            break
        stops.append(stop)
    assert stops[:-1] == [
        *("training", "paper", "p"),
        *("Redraw", "100 more", "Start again", "AlexNet"),
    ]
    assert stops[-1].endswith("Arrow keys choose a unit, Space switches it.")
    page.get_by_label("p", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    assert traits(page, "rate") == 0.45
    page.evaluate("drawn()")
    assert page.get_by_label("p", exact=True).get_attribute("aria-valuetext") == "0.45"
    page.get_by_label("the paper’s").focus()
    page.keyboard.press("ArrowRight")
    assert traits(page, "form") == "inverted"


def test_the_running_mean_is_named_in_numbers(open_widget):
    w = DropoutWidget(draws=400, seed=11, rate=0.3, form="inverted")
    page = open_widget(w)
    name = page.locator("canvas[role=img]").get_attribute("aria-label")
    assert name == (
        "The running mean of the sum over 400 draws of the training ends at "
        f"{w.running_mean[-1]:.3g}; the level line of the test lies at 20."
    )
