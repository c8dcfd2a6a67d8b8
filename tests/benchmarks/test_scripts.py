"""The benchmarks measure what they say, on tiny cases, and write whole results that name nobody."""

import json
import os
import signal
import sys
from functools import partial

import pytest
import torch

from alexnet_lib import bench
from alexnet_lib.data import load

SCRIPTS = (
    "dropout",
    "fashion",
    "gpu",
    "grading",
    "kills",
    "lrn",
    "pipeline",
    "scaling",
    "train_step",
)


def called(module, monkeypatch, *arguments):
    """The exit code of a script that is called with these arguments."""
    monkeypatch.setattr(sys, "argv", [f"benchmarks/{module.__name__}.py", *arguments])
    try:
        return sys.modules["script"].run(module.main)
    except SystemExit as end:  # argparse's
        return end.code or 0


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_says_what_it_does_and_what_it_does_not_understand(
    name, benchmark, monkeypatch, capsys
):
    module = benchmark(name)
    assert called(module, monkeypatch, "--help") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert " ".join(module.__doc__.splitlines()[0].split()) in said
    assert "--save" in said and "--train" not in said  # that one is for its own processes
    assert called(module, monkeypatch, "--savings") == 2
    assert "unrecognized arguments: --savings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("train_step", ["--rounds", "0"], "must be at least 1, but 0 was given"),
        ("train_step", ["--variants", "vgg"], "invalid choice: 'vgg'"),
        ("kills", ["--kills", "many"], "invalid positive value: 'many'"),
        ("pipeline", ["--images", "5"], "--images must be at least one batch, 128."),
        ("scaling", ["--processes", "1"], "nothing to compare with one process"),
        ("fashion", ["--device", "abacus", "--seeds", "1"], 'device must be "auto", "cpu"'),
    ],
)
def test_wrong_arguments_end_with_a_sentence(
    name, arguments, sentence, benchmark, monkeypatch, capsys
):
    assert called(benchmark(name), monkeypatch, *arguments) == 2
    said = capsys.readouterr().err
    assert sentence in said and "Traceback" not in said


def test_without_a_gpu_nothing_is_claimed(benchmark, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert called(benchmark("gpu"), monkeypatch, "--save") == 2
    said = capsys.readouterr()
    assert said.err == "gpu.py: There is no GPU here that PyTorch can use: nothing was measured.\n"
    assert said.out == "" and not (tmp_path / "results").exists()


def test_steps_are_measured_and_saved(benchmark, monkeypatch, capsys, tmp_path):
    options = ["--variants", "small", "--rounds", "1", "--batch", "2", "--save"]
    train_step = benchmark("train_step")
    monkeypatch.setattr(bench, "in_turns", partial(bench.in_turns, seconds=0.1))  # short turns
    assert called(train_step, monkeypatch, *options) == 0
    saved = json.loads((tmp_path / "results" / "train_step.json").read_text())
    assert {"cpu", "cores", "python", "torch"} <= saved["machine"].keys()
    rows = saved["figures"]["variants"]["small"]
    assert saved["figures"]["picked"] in rows and rows["plain loop"]["ratio"] == 1
    assert {"fp32 contiguous", "fp32 channels_last"} < rows.keys()
    for row in rows.values():
        assert row["images_per_second"] == pytest.approx(2 / row["seconds"], rel=1e-2)
        assert 0 < row["of_ceiling"] < 1.5
    assert "* what the trainer picks here" in capsys.readouterr().out


# --- kills -------------------------------------------------------------------------------------


def test_a_run_that_breaks_off_and_goes_on_ends_the_same(benchmark, monkeypatch, tmp_path):
    kills = benchmark("kills")
    monkeypatch.setattr("builtins.print", lambda *words, **how: None)
    assert kills.train(tmp_path / "alone", "paper") == 0

    def broken(step, **how):
        if step == 20:
            raise ConnectionError

    monkeypatch.setattr("builtins.print", broken)
    with pytest.raises(ConnectionError):
        kills.train(tmp_path / "broken", "paper")
    assert kills.saved(tmp_path / "broken") == 18
    monkeypatch.setattr("builtins.print", lambda *words, **how: None)
    assert kills.train(tmp_path / "broken", "paper") == 0
    alone, resumed = kills.end(tmp_path / "alone"), kills.end(tmp_path / "broken")
    assert kills.differences(alone, resumed) == []
    assert [line["step"] for line in alone["told"] if "epoch" not in line] == [*range(1, 37)]
    name = next(iter(resumed["model"]))
    resumed["model"][name][0] += 1e-3
    assert kills.differences(alone, resumed) == [f"model.{name}"]


def test_whatever_differs_is_found_but_for_clocks(benchmark):
    kills = benchmark("kills")
    one = {"a": torch.ones(2), "rows": [{"loss": 1.0, "seconds": 1.0}], "b": (1, None)}
    assert kills.differences(one, one | {"rows": [{"loss": 1.0, "seconds": 2.0}]}) == []
    assert kills.differences(one, one | {"a": torch.ones(2).double()}) == ["a"]
    assert kills.differences(one, one | {"a": torch.tensor([1, 1 + 1e-7])}) == ["a"]
    assert kills.differences(one, one | {"rows": [{"loss": 1.5}]}) == ["rows.0.loss"]
    assert kills.differences(one, one | {"rows": []}) == ["rows"]
    assert kills.differences(one, one | {"new": 1}) == ["new"]
    assert kills.differences(one, {**one, "b": (1, False)}) == ["b.1"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_comes_after_the_step(number, benchmark, monkeypatch, tmp_path):
    kills = benchmark("kills")
    fake = tmp_path / "fake.py"  # a run without PyTorch, which starts at once
    fake.write_text(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))\n"
        "for step in range(1, 37):\n    print(step, flush=True)\n    time.sleep(0.02)\n"
    )
    monkeypatch.setattr(kills, "__file__", str(fake))
    left = kills.killed(tmp_path, "sgd", 5, number, 0.5)
    assert left == {"code": {9: -9, 15: 130}[number], "torn": False, "saved": 0}
    fake.write_text("import sys\nsys.exit('no memory')\n")
    with pytest.raises(RuntimeError, match=r"failed before it was killed: no memory"):
        kills.killed(tmp_path, "sgd", 5, number, 0.5)


