"""Packing: what comes out is what was decoded, whenever and however often it was broken off."""

import errno
import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch

from alexnet_lib.data import load
from alexnet_lib.data import pack as module
from alexnet_lib.data.augment import Augment
from alexnet_lib.data.batches import Batches
from alexnet_lib.data.pack import open_packed, pack, verify
from alexnet_lib.data.sets import DataError

SIZE = 8
EACH = 3 * SIZE**2


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Chunks of four images, so that a few images make several."""
    monkeypatch.setattr(module, "CHUNK", 4 * EACH)


@pytest.fixture
def source(photos):
    """A folder with 11 images to train with and 5 to test with."""
    return photos({"train/a": 6, "train/b": 5, "val/a": 3, "val/b": 2}, size=(16, 12))


def contents(folder):
    """Every file of a folder: {name: bytes}."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def expected(source, tmp_path):
    """Return the files of an undisturbed packing of `source`."""
    return contents(pack(source, tmp_path / "expected", SIZE))


# --- what comes out ----------------------------------------------------------------------------


def test_packed_images_are_the_decoded_ones(source, tmp_path):
    target = pack(source, tmp_path / "packed", SIZE)
    assert target == tmp_path / "packed"
    assert sorted(contents(target)) == [
        f"{split}/{name}"
        for split in ("train", "val")
        for name in ("images.u8", "labels.npy", "manifest.json")
    ]
    for packed, folder in zip(load(target), load(source, size=SIZE), strict=True):
        images, labels = folder.gather(np.arange(len(folder)))
        assert torch.equal(packed.gather(np.arange(len(packed)))[0], images)
        assert np.array_equal(packed.labels, labels)
        assert packed.classes == folder.classes == ("a", "b")
        assert packed.name == "photos"
        assert packed.mean_std() == folder.mean_std()
        assert isinstance(packed.images, np.memmap)
    assert not (tmp_path / "packed.part").exists()


def test_batches_of_a_packed_folder_are_those_of_the_folder(source, tmp_path):
    packed, folder = (
        load(pack(source, tmp_path / "packed", SIZE)).train,
        load(source, size=SIZE).train,
    )
    batches = []
    for data in (packed, folder):
        transform = Augment(data.shape, 6, (0.4,) * 3, (0.2,) * 3, crop="random", flip=True)
        batches.append(list(Batches(data, 4, transform, seed=2).epoch(1)))
    for (x, y), (u, v) in zip(*batches, strict=True):
        assert torch.equal(x, u)
        assert torch.equal(y, v)


def test_the_manifest_says_what_it_is(source, tmp_path):
    folder = pack(source, tmp_path / "packed", SIZE) / "train"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["format"] == 1
    assert manifest["shape"] == [11, SIZE, SIZE, 3]
    assert manifest["count"] == 11
    assert manifest["classes"] == ["a", "b"]
    assert [chunk["images"] for chunk in manifest["chunks"]] == [4, 4, 3]
    assert manifest["source"]["folder"] == str(source / "train")
    assert manifest["skipped"] == []


def test_progress_counts_files_to_the_end(source, tmp_path):
    seen = []
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert seen == [(n, 16) for n in (0, 4, 8, 11, 11, 15, 16)]


@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_workers_packs_the_same(source, tmp_path, expected, workers):
    assert contents(pack(source, tmp_path / "packed", SIZE, workers)) == expected


def test_packing_again_does_nothing(source, tmp_path, expected, monkeypatch):
    monkeypatch.setattr(module, "square", None)  # must not be called
    assert contents(pack(source, tmp_path / "expected", SIZE)) == expected


# --- broken off --------------------------------------------------------------------------------


class Stop(BaseException):
    """As a kill: nothing of ours may catch it."""


