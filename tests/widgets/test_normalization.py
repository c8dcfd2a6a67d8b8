"""The normalization widget: rows and columns of a table, in Python and in the front end."""

import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets as t
from status_line import shown

from alexnet_lib.widgets import NormalizationWidget

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"method": "lrn"},
        {"method": "lrn", "alpha": 1, "form": "program", "power": 2, "row": 4, "col": 4, "n": 2},
        {"method": "bn", "scale": -1.5, "shift": 0.7, "power": -2, "row": 0},
        {"method": "bn", "pictures": 1},
        {"method": "bn", "mode": "testing", "pictures": 1, "power": 3},
    ],
    # the largest table, another one each time
    "heaviest": """(i) => {
      const at = [0, 1, 2, 3, 4, 5, 6, 7];
      model.set("table", at.map((r) => at.map((c) => ((7 * r + 3 * c + i) % 11) - 4.25)));
      model.set("power", (i % 5) - 2);
      model.set("alpha", 1 + i);
      model.set("row", i % 8);
      model.set("col", (3 * i) % 8);
    }""",
}


def answer_of(w):
    """What PyTorch makes of a widget's inputs, (pictures, maps), or None if it refuses."""
    x = torch.tensor(w.inputs)  # (pictures, maps)
    if w.method == "lrn":
        alpha = w.alpha if w.form == "program" else w.alpha * w.n
        return F.local_response_norm(x[:, :, None], w.n, alpha, w.beta, w.k)[:, :, 0].numpy()
    maps = x.shape[1]
    layer = torch.nn.BatchNorm1d(maps).double().train(w.mode == "training")
    mean, variance = (torch.tensor(numbers) for numbers in w.statistics)
    torch.nn.init.constant_(layer.weight, w.scale)
    torch.nn.init.constant_(layer.bias, w.shift)
    if w.mode == "testing":
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)
    elif len(x) < 2:
        with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
            layer(x)
        return None
    return layer(x).detach().numpy()


def drawn_settings(count):
    """Settings as a reader could make them, AlexNet's own first."""
    yield {"method": "lrn"}
    yield {"method": "lrn", "alpha": 1}
    yield {"method": "bn"}
    draw = random.Random(2015)
    for _ in range(count):
        rows, cols = draw.randint(1, 8), draw.randint(1, 8)
        yield {
            "table": [[round(draw.uniform(-9, 9), 1) for _ in range(cols)] for _ in range(rows)],
            "method": draw.choice(("lrn", "bn")),
            "power": draw.randint(-3, 3),
            "row": draw.randint(0, 7),
            "col": draw.randint(0, 7),
            "n": draw.randint(1, 9),
            "alpha": draw.choice((0, 1e-5, 1e-4, 0.01, 1, 10, 0.3)),
            "beta": draw.randint(0, 40) / 20,
            "k": draw.randint(1, 20) / 2,
            "form": draw.choice(("paper", "program")),
            "pictures": draw.randint(0, 8),
            "mode": draw.choice(("training", "testing")),
            "scale": round(draw.uniform(-3, 3), 1),
            "shift": round(draw.uniform(-3, 3), 1),
        }


@pytest.mark.parametrize("chosen", [*drawn_settings(60)])
def test_it_is_what_pytorch_computes(chosen):
    w = NormalizationWidget(**chosen)
    expected = answer_of(w)
    if expected is None:
        with pytest.raises(ValueError, match="One picture alone has no spread"):
            _ = w.outputs
        return
    np.testing.assert_allclose(w.outputs, expected, rtol=1e-9, atol=1e-12)
    if w.method == "lrn":
        np.testing.assert_allclose(w.outputs * w.divisors, w.inputs, rtol=1e-9, atol=1e-12)


def test_the_lessons_numbers_by_hand():
    w = NormalizationWidget(alpha=1)
    assert w.inputs[w.place] == 3
    assert w.divisors[w.place] == pytest.approx(8) and w.outputs[w.place] == pytest.approx(3 / 8)
    w.form = "program"
    assert w.divisors[w.place] == pytest.approx(4.8**0.75)
    w.method = "bn"
    assert w.statistics[0][2] == 4 and w.statistics[1][2] == 4
    assert w.outputs[w.place] == pytest.approx(-0.5, abs=1e-5)


