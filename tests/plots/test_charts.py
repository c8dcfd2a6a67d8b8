"""Charts: lengths, places and words."""

import numpy as np
import pytest

from alexnet_lib.networks.variants import plan
from alexnet_lib.plots import bars, costs, curves


def test_bars_are_as_long_as_their_values(look):
    picture = bars({"a": 1, "b": 4, "c": 0}, "seconds", title="Time")
    lengths = [bar.get_width() for bar in look.cells(picture)]
    assert lengths == [lengths[1] / 4, lengths[1], 0]
    assert look.texts(picture) == ["Time", "a", "1", "b", "4", "c", "0", "seconds"]
    assert picture.alt == "Time. Bars, in seconds: a 1; b 4; c 0."


def test_bars_on_a_logarithmic_scale(look):
    picture = bars({"a": 100, "b": 1000, "c": 10_000}, "bytes", log=True)
    one, two, three = [bar.get_width() for bar in look.cells(picture)]
    assert two == pytest.approx(2 * one)
    assert three == pytest.approx(3 * one)
    marks = {text.get_text(): text.get_position()[0] for text in look.page(picture).texts[:4]}
    assert list(marks) == ["10", "100", "1,000", "10,000"]
    for bar, mark in zip(look.cells(picture), list(marks)[1:], strict=True):
        assert bar.get_x() + bar.get_width() == pytest.approx(marks[mark])
    texts = look.texts(picture)
    assert texts[-1] == "bytes, on a logarithmic scale"
    wide = bars({"conv1": 34_944, "all": 60_965_224}, "parameters", log=True)
    assert wide.alt == "Bars, in parameters: conv1 34,944; all 60,965,224."


def test_curves_go_through_their_values(look):
    series = {"training": [4, 2, 1, 0], "validation": [4, 3, 2.5, 3]}
    picture = curves(series, [1, 2, 3, 5], "epoch", "loss", "Learning")
    (one,), (other,) = (look.shapes(picture, "training"), look.shapes(picture, "validation"))
    x = one.get_xdata()
    assert np.allclose((x - x[0]) / (x[-1] - x[0]), [0, 0.25, 0.5, 1])
    y = one.get_ydata()
    assert np.allclose((y - y[0]) / (y[-1] - y[0]), [0, 0.5, 0.75, 1])
    assert y[0] < y[-1]  # a smaller value lies lower on the page
    assert np.allclose((other.get_ydata() - y[0]) / (y[-1] - y[0]), [0, 0.25, 0.375, 0.25])
    texts = look.texts(picture)
    assert texts[:2] == ["Learning", "loss"]
    assert texts[-3:] == ["epoch", "training", "validation"]
    assert picture.alt == (
        "Learning. loss against epoch, from 1 to 5: training goes from 4 to 0; validation goes from"
        " 4 to 3, lowest 2.5 at 3."
    )


def test_marks_on_the_axes_stand_where_their_numbers_lie(look):
    picture = curves({"a": [0.2, 0.9]}, [0, 100], "step", "share")
    (line,) = look.shapes(picture, "a")
    x, y = line.get_xdata(), line.get_ydata()
    for text in look.page(picture).texts:
        at = text.get_position()
        if text.get_text() in ("20", "40"):
            part = float(text.get_text()) / 100
            assert at[0] == pytest.approx(x[0] + part * (x[1] - x[0]))
        elif text.get_text() in ("0.4", "0.6"):
            part = (float(text.get_text()) - 0.2) / 0.7
            assert at[1] == pytest.approx(y[0] + part * (y[1] - y[0]))
    assert {"20", "40", "0.4", "0.6"} <= set(look.texts(picture))


def test_curves_on_a_logarithmic_axis(look):
    picture = curves({"a": [1, 0.1, 1e-4]}, [0, 1, 2], "layer", "gradient", log=True)
    y = look.shapes(picture, "a")[0].get_ydata()
    assert (y[2] - y[0]) / (y[1] - y[0]) == pytest.approx(4)
    assert "gradient, on a logarithmic axis" in look.texts(picture)
    assert {"0.0001", "1"} <= set(look.texts(picture))
    wide = curves({"a": [1, 1e-12]}, [0, 1], "layer", "gradient", log=True)
    assert {"10⁰", "10⁻¹²"} <= set(look.texts(wide))


def test_names_of_curves_that_end_together_stand_apart_in_their_order(look):
    series = {f"run {i}": [1, 0.1 * i] for i in (1, 0, 2)} | {"far": [0, 9]}
    picture = curves(series, [0, 1], "x", "y")
    places = {t.get_text(): t.get_position()[1] for t in look.page(picture).texts}
    ends = [places[name] for name in ("run 0", "run 1", "run 2", "far")]
    assert ends == sorted(ends, reverse=True)
    assert (-np.diff(ends) >= 18.9).all()
    end = look.shapes(picture, "far")[0].get_ydata()[-1]
    assert places["far"] == pytest.approx(end)  # nothing pushes it away


