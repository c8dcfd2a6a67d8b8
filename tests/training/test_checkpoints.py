"""Checkpoints: whole or absent, verified before they are used, and never code."""

import hashlib
import os
import pickle
import random

import numpy as np
import pytest
import torch

from alexnet_lib.training import checkpoints
from alexnet_lib.training.checkpoints import CheckpointError, load_latest, paths, read, save

CONTENTS = {"done": 3, "model": {"w": torch.arange(6.0).reshape(2, 3)}, "history": [{"loss": 0.5}]}


def test_what_is_read_is_what_was_saved(tmp_path):
    path = save(tmp_path / "new" / "folder", CONTENTS, 3)
    contents = read(path)
    assert contents["done"] == 3 and contents["history"] == [{"loss": 0.5}]
    assert torch.equal(contents["model"]["w"], CONTENTS["model"]["w"])
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_newest_and_the_best_stay(tmp_path):
    for step in (1, 2, 10, 9):
        save(tmp_path, {**CONTENTS, "done": step}, step, keep=3, best=step in (2, 9))
    assert [read(path)["done"] for path in paths(tmp_path)] == [10, 9, 2]
    assert [read(path)["done"] for path in paths(tmp_path, "best")] == [9]
    assert load_latest(tmp_path)[1]["done"] == 10
    assert load_latest(tmp_path, kind="best")[1]["done"] == 9


@pytest.mark.parametrize("place", [0, 40, 500, -1])
def test_a_changed_byte_is_found(place, tmp_path):
    path = save(tmp_path, CONTENTS, 3)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="is damaged"):
        read(path)


def test_every_length_of_a_torn_file_is_found(tmp_path):
    save(tmp_path, {**CONTENTS, "done": 2}, 2)
    path = save(tmp_path, CONTENTS, 3)
    data = path.read_bytes()
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        messages = []
        assert load_latest(tmp_path, messages.append)[1]["done"] == 2
        assert str(path) in messages[0] and messages[0].endswith("Passed over.")


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    for data in (pickle.dumps(Evil()), pickle.dumps(Evil(), 4), b"", b"no checkpoint"):
        digest = hashlib.sha256(data).hexdigest()[:16]
        path = tmp_path / f"step-00000001.{digest}.pt"
        path.write_bytes(data)
        with pytest.raises(CheckpointError, match="no checkpoint of this trainer"):
            read(path)
        path.unlink()
    assert not (tmp_path / "ran").exists()


def test_foreign_files_are_no_checkpoints(tmp_path):
    for name in ("step-1.pt", "step-00000001.pt", "model.pt", "step-00000001.xyz.pt"):
        (tmp_path / name).write_bytes(b"something")
        with pytest.raises(CheckpointError, match="they are named like"):
            read(tmp_path / name)
    assert load_latest(tmp_path) is None
    with pytest.raises(CheckpointError, match="can't be read"):
        read(tmp_path / "step-00000001.0123456789abcdef.pt")


@pytest.mark.parametrize(("step", "age"), [(-1, "an older"), (1, "a newer")])
def test_another_format_is_refused_and_never_passed_over(step, age, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "FORMAT", checkpoints.FORMAT + step)
    path = save(tmp_path, CONTENTS, 3)
    monkeypatch.undo()
    message = rf"is from {age} version of the course \(format .* install that version, or train"
    with pytest.raises(CheckpointError, match=message):
        read(path)
    with pytest.raises(CheckpointError, match=message):
        load_latest(tmp_path)


def test_a_writer_that_was_killed_leaves_nothing_behind(tmp_path):
    (tmp_path / "step-00000001.0123456789abcdef.new").write_bytes(b"half")
    save(tmp_path, CONTENTS, 3)
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize(("code", "why"), [(28, "the disk is full"), (13, "Permission denied")])
def test_what_can_not_be_written_leaves_the_others_whole(code, why, tmp_path, monkeypatch):
    save(tmp_path, CONTENTS, 3)

    def fails(handle):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(CheckpointError, match=rf"step 4 .*{why}.*Earlier checkpoints are whole"):
        save(tmp_path, CONTENTS, 4)
    monkeypatch.undo()
    assert load_latest(tmp_path)[1]["done"] == 3
    assert len(list(tmp_path.iterdir())) == 1


def test_all_generators_go_on_where_they_stood(tmp_path):
    checkpoints.seed_everything(2**40 + 5)
    cpu = torch.device("cpu")
    path = save(tmp_path, {"random": checkpoints.random_state(cpu)}, 1)
    draw = lambda: (random.random(), np.random.rand(), float(torch.rand(())))  # noqa: E731, NPY002
    first = draw()
    assert draw() != first
    checkpoints.set_random_state(read(path)["random"], cpu)
    assert draw() == first
