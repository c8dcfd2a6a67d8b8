"""What all figures have in common: paper, weight, readable texts, colours told apart."""

import subprocess
import sys
from base64 import b64decode
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from alexnet_lib import plots
from alexnet_lib.data import gray, photo
from alexnet_lib.plots import numbers, pictures
from alexnet_lib.plots.base import BLUE, INK, ORANGE, PAPER, SHADE, WARM, WIDEST, as_array
from alexnet_lib.plots.charts import LOOKS


def test_what_a_notebook_gets(gallery):
    for name, picture in gallery.items():
        a_notebook_gets(name, picture)


def a_notebook_gets(name, picture):
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == repr(picture) == picture.alt
    assert " at 0x" not in repr(picture)
    assert "\n" not in picture.alt
    about = metadata["image/png"]
    assert about["alt"] == picture.alt
    assert about["width"] <= WIDEST

    png = b64decode(data["image/png"])
    assert len(png) < 100_000, name
    image = Image.open(BytesIO(png))
    assert image.size == (2 * about["width"], 2 * about["height"])
    assert "transparency" not in image.info
    corner = image.convert("RGB").getpixel((1, 1))
    assert np.allclose(corner, np.array(to_rgb(PAPER)) * 255, atol=3)


def test_no_text_is_small_or_cut_off(look, gallery):
    for picture in gallery.values():
        frame = picture.figure.bbox
        assert look.text_boxes(picture)
        for text, box in look.text_boxes(picture):
            assert text.get_fontsize() >= 9
            assert frame.x0 <= box.x0 < box.x1 <= frame.x1, text
            assert frame.y0 <= box.y0 < box.y1 <= frame.y1, text


def test_no_text_lies_on_another(look, gallery):
    for picture in gallery.values():
        boxes = look.text_boxes(picture)
        for i, (one, a) in enumerate(boxes):
            for other, b in boxes[:i]:
                wide = min(a.x1, b.x1) - max(a.x0, b.x0)
                high = min(a.y1, b.y1) - max(a.y0, b.y0)
                assert wide <= 0 or high <= 0, (one, other)


def test_saving(tmp_path):
    picture = numbers([[1, 2]])
    picture.save(tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as image:
        assert image.size == tuple(2 * side for side in picture.size)
    with pytest.raises(ValueError, match=r"saved as PNG: end the name in \.png, not 'grid\.jpg'"):
        picture.save(tmp_path / "grid.jpg")


def test_the_same_figure_twice_is_the_same_file():
    first, second = (pictures([gray(photo("cat"))], ["cat"]) for _ in range(2))
    assert first.alt == second.alt
    assert first.png == second.png


def lightness(colour):
    """How light a colour looks, from 0 to 1: the luminance of WCAG."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """The ratio of WCAG: 4.5 and more can be read, 3 and more can be seen."""
    light, dark = sorted([lightness(one), lightness(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_read_and_told_apart_in_grey():
    for ground in (PAPER, SHADE, WARM):
        assert contrast(INK, ground) > 7
    assert contrast(ORANGE, PAPER) > 3
    assert contrast(BLUE, PAPER) > 7
    assert contrast(BLUE, ORANGE) > 2.5


def test_drawing_needs_no_torch_and_touches_no_state_of_matplotlib():
    code = (
        "import sys; sys.modules['torch'] = None;"
        "from alexnet_lib.plots import bars; bars({'a': 1}, 's').png;"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_neighbouring_curves_differ_without_colour():
    for colour, _, _ in LOOKS:
        assert contrast(colour, PAPER) > 3
    for one, other in pairwise(LOOKS):
        assert contrast(one[0], other[0]) > 1.5
    dashes, marks = ({str(look[i]) for look in LOOKS} for i in (1, 2))
    assert len(dashes) == len(marks) == len(LOOKS)


def test_tensors_are_taken_where_arrays_are():
    torch = pytest.importorskip("torch")
    learned = torch.tensor([[1.5, 2.0]], requires_grad=True)
    assert as_array(learned, "x").dtype == np.float64
    assert np.array_equal(as_array(learned.bfloat16(), "x"), [[1.5, 2]])
    assert as_array(torch.tensor([[True]]), "x").dtype == bool
    assert np.array_equal(as_array([learned[0, 0], 3], "x"), [1.5, 3])
    assert numbers(learned).alt == numbers([[1.5, 2]]).alt
    assert as_array(torch.zeros(2, 2, 3, dtype=torch.uint8), "x").dtype == np.uint8


def test_all_figures_are_offered_in_one_place():
    assert plots.__all__ == sorted(plots.__all__)
    for name in plots.__all__:
        assert getattr(plots, name).__doc__, name
