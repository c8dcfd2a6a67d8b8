"""The benchmarks: they start, their figures are right, and a result is written whole.

What they measure is tested elsewhere (test_bench.py, the tests of the trainer and the grader).
"""

import hashlib
import importlib
import json
import os
import platform
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from alexnet_lib import data

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.fixture
def load(tmp_path, monkeypatch):
    """`load(name)` -> a benchmark, which imports others by name; it saves into tmp_path."""
    monkeypatch.syspath_prepend(FOLDER)
    for name in NAMES:  # tools/ may have modules of the same names, which come back afterwards
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]
    monkeypatch.setattr(importlib.import_module("record"), "RESULTS", tmp_path / "results")
    threads = torch.get_num_threads()
    yield importlib.import_module
    torch.set_num_threads(threads)


def call(main, monkeypatch, *arguments):
    """Return the exit code of a script's `main`, called with these arguments."""
    monkeypatch.setattr(sys, "argv", ["benchmarks/it.py", *arguments])
    try:
        return importlib.import_module("script").run(main)
    except SystemExit as end:  # argparse's
        return end.code or 0


@pytest.mark.parametrize("name", sorted({*NAMES} - {"lighthouse", "record", "script"}))
def test_each_starts_and_says_what_it_does(name, load, monkeypatch, capsys):
    script = runpy.run_path(FOLDER / f"{name}.py")  # by its path, as it is called
    assert call(script["main"], monkeypatch, "--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert script["__doc__"].splitlines()[0] in text and "--save" in text


def test_a_wrong_argument_ends_with_a_sentence(load, monkeypatch, capsys):
    assert call(load("train_step").main, monkeypatch, "--rounds", "0") == 2
    assert "must be at least 1, but 0 was given" in capsys.readouterr().err


def test_steps_with_avx2_alone_have_a_process_and_a_record_of_their_own(
    load, monkeypatch, tmp_path
):
    train_step = load("train_step")
    asked = []
    figures = {"variants": {}, "picked": "fp32 channels_last"}
    monkeypatch.setattr(train_step, "measure", lambda *settings: asked.append(settings) or figures)

    def execve(_, command, env):
        assert command[1:] == ["benchmarks/it.py", "--avx2", "--save"]
        for name in train_step.AVX2_ALONE:
            monkeypatch.setenv(name, env[name])

    monkeypatch.setattr(train_step.os, "execve", execve)
    assert call(train_step.main, monkeypatch, "--avx2", "--save") == 0
    assert train_step.AVX2_ALONE.items() <= train_step.os.environ.items()
    assert [settings[-1] for settings in asked] == ["fp32"]
    saved = [path.name for path in (tmp_path / "results").iterdir()]
    assert saved == ["train_step_avx2.json"]


def test_some_of_the_sites_figures_are_renewed(load, monkeypatch, capsys, tmp_path):
    machine = load("record").machine() | {"date": "2012-09-30"}
    before = {"machine": machine, "figures": {"pages": {"old": 1}, "widgets": {"old": 2}}}
    main = runpy.run_path(FOLDER / "site.py")["main"]
    monkeypatch.setitem(
        main.__globals__, "measure", lambda kinds, _: {k: {"new": 3} for k in kinds}
    )
    monkeypatch.setitem(main.__globals__, "measurements", lambda name: before)
    assert call(main, monkeypatch, "--only", "pages", "--save") == 0
    saved = json.loads((tmp_path / "results/site.json").read_text())["figures"]
    assert saved["pages"] == {"new": 3} and saved["widgets"] == {"old": 2}
    assert saved["dates"]["widgets"] == "2012-09-30" < saved["dates"]["pages"]
    machine["cores"] += 1  # so the record is another machine's
    assert call(main, monkeypatch, "--only", "pages", "--save") == 2
    assert "no figures of this machine" in capsys.readouterr().err


def test_pairs_of_runs_are_measured_and_saved_with_an_interval(load, monkeypatch, capsys, tmp_path):
    dropout = load("dropout")
    monkeypatch.setattr(dropout, "EPOCHS", 1)
    monkeypatch.setattr(dropout, "GROUPS", {"two": range(2), "one": range(7, 8)})
    assert call(dropout.main, monkeypatch, "--save") == 0
    saved = json.loads((tmp_path / "results" / "dropout.json").read_text())
    assert {"cpu", "cores", "python", "torch"} <= saved["machine"].keys()
    two, one = saved["figures"]["two"], saved["figures"]["one"]
    assert two["seeds"] == [0, 1] and two["without"] != two["with"]
    gains = [b[0] - a[0] for a, b in zip(two["without"], two["with"], strict=True)]
    low, high = two["interval"]
    assert two["gain"] == pytest.approx(sum(gains) / 2, abs=1e-3)
    assert low + high == pytest.approx(sum(gains), abs=2e-3)
    assert high - low == pytest.approx(12.706 * abs(gains[0] - gains[1]), abs=2e-3)
    assert one["interval"] is None
    assert "two            2 seeds, gain" in capsys.readouterr().out


def test_the_bundled_network_is_trained_rounded_and_measured(load, monkeypatch, capsys, tmp_path):
    """The recipe in small; a second start finds the run finished, and measures it again."""
    network = load("fashion_network")
    few = data.load("fashion-mnist-small")
    monkeypatch.setattr(network, "load", lambda name: few._replace(train=few.train.take(200)))
    monkeypatch.setattr(network, "RECIPE", network.RECIPE.with_(epochs=1, batch=50, device="cpu"))
    monkeypatch.setattr(network, "WEIGHTS", tmp_path / "network.npz")
    for _ in range(2):
        arguments = ("--save", "--folder", str(tmp_path / "run"))
        assert call(network.main, monkeypatch, *arguments) == 0
        figures = json.loads((tmp_path / "results/fashion_network.json").read_text())["figures"]
        content = (tmp_path / "network.npz").read_bytes()
        assert figures["sha256"] == hashlib.sha256(content).hexdigest()
        assert len(figures["epochs"]) == 1
    matrix = np.array(figures["confusion"])  # (10, 10)
    assert matrix.sum() == 2000 and matrix.trace() / 2000 == pytest.approx(
        figures["test_accuracy"], abs=1e-4
    )
    assert list(figures["class_accuracy"]) == list(few.test.classes)
    with np.load(tmp_path / "network.npz") as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype(np.float16)}
        assert sum(stored[name].size for name in stored.files) == figures["parameters"]
    assert f'"network.npz": "{figures["sha256"]}"' in capsys.readouterr().out