def test_what_the_widget_is_there_to_show():
    """LRN with AlexNet's constants waits for large numbers; batch normalization forgets sizes."""
    lrn = NormalizationWidget()
    small = lrn.outputs
    np.testing.assert_allclose(small, lrn.inputs / 2**0.75, rtol=3e-3)
    lrn.power = 2
    strong = lrn.outputs
    assert strong.max() / 100 < 0.2 * small.max()  # far more than by k alone
    bn = NormalizationWidget(method="bn")
    before = bn.outputs
    bn.power = 2
    np.testing.assert_allclose(bn.outputs, before, atol=1e-4)
    bn.power = -2
    np.testing.assert_allclose(bn.outputs, before, atol=0.15)  # the tiny number counts
    bn.mode = "testing"
    assert abs(bn.outputs).max() < 3 and abs(bn.outputs - before).max() > 1  # no longer forgotten


def test_in_testing_a_picture_does_not_depend_on_the_others():
    w = NormalizationWidget(method="bn", mode="testing")
    every = w.outputs
    for pictures in range(1, 6):
        w.pictures = pictures
        np.testing.assert_array_equal(w.outputs, every[:pictures])


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("table", [[1, 2], [3]]),
        ("table", [[float("nan")]]),
        ("table", np.zeros((9, 2))),
        ("method", "layer"),
        ("power", 4),
        ("power", 0.5),
        ("n", 0),
        ("alpha", -1),
        ("k", 0),
        ("beta", float("inf")),
        ("form", "caffe"),
        ("mode", "eval"),
        ("pictures", 9),
        ("scale", 4),
        ("row", 8),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(trait, value):
    w = NormalizationWidget()
    before = getattr(w, trait)
    with pytest.raises(t.TraitError, match=trait):
        setattr(w, trait, value)
    assert getattr(w, trait) == before


def test_it_says_what_it_shows():
    w = NormalizationWidget(alpha=1)
    assert w.describe() == (
        "Local response normalization: the 3 of map 3 in picture 2 is divided by 8, and 0.375 comes"
        " out. All numbers have the size 2.5 before and 0.21 after."
    )
    w = NormalizationWidget(method="bn", mode="testing", power=-3)
    assert "Batch normalization in testing: the 0.003 of map 3" in w.describe()
    assert "a mean of 4 and a standard deviation of 2, and −2 comes out" in w.describe()
    assert NormalizationWidget(method="bn", pictures=1).describe().startswith("One picture alone")
    assert repr(w) == "NormalizationWidget(method='bn', power=-3, row=1, col=2)"


# The front end, in a browser

ANSWERS = "(all) => answers(all, (widget) => widget.state())"


def test_it_computes_what_pytorch_and_python_do(open_widget):
    page = open_widget(NormalizationWidget())
    impossible = 0
    settings = list(drawn_settings(150))
    for chosen, got in zip(settings, page.evaluate(ANSWERS, settings), strict=True):
        w = NormalizationWidget(**chosen)
        close = {"rtol": 1e-9, "atol": 1e-12, "err_msg": str(chosen)}
        assert got["problem"] == w.problem and (got["row"], got["col"]) == w.place
        np.testing.assert_allclose(np.reshape(got["inputs"], w.inputs.shape), w.inputs, **close)
        np.testing.assert_allclose(got["before"], np.sqrt((w.inputs**2).mean()), **close)
        if w.method == "lrn":
            np.testing.assert_allclose(got["divisors"], w.divisors.ravel(), **close)
        expected = answer_of(w)
        if expected is None:
            impossible += 1
            assert got["outputs"] == [] and got["status"] == w.problem
            continue
        np.testing.assert_allclose(np.reshape(got["outputs"], expected.shape), expected, **close)
        np.testing.assert_allclose(got["after"], np.sqrt((expected**2).mean()), **close)
    assert impossible > 5


def traits(page, *names):
    found = page.evaluate("(names) => names.map((name) => model.get(name))", list(names))
    return found if len(names) > 1 else found[0]


