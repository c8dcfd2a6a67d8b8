"""The convolution widget: what Python and the front end compute, beside PyTorch."""

import base64
import json
import random
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import traitlets
from status_line import shown

from alexnet_lib import data
from alexnet_lib.networks.sizes import reads
from alexnet_lib.widgets import WIDGETS, ConvolutionWidget
from alexnet_lib.widgets.convolution import KERNELS, named_kernel

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [
        {"stride": 2, "padding": 1, "kernel_name": "sharpen"},
        {"source": "photo", "kernel_size": 11, "kernel_name": "blur"},
        {"kernel_size": 11},  # does not fit
        {"kernel_size": 7, "padding": 3},
    ],
    # a photo, large kernels, stride 1; every step changes the size
    "heaviest": """(i) => {
      model.set("source", "photo");
      model.set("padding", i % 6);
      model.set("kernel_size", 11 - (i % 3));
      model.set("kernel_name", ["vertical edge", "horizontal edge", "outline", "blur",
        "sharpen", "identity"][i % 6]);
    }""",
}


def by_torch(w):
    x = torch.tensor(w.image)[None, None]
    kernel = torch.tensor(w.kernel, dtype=torch.float64)[None, None]
    y = torch.nn.functional.conv2d(
        x, kernel, stride=w.stride, padding=w.padding, dilation=w.dilation
    )
    return y[0, 0].numpy()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"kernel_size": 2, "stride": 3, "padding": 5, "dilation": 2, "kernel_name": "sharpen"},
        {"source": "photo", "kernel_size": 11, "stride": 4},
        {"source": "photo", "photo_crop": 224, "kernel_size": 11, "stride": 4},
        {"kernel": [[0, 1.5], [-2, 3]]},
    ],
)
def test_output_is_what_torch_computes(settings):
    w = ConvolutionWidget(**settings)
    assert w.output.dtype == np.float64
    np.testing.assert_allclose(w.output, by_torch(w), rtol=1e-12, atol=1e-9)
    assert w.output.shape == w.output_size


def test_alexnets_first_layer_reads_227_and_not_224():
    w = ConvolutionWidget(source="photo", kernel_size=11, stride=4)
    assert w.image.shape == (227, 227) and w.output.shape == (55, 55)
    w.photo_crop = 224
    assert w.image.shape == (224, 224) and w.output.shape == (54, 54)


def test_default_pictures():
    w = ConvolutionWidget()
    assert w.image.shape == (8, 8) and w.image.min() >= 1 and w.image.max() <= 9
    w.source = "photo"
    np.testing.assert_array_equal(w.image, data.gray(data.photo("coffee")))


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize("name", KERNELS)
def test_named_kernels_keep_brightness_or_answer_zero_to_flat_pictures(name, size):
    kernel = named_kernel(name, size)
    assert kernel.shape == (size, size)
    zero_sum = name in ("vertical edge", "horizontal edge", "outline")
    assert kernel.sum() == pytest.approx(0 if zero_sum else 1)
    assert len({named_kernel(other, 3).tobytes() for other in KERNELS}) == len(KERNELS)


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ValueError, match="No kernel is called 'emboss'; there are vertical edge,"):
        named_kernel("emboss", 3)


def test_a_named_kernel_follows_its_size():
    w = ConvolutionWidget(kernel_name="blur")
    w.kernel_size = 7
    assert w.kernel == np.full((7, 7), 1 / 49).tolist() and w.kernel_name == "blur"
    w.kernel_name = "identity"
    assert np.sum(w.kernel) == 1 and w.kernel[3][3] == 1


def test_a_typed_kernel_is_custom_and_sets_the_size():
    w = ConvolutionWidget()
    w.kernel = np.arange(25).reshape(5, 5)
    assert (w.kernel_size, w.kernel_name, w.kernel[4][4]) == (5, "custom", 24)
    w.kernel_size = 2
    assert w.kernel == [[0, 1], [5, 6]] and w.kernel_name == "custom"
    w.kernel_size = 3
    assert w.kernel == [[0, 1, 0], [5, 6, 0], [0, 0, 0]]
    w.kernel_name = "outline"
    assert w.kernel == [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]