def test_batches_of_every_size_get_the_same_epochs_then_the_same_steps(load, monkeypatch, capsys):
    batch_size = load("batch_size")
    monkeypatch.setattr(batch_size, "COUNT", 100)
    monkeypatch.setattr(batch_size, "BATCHES", (10, 50))
    rows = batch_size.settings()
    assert [(row["batch"], row["steps"], row["rate"]) for row in rows] == [
        *((10, 50, 0.02), (50, 10, 0.02), (10, 50, 0.004)),
        *((10, 10, 0.02), (50, 10, 0.02), (10, 10, 0.004)),
    ]
    figures = batch_size.measure(2)
    assert figures["seeds"] == [300, 301] and len(figures["rows"]) == 6
    one, _, _, _, other, _ = figures["rows"]
    assert one["accuracy"] != other["accuracy"] and one["interval"][0] < one["interval"][1]
    assert figures["rows"][1]["loss"] == other["loss"]  # ten steps of 50, both times
    assert "same steps   batch   50    10 steps  rate 0.02" in capsys.readouterr().out


def test_each_normalization_is_tried_with_every_rate(load, monkeypatch, capsys, tmp_path):
    normalization = load("normalization")
    few = [part[:100] for part in normalization.load_pictures()]
    monkeypatch.setattr(normalization, "load_pictures", lambda: few)
    monkeypatch.setattr(normalization, "RATES", (0.01, 1e30))
    monkeypatch.setattr(normalization, "FACTORS", {"right": 1.0})
    assert call(normalization.main, monkeypatch, "--runs", "1", "--save") == 0
    figures = json.loads((tmp_path / "results" / "normalization.json").read_text())["figures"]
    assert figures["rates"] == [0.01, 1e30] and figures["seeds"] == [0]
    for kind in ("none", "lrn 2012", "lrn", "bn"):
        assert 0 <= figures["accuracy"][kind]["right"][0][0] <= 100
        assert figures["worst"][kind]["right"][0] == figures["accuracy"][kind]["right"][0][0]
    assert figures["accuracy"]["none"]["right"][1] == [None]  # the numbers blew up
    assert figures["worst"]["none"]["right"][1] == 0
    assert "nan" in capsys.readouterr().out
    kinds = [type(layer).__name__ for layer in normalization.make_network("bn", 1.0, 0)]
    assert kinds[:3] == ["Conv2d", "BatchNorm2d", "ReLU"] and kinds.count("BatchNorm2d") == 10
    kinds = [type(layer).__name__ for layer in normalization.make_network("lrn 2012", 1.0, 0)]
    assert kinds[:3] == ["Conv2d", "ReLU", "LocalResponseNorm"]
    assert kinds.count("LocalResponseNorm") == 2


