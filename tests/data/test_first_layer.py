"""The learned kernels: edges of several directions, and colours; random kernels have neither."""

import json
from importlib.resources import files

import numpy as np
import pytest

from alexnet_lib import data
from alexnet_lib.data import first_layer, measurements

FREQUENCY = np.fft.fftfreq(32)  # cycles a pixel
Y, X = np.meshgrid(FREQUENCY, FREQUENCY, indexing="ij")  # (32, 32)
RANDOM = np.random.default_rng(0).standard_normal((64, 3, 11, 11))


def power(maps):
    return np.abs(np.fft.fft2(maps, (32, 32))) ** 2  # (…, 32, 32)


def smoothness(kernels):
    """The share of each kernel's energy in waves of at least four pixels."""
    spectrum = power(kernels).sum(1)  # (K, 32, 32)
    return spectrum[:, np.hypot(X, Y) < 0.25].sum(1) / spectrum.sum((1, 2))  # (K,)


def directions(kernels):
    """The angles, in degrees, of the kernels that clearly have one."""
    spectrum = power(kernels.mean(1))  # (K, 32, 32)
    spectrum[:, 0, 0] = 0
    level, slanted, both = (
        (spectrum * weight).sum((1, 2)) for weight in (X * X - Y * Y, 2 * X * Y, X * X + Y * Y)
    )
    clear = np.hypot(level, slanted) > 0.4 * both  # 1: all waves run one way; 0: no direction
    return np.degrees(np.arctan2(slanted, level)[clear] / 2) % 180


def colorfulness(kernels):
    """The share of each kernel's energy that its grey version lacks."""
    return 1 - 3 * (kernels.mean(1) ** 2).sum((1, 2)) / (kernels**2).sum((1, 2, 3))  # (K,)


def test_kernels_are_64_for_colour_images_and_small():
    kernels = first_layer()
    assert kernels.shape == (64, 3, 11, 11)
    assert kernels.dtype == np.float32
    assert np.isfinite(kernels).all()
    assert (np.abs(kernels).max((1, 2, 3)) == 1).all()
    assert (files(data) / "first_layer.npz").stat().st_size < 50_000
    kernels[:] = 0  # ours to write on
    assert first_layer().any()


def test_the_file_says_how_the_kernels_were_made():
    with np.load(files(data) / "first_layer.npz") as stored:
        about = json.loads(str(stored["about"]))
    figures = measurements("first_layer")["figures"]
    assert about == {"script": "benchmarks/first_layer.py", **figures}
    assert figures["accuracy"] > 50 * figures["chance"]


def test_kernels_are_smooth_and_random_ones_are_not():
    assert np.median(smoothness(first_layer())) > 0.75
    assert smoothness(first_layer()).min() > smoothness(RANDOM).max()


def test_edges_have_many_directions():
    found = directions(first_layer())
    assert len(found) >= 12
    assert (np.histogram(found, 6, (0, 180))[0] > 0).sum() >= 5  # of 6 sectors
    assert not len(directions(RANDOM))


def test_some_kernels_are_grey_and_some_see_colour():
    share = colorfulness(first_layer())
    assert (share < 0.1).sum() >= 8
    assert (share > 0.6).sum() >= 3
    assert (np.abs(colorfulness(RANDOM) - 2 / 3) < 0.15).all()  # two of three dimensions


def test_a_missing_file_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "files", lambda package: tmp_path)
    with pytest.raises(RuntimeError, match=r"first_layer\.npz is missing .*: install"):
        first_layer()
