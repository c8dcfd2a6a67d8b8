"""The fifty-six photographs of four things: their shapes, their licences, a damaged file."""

from importlib.resources import files

import numpy as np
import pytest

from alexnet_lib import data
from alexnet_lib.data.few import CLASSES, EACH, few_photos

FOLDER = files(data) / "few_photos"


def test_there_are_fourteen_photographs_of_each_of_four_things():
    images, labels, classes = few_photos()
    assert images.shape == (56, 227, 227, 3)
    assert images.dtype == np.uint8
    assert classes == ("fish", "monument", "tool", "windmill")
    assert np.bincount(labels).tolist() == [14] * 4
    spread = images.max((1, 2, 3)).astype(int) - images.min((1, 2, 3))
    assert spread.min() > 100  # photographs, no blanks
    different = np.unique(images.reshape(56, -1)[:, ::97], axis=0)
    assert len(different) == 56


def test_every_file_is_small_and_named_with_its_licence():
    names = {f"{name}-{i:02d}.jpg" for name in CLASSES for i in range(1, EACH + 1)}
    assert {file.name for file in FOLDER.iterdir()} == names | {"LICENSE"}
    entries = (FOLDER / "LICENSE").read_text(encoding="utf-8").split("\n\n")[-1]
    lines = entries.strip().split("\n")
    assert len(lines) == 2 * len(names)
    for name, credit, source in zip(sorted(names), lines[::2], lines[1::2], strict=True):
        assert credit.startswith(name)
        assert credit.endswith((", public domain", ", CC0"))
        assert source.strip().startswith("(https://")
        assert (FOLDER / name).stat().st_size < 20_000


@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_damaged_file_is_noticed(tmp_path, monkeypatch, missing):
    copy = tmp_path / "few_photos"
    copy.mkdir()
    for file in FOLDER.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    damaged = copy / "tool-03.jpg"
    if missing:
        damaged.unlink()
    else:
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1  # one bit
        damaged.write_bytes(content)
    monkeypatch.setattr("alexnet_lib.data.few.files", lambda package: tmp_path)
    with pytest.raises(RuntimeError, match=r"damaged or missing .* install the package again"):
        few_photos()
