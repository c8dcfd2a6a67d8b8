"""The pooling widget: what Python and the front end compute, beside PyTorch."""

import json
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets as t
from hypothesis import given
from hypothesis import strategies as st

from alexnet_lib.widgets import WIDGETS, PoolingWidget
from alexnet_lib.widgets.pooling import DIGIT, MARGIN

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"window": 3, "right": 1},
        {},
        {"source": "map", "window": 3, "down": -1, "right": 2},
        {"source": "noise", "kind": "average", "window": 5, "stride": 3, "right": 1},
        {"grid": [[1, 2], [3, 4]], "window": 3},  # does not fit
    ],
    # the map, with as many windows as there can be, and all of them changed
    "heaviest": """(i) => {
      model.set("source", "map");
      model.set("stride", 1);
      model.set("window", 2 + (i % 7));
      model.set("kind", ["max", "average"][i % 2]);
      model.set("right", (i % 7) - 3);
      model.set("down", (i % 5) - 2);
    }""",
}


@given(
    st.sampled_from(["grid", "noise", "map"]),
    st.sampled_from(["max", "average"]),
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(-3, 3),
    st.integers(-3, 3),
)
def test_output_is_what_torch_computes(source, kind, window, stride, down, right):
    w = PoolingWidget(
        source=source, kind=kind, window=window, stride=stride, down=down, right=right
    )
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    y = pool(torch.tensor(w.image)[None, None], window, stride)[0, 0].numpy()
    np.testing.assert_allclose(w.output, y, rtol=1e-12)
    assert w.output.shape == w.output_size


def test_the_picture_is_moved_and_what_lies_beside_it_comes_in():
    w = PoolingWidget()
    np.testing.assert_array_equal(w.image, DIGIT)
    w.right, w.down = 2, -1
    np.testing.assert_array_equal(w.image[:-1, 2:], np.array(DIGIT)[1:, :-2])
    assert not w.image[-1].any() and not w.image[:, :2].any()  # zeros
    for source, side in (("noise", 12), ("map", 55)):
        w.source = source
        assert w.input_size == (side, side)
        assert w.scene.shape == (side + 2 * MARGIN, side + 2 * MARGIN)
        w.right, w.down = 0, 0
        there = w.image
        w.right = 3
        np.testing.assert_array_equal(w.image[:, 3:], there[:, :-3])
        np.testing.assert_array_equal(w.image[:, :3], w.scene[MARGIN:-MARGIN, :3])


@given(st.integers(1, 5), st.integers(1, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_a_move_by_whole_strides_moves_the_output(window, stride, down, right):
    w = PoolingWidget(source="noise", window=window, stride=stride, down=down, right=right)
    if down % stride or right % stride:
        return
    i, j = down // stride, right // stride
    now, was = w.output, w.before
    rows, cols = now.shape
    a = now[max(0, i) : rows + min(0, i), max(0, j) : cols + min(0, j)]
    b = was[max(0, -i) : rows + min(0, -i), max(0, -j) : cols + min(0, -j)]
    np.testing.assert_array_equal(a, b)


def test_what_survives_a_move():
    w = PoolingWidget()
    assert w.survives == 1 and w.stays.all()
    w.right = 1
    assert w.stays.sum() == 6 and w.survives == 6 / 16  # what the lesson lets one predict
    w.right = 2
    assert w.stays.sum() == 4
    np.testing.assert_array_equal(w.output[:, 1:], w.before[:, :-1])
    near = {2: 1 / 3, 3: 1 / 2}  # of much noise
    for window, share in near.items():
        shares = [
            PoolingWidget(source="noise", window=window, **move).survives
            for move in ({"right": 1}, {"down": 1}, {"right": -1}, {"down": -1})
        ]
        assert shares == pytest.approx([share] * 4, abs=0.07)


def test_reads_count_the_windows():
    w = PoolingWidget(window=3)
    along = [1, 1, 2, 1, 2, 1, 1, 0]
    np.testing.assert_array_equal(w.reads, np.outer(along, along))
    assert PoolingWidget(window=2).reads.max() == 1


def test_pool1_has_alexnets_sizes():
    w = PoolingWidget(source="map", window=3, stride=2)
    assert (w.input_size, w.output_size) == ((55, 55), (27, 27))
    w.window = 2
    assert w.output_size == (27, 27)


def test_an_image_of_ones_own():
    w = PoolingWidget(np.arange(12).reshape(3, 4), window=3, stride=1)
    assert w.source == "grid" and w.output.tolist() == [[10, 11]]
    w.image = [[1, 2], [3, 4]]
    assert w.input_size == (2, 2)
    assert w.problem == (
        "A window of 3 × 3 does not fit into the 2 × 2 picture: the largest that does is 2 × 2."
    )
    assert w.output_size == (0, 0) and w.describe() == w.problem and not w.reads.any()
    with pytest.raises(ValueError, match="does not fit"):
        w.output  # noqa: B018
    w.window = 2
    assert w.output.tolist() == [[4]]
    assert PoolingWidget(kind="average", window=2, grid=[[1, 2], [3, 4]]).output.tolist() == [[2.5]]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"window": 9}, "window is a whole number from 1 to 8, not 9."),
        ({"stride": 0}, "stride is a whole number from 1 to 4, not 0."),
        ({"right": 4}, "right is a whole number from -3 to 3, not 4."),
        ({"kind": "min"}, 'kind is one of "max", "average", not \'min\'.'),
        ({"source": "photo"}, 'source is one of "grid", "noise", "map", not \'photo\'.'),
        ({"grid": np.ones((17, 2))}, "grid is a table of finite numbers, up to 16 × 16"),
        ({"map_bytes": b"123"}, "map_bytes has 3 bytes, but 61 × 61 are needed."),
        ({"noise_bytes": b""}, "noise_bytes has 0 bytes, but 18 × 18 are needed."),
        ({"row": 4}, r"row is a whole number from 0 to 3 \(the output has 4\), not 4."),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(settings, sentence):
    with pytest.raises(t.TraitError, match=sentence):
        PoolingWidget(**settings)