def test_it_says_the_same_as_python_and_shows_the_way_there(open_widget):
    page = open_widget(NormalizationWidget())
    assert "÷ 1.68; the squares make that 0.0525 % more" in page.inner_text("main")
    page.get_by_role("button", name="By hand").click()
    w = NormalizationWidget(alpha=1)
    assert shown(page, "divided by 8") == w.describe()
    text = page.inner_text("main")
    assert "maps 1 to 5 of this picture; the squares add up to 14" in text
    assert "(2 + 1 × 14)^0.75 = 8, and 3 ÷ 8 = 0.375" in text
    page.get_by_label("batch normalization").check()
    w.method = "bn"
    assert shown(page, "Batch") == w.describe()
    text = page.inner_text("main")
    assert "map 3 in 5 pictures: mean 4, standard deviation 2" in text
    assert "(3 − 4) ÷ 2 = −0.5" in text and "By k alone" not in text
    page.get_by_label("Scale").fill("2")
    page.get_by_label("Shift").fill("-0.5")
    page.evaluate("drawn()")
    assert "(3 − 4) ÷ 2 = −0.5 × 2 + (−0.5) = −1.5" in page.inner_text("main").replace(
        ", then (−0.5)", ""
    )
    page.get_by_role("button", name="Reset").click()
    assert traits(page, "method", "alpha", "scale") == ["lrn", 1e-4, 1]


def test_one_picture_alone_gets_a_sentence(open_widget):
    page = open_widget(NormalizationWidget(method="bn"))
    page.get_by_role("slider", name="Pictures").fill("1")
    assert shown(page, "alone") == NormalizationWidget(method="bn", pictures=1).problem
    assert page.get_by_text("After: none for this setting.", exact=True).is_visible()
    page.get_by_label("testing").check()
    assert "is at hand" not in shown(page, "in testing")
    assert "what was kept from the training for map 3" in page.inner_text("main")
    assert traits(page, "row") == 1  # kept, for when there are more pictures again
    page.get_by_role("slider", name="Pictures").fill("4")
    assert "of map 3 in picture 2" in shown(page, "picture 2")


def test_the_tiny_number_is_named_where_it_counts(open_widget):
    page = open_widget(NormalizationWidget(method="bn"))
    assert "0.00001 is added" not in page.inner_text("main")
    page.get_by_label("All numbers ×").fill("-3")
    page.evaluate("drawn()")
    assert "0.00001 is added to the variance" in page.inner_text("main")


def test_the_frame_moves_and_its_number_changes(open_widget):
    page = open_widget(NormalizationWidget())
    canvas = page.get_by_role("application")
    canvas.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "+", "+", "-"):
        page.keyboard.press(key)
    assert traits(page, "row", "col") == [2, 4]  # it stops at the edge
    assert traits(page, "table")[2] == [1, 0, 4, 0, 3]
    cell = (canvas.bounding_box()["height"] - 8) / 5
    canvas.click(position={"x": 4 + 1.5 * cell, "y": 4 + 0.5 * cell})
    assert traits(page, "row", "col") == [0, 1]
    field = page.get_by_label("Number in the frame")
    field.fill("7,5")
    assert traits(page, "table")[0] == [2, 7.5, 1, 4, 1]
    field.fill("100")
    assert "from −99 to 99" in shown(page, "−99")
    field.fill("many")
    page.keyboard.press("Tab")
    assert "“many” is not a number" in shown(page, "many")
    page.get_by_label("All numbers ×").fill("2")
    field.fill("300")
    assert traits(page, "table")[0] == [2, 3, 1, 4, 1]


def test_all_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(NormalizationWidget())
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
    assert stops[:-2] == [
        *("lrn", "Reset", "All numbers ×", "n", "α", "β", "k", "paper"),
        *("By hand: α = 1", "AlexNet: α = 0.0001"),
    ]
    assert stops[-2].startswith("Before, 5 by 5") and stops[-1].startswith("Number in the frame")
    page.get_by_label("α", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert traits(page, "alpha") == 0.001