def test_a_kernel_in_the_constructor():
    w = ConvolutionWidget(kernel=[[1, 2], [3, 4]])
    assert (w.kernel_size, w.kernel_name) == (2, "custom")
    with pytest.raises(ValueError, match="kernel has 2 rows but kernel_size is 3"):
        ConvolutionWidget(kernel=[[1, 2], [3, 4]], kernel_size=3)


def test_what_the_front_end_sends_arrives_whole():
    w = ConvolutionWidget()
    w.set_state(  # as the browser does when a reader types a weight: several traits at once
        {"kernel": [[1, 0, 0], [0, 2, 0], [0, 0, 3]], "kernel_name": "custom", "row": 5, "col": 2}
    )
    assert w.kernel_name == "custom" and w.kernel[1][1] == 2 and (w.row, w.col) == (5, 2)
    w.set_state({"kernel_size": 1, "kernel_name": "blur", "kernel": [[1]], "row": 7, "col": 7})
    assert (w.kernel_size, w.kernel_name, w.kernel, w.row) == (1, "blur", [[1.0]], 7)


@pytest.mark.parametrize(
    ("trait", "value", "sentence"),
    [
        ("kernel_size", 12, "kernel_size is a whole number from 1 to 11, not 12."),
        ("kernel_size", 0, "kernel_size is a whole number from 1 to 11, not 0."),
        ("stride", 2.0, "stride is a whole number from 1 to 4, not 2.0."),
        ("stride", True, "stride is a whole number from 1 to 4, not True."),
        ("padding", -1, "padding is a whole number from 0 to 5, not -1."),
        ("dilation", "2", "dilation is a whole number from 1 to 3, not '2'."),
        ("source", "film", 'source is one of "grid", "photo", not \'film\'.'),
        ("row", 6, "row is a whole number from 0 to 5 (the output has 6), not 6."),
        (
            "kernel",
            [[1, 2, 3]],
            "kernel is a square table of finite numbers, up to 11 × 11; this is 1 × 3.",
        ),
        (
            "kernel",
            [[float("nan")]],
            "kernel is a square table of finite numbers, up to 11 × 11; this is [[nan]].",
        ),
        (
            "grid",
            np.zeros((17, 3)),
            "grid is a table of finite numbers, up to 16 × 16; this is 17 × 3.",
        ),
        ("grid", [[1], [2, 3]], "grid is a table of finite numbers, up to 16 × 16; this is [[1]"),
        (
            "photo_size",
            (1, 257),
            "photo_size is (rows, columns), two whole numbers from 1 to 256, not (1, 257).",
        ),
        ("photo_size", (20, 20), "photo has 51529 bytes, but photo_size 20 × 20 needs 400."),
        ("photo", b"abc", "photo has 3 bytes, but photo_size 227 × 227 needs 51529."),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(trait, value, sentence):
    w = ConvolutionWidget()
    before = getattr(w, trait)
    with pytest.raises(traitlets.TraitError) as refusal:
        setattr(w, trait, value)
    assert str(refusal.value).startswith(sentence)
    assert getattr(w, trait) == before


def test_numpy_numbers_are_numbers():
    w = ConvolutionWidget(kernel_size=np.int64(5))
    assert type(w.kernel_size) is int


def test_an_impossible_setting_is_no_error_until_its_output_is_asked_for():
    w = ConvolutionWidget(padding=1)
    w.dilation, w.kernel_size = 3, 5
    sentence = (
        "The 5 × 5 kernel with dilation 3 spans 13 × 13 pixels and does not fit into the 8 × 8 "
        "input with padding 1 (10 × 10 in all): the largest that does is 4 × 4."
    )
    assert w.problem == sentence and w.output_size == (0, 0)
    with pytest.raises(ValueError) as refusal:
        _ = w.output
    assert str(refusal.value) == sentence
    w.kernel_size = 4  # as it says
    assert w.problem == "" and w.output.shape == (1, 1)


def test_the_window_stays_inside_the_output():
    w = ConvolutionWidget(row=5, col=5)
    w.stride = 2
    assert (w.row, w.col) == (2, 2)
    w.padding = 5
    w.row = 7
    w.source = "photo"
    w.row = 100
    w.source = "grid"
    assert w.row == 7


def test_pictures_of_ones_own():
    w = ConvolutionWidget(np.eye(16))
    assert w.source == "grid" and w.image.shape == (16, 16)
    w.image = np.tile(np.arange(20, dtype=np.uint8), (30, 1))
    assert w.source == "photo" and w.image.shape == (30, 20) and w.image[0, 19] == 19
    w.photo_crop = 25
    assert w.image.shape == (25, 20)
    w.image = np.full((17, 17), 0.5)
    assert w.image[0, 0] == 128 and w.photo_crop == 0


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((20, 20, 3)), "of shape (20, 20, 3); alexnet_lib.data.gray makes"),
        (np.zeros((20, 257)), "of shape (20, 257); alexnet_lib.data.gray makes"),
        (np.full((20, 20), 256), "this image goes from 256 to 256 (int64)."),
        (np.full((20, 20), -0.5), "this image goes from -0.5 to -0.5 (float64)."),
        (np.full((20, 20), np.nan), "this image goes from nan to nan (float64)."),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused_in_one_sentence(image, sentence):
    with pytest.raises(ValueError) as refusal:
        ConvolutionWidget(image)
    assert sentence in str(refusal.value)


def test_repr_has_the_settings_and_no_address():
    assert repr(ConvolutionWidget(stride=2)) == (
        "ConvolutionWidget(source='grid', kernel_name='vertical edge', kernel_size=3, stride=2, "
        "padding=0, dilation=1)"
    )


class Outline(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.text += text


def test_fallback():
    settings = {"padding": 1, "stride": 2, "kernel": [[1, 2.5], [3, -4]]}
    html = ConvolutionWidget(**settings)._html()
    assert html == ConvolutionWidget(**settings)._html()
    page = Outline(html)
    assert [tag for tag, _ in page.tags] == ["div", "p"]
    div = page.tags[0][1]
    assert div["class"] == "alexnet-widget" and div["data-alexnet-widget"] == "convolution"
    state = json.loads(div["data-state"])
    assert list(state) == sorted(state) and "photo" not in state
    assert state["kernel"] == [[1, 2.5], [3, -4]] and state["padding"] == 1
    assert "[1,2.5]" in div["data-state"]
    assert page.text == (
        "Convolution: the 2 × 2 kernel (custom) slides over a grid of 8 × 8 numbers with stride 2 "
        "and padding 1, and gives 5 × 5 numbers. To change it, turn on JavaScript or run this page "
        "as a notebook."
    )


def test_fallback_of_an_impossible_setting_says_why():
    w = ConvolutionWidget(kernel_size=11)
    assert Outline(w._html()).text.startswith(w.problem)


def test_the_state_makes_the_widget_again():
    w = ConvolutionWidget(np.tile(np.arange(20, dtype=np.uint8), (30, 1)), kernel=[[1, 2], [3, 4]])
    state = json.loads(Outline(w._html()).tags[0][1]["data-state"])
    assert state["photo"].keys() == {"$bytes"}
    del state["photo"]
    again = ConvolutionWidget(photo=w.photo, **{**state, "photo_size": (30, 20)})
    np.testing.assert_array_equal(again.output, w.output)


def test_mime_bundle_has_the_live_widget_and_the_fallback():
    w = ConvolutionWidget()
    bundle, metadata = w._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == w.model_id
    assert bundle["text/html"] == w._html() and bundle["text/plain"] == repr(w)
    assert isinstance(metadata, dict)


def test_front_end():
    assert WIDGETS["convolution"] is ConvolutionWidget
    front_end = ConvolutionWidget.front_end()
    assert front_end["esm"].count("export default") == 1 and "import " not in front_end["esm"]
    assert front_end["esm"] == ConvolutionWidget()._esm
    assert set(front_end["assets"]) == {"photo"} and len(front_end["assets"]["photo"]) > 60_000


def test_the_package_needs_no_torch_or_matplotlib_for_a_widget():
    code = (
        "import sys; from alexnet_lib.widgets import ConvolutionWidget as C; C().output;"
        "assert not {'torch', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# The front end, in a browser

ANSWERS = """(all) => answers(all, ({ output, reads }) => {
  const { rows, cols, values, error } = output();
  const raw = new Uint8Array(Float64Array.from(values).buffer);
  let text = "";
  for (let i = 0; i < raw.length; i += 32768)
    text += String.fromCharCode(...raw.subarray(i, i + 32768));
  return { rows, cols, values: btoa(text), error, reads: reads() };
})"""


def answers(page, all_settings):
    """Return what the front end computes for each of these settings."""
    found = page.evaluate(ANSWERS, all_settings)
    for got in found:
        values = np.frombuffer(base64.b64decode(got["values"]))
        got["values"] = values.reshape(got["rows"], got["cols"])
    return found


def drawn_settings(count):
    """Settings as a reader could make them, AlexNet's own first."""
    yield {"source": "photo", "photo_crop": 0, "kernel_size": 11, "stride": 4}
    yield {"source": "photo", "photo_crop": 224, "kernel_size": 11, "stride": 4}
    yield {"source": "photo", "photo_crop": 0, "kernel_size": 11, "stride": 1, "padding": 5}
    draw = random.Random(2012)
    for _ in range(count):
        size = draw.randint(1, 11)
        rows, cols = draw.randint(1, 16), draw.randint(1, 16)
        name = draw.choice((*KERNELS, "custom"))
        kernel = [[draw.choice((0, draw.uniform(-3, 3))) for _ in range(size)] for _ in range(size)]
        yield {
            "source": draw.choice(("grid", "grid", "photo")),
            "photo_crop": draw.choice((0, 224, 37)),
            "grid": [[draw.randint(-9, 99) for _ in range(cols)] for _ in range(rows)],
            "kernel_size": size,
            "kernel_name": name,
            **({"kernel": kernel} if name == "custom" else {}),
            "stride": draw.randint(1, 4),
            "padding": draw.randint(0, 5),
            "dilation": draw.randint(1, 3),
        }


def test_output_is_what_torch_computes_or_says_why_there_is_none(open_widget):
    page = open_widget(ConvolutionWidget())
    impossible = 0
    w = ConvolutionWidget()
    drawn = list(drawn_settings(120))
    for settings, got in zip(drawn, answers(page, drawn), strict=True):
        with w.hold_trait_notifications():
            for trait, value in settings.items():
                setattr(w, trait, value)
        if w.problem:
            impossible += 1
            assert (got["error"], got["rows"], got["cols"]) == (w.problem, 0, 0)
            continue
        x = torch.tensor(w.image)[None, None]
        kernel = torch.tensor(w.kernel, dtype=torch.float64)[None, None]
        y = torch.nn.functional.conv2d(
            x, kernel, stride=w.stride, padding=w.padding, dilation=w.dilation
        )[0, 0].numpy()
        assert got["error"] is None
        np.testing.assert_allclose(got["values"], y, rtol=1e-9, atol=1e-9, err_msg=str(settings))
        spec = w.kernel_size, w.stride, w.padding, w.dilation
        for axis, n in zip(("rows", "cols"), w.input_size, strict=True):
            np.testing.assert_array_equal(
                got["reads"][axis], reads(n, *spec), err_msg=str(settings)
            )
    assert 10 < impossible < 60  # both kinds were drawn


def test_named_kernels_are_pythons(open_widget):
    page = open_widget(ConvolutionWidget())
    for name in KERNELS:
        page.get_by_label("Kernel", exact=True).select_option(name)
        for size in (1, 2, 3, 5, 8, 11):
            page.get_by_label("Kernel size").fill(str(size))
            kernel = page.evaluate("model.get('kernel')")
            assert kernel == named_kernel(name, size).tolist(), (name, size)


def test_224_or_227(open_widget):
    page = open_widget(ConvolutionWidget())
    page.get_by_role("button", name="AlexNet conv1").click()
    page.wait_for_function("document.body.innerText.includes('Output, 55 × 55')")
    text = page.inner_text("main")
    assert "⌊(227 + 2·0 − 11)/4⌋ + 1 = 55" in text
    assert "216/4 leaves nothing: the last window ends at the edge." in text
    assert "11·11 weights + 1 bias = 122" in text
    assert "55·55 windows × 11·11 weights = 366,025" in text
    assert "96 kernels, each for 3 channels: 34,944" in text
    assert "96 kernels, each for 3 channels: 105,415,200" in text
    page.get_by_label("Input", exact=True).select_option(label="Photo, 224 × 224")
    page.wait_for_function("document.body.innerText.includes('Output, 54 × 54')")
    text = page.inner_text("main")
    assert "⌊(224 + 2·0 − 11)/4⌋ + 1 = 54" in text
    assert "213/4 leaves 1: the last row and column are never read." in text
    status = page.get_by_role("status")
    page.wait_for_function("document.querySelector('[role=status]').innerText.includes('54 × 54')")
    assert status.inner_text().endswith("447 pixels are never read.")  # 224² − 223²
    assert page.get_by_text("never read", exact=True).is_visible()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("document.body.innerText.includes('Output, 6 × 6')")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"stride": 2}, "5/2 leaves 1: the last row and column are never read."),
        (
            {"stride": 4},
            "5/4 leaves 1. With gaps in between, 2 of 8 rows and columns are never read.",
        ),
        ({"stride": 3}, "5/3 leaves 2: the last 2 rows and columns are never read."),
        ({"stride": 2, "padding": 1}, "7/2 leaves 1: only padding, so every pixel is read."),
        (
            {"stride": 2, "dilation": 2, "padding": 1},
            "5/2 leaves 1. With gaps in between, 4 of 8 rows and columns are never read.",
        ),
        (
            {"grid": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3]], "stride": 2},
            "0/2 leaves nothing: the last window ends at the edge.\n"
            "1/2 leaves 1: the last column is never read.",
        ),
    ],
)
def test_what_the_floor_throws_away(open_widget, settings, sentence):
    page = open_widget(ConvolutionWidget(**settings))
    assert sentence in page.inner_text("main")


