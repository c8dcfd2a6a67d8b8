"""alexnet pack, bench and doctor."""

import sys
import threading
import time
import types
from importlib import metadata

import pytest
from PIL import Image

from alexnet_lib import data
from alexnet_lib.commands import doctor
from alexnet_lib.data import load, measurements
from alexnet_lib.training.progress.terminal import Counter


@pytest.fixture
def photographs(tmp_path):
    """train/ and val/, with two classes of three images and of one."""
    for split, count in (("train", 3), ("val", 1)):
        for name in ("cat", "dog"):
            folder = tmp_path / "photos" / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                Image.new("RGB", (40, 30), (80 * i, 90, 10)).save(folder / f"{i}.png")
    return tmp_path / "photos"


# pack


def test_a_packed_folder_can_be_trained_on(alexnet, photographs, tmp_path):
    target = tmp_path / "packed photos"
    result = alexnet("pack", photographs, target, "--size", 16, "--workers", 2)
    assert result.code == 0, result.err
    assert f"{target} has 8 images. To train: alexnet train --data '{target}'" in result.out
    assert [len(split) for split in load(str(target))] == [6, 2]
    again = alexnet("pack", photographs, target, "--size", 16)
    assert again.code == 0
    assert "has 8 images" in again.out


def test_a_torn_image_is_a_sentence_or_left_out(alexnet, photographs, tmp_path):
    torn = photographs / "train" / "cat" / "1.png"
    torn.write_bytes(torn.read_bytes()[:40])
    result = alexnet("pack", photographs, tmp_path / "packed", "--size", 16)
    assert result.code == 2
    assert str(torn) in result.err
    result = alexnet("pack", photographs, tmp_path / "packed", "--size", 16, "--skip-bad")
    assert result.code == 0, result.err
    assert "has 7 images (1 left out: manifest.json says why)." in result.out


def test_packing_that_is_interrupted_goes_on(alexnet, photographs, tmp_path, monkeypatch):
    def interrupt(self, done, total):
        raise KeyboardInterrupt

    words = ("pack", photographs, tmp_path / "packed", "--size", 16)
    with monkeypatch.context() as patch:
        patch.setattr(Counter, "__call__", interrupt)
        result = alexnet(*words)
    assert result.code == 130
    assert result.err == (
        "alexnet pack: interrupted. What is packed is kept: run the same command again to go on.\n"
    )
    assert alexnet(*words).code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "target"], "nowhere"),
        (["{photos}", "{photos}/packed"], "is inside"),
        (["{photos}", "{tmp}/packed", "--size", "0"], "size"),
        (["{photos}", "{tmp}/packed", "--workers", "-1"], "workers"),
    ],
)
def test_what_can_not_be_packed(alexnet, photographs, tmp_path, words, says):
    words = [word.format(photos=photographs, tmp=tmp_path) for word in words]
    result = alexnet("pack", *words)
    assert result.code == 2
    assert says in result.err
    assert result.err.count("\n") == 1
    assert not (tmp_path / "packed").exists()


# bench


def test_bench_prints_what_the_library_reports(alexnet, monkeypatch):
    def report(seconds, say):
        say(f"measured for {seconds:g} s")

    monkeypatch.setitem(
        sys.modules, "alexnet_lib.training.bench", types.SimpleNamespace(report=report)
    )
    assert alexnet("bench").out == "measured for 5 s\n"
    assert alexnet("bench", "--seconds", "0.5").out == "measured for 0.5 s\n"


# doctor