@pytest.mark.parametrize("end", [0, 1])
def test_names_of_curves_stay_beside_the_axes(look, end):
    picture = curves({f"run {i}": [1 - end, end] for i in range(4)}, [0, 1], "x", "y")
    places = {t.get_text(): t.get_position()[1] for t in look.page(picture).texts}
    lines = look.page(picture).lines
    top, bottom = (edge(line.get_ydata()[0] for line in lines) for edge in (min, max))
    names = [places[f"run {i}"] for i in range(4)]
    assert top - 0.1 <= min(names) < max(names) <= bottom + 0.1


def test_bands_are_drawn_and_told(look):
    picture = curves({"a": [1, 2]}, [0, 1], "x", "y", bands={"a": ([0, 1.5], [2, 2.5])})
    (band,) = look.page(picture).collections
    (line,) = look.shapes(picture, "a")
    corners = band.get_paths()[0].vertices
    y = line.get_ydata()
    one = y[0] - y[1]  # pixels for 1
    assert corners[:, 1].max() == pytest.approx(y[0] + one)
    assert corners[:, 1].min() == pytest.approx(y[1] - 0.5 * one)
    assert picture.alt.endswith("a goes from 1 to 2, its band at the end from 1.5 to 2.5.")


def test_costs_are_mirrored_shares(look):
    rows = plan("2012")
    picture = costs(rows, "Costs")
    (left, right), (all_left, all_right) = (look.shapes(picture, n) for n in ("fc6", "all fc"))
    assert all_left.get_width() / left.get_width() == pytest.approx(58_631_144 / 37_752_832)
    assert right.get_width() / left.get_width() == pytest.approx(
        (37_748_736 / 724_406_816) / (37_752_832 / 60_965_224)
    )
    assert left.get_x() + left.get_width() < right.get_x() == all_right.get_x()
    assert left.get_x() + left.get_width() == all_left.get_x() + all_left.get_width()
    names = [text for text in look.texts(picture) if text[:2] in ("co", "fc", "al")]
    assert names == [row.name for row in rows if row.parameters] + ["all conv", "all fc"]
    assert "all conv 3.8 % and 91.9 %; all fc 96.2 % and 8.1 %." in picture.alt
    assert "Shares of 60,965,224 parameters and of 724,406,816 multiply-adds" in picture.alt
    assert "norm1 under 0.1 % and 0 %" in costs(plan("bn")).alt


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: bars({}, "s"), "values must be a dict of names and numbers, but {} was given"),
        (lambda: bars([1], "s"), r"values must be a dict of names and numbers, but \[1\]"),
        (lambda: bars({"a": -1}, "s"), "length of a bar must be 0 or more, but one is −1"),
        (lambda: bars({"a": 0}, "s", log=True), "must be above 0 on a logarithmic scale, but one"),
        (lambda: bars({"a": np.inf}, "s"), "values holds a value that is not a finite number"),
        (lambda: bars({"a" * 60: 1}, "s"), "names leave no room for the bars"),
        (lambda: curves({"a": [1]}, [1], "x", "y"), "x must be at least two numbers"),
        (lambda: curves({"a": [1, 2]}, [2, 1], "x", "y"), "each larger than the one before"),
        (lambda: curves([1, 2], [0, 1], "x", "y"), "series must be a dict of one to 6 names"),
        (lambda: curves({key: [1, 2] for key in "abcdefg"}, [0, 1], "x", "y"), "one to 6 names"),
        (lambda: curves({"a": [1]}, [0, 1], "x", "y"), "'a' has 1 values for 2 numbers in x"),
        (lambda: curves({"a": [1, np.nan]}, [0, 1], "x", "y"), "'a' holds a value that is not a f"),
        (lambda: curves({"a": [1, 0]}, [0, 1], "x", "y", log=True), "above 0, but one is 0"),
        (
            lambda: curves({"a": [1, 2]}, [0, 1], "x", "y", bands={"b": ([0, 1], [2, 3])}),
            "bands has 'b', which is none of the series",
        ),
        (
            lambda: curves({"a": [1, 2]}, [0, 1], "x", "y", bands={"a": [0, 1, 2]}),
            "band of 'a' must be its lowest and its highest",
        ),
        (
            lambda: curves({"a": [1, 2]}, [0, 1], "x", "y", bands={"a": ([2, 1], [1, 3])}),
            "band of 'a' has a lowest value above its highest",
        ),
        (lambda: curves({"a" * 60: [1, 2]}, [0, 1], "x", "y"), "names leave no room for the curv"),
        (lambda: costs([]), "None of these rows has parameters"),
        (lambda: costs(["conv1"]), r"costs\(\) draws the rows of a plan"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