def test_ends_are_counted(benchmark):
    row = {"case": "sgd", "step": 9, "saved": 6, "torn": False, "differ": []}
    rows = [row | {"code": code} for code in (-9, -9, 130, 0)]
    rows[1] |= {"torn": True, "differ": ["model.conv1"], "saved": 7}
    found = benchmark("kills").figures(rows)
    assert found["kills"] == 4 and found["identical"] == 3 and found["files_torn"] == 1
    counts = found["by_sigkill"], found["by_sigterm"], found["too_late"]
    assert counts == (2, 1, 1) and found["most_steps_lost"] == 3
    assert found["different"] == [rows[1]]


# --- scaling -----------------------------------------------------------------------------------


def test_a_run_reports_its_speed_and_equal_replicas(benchmark, monkeypatch, tmp_path):
    scaling = benchmark("scaling")
    monkeypatch.setattr(scaling, "NETWORKS", {"small": ((3, 32, 32), 4, 2)})
    assert scaling.train("small", 1, tmp_path / "result.json") == 0
    found = json.loads((tmp_path / "result.json").read_text())
    assert found["images_per_second"] > 0 and found["equal"] and "1 thread" in found["line"]


def test_a_crash_after_the_result_is_counted_and_one_before_is_told(
    benchmark, monkeypatch, tmp_path
):
    scaling = benchmark("scaling")
    result = json.dumps({"images_per_second": 100.0, "equal": True, "line": "a line"})
    lines = {
        "well": f"open(path, 'w').write({result!r})",
        "crash": f"open(path, 'w').write({result!r}); import os; os._exit(134)",
        "fail": "print('no memory'); raise SystemExit(1)",
    }

    def fake(network, processes, threads, path, shrink):
        what = "crash" if processes > 1 else "well"
        what = "fail" if network == "torchvision" else what
        return [sys.executable, "-S", "-c", f"path = {str(path)!r}; {lines[what]}"]

    monkeypatch.setattr(scaling, "command", fake)
    found = scaling.measure(["small"], 2, 2, tmp_path, say=lambda *words, **how: None)
    assert (found["runs"], found["crashes_at_exit"]) == (6, 2)
    row = found["networks"]["small"]["2 processes × 1 thread"]
    assert row["ratio"] == 1 and row["replicas_equal"]
    assert "6 runs, 2 of them crashed at their exit" in scaling.table(found)
    with pytest.raises(RuntimeError, match="failed: no memory"):
        scaling.one("torchvision", 1, 1, tmp_path)