def test_the_window_stays_inside_the_output():
    w = PoolingWidget(row=3, col=3)
    w.window = 5
    assert (w.row, w.col) == (1, 1)
    w.stride = 4
    assert (w.row, w.col) == (0, 0)


def test_describe_says_what_there_is():
    w = PoolingWidget(window=3)
    assert w.describe() == (
        "Pooling: the largest number of each window of 3 × 3, stride 2, in a picture of 8 × 8"
        " numbers; 3 × 3 are left."
    )
    w.kind, w.right, w.down = "average", 1, -2
    assert w.describe() == (
        "Pooling: the mean of each window of 3 × 3, stride 2, in a picture of 8 × 8 numbers; 3 × 3"
        f" are left. With the picture moved 1 right and 2 up, {w.stays.sum()} of them are what they"
        " were."
    )
    assert repr(w) == (
        "PoolingWidget(source='grid', kind='average', window=3, stride=2, down=-2, right=1)"
    )


def test_the_state_is_small_and_the_rest_is_kept_once():
    w = PoolingWidget()
    state = json.dumps(w.state())
    assert len(state) < 600 and "bytes" not in state
    assert {len(data) for data in PoolingWidget.assets().values()} == {61 * 61, 18 * 18}
    assert WIDGETS["pooling"] is PoolingWidget


# The front end, in a browser

ANSWERS = """(all) => answers(all, ({ output, winners, stays, reads }) =>
  ({ ...output(), winners: winners(), stays: stays(), reads: reads() }))"""


def drawn_settings(count):
    """Settings as a reader could make them, AlexNet's own first."""
    yield {"source": "map", "kind": "max", "window": 3, "stride": 2}
    yield {"source": "map", "kind": "max", "window": 2, "stride": 2}
    draw = random.Random(2012)
    for _ in range(count):
        rows, cols = draw.randint(1, 16), draw.randint(1, 16)
        yield {
            "source": draw.choice(("grid", "grid", "noise", "map")),
            "grid": [[draw.randint(-3, 9) for _ in range(cols)] for _ in range(rows)],
            "kind": draw.choice(("max", "average")),
            "window": draw.randint(1, 8),
            "stride": draw.randint(1, 4),
            "down": draw.randint(-3, 3),
            "right": draw.randint(-3, 3),
        }