def test_functions_are_compared_at_their_own_rates(load, monkeypatch, tmp_path):
    activations = load("activations")
    assert activations.epochs_to_target([90, 60, 30, 20]) == pytest.approx(0.25 * 2.5)
    assert activations.epochs_to_target([90, 60]) is None
    pictures = torch.rand(100, 1, 28, 28), torch.arange(100) % 10
    monkeypatch.setattr(activations, "load_pictures", lambda: (*pictures, *pictures))
    for name, value in {"COUNT": 100, "EPOCHS": 1, "TRIED": 1, "EVERY": 1, "TARGET": 89}.items():
        monkeypatch.setattr(activations, name, value)
    monkeypatch.setattr(activations, "RATES", (1e-9, 0.5))  # the first learns nothing
    assert call(activations.main, monkeypatch, "--runs", "1", "--save") == 0
    figures = json.loads((tmp_path / "results" / "activations.json").read_text())["figures"]
    assert figures["seeds"] == [100] and set(figures["small"]) == {"ReLU", "tanh"}
    for row in (figures["fitting"]["tanh"], figures["fitting"]["ReLU"]):
        assert set(row["tried"]) == {"1e-09", "0.5"} and row["rate"] in (1e-9, 0.5)
        assert [len(curve) for curve in row["curves"]] == [3]  # the start, and two steps
        assert [len(end) for end in row["end"]] == [2]


def test_each_change_is_compared_with_the_base_of_its_seed(load, monkeypatch, capsys, tmp_path):
    modify = load("modify")
    few = {
        name: modify.CHANGES[name] for name in ("base", "4 convolutions", "Adam", "batches of 200")
    }
    monkeypatch.setattr(modify, "CHANGES", few)
    monkeypatch.setattr(modify, "RATES", {"Adam": (0.001,), "batches of 200": (1e-9, 0.05)})
    train, test = modify.load("fashion-mnist-small")
    monkeypatch.setattr(modify, "load", lambda _: (train.take(150), test.take(100)))
    monkeypatch.setattr(modify, "COUNT", 50)
    monkeypatch.setattr(modify, "TURNS", 1)
    monkeypatch.setattr(modify, "POOL", 100)  # the other fifty pictures choose rates
    monkeypatch.setattr(modify, "RECIPE", modify.RECIPE.with_(epochs=2, batch=10))
    kept = tmp_path / "kept.json"
    options = ["--runs", "2", "--keep", str(kept), "--save"]
    assert call(modify.main, monkeypatch, *options) == 0
    figures = json.loads((tmp_path / "results" / "modify.json").read_text())["figures"]
    rows = figures["rows"]
    own = "batches of 200, own rate"
    assert list(rows) == ["base", "4 convolutions", "Adam", "batches of 200", own]
    assert rows["Adam"]["rate"] == 0.001 and rows["batches of 200"]["rate"] == 0.01
    assert set(rows[own]["tried"]) == {"1e-09", "0.05"}
    assert rows["4 convolutions"]["parameters"] < rows["base"]["parameters"]
    assert rows["Adam"]["multiply_adds"] == rows["base"]["multiply_adds"]
    assert rows["base"]["time"] == 1 and rows["Adam"]["time"] > 0
    gains = [new - old for new, old in zip(rows["Adam"]["test"], rows["base"]["test"], strict=True)]
    assert rows["Adam"]["gain"] == pytest.approx(sum(gains) / 2, abs=1e-3)
    assert sum(rows["Adam"]["interval"]) == pytest.approx(sum(gains), abs=2e-3)

    # What is kept is not run again.
    monkeypatch.setattr(modify, "run_once", lambda *_: pytest.fail("a run was repeated"))
    assert call(modify.main, monkeypatch, *options[:-1]) == 0
    assert "gain" in capsys.readouterr().out