def test_many_processes_are_started_by_torchrun(benchmark, tmp_path):
    scaling = benchmark("scaling")
    line = scaling.command("small", 2, 1, tmp_path / "r")
    assert line[1:5] == ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    assert scaling.command("small", 1, 2, tmp_path / "r")[1] == scaling.__file__


# --- pipeline ----------------------------------------------------------------------------------


def test_stages_and_sources_are_measured(benchmark, monkeypatch, tmp_path):
    pipeline = benchmark("pipeline")
    monkeypatch.setattr(pipeline, "BATCH", 4)
    monkeypatch.setattr(pipeline, "SOME", 8)
    told = []
    found = pipeline.measure(tmp_path, 8, 0.01, 1, 0, lambda text, **how: told.append(text))
    assert 80 < found["file_kb"] < 140  # about ImageNet's 110
    assert len(found["stages"]) == 9 and all(speed > 0 for speed in found["stages"].values())
    assert found["sources"]["folder"]["ratio"] == 1
    assert len(told) == 2 and "packed, random" in pipeline.table(found)
    assert str(tmp_path) not in json.dumps(found)


def test_photos_are_all_different(benchmark, tmp_path):
    benchmark("pipeline").make_photos(tmp_path, 8)
    files = sorted(tmp_path.rglob("*.jpg"))
    assert len({file.read_bytes() for file in files}) == 8
    assert len({file.parent.name for file in files}) == 4


# --- fashion -----------------------------------------------------------------------------------


def test_a_seed_is_trained_and_the_medians_count(benchmark, monkeypatch, tmp_path):
    fashion = benchmark("fashion")
    monkeypatch.setattr(fashion, "load", lambda name: load("fashion-mnist-small"))
    fashion.train(tmp_path / "0.json", 0, "cpu", 256)
    found = json.loads((tmp_path / "0.json").read_text())
    assert found["test_images"] == 256 and 0 < found["training"] < found["seconds"]

    def one(seed, device, folder, images):
        return found | {"seed": seed, "whole": 9.0, "test_accuracy": [0.89, 0.905, 0.93][seed]}

    monkeypatch.setattr(fashion, "one", one)
    middle = fashion.measure(3, "cpu", tmp_path, say=lambda *words, **how: None)
    assert middle["test_accuracy"] == 0.905 and middle["reached"] and len(middle["runs"]) == 3
    assert os.sep + "tmp" not in json.dumps(middle)


# --- dropout -----------------------------------------------------------------------------------


def test_pairs_of_runs_are_recorded_with_an_interval(benchmark, monkeypatch, capsys, tmp_path):
    dropout = benchmark("dropout")
    monkeypatch.setattr(dropout, "EPOCHS", 1)
    monkeypatch.setattr(dropout, "GROUPS", {"two": range(2), "one": range(7, 8)})
    assert called(dropout, monkeypatch, "--save") == 0
    figures = json.loads((tmp_path / "results" / "dropout.json").read_text())["figures"]
    two = figures["two"]
    assert two["seeds"] == [0, 1] and two["without"] != two["with"]
    gains = [b[0] - a[0] for a, b in zip(two["without"], two["with"], strict=True)]
    low, high = two["interval"]
    assert two["gain"] == pytest.approx(sum(gains) / 2, abs=1e-3)
    assert low + high == pytest.approx(sum(gains), abs=2e-3)
    assert high - low == pytest.approx(12.706 * abs(gains[0] - gains[1]), abs=2e-3)
    assert figures["one"]["interval"] is None
    assert "two            2 seeds, gain" in capsys.readouterr().out


# --- grading -----------------------------------------------------------------------------------


def test_grading_measures_a_class_and_counts_who_has_the_right_points(benchmark, tmp_path):
    from alexnet_lib.grading.sandbox import trouble

    if trouble() and not os.environ.get("CI"):
        pytest.skip(trouble())
    found = benchmark("grading").measure("convolution", 4, tmp_path / "course", say=print)
    assert found["students"] == 4
    assert found["one"]["right"] == found["all"]["right"] == 4
    assert found["one"]["jobs"] == 1 and found["one"]["seconds"] > 0
