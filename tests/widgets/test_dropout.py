"""The dropout widget: masks, sums and means, in Python and in the front end."""

import itertools
import random

import numpy as np
import pytest
import torch
import traitlets as t
from hypothesis import given
from hypothesis import strategies as st
from status_line import shown

from alexnet_lib.networks.models import PaperDropout
from alexnet_lib.scratch import dropout
from alexnet_lib.widgets import DropoutWidget
from alexnet_lib.widgets.base import uniform
from alexnet_lib.widgets.dropout import FORMS

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"draws": 37},
        {"form": "slip", "rate": 0.2, "draws": 5000},
        {"form": "inverted", "rate": 0.9, "values": [3.25, -1.75] * 6, "mode": "training"},
        {"mode": "testing", "rate": 0.15, "values": [1, 2]},
    ],
    # twelve units, as many draws as there can be, each time from another seed
    "heaviest": """(i) => {
      model.set("values", [4, 1, 3, 2, 5, 2, 1, 2, 0.5, -3, 7, 1].map((v) => v + i));
      model.set("seed", i);
      model.set("rate", (i % 19) / 20);
      model.set("draws", 5000);
    }""",
}

RATES = (0, 0.05, 0.2, 0.5, 0.8, 0.9)


def test_the_numbers_look_as_if_drawn_by_chance():
    for seed in (0, 1, 7, 9999):
        numbers = uniform(seed, 5000, 12)
        assert numbers.shape == (5000, 12)
        assert 0 <= numbers.min() < 0.001 and 0.999 < numbers.max() < 1
        # 60,000 of them: mean, spread and tenths within five times what chance would do
        assert abs(numbers.mean() - 0.5) < 5 * np.sqrt(1 / 12 / numbers.size)
        counts = np.histogram(numbers, 10, (0, 1))[0]
        assert np.abs(counts - 6000).max() < 5 * np.sqrt(6000 * 0.9)
        # neighbours, in a draw and from draw to draw, have nothing in common
        for one, other in [(numbers[:, :-1], numbers[:, 1:]), (numbers[:-1], numbers[1:])]:
            assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(one.size)
        assert len(np.unique(numbers)) > 59_990


def test_a_draw_does_not_depend_on_what_follows_nor_on_p():
    many = uniform(3, 100, 12)
    np.testing.assert_array_equal(uniform(3, 10, 5), many[:10, :5])
    few, more = DropoutWidget(rate=0.2, draws=100), DropoutWidget(rate=0.6, draws=100)
    assert (few.masks >= more.masks).all() and few.masks.sum() > more.masks.sum()
    assert DropoutWidget(rate=0, draws=100).masks.all()


@given(
    rate=st.sampled_from(RATES),
    values=st.lists(st.floats(-9, 9), min_size=2, max_size=12),
    draws=st.integers(1, 30),
)
def test_it_is_dropout_as_pytorch_and_the_scratch_layers_have_it(rate, values, draws):
    w = DropoutWidget(rate=rate, values=values, draws=draws)
    x = np.array(values)
    for form in ("paper", "inverted"):
        w.form, inverted = form, form == "inverted"
        w.mode = "training"
        np.testing.assert_allclose(w.outputs, dropout(x, rate, w.mask, inverted), atol=1e-12)
        each = [dropout(x, rate, mask, inverted).sum() for mask in w.masks]
        np.testing.assert_allclose(w.sums, each, atol=1e-9)
        assert w.running_mean[-1] == pytest.approx(np.mean(each), abs=1e-9)
        w.mode = "testing"
        layer = torch.nn.Dropout(rate) if inverted else PaperDropout(rate)
        tested = layer.eval()(torch.tensor(x)).numpy()
        np.testing.assert_allclose(w.outputs, tested, atol=1e-12)
        assert w.test_value == pytest.approx(tested.sum(), abs=1e-9)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rate", RATES)
def test_expected_is_the_mean_over_all_masks(form, rate):
    w = DropoutWidget(values=[4, 1, -3, 2, 5], rate=rate, form=form)
    masks = np.array(list(itertools.product([0, 1], repeat=5)))  # (32, 5)
    chance = np.prod(np.where(masks == 1, 1 - rate, rate), axis=1)  # (32,)
    w.mode = "training"
    mean = 0
    for mask, share in zip(masks, chance, strict=True):
        w.by_hand = mask
        mean += share * w.outputs.sum()
    assert w.expected == pytest.approx(mean)
    agrees = form != "slip" or rate == 0.5
    assert (w.test_value == pytest.approx(w.expected)) == agrees