# Of each pixel of the grid: does the input picture show it hatched? The hatch is the only thing
# there with more green than blue.
HATCHED = """([rows, cols, pad]) => {
  const canvas = document.querySelector("canvas"), side = canvas.width;
  const cell = Math.floor((side - 8) / (Math.max(rows, cols) + 2 * pad));
  const from = (n) => Math.round((side - (n + 2 * pad) * cell) / 2) + pad * cell;
  const context = canvas.getContext("2d");
  return Array.from({ length: rows }, (_, y) => Array.from({ length: cols }, (_, x) => {
    const { data } = context.getImageData(from(cols) + x * cell, from(rows) + y * cell, cell, cell);
    let orange = 0;
    for (let i = 0; i < data.length; i += 4) orange += data[i + 1] > data[i + 2] + 15;
    return orange > 10;
  }));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "settings",
    [
        {"stride": 2},
        {"stride": 3, "padding": 1},
        {"stride": 2, "dilation": 2, "padding": 2},
        {"stride": 4, "kernel_size": 1},
        {"grid": np.ones((3, 10)), "stride": 3, "kernel_size": 2},
        {},
    ],
)
def test_hatched_are_the_pixels_that_nobody_reads(open_widget, theme, settings):
    w = ConvolutionWidget(**settings)
    page = open_widget(w, theme=theme)
    rows, cols = w.input_size
    spec = w.kernel_size, w.stride, w.padding, w.dilation
    unread = (reads(rows, *spec)[:, None] * reads(cols, *spec)) == 0  # (rows, cols)
    hatched = page.evaluate(HATCHED, [rows, cols, w.padding])
    np.testing.assert_array_equal(hatched, unread)
    assert page.get_by_text("never read", exact=True).is_visible() == unread.any()


def window_place(page):
    return page.evaluate("[model.get('row'), model.get('col')]")


def test_the_arrow_keys_move_the_window_in_either_picture(open_widget):
    page = open_widget(ConvolutionWidget())
    for name in ("Input, 8 by 8", "Output, 6 by 6"):
        page.get_by_role("application", name=name).focus()
        page.keyboard.press("Control+Home")
        walk = [
            ("ArrowRight", [0, 1]),
            ("ArrowDown", [1, 1]),
            ("End", [1, 5]),
            ("ArrowRight", [1, 5]),
            ("PageDown", [5, 5]),
            ("ArrowUp", [4, 5]),
            ("ArrowLeft", [4, 4]),
            ("Home", [4, 0]),
            ("Control+End", [5, 5]),
        ]
        for key, to in walk:
            page.keyboard.press(key)
            assert window_place(page) == to, (name, key)


def test_all_can_be_done_with_the_keyboard(open_widget):
    page = open_widget(ConvolutionWidget())
    stops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "(() => { const a = document.activeElement; return a === document.body ? null :"
            " a.getAttribute('aria-label') ?? a.innerText })()"
        )
        if stop is None:
            break
        stops.append(stop)
        assert page.evaluate("document.activeElement.dataset.lmSuppressShortcuts") == "true"
    assert stops == [
        *("Input", "Kernel", "AlexNet conv1", "Reset"),
        *("Kernel size", "Stride", "Padding", "Dilation"),
        "Input, 8 by 8. Arrow keys move the window.",
        "Output, 6 by 6. Arrow keys move the window.",
        *("First window", "Previous window", "Play", "Next window"),
        "Weight, row 0, column 0",
    ]
    page.get_by_label("Kernel size").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[model.get('kernel_size'), model.get('kernel').length]") == [4, 4]
    page.get_by_label("Stride").focus()
    page.keyboard.press("End")
    assert page.evaluate("model.get('stride')") == 4
    page.get_by_role("button", name="Next window").focus()
    page.keyboard.press("Enter")
    assert window_place(page) == [0, 1]
    page.keyboard.press("Space")
    assert window_place(page) == [1, 0]
    page.get_by_role("button", name="First window").press("Enter")
    page.get_by_role("button", name="Previous window").press("Space")
    assert window_place(page) == [1, 1]  # before the first comes the last
    page.get_by_role("button", name="Reset").press("Enter")
    assert page.evaluate("[model.get('kernel_size'), model.get('stride')]") == [3, 1]


def weight(page, row, col):
    return page.get_by_label(f"Weight, row {row}, column {col}", exact=True)


def test_weights_can_be_typed(open_widget):
    page = open_widget(ConvolutionWidget(kernel_name="blur"))
    weight(page, 0, 0).focus()
    page.keyboard.type("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("-1,5")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1/4")
    page.keyboard.press("ArrowLeft")  # within the number, as long as there is one
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("−.5")
    page.keyboard.press("Tab")
    third = 1 / 9
    wanted = [[2, -1.5, third], [third, 0.25, third], [-0.5, third, third]]
    assert page.evaluate("model.get('kernel')") == wanted
    assert page.evaluate("model.get('kernel_name')") == "custom"
    page.evaluate("drawn()")
    assert page.get_by_label("Kernel", exact=True).input_value() == "custom"
    assert weight(page, 1, 1).input_value() == ".25"
    w = ConvolutionWidget(kernel=wanted)
    np.testing.assert_allclose(answers(page, [{}])[0]["values"], w.output, rtol=1e-12)
    page.get_by_label("Kernel size").fill("4")  # a typed kernel is filled up with zeros
    w.kernel_size = 4
    assert page.evaluate("model.get('kernel')") == w.kernel
    page.get_by_label("Kernel size").fill("2")
    w.kernel_size = 2
    assert page.evaluate("model.get('kernel')") == w.kernel


@pytest.mark.parametrize("typed", ["two", "1/0", "", "1/2/3", "<img src=x onerror=alert(1)>"])
def test_what_is_no_number_is_refused_in_words(open_widget, typed):
    page = open_widget(ConvolutionWidget())
    cell = weight(page, 1, 1)
    cell.fill(typed)
    assert cell.get_attribute("aria-invalid") == "true"
    cell.blur()
    page.wait_for_function("document.querySelector('[role=status]').innerText.includes('is not')")
    sentence = f"“{typed}” is not a number; the weight stays as it was."
    assert page.get_by_role("status").inner_text() == sentence
    assert cell.input_value() == "0" and cell.get_attribute("aria-invalid") is None
    assert page.evaluate("model.get('kernel_name')") == "vertical edge"


def test_clicking_moves_the_window_and_pointing_reads_a_pixel(open_widget):
    page = open_widget(ConvolutionWidget(stride=2))
    before, after = page.locator("canvas").nth(0), page.locator("canvas").nth(1)
    side = before.bounding_box()["width"]
    before.click(position={"x": 0.55 * side, "y": 0.8 * side})
    assert window_place(page) == [2, 2]
    before.click(position={"x": 0.02 * side, "y": 0.98 * side})
    assert window_place(page) == [2, 0]
    after.click(position={"x": 0.9 * side, "y": 0.1 * side})
    assert window_place(page) == [0, 2]
    before.hover(position={"x": side / 2 - 5, "y": side * 0.2})
    page.evaluate("drawn()")
    assert page.get_by_text("input[1, 3] = 9, read 1×").is_visible()
    before.hover(position={"x": side / 2 - 5, "y": side * 0.32})
    page.evaluate("drawn()")
    assert page.get_by_text("input[2, 3] = 9, read 2×").is_visible()
    before.hover(position={"x": side * 0.97, "y": side * 0.2})
    page.evaluate("drawn()")
    assert page.get_by_text("input[1, 7] = 1, never read").is_visible()
    after.hover(position={"x": 0.5 * side, "y": 0.5 * side})
    page.evaluate("drawn()")
    value = ConvolutionWidget(stride=2).output[1, 1]
    assert page.get_by_text(f"output[1, 1] = {value:.0f}".replace("-", "−")).is_visible()
    assert not page.get_by_text("input[").is_visible()


def test_the_sum_is_written_out(open_widget):
    page = open_widget(ConvolutionWidget(row=3, col=0))
    terms = page.locator(".axw-terms")
    assert terms.inner_text() == (
        "output[3, 0]\n= 1·(−1) + 1·0 + 9·1\n+ 1·(−1) + 5·0 + 9·1\n+ 1·(−1) + 9·0 + 9·1\n= 24"
    )
    page.get_by_role("button", name="AlexNet conv1").click()
    page.evaluate("model.set('row', 30); model.set('col', 20)")
    page.evaluate("drawn()")
    w = ConvolutionWidget(source="photo", kernel_size=11, stride=4)
    pixels = w.image[120:131, 80:91]
    first = " + ".join(f"{value:.0f}·(−1)" for value in pixels[0, :4])
    total = f"{w.output[30, 20]:,.0f}".replace("-", "−")
    assert terms.inner_text() == (
        f"output[30, 20]\n= {first}\n+ … + {pixels[10, 10]:.0f}·1\n(121 products)\n= {total}"
    )


def test_the_status_says_the_numbers(open_widget):
    page = open_widget(ConvolutionWidget(padding=1, stride=2, row=1, col=2))
    assert page.get_by_role("status").get_attribute("aria-live") == "polite"
    value = ConvolutionWidget(padding=1, stride=2).output[1, 2]
    assert page.get_by_role("status").inner_text() == (  # at once when it starts
        f"Window 7 of 16: output[1, 2] = {value:.0f}, the sum of 9 products. Input 8 × 8, kernel "
        "3 × 3 (vertical edge), stride 2, padding 1: output 4 × 4. Every pixel is read."
    ).replace("-", "−")
    page.get_by_label("Dilation").fill("2")
    assert "stride 2, padding 1, dilation 2: output 3 × 3." in shown(page)


def test_an_impossible_setting_is_explained_and_can_be_left_again(open_widget):
    w = ConvolutionWidget(kernel_size=7, dilation=3)
    page = open_widget(w)
    assert shown(page) == w.problem
    assert page.locator("figure").nth(1).inner_text().endswith(w.problem)
    assert "8 + 2·0 − 19 = −11, less than 0: not one window fits" in page.inner_text("main")
    assert page.get_by_role("button", name="Play").is_disabled()
    for picture in page.get_by_role("application").all():
        picture.press("ArrowRight")
        picture.click()
    assert window_place(page) == [0, 0]
    page.get_by_label("Dilation").fill("1")
    assert shown(page).startswith("Window 1 of 4:")
    assert page.get_by_role("button", name="Play").is_enabled()


def test_python_and_other_views_stay_in_step(open_widget):
    page = open_widget(ConvolutionWidget())
    page.evaluate("(async () => { window.second = await mount(two); })()")
    one, two = page.locator("#one"), page.locator("#two")
    two.get_by_label("Padding").fill("2")
    two.get_by_role("button", name="Next window").click()
    page.evaluate("drawn()")
    assert one.get_by_label("Padding").input_value() == "2"
    assert one.locator(".axw-terms").inner_text() == two.locator(".axw-terms").inner_text()
    saves = page.evaluate("model.saves")
    page.evaluate("model.set('kernel_size', 7)")  # as a message from Python, kernel to follow
    page.evaluate("drawn()")
    for view in (one, two):
        assert view.get_by_label("Kernel size").input_value() == "7"
        assert view.get_by_text("Output, 6 × 6").is_visible()
    assert page.evaluate("model.saves") == saves  # what comes from Python is not sent back


def test_leaving_the_page_leaves_nothing_behind(open_widget):
    page = open_widget(ConvolutionWidget())
    assert page.evaluate("model.listening") == 13
    page.get_by_role("button", name="Play").click()
    page.evaluate("view.end()")
    assert page.evaluate("model.listening") == 0
    assert page.evaluate("one.childElementCount") == 0
    place = window_place(page)
    page.evaluate("model.set('stride', 2)")
    page.wait_for_timeout(700)
    assert window_place(page) == place  # nothing plays on


def test_play_goes_from_window_to_window_and_stops_at_the_last(open_widget):
    page = open_widget(ConvolutionWidget(grid=np.eye(4)))  # four windows
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()  # drawn with the next frame
    page.wait_for_function("model.get('col') === 1")
    page.get_by_role("button", name="Pause").click()
    place = window_place(page)
    page.wait_for_timeout(700)
    assert window_place(page) == place
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("model.get('row') === 1 && model.get('col') === 1")
    page.get_by_role("button", name="Play").wait_for()  # it has stopped


def test_playing_takes_many_windows_of_a_large_output_at_once_and_does_not_flood_the_status(
    open_widget,
):
    page = open_widget(ConvolutionWidget(source="photo"))
    page.evaluate(
        "window.said = 0; window.start = performance.now();"
        "new MutationObserver(() => { said += 1; })"
        ".observe(document.querySelector('[role=status]'), { childList: true })"
    )
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("model.get('row') >= 3")  # of 225, with 225 windows each
    windows = page.evaluate("225 * model.get('row') + model.get('col')")
    assert page.evaluate("view.el.alexnetWidget.draws") < windows / 10
    said, seconds = page.evaluate("[said, (performance.now() - start) / 1000]")
    assert said <= 1 + seconds / 3  # every three seconds of motion, on a machine that is that slow
    page.get_by_role("button", name="Pause").click()
    row, col = window_place(page)
    assert f"output[{row}, {col}] =" in shown(page)


def test_with_less_motion_play_is_a_step_and_says_so(open_widget):
    page = open_widget(ConvolutionWidget(), reduced_motion="reduce")
    note = page.get_by_text("Your system asks for less motion: Play moves one window at a time.")
    assert note.is_visible()
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1200)
    assert window_place(page) == [0, 1]
    page.emulate_media(reduced_motion="no-preference")
    note.wait_for(state="hidden")


@pytest.mark.parametrize("width", [375, 760])
def test_the_pictures_stand_beside_each_other_where_there_is_room(open_widget, width):
    page = open_widget(ConvolutionWidget(kernel_size=11), width=width)
    first, second = [one.bounding_box() for one in page.locator("figure canvas").all()]
    assert (first["y"] == second["y"]) == (width == 760)
    assert page.locator(".axw-cell:visible").count() == 11 * 11
