"""The bundled photographs: what they are, whose they are, and that damage is noticed."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from alexnet_lib import data
from alexnet_lib.data import PHOTOS, gray, photo


@pytest.mark.parametrize("name", ["coffee", "cat"])
def test_photographs_fit_alexnets_input(name):
    image = photo(name)
    assert image.shape == (227, 227, 3)
    assert image.dtype == np.uint8
    assert image.max() - image.min() > 200  # a photograph, not a blank
    image[:] = 0  # ours to write on
    assert photo(name).any()


def test_every_photograph_in_the_folder_is_known_and_licensed():
    folder = files(data) / "photos"
    stored = {file.name.removesuffix(".png") for file in folder.iterdir()} - {"LICENSE"}
    assert stored == set(PHOTOS)
    text = (folder / "LICENSE").read_text(encoding="utf-8")
    for name in stored:
        assert f"{name}.png" in text
    for words in ("Rachel Michetti", "Pikolo", "Stefan van der Walt", "publicdomain/zero/1.0"):
        assert words in text


@pytest.mark.parametrize("name", ["dog", "", None, 3, ["cat"]])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    with pytest.raises(
        ValueError, match=r"There is no photograph .*: ask for \"coffee\" or \"cat\""
    ):
        photo(name)


def test_a_damaged_or_missing_file_is_noticed(tmp_path, monkeypatch):
    photos = tmp_path / "photos"
    photos.mkdir()
    png = bytearray((files(data) / "photos" / "cat.png").read_bytes())
    assert hashlib.sha256(png).hexdigest() == PHOTOS["cat"]
    png[len(png) // 2] ^= 1  # one bit
    (photos / "cat.png").write_bytes(png)
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    for name in ("cat", "coffee"):  # one damaged, one missing
        with pytest.raises(RuntimeError, match=rf"{name}\.png is damaged or missing"):
            photo(name)


def test_gray_weighs_the_colours_by_whole_numbers():
    colours = np.uint8([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]]])
    assert gray(colours).tolist() == [[76, 150, 29, 255, 0]]
    assert gray(colours).dtype == np.uint8
    same = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)  # (1, 256, 3)
    assert gray(same).tolist() == [list(range(256))]


def test_gray_of_a_photograph_is_the_formula():
    r, g, b = photo("cat").astype(int).transpose(2, 0, 1)
    assert np.array_equal(gray(photo("cat")), (299 * r + 587 * g + 114 * b + 500) // 1000)


@pytest.mark.parametrize(
    "image", [np.zeros((5, 5), np.uint8), np.zeros((3, 5, 5), np.uint8), np.zeros((5, 5, 3)), 7]
)
def test_gray_refuses_what_is_no_colour_image(image):
    with pytest.raises(ValueError, match=r"takes a colour image of shape .H, W, 3. and type uint8"):
        gray(image)
