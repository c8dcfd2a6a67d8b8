"""The benchmarks: they start, their figures are right, and a result is written whole.

What they measure is tested elsewhere (test_bench.py, the tests of the trainer and the grader).
"""

import importlib
import json
import platform
import runpy
import sys
from pathlib import Path

import pytest
import torch

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


@pytest.mark.parametrize("name", sorted({*NAMES} - {"record", "script"}))
def test_each_starts_and_says_what_it_does(name, load, monkeypatch, capsys):
    script = runpy.run_path(FOLDER / f"{name}.py")  # by its path, as it is called
    assert call(script["main"], monkeypatch, "--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert script["__doc__"].splitlines()[0] in text and "--save" in text


def test_a_wrong_argument_ends_with_a_sentence(load, monkeypatch, capsys):
    assert call(load("train_step").main, monkeypatch, "--rounds", "0") == 2
    assert "must be at least 1, but 0 was given" in capsys.readouterr().err


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