def stop_after(monkeypatch, after):
    """Stop at disk operation number `after`; a write stops halfway."""
    steps = iter(range(10**6))

    def step(half=None):
        if next(steps) == after:
            if half is not None:
                half()
            raise Stop

    kept = module.append, module.move

    def append(file, content):
        step(lambda: kept[0](file, memoryview(content).cast("B")[: len(memoryview(content)) // 2]))
        kept[0](file, content)
        step()

    def move(old, new):
        step()
        kept[1](old, new)
        step()

    monkeypatch.setattr(module, "append", append)
    monkeypatch.setattr(module, "move", move)


def test_broken_off_at_any_step_it_goes_on_to_the_same_end(source, tmp_path, expected, monkeypatch):
    decoded = []
    square = module.square
    for after in range(100):
        target = tmp_path / f"packed{after}"
        with pytest.MonkeyPatch.context() as patch:
            stop_after(patch, after)
            try:
                pack(source, target, SIZE)
                stopped = False
            except Stop:
                stopped = True
        monkeypatch.setattr(module, "square", lambda *file: decoded.append(1) or square(*file))
        decoded.clear()
        if stopped and target.exists():
            assert contents(target) == expected  # it was the last step
        pack(source, target, SIZE)
        assert contents(target) == expected
        assert not target.with_name(f"{target.name}.part").exists()
        monkeypatch.setattr(module, "square", square)
        if not stopped:
            break
    assert 20 < after < 99  # so many steps there were


def test_what_was_packed_isnt_decoded_again(source, tmp_path, expected, monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.Packing, "finish", lambda self, lines: (_ for _ in ()).throw(Stop))
        with pytest.raises(Stop):
            pack(source, tmp_path / "packed", SIZE)
    files, square, seen = [], module.square, []
    monkeypatch.setattr(module, "square", lambda *file: files.append(file[0]) or square(*file))
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert all("/val/" in file for file in files)
    assert len(files) == 5
    assert seen[0] == (11, 16)
    assert contents(tmp_path / "packed") == expected


def test_a_break_in_progress_goes_on(source, tmp_path, expected):
    def interrupt(done, total):
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(source, tmp_path / "packed", SIZE, progress=interrupt)
    assert (tmp_path / "packed.part" / "train" / "images.u8").stat().st_size == 8 * EACH
    (tmp_path / "packed.part" / "train" / ".journal.jsonl.123").touch()  # half a write_atomic
    seen = []
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert seen[0] == (8, 16)
    assert contents(tmp_path / "packed") == expected


@pytest.mark.parametrize("what", ["images.u8", "journal.jsonl"])
@pytest.mark.parametrize("how", ["byte", "cut", "gone", "empty"])
def test_what_was_damaged_in_between_is_made_again(source, tmp_path, expected, what, how):
    def interrupt(done, total):
        if done >= 8:
            raise Stop

    with pytest.raises(Stop):
        pack(source, tmp_path / "packed", SIZE, progress=interrupt)
    file = tmp_path / "packed.part" / "train" / what
    content = bytearray(file.read_bytes())
    content[len(content) // 2 + 3] ^= 1
    file.write_bytes({"byte": content, "cut": content[:-5], "empty": b"", "gone": b""}[how])
    if how == "gone":
        file.unlink()
    pack(source, tmp_path / "packed", SIZE)
    assert contents(tmp_path / "packed") == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_killed_again_and_again_it_comes_to_the_same_end(source, tmp_path, expected):
    """By SIGKILL, at times of chance, in a process of its own that imports only once."""
    program = """
        import os, random, signal, sys, time
        from alexnet_lib.data import pack as module
        source, target, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
        module.CHUNK = 4 * 3 * size**2
        square = module.square
        def slow(*arguments):
            time.sleep(0.004)
            return square(*arguments)
        module.square = slow
        random.seed(0)
        kills = 0
        for attempt in range(200):
            child = os.fork()
            if not child:
                module.pack(source, target, size, workers=2)
                os._exit(0)
            time.sleep(random.uniform(0.002, 0.03))
            os.kill(child, signal.SIGKILL)
            kills += os.waitpid(child, 0)[1] == signal.SIGKILL
            if kills == 8:
                break
        module.pack(source, target, size)
        print(kills)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(
        [*command, str(source), str(tmp_path / "packed"), str(SIZE)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) >= 5
    assert contents(tmp_path / "packed") == expected


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_full_disk_is_said_and_nothing_is_lost(source, tmp_path, expected, monkeypatch):
    append, written = module.append, []

    def full(file, content):
        if memoryview(content).nbytes > 2 * EACH:
            written.append(1)
            if len(written) > 2:
                append(file, content[:2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        append(file, content)

    monkeypatch.setattr(module, "append", full)
    with pytest.raises(
        DataError, match=r"stopped: the disk is full\. Call it again .* is kept\.$"
    ) as e:
        pack(source, tmp_path / "packed", SIZE)
    assert str(tmp_path / "packed") in str(e.value)
    assert e.value.__suppress_context__
    monkeypatch.setattr(module, "append", append)
    seen = []
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert seen[0][0] == 8
    assert contents(tmp_path / "packed") == expected


def test_what_the_disk_has_no_room_for_isnt_begun(source, tmp_path, monkeypatch):
    usage = module.shutil.disk_usage(tmp_path)._replace(free=10 * EACH)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(
        DataError, match=r"11 images of 8 × 8 need 0\.0 GB, but only 0\.0 GB are free"
    ):
        pack(source, tmp_path / "packed", SIZE)


def test_a_bad_image_is_named_and_the_others_are_kept(source, tmp_path, expected):
    bad = source / "train" / "b" / "3.jpg"
    good = bad.read_bytes()
    bad.write_bytes(b"bad")
    with pytest.raises(
        DataError, match=r"b/3\.jpg can't be read as an image.*what is packed is kept"
    ):
        pack(source, tmp_path / "packed", SIZE)
    seen = []
    bad.write_bytes(good)
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert seen[0] == (8, 16)
    packed = contents(tmp_path / "packed")
    assert packed["train/images.u8"] == expected["train/images.u8"]


def test_bad_images_are_left_out_if_asked(source, tmp_path):
    bad = ["a/0.jpg", "a/1.jpg", "a/2.jpg", "a/3.jpg", "b/4.jpg"]  # a whole chunk, and one more
    for name in bad:
        (source / "train" / name).write_bytes(b"")
    train, test = load(pack(source, tmp_path / "packed", SIZE, skip_bad=True))
    assert (len(train), len(test)) == (6, 5)
    assert train.labels.tolist() == [0] * 2 + [1] * 4
    folder = load(source, size=SIZE, skip_bad=True).train
    assert np.array_equal(train.images, folder.gather(np.arange(11))[0].permute(0, 2, 3, 1).numpy())
    manifest = json.loads((tmp_path / "packed" / "train" / "manifest.json").read_text())
    assert manifest["skipped"] == [{"file": name, "reason": "the file is empty"} for name in bad]
    assert verify(tmp_path / "packed") == 11


def test_nothing_but_bad_images_is_said(photos, tmp_path):
    root = photos({"a": 1})
    (root / "a" / "0.jpg").write_bytes(b"")
    with pytest.raises(DataError, match=r"None of the 1 files in .* could be decoded"):
        pack(root, tmp_path / "packed", SIZE, skip_bad=True)


def test_a_source_that_changed_is_packed_anew_from_there(source, tmp_path):
    def interrupt(done, total):
        if done >= 8:
            raise Stop

    with pytest.raises(Stop):
        pack(source, tmp_path / "packed", SIZE, progress=interrupt)
    (source / "train" / "a" / "5.jpg").unlink()  # of the second chunk
    seen = []
    pack(source, tmp_path / "packed", SIZE, progress=lambda *numbers: seen.append(numbers))
    assert seen[0] == (4, 15)
    ours, theirs = load(tmp_path / "packed").train, load(source, size=SIZE).train
    assert torch.equal(ours.gather(np.arange(10))[0], theirs.gather(np.arange(10))[0])
    assert np.array_equal(ours.labels, theirs.labels)


def test_a_file_that_changes_while_it_is_packed_is_noticed(source, tmp_path, monkeypatch):
    square = module.square

    def touch_and_decode(file, size):
        os.utime(file, (1, 1))
        return square(file, size)

    monkeypatch.setattr(module, "square", touch_and_decode)
    with pytest.raises(DataError, match="were changed while they were packed: call it again"):
        pack(source, tmp_path / "packed", SIZE)


def test_another_packing_isnt_written_over(source, tmp_path):
    target = pack(source, tmp_path / "packed", SIZE)
    before = contents(target)
    sentence = "isn't empty, and isn't .* as it is now, packed with .* pixels: remove it, or"
    with pytest.raises(DataError, match=sentence):
        pack(source, target, SIZE + 1)
    os.utime(source / "val" / "a" / "0.jpg", (1, 1))
    with pytest.raises(DataError, match=sentence):
        pack(source, target, SIZE)
    assert contents(target) == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match=sentence):
        pack(source, tmp_path / "file", SIZE)
    (tmp_path / "other.part").mkdir()
    (tmp_path / "other.part" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match=r"holds mine\.txt, which is not part of it"):
        pack(source, tmp_path / "other", SIZE)


def test_an_empty_target_is_filled(source, tmp_path, expected):
    (tmp_path / "packed").mkdir()
    assert contents(pack(source, tmp_path / "packed", SIZE)) == expected


def test_two_at_once_dont_mix(source, tmp_path):
    pytest.importorskip("fcntl")

    def again(done, total):
        with pytest.raises(DataError, match=r"Another process is packing to .*: wait for it"):
            pack(source, tmp_path / "packed", SIZE)

    pack(source, tmp_path / "packed", SIZE, progress=again)
    assert verify(tmp_path / "packed") == 16


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("absent", "packed"), "There is no folder .*absent to pack"),
        (("photos", "photos/packed"), "is inside .*photos, the folder to pack"),
        (("photos", "photos"), "is inside .*photos, the folder to pack"),
        (("done", "packed"), "done is packed already: load it as it is"),
        (("photos/train/a", "packed"), "has no folders: put the images of each class into"),
    ],
)
def test_what_cant_be_packed_is_answered(source, tmp_path, arguments, sentence):
    if arguments[0] == "done":
        pack(source, tmp_path / "done", SIZE)
    with pytest.raises(DataError, match=sentence):
        pack(tmp_path / arguments[0], tmp_path / arguments[1], SIZE)
    with pytest.raises(ValueError, match="size must be at least 1"):
        pack(source, tmp_path / "x", 0)


# --- reading -----------------------------------------------------------------------------------


def test_verify_finds_a_single_changed_byte(source, tmp_path):
    target = pack(source, tmp_path / "packed", SIZE)
    seen = []
    assert verify(target, lambda *numbers: seen.append(numbers)) == 16
    assert seen == [(n, 16) for n in (4, 8, 11, 15, 16)]
    assert verify(target / "val") == 5
    file = target / "train" / "images.u8"
    for place, chunk in ((0, "0 to 3"), (5 * EACH, "4 to 7"), (11 * EACH - 1, "8 to 10")):
        content = bytearray(file.read_bytes())
        content[place] ^= 128
        file.write_bytes(content)
        with pytest.raises(DataError, match=f"Images {chunk} in .*train are damaged: pack them"):
            verify(target)
        content[place] ^= 128
        file.write_bytes(content)
    assert verify(target) == 16


def test_damaged_folders_are_named(source, tmp_path):
    target = pack(source, tmp_path / "packed", SIZE) / "train"
    kept = contents(target)

    def check_damage(name, content, sentence):
        (target / name).write_bytes(content)
        with pytest.raises(DataError, match=sentence):
            open_packed(target)
        (target / name).write_bytes(kept[name])
        open_packed(target)

    incomplete = "train is damaged or incomplete: pack the images again"
    check_damage("images.u8", kept["images.u8"][:-1], incomplete)
    check_damage("images.u8", kept["images.u8"] + b"x", incomplete)
    check_damage("labels.npy", kept["labels.npy"][:-1] + b"\x07", incomplete)
    check_damage("labels.npy", b"", incomplete)
    for content in (kept["manifest.json"][:50], b"[]"):
        check_damage("manifest.json", content, r"manifest\.json is damaged: pack the")
    check_damage("manifest.json", b'{"format": 2}', "packed in format 2, but .* reads format 1")
    check_damage("manifest.json", b'{"format": 1}', incomplete)
    (target / "images.u8").unlink()
    with pytest.raises(DataError, match=incomplete):
        open_packed(target)
    for folder in (source, tmp_path / "absent"):
        with pytest.raises(DataError, match=r"is no packed folder: it has no manifest\.json"):
            verify(folder)