def test_output_is_what_torch_computes_or_says_why_there_is_none(open_widget):
    page = open_widget(PoolingWidget())
    impossible = 0
    w = PoolingWidget()
    drawn = list(drawn_settings(110))
    for settings, got in zip(drawn, page.evaluate(ANSWERS, drawn), strict=True):
        with w.hold_trait_notifications():
            for trait, value in settings.items():
                setattr(w, trait, value)
        if w.problem:
            impossible += 1
            assert (got["error"], got["rows"], got["cols"]) == (w.problem, 0, 0)
            continue
        x = torch.tensor(w.image)[None, None]
        y, winners = F.max_pool2d(x, w.window, w.stride, return_indices=True)
        if w.kind == "average":
            y = F.avg_pool2d(x, w.window, w.stride)
        assert got["error"] is None and (got["rows"], got["cols"]) == w.output_size
        values = np.reshape(got["values"], w.output_size)
        np.testing.assert_allclose(values, y[0, 0], rtol=1e-12, err_msg=str(settings))
        np.testing.assert_array_equal(got["winners"], winners.flatten(), err_msg=str(settings))
        np.testing.assert_array_equal(got["stays"], w.stays.flatten(), err_msg=str(settings))
        reads = np.outer(got["reads"]["rows"], got["reads"]["cols"])
        np.testing.assert_array_equal(reads, w.reads, err_msg=str(settings))
    assert 10 < impossible < 65  # both kinds were drawn


def wait_for_status(page, text):
    """Wait until the status line says it."""
    page.wait_for_function(
        "(text) => document.querySelector('[role=status]').innerText.includes(text)", arg=text
    )


def test_what_the_lesson_lets_one_predict(open_widget):
    page = open_widget(PoolingWidget())
    main = page.locator("main")
    assert "the picture lies where it lay" in main.inner_text()
    page.get_by_label("Move right").fill("1")
    wait_for_status(page, "moved 1 right, 6 of 16 numbers are what they were (38 %)")
    assert page.get_by_text("changed by the move").is_visible()
    assert "whole number of strides" not in main.inner_text()
    page.get_by_label("Move right").fill("2")
    wait_for_status(page, "moved 2 right, 4 of 16 numbers are what they were (25 %)")
    assert "so the output moves along: 1 right. Only at the edge" in main.inner_text()
    page.get_by_label("Move down").fill("-2")
    wait_for_status(page, "moved 2 right and 2 up")
    assert "the output moves along: 1 right and 1 up." in main.inner_text()
    page.get_by_role("button", name="AlexNet pool1").click()
    page.wait_for_function("document.body.innerText.includes('Output, 27 × 27')")
    text = main.inner_text()
    assert "⌊(55 − 3)/2⌋ + 1 = 27" in text
    assert "52/2 leaves nothing: the last window ends at the edge." in text
    assert "2,184 of 3,025 numbers are read by more than one window, up to 4×" in text
    assert "none: there is nothing to learn" in text
    page.get_by_label("Window", exact=True).fill("2")
    page.evaluate("drawn()")
    text = main.inner_text()
    assert "⌊(55 − 2)/2⌋ + 1 = 27" in text
    assert "53/2 leaves 1: the last row and column are never read." in text
    assert "no number is read by more than one window" in text
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.body.innerText.includes('Output, 4 × 4')")
    assert page.evaluate("[model.get('right'), model.get('down')]") == [0, 0]


def test_the_window_says_what_becomes_of_its_numbers(open_widget):
    page = open_widget(PoolingWidget(col=1))
    terms = page.locator(".axw-terms")
    assert terms.inner_text().split("\n") == ["output[0, 1] =", "the largest of 0, 0, 7, 8", "= 8"]
    wait_for_status(page, "the largest number is 8, which stands at row 1, column 3 of the picture")
    page.get_by_label("mean", exact=True).check()
    page.evaluate("drawn()")
    assert terms.inner_text().split("\n")[1:] == ["(0 + 0 + 7 + 8)/4", "= 3.75"]
    assert not page.get_by_text("largest of a window", exact=True).is_visible()
    page.get_by_label("Window", exact=True).fill("8")
    page.evaluate("drawn()")
    assert terms.inner_text().split("\n")[1] == "(0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + … + 0)/64"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"window": 3}, "5/2 leaves 1: the last row and column are never read."),
        ({"window": 3, "stride": 3}, "5/3 leaves 2: the last 2 rows and columns are never read."),
        ({"stride": 4}, "6/4 leaves 2. With gaps in between, 4 of 8 rows and columns"),
        (
            {"grid": [[1, 2, 3], [4, 5, 6]]},
            "0/2 leaves nothing: the last window ends at the edge.\n"
            "1/2 leaves 1: the last column is never read.",
        ),
        ({"window": 3, "stride": 1}, "60 of 64 numbers are read by more than one window, up to 9×"),
    ],
)
def test_what_is_left_over_and_what_is_shared(open_widget, settings, sentence):
    page = open_widget(PoolingWidget(**settings))
    assert sentence in page.inner_text("main")
    unread = (PoolingWidget(**settings).reads == 0).any()
    assert page.get_by_text("never read", exact=True).is_visible() == unread


