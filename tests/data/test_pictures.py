"""From a file to its middle square: every kind of picture, the right way up, or a sentence."""

import io

import numpy as np
import pytest
from PIL import Image

from alexnet_lib.data import photo
from alexnet_lib.data.pictures import DataError, square


def picture(height=30, width=50, channels=3):
    """A smooth picture that is neither symmetric nor grey: (H, W, C) uint8."""
    y, x = np.mgrid[:height, :width]
    planes = [255 * x / width, 255 * y / height, 255 * (x + y) / (width + height)]
    return np.stack(planes[:channels], 2).astype(np.uint8)


def test_it_is_the_middle_square_scaled(tmp_path):
    for name, pixels in {"wide": picture(30, 50), "high": picture(50, 30)}.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        height, width = pixels.shape[:2]
        top, left = (height - 30) // 2, (width - 30) // 2
        middle = pixels[top : top + 30, left : left + 30]
        assert np.array_equal(square(tmp_path / f"{name}.png", 30), middle)
        half = Image.fromarray(pixels).resize((width // 2, height // 2), Image.Resampling.BILINEAR)
        half = np.asarray(half)[top // 2 :, left // 2 :][:15, :15]
        assert np.array_equal(square(tmp_path / f"{name}.png", 15), half)
        large = square(tmp_path / f"{name}.png", 60)
        assert large.shape == (60, 60, 3)
        assert large.dtype == np.uint8


def test_the_shorter_side_is_scaled_even_where_the_middle_lies_between_pixels(tmp_path):
    Image.fromarray(picture(30, 51)).save(tmp_path / "odd.png")
    even = square(tmp_path / "odd.png", 30)
    left, right = picture(30, 51)[:, 10:40].astype(int), picture(30, 51)[:, 11:41].astype(int)
    assert np.abs(even - (left + right) / 2).max() <= 1


def test_grey_turns_into_three_equal_colours(tmp_path):
    Image.fromarray(picture(20, 20)[..., 0]).save(tmp_path / "grey.png")
    pixels = square(tmp_path / "grey.png", 20)
    for channel in range(3):
        assert np.array_equal(pixels[..., channel], picture(20, 20)[..., 0])


def test_sixteen_bits_keep_their_upper_eight(tmp_path):
    grey = picture(20, 20)[..., 0].astype(np.uint16) * 257
    Image.fromarray(grey).save(tmp_path / "deep.png")
    assert np.array_equal(square(tmp_path / "deep.png", 20)[..., 0], picture(20, 20)[..., 0])


def test_transparent_places_are_white(tmp_path):
    clear = np.dstack([picture(20, 20), np.full((20, 20), 255, np.uint8)])
    clear[:10, :, 3] = 0
    Image.fromarray(clear).save(tmp_path / "clear.png")
    pixels = square(tmp_path / "clear.png", 20)
    assert (pixels[:10] == 255).all()
    assert np.array_equal(pixels[10:], picture(20, 20)[10:])
    table = Image.fromarray(picture(20, 20)).quantize(8)
    table.save(tmp_path / "table.png", transparency=bytes([0, *[255] * 7]))
    assert (square(tmp_path / "table.png", 20)[np.asarray(table) == 0] == 255).all()


def test_other_colours_are_turned_into_red_green_and_blue(tmp_path):
    Image.fromarray(picture()).convert("CMYK").save(tmp_path / "print.jpg", quality=95)
    Image.fromarray(picture()).save(tmp_path / "screen.jpg", quality=95)
    off = square(tmp_path / "print.jpg", 30).astype(int) - square(tmp_path / "screen.jpg", 30)
    assert np.abs(off).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_turned_back(tmp_path, orientation):
    upright = Image.fromarray(picture(24, 24))
    turn = Image.Transpose
    stored = {  # what the camera wrote, so that its orientation undoes it
        1: None,
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_90,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = upright if stored is None else upright.transpose(stored)
    image.save(tmp_path / "turned.png", exif=exif)
    assert np.array_equal(square(tmp_path / "turned.png", 24), np.asarray(upright))


def test_a_large_jpeg_is_decoded_small_and_looks_the_same(tmp_path):
    large = Image.fromarray(photo("coffee")).resize((800, 800), Image.Resampling.BICUBIC)
    large.save(tmp_path / "large.jpg", quality=95)
    large.save(tmp_path / "large.png")
    short, whole = (square(tmp_path / f"large.{kind}", 64).astype(int) for kind in ("jpg", "png"))
    assert np.abs(short - whole).mean() < 1  # of 255 grey levels
    assert np.abs(short - whole).max() < 12


def test_what_cant_be_decoded_is_named_with_the_reason(tmp_path):
    Image.fromarray(picture(200, 200)).save(tmp_path / "whole.jpg")
    content = (tmp_path / "whole.jpg").read_bytes()
    files = {
        "empty.jpg": (b"", "the file is empty"),
        "text.jpg": (b"This is no picture.", "cannot identify image file"),
        "torn.jpg": (content[: len(content) // 2], "truncated"),
        "head.jpg": (content[:20], ""),
    }
    for name, (content, reason) in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=rf"{name} can't be read as an image: .*{reason}") as e:
            square(tmp_path / name, 8)
        assert reason in e.value.reason
        assert str(e.value).count(name) == 1
        assert e.value.__suppress_context__
    with pytest.raises(DataError, match=r"absent\.jpg can't .*: there is no such file\."):
        square(tmp_path / "absent.jpg", 8)
    with pytest.raises(DataError, match="can't be read as an image"):
        square(tmp_path, 8)
    with pytest.raises(DataError, match=r"^the file can't .*: cannot identify image file\.$"):
        square(io.BytesIO(b"text"), 8)