@pytest.fixture
def free_disk(monkeypatch):
    """Report 90 GB free, however full the disk of this machine is."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=9e10))


def test_the_doctor_finds_this_installation_fine(alexnet, free_disk):
    result = alexnet("doctor", "--offline")
    assert result.code == 0, result.out
    assert not result.err
    lines = result.out.splitlines()
    assert {line[:2] for line in lines} <= {"✓ ", "– "}
    assert f"torch {metadata.version('torch')}" in result.out
    assert "✓ The trainer would use cpu" in result.out or "cuda" in result.out
    intact = "photographs, published results, trained networks, fashion-mnist-small"
    assert f"✓ Bundled and intact: {intact}" in lines
    assert "can be downloaded" not in result.out


def test_the_doctor_names_what_is_missing_or_damaged(alexnet, monkeypatch):
    real = metadata.version

    def version(name):
        if name == "pyyaml":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    def damaged(name):
        raise RuntimeError(f"The photograph {name}.png is damaged.")

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(data, "photo", damaged)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1e9))
    result = alexnet("doctor", "--offline")
    assert result.code == 1
    assert "✗ pyyaml is missing, for configurations: pip install pyyaml" in result.out
    assert "✗ The photograph coffee.png is damaged." in result.out
    assert (
        "✓ Bundled and intact: published results, trained networks, fashion-mnist-small"
        in result.out
    )
    assert "✗ 1.0 GB free in this folder: free some" in result.out
    assert result.out.splitlines()[-1].startswith("Fix what has a ✗")


def test_the_doctor_works_without_pytorch(alexnet, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # importing it fails
    monkeypatch.delitem(sys.modules, "alexnet_lib.training.devices", raising=False)
    result = alexnet("doctor", "--offline")
    assert result.code == 1
    assert "✗ The trainer can't start: this needs the package torch, which is not installed" in (
        result.out
    )


def fake_network(monkeypatch, answer):
    """Make the network give this answer."""
    monkeypatch.setattr(doctor, "urlopen", lambda request, timeout: answer(timeout))


class Open:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


stop_waiting = threading.Event()


def silent(timeout):
    """Answer much later than anyone wants to wait."""
    stop_waiting.wait(30)
    raise OSError("too late")


def refused(timeout):
    from urllib.error import URLError

    raise URLError(OSError(101, "Network is unreachable"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda timeout: Open(), "✓ fashion-mnist can be downloaded\n"),
        (refused, "– fashion-mnist can't be downloaded (Network is unreachable): bundled"),
        (silent, "– fashion-mnist can't be downloaded (no answer)"),
    ],
)
def test_the_doctor_asks_whether_downloads_work(monkeypatch, capsys, answer, says):
    stop_waiting.clear()
    fake_network(monkeypatch, answer)
    monkeypatch.setattr(doctor, "TIMEOUT", -0.7)  # and a second more
    import torchvision.datasets  # noqa: F401  not part of the time below

    start = time.perf_counter()
    for mark, text in doctor.downloads():
        print(mark, text)
    stop_waiting.set()
    assert time.perf_counter() - start < 5
    assert says in capsys.readouterr().out


def test_without_a_network_the_doctor_finds_all_fine(alexnet, free_disk, monkeypatch):
    fake_network(monkeypatch, refused)
    result = alexnet("doctor")
    assert result.code == 0
    assert result.out.count("can't be downloaded") == 2


@pytest.mark.parametrize(
    ("dtype", "abilities", "record"),
    [
        ("bf16", ["AVX2", "AVX-512", "AMX BF16"], "train_step"),
        ("fp32", ["AVX2", "AVX-512"], "train_step"),
        ("fp32", ["AVX2"], "train_step_avx2"),
        ("fp32", [], "train_step_avx2"),
    ],
)
def test_the_doctor_says_what_speed_to_expect(dtype, abilities, record):
    rows = measurements(record)["figures"]["variants"]["torchvision"]
    said = doctor.expected_speed(dtype, abilities)
    has = f"This processor has {', '.join(abilities)}" if abilities else "On this processor"
    assert said.startswith(f"{has}: expect training")
    assert f"about {rows[f'{dtype} channels_last']['ratio']:.1f} times" in said
    assert ("with AVX2 alone" in said) == (record == "train_step_avx2")


def test_the_trainers_step_is_as_fast_as_a_tuned_loop():
    """As recorded; and where bfloat16 pays, 2.2 times as fast as the loop of the tutorials."""
    both = [measurements(name)["figures"]["variants"] for name in ("train_step", "train_step_avx2")]
    for rows in both:
        ours, tuned = (rows["torchvision"][way] for way in ("fp32 channels_last", "tuned loop"))
        assert ours["seconds"] <= 1.03 * tuned["seconds"]
    assert both[0]["torchvision"]["bf16 channels_last"]["ratio"] >= 2.2