@pytest.mark.parametrize("seed", range(8))
def test_the_mean_comes_as_close_as_chance_lets_it_and_as_pytorchs(seed):
    for rate in (0.2, 0.5, 0.9):
        w = DropoutWidget(rate=rate, form="inverted", seed=seed, draws=5000)
        x = np.array(w.values)
        spread = np.sqrt((x**2).sum() * rate / (1 - rate))  # of one sum, by the rules of variance
        assert abs(w.running_mean[-1] - w.test_value) < 5 * spread / np.sqrt(5000)
        assert w.sums.std() == pytest.approx(spread, rel=0.15)
        torch.manual_seed(seed)
        many = torch.nn.Dropout(rate)(torch.tensor(x).expand(5000, -1)).sum(1)
        assert abs(many.mean() - w.running_mean[-1]) < 5 * spread * np.sqrt(2 / 5000)


def test_a_mask_set_by_hand_is_shown_and_not_counted():
    w = DropoutWidget(draws=9)
    mean = w.running_mean[-1]
    w.by_hand = [1, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_array_equal(w.outputs, [4, 0, 0, 0, 0, 0, 0, 0])
    assert w.running_mean[-1] == mean
    w.values = [1, 2, 3]
    assert w.by_hand == []


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("rate", 1),
        ("rate", -0.1),
        ("rate", float("nan")),
        ("draws", 0),
        ("draws", 5001),
        ("seed", -1),
        ("form", "classic"),
        ("mode", "eval"),
        ("values", [1]),
        ("values", [1] * 13),
        ("values", [1, 10]),
        ("by_hand", [1, 0]),
        ("by_hand", [0.5] * 8),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(trait, value):
    w = DropoutWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=trait):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


def test_it_says_what_it_shows():
    w = DropoutWidget(rate=0.2, form="slip", draws=1000)
    assert "the common slip, p = 0.2" in w.describe()
    assert "over 1,000 draws" in w.describe()
    assert w.describe().endswith("in testing it is 4.")
    w = DropoutWidget(mode="testing", rate=0.2, values=[-9] * 12)
    assert "all 12 units are on, each times 0.8, and their sum is −86.4." in w.describe()
    one_off = DropoutWidget(by_hand=[1] * 7 + [0])
    assert "1 of 8 units is switched off, and their sum is 18." in one_off.describe()
    assert repr(one_off) == (
        "DropoutWidget(rate=0.5, form='paper', mode='training', draws=1, seed=1)"
    )


# The front end, in a browser

ANSWERS = "(all) => answers(all, (widget) => widget.state())"


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
    settings = list(drawn_settings(120))
    for chosen, got in zip(settings, page.evaluate(ANSWERS, settings), strict=True):
        w = DropoutWidget(**chosen)
        np.testing.assert_array_equal(got["mask"], w.mask, err_msg=str(chosen))
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
    assert shown(page, "draw 103") == (
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
    assert shown(page, "most") == "5,000 draws are the most; press Start again."


def test_a_test_draws_nothing_and_says_so(open_widget):
    page = open_widget(DropoutWidget(rate=0.2, draws=5))
    page.get_by_label("Testing", exact=True).check()
    assert shown(page, "Testing").startswith(
        "Testing, the paper’s form, p = 0.2: all 8 units are on, each times 0.8, and the sum is 16."
    )
    page.get_by_role("button", name="Redraw").click()
    assert shown(page, "In testing").startswith("In testing nothing is drawn")
    page.get_by_role("application").focus()
    page.keyboard.press("Space")
    assert shown(page, "no unit").startswith("In testing no unit is switched off")
    assert traits(page, "draws", "by_hand") == [5, []]


def test_half_hides_the_slip(open_widget):
    page = open_widget(DropoutWidget(draws=50))
    page.get_by_label("common slip").check()
    assert "part" not in shown(page, "the common slip")
    assert "average to 10, the sum in testing." in page.inner_text("main")
    page.get_by_label("p", exact=True).fill("0.2")
    assert shown(page, "part").endswith(
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
    assert shown(page, "by hand") == (
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