def test_an_impossible_setting_is_answered_in_a_sentence(open_widget):
    page = open_widget(PoolingWidget([[1, 2], [3, 4]], window=2))
    page.get_by_label("Window", exact=True).fill("3")
    sentence = (
        "A window of 3 × 3 does not fit into the 2 × 2 picture: the largest that does is 2 × 2."
    )
    wait_for_status(page, sentence)
    assert page.locator(".axw-why").inner_text() == sentence
    assert page.get_by_role("button", name="Next window").is_disabled()
    page.get_by_role("application", name="Picture, 2 by 2").press("ArrowRight")
    page.get_by_label("Window", exact=True).fill("1")
    page.wait_for_function("document.body.innerText.includes('Output, 1 × 1')")


# Of each cell of the picture: how much of it has the colour of the mark (pink), in which the
# hatching of shared numbers is drawn; the rest is grey.
PINK = """([rows, cols]) => {
  const canvas = document.querySelector("canvas"), side = canvas.width;
  const cell = Math.floor((side - 8) / Math.max(rows, cols));
  const from = (n) => Math.round((side - n * cell) / 2);
  const context = canvas.getContext("2d");
  return Array.from({ length: rows }, (_, y) => Array.from({ length: cols }, (_, x) => {
    const left = from(cols) + x * cell + 4, top = from(rows) + y * cell + 4;
    const { data } = context.getImageData(left, top, cell - 8, cell - 8);
    let pink = 0;
    for (let i = 0; i < data.length; i += 4) pink += data[i] > data[i + 1] + 15;
    return pink > 20;
  }));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hatched_are_the_numbers_that_windows_share(open_widget, theme):
    # the mean: no rings; another window than those looked at
    w = PoolingWidget(kind="average", window=3, grid=np.ones((9, 9)), row=3, col=3)
    page = open_widget(w, theme=theme)
    pink = np.array(page.evaluate(PINK, [9, 9]))
    np.testing.assert_array_equal(pink[:6, :6], w.reads[:6, :6] > 1)
    assert page.get_by_text("read by more than one window", exact=True).is_visible()


def test_all_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(PoolingWidget())
    stops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(() => { const a = document.activeElement; return a === document.body ? null :"
            " a.getAttribute('aria-label') ?? (a.value || a.innerText) })()"
        )
        if stop is None:
            break
        stops.append(stop)
    assert stops == [
        *("Picture", "max", "AlexNet pool1", "Reset"),
        *("Window", "Stride", "Move right", "Move down"),
        "Picture, 8 by 8. Arrow keys move the window.",
        "Output, 4 by 4. Arrow keys move the window.",
        *("First window", "Previous window", "Play", "Next window"),
    ]
    page.get_by_label("Move right").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('right')") == 1
    page.get_by_label("largest", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('kind')") == "average"
    for name in ("Picture, 8 by 8", "Output, 4 by 4"):
        page.get_by_role("application", name=name).focus()
        page.keyboard.press("Control+Home")
        for key, to in [
            ("ArrowRight", [0, 1]),
            ("ArrowDown", [1, 1]),
            ("End", [1, 3]),
            ("ArrowRight", [1, 3]),
            ("PageDown", [3, 3]),
            ("Home", [3, 0]),
            ("Control+End", [3, 3]),
        ]:
            page.keyboard.press(key)
            assert page.evaluate("[model.get('row'), model.get('col')]") == to, (name, key)
    page.get_by_role("button", name="Next window").press("Enter")
    assert page.evaluate("[model.get('row'), model.get('col')]") == [0, 0]  # after the last


def test_pointing_picks_a_window_and_reads_a_number(open_widget):
    page = open_widget(PoolingWidget(right=1))
    picture = page.get_by_role("application", name="Picture, 8 by 8")
    box = picture.bounding_box()
    cell = box["width"] / 8
    picture.click(position={"x": 6.5 * cell, "y": 2.5 * cell})
    assert page.evaluate("[model.get('row'), model.get('col')]") == [1, 3]
    page.evaluate("drawn()")
    assert page.get_by_text("picture[2, 6] = 9, read 1×").is_visible()
    output = page.get_by_role("application", name="Output, 4 by 4")
    output.hover(position={"x": box["width"] * 3 / 8, "y": box["width"] / 8})
    page.evaluate("drawn()")
    assert page.get_by_text("output[0, 1] = 7, was 8").is_visible()
