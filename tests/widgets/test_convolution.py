"""The convolution widget's Python side."""

import json
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import traitlets

from alexnet_lib import data
from alexnet_lib.widgets import WIDGETS, ConvolutionWidget
from alexnet_lib.widgets.convolution import KERNELS, named_kernel


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