def test_a_check_of_the_device_hides_no_failure_behind_another(load, monkeypatch, capsys, tmp_path):
    gpu_check = load("gpu_check")
    steps = {name: gpu_check.STEPS[name] for name in ("small, graph", "lrn")}
    steps |= {"broken": lambda kind: 1 / 0, "dies": None, "hangs": None}

    def answer(command, **settings):
        name = command[-1]
        if name == "hangs":
            raise subprocess.TimeoutExpired(command, settings["timeout"])
        out = "" if name == "dies" else "a warning\n" + json.dumps(gpu_check.do(name, "cpu")) + "\n"
        return subprocess.CompletedProcess(command, -11 * (name == "dies"), out, "Segmentation")

    monkeypatch.setattr(gpu_check, "STEPS", steps)
    monkeypatch.setattr(gpu_check.subprocess, "run", answer)
    path = tmp_path / "found.json"
    options = ["--device", "cpu", "--out", str(path), "--steps", "dies", "hangs", "broken"]
    assert call(gpu_check.main, monkeypatch, *options, "lrn", "small, graph", "--save") == 1
    found = json.loads(path.read_text())
    assert {name: row["state"] for name, row in found["steps"].items()} == {
        **dict.fromkeys(("dies", "hangs", "broken"), "failed"),
        **{"lrn": "passed", "small, graph": "left out"},
    }
    reasons = {name: row.get("reason", "") for name, row in found["steps"].items()}
    assert reasons["dies"] == "its process ended (-11): Segmentation"
    assert reasons["broken"].startswith("ZeroDivisionError") and "it took more" in reasons["hangs"]
    assert found["steps"]["lrn"]["figures"]["gradient_off"] < 1e-4
    assert "1 passed, 3 failed, 1 left out." in capsys.readouterr().out
    assert "figures" in json.loads((tmp_path / "results" / "gpu_check.json").read_text())


def test_every_step_of_the_check_runs_in_small(load, monkeypatch):
    gpu_check = load("gpu_check")
    small = gpu_check.SIZES["cpu"] | {"small": 4, "images": 50, "files": 4}
    monkeypatch.setitem(gpu_check.SIZES, "cpu", small)
    monkeypatch.setattr(gpu_check.bench, "top_speed", lambda setup: 1e12)
    monkeypatch.setattr(gpu_check.devices, "ceiling", lambda setup: 1e12)
    for name in ("device", "small, eager", "resume", "evaluation"):
        outcome = gpu_check.do(name, "cpu")
        assert outcome["state"] == "passed", outcome
    monkeypatch.setattr(gpu_check, "require", lambda holds, text: 1 / 0)
    assert gpu_check.do("resume", "cpu")["reason"] == "ZeroDivisionError: division by zero"


def test_two_ways_from_the_same_files_to_an_epoch(load, monkeypatch, capsys, tmp_path):
    from_jpeg = load("from_jpeg")

    def network(variant, num_classes):
        layers = torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
        return torch.nn.Sequential(*layers, torch.nn.Linear(3, num_classes))

    def measure_way(name, folder, options):
        first, later = from_jpeg.WAYS[name](folder, options.epochs, options.batch, 0)
        return {"first": first, "later": later, "peak_mb": 1}

    monkeypatch.setattr(from_jpeg, "alexnet", network)
    monkeypatch.setattr(from_jpeg, "measure_way", measure_way)
    options = ["--images", "8", "--epochs", "2", "--batch", "4", "--save"]
    assert call(from_jpeg.main, monkeypatch, *options) == 0
    figures = json.loads((tmp_path / "results" / "from_jpeg.json").read_text())["figures"]
    assert list(figures["ways"]) == ["reference", "packed"] and figures["images"] == 8
    assert all(row["first"] > 0 and row["later"] > 0 for row in figures["ways"].values())
    assert "packed     first epoch" in capsys.readouterr().out
    assert call(from_jpeg.main, monkeypatch, "--images", "3") == 2
    if sys.platform == "linux":
        assert 10e6 < from_jpeg.memory_of(os.getpid()) < 100e9


def test_any_difference_after_a_kill_is_found_except_times(load):
    differences = load("kills").differences
    one = {"a": torch.ones(2), "rows": [{"loss": 1.0, "seconds": 1.0}], "b": (1, None)}
    assert differences(one, one | {"rows": [{"loss": 1.0, "seconds": 2.0}]}) == []
    assert differences(one, one | {"a": torch.tensor([1, 1 + 1e-7])}) == ["a"]
    assert differences(one, one | {"rows": [{"loss": 1.5}]}) == ["rows.0.loss"]
    assert differences(one, one | {"new": 1}) == ["new"]
    assert differences(one, one | {"b": (1, False)}) == ["b.1"]


def test_a_result_is_written_whole_or_not_at_all_and_names_nobody(load, monkeypatch):
    record = load("record")
    monkeypatch.setattr(platform, "node", lambda: "the-host")
    monkeypatch.setenv("LOGNAME", "the-user")
    machine = record.machine()
    path = record.save("speed", {"ratio": 1.25}, machine)
    before = path.read_text()
    assert json.loads(before) == {"machine": machine, "figures": {"ratio": 1.25}}
    del machine["cpu"], machine["gpu"]  # their makers' names may have slashes
    assert not any(word in json.dumps(machine) for word in ("the-host", "the-user", "/"))

    with pytest.raises(ValueError):
        record.save("speed", {"ratio": float("nan")}, machine)
    assert path.read_text() == before
    assert [file.name for file in path.parent.iterdir()] == ["speed.json"]
