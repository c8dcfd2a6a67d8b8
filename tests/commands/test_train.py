"""alexnet train: options, configurations, and runs that are interrupted and resumed."""

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest
import yaml

import alexnet_lib
from alexnet_lib.commands import train as command
from alexnet_lib.commands.parsing import Parser
from alexnet_lib.data import sources
from alexnet_lib.training.progress.files import Metrics
from alexnet_lib.training.recipe import RECIPES, Recipe

ROOT = Path(alexnet_lib.__file__).parents[1]


def configuration(*words):
    """Return the configuration that these options make."""
    parser = Parser("alexnet train", command.__doc__)
    command.add_options(parser)
    return command.configuration(parser.parse_args([str(word) for word in words]))


def metrics(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def steps_in(folder):
    return [row["step"] for row in metrics(folder) if "epoch" not in row]


# Options


def test_the_options_are_the_recipes_fields_and_the_commands_own():
    parser = Parser("alexnet train", command.__doc__)
    command.add_options(parser)
    known = {action.dest for action in parser._actions}
    others = {"recipe", "config", "out", "resume", "dry_run", "overfit_one_batch", "quiet"}
    others |= {"profile"}
    assert known == {entry.name for entry in fields(Recipe)} | set(command.DEFAULTS) | others


def test_without_options_it_is_the_default_recipe():
    assert configuration() == {**command.DEFAULTS, **Recipe().to_dict()}


@pytest.mark.parametrize("entry", fields(Recipe), ids=lambda entry: entry.name)
def test_every_field_has_an_option_that_sets_it_alone(entry):
    choices = entry.metadata["choices"]
    value = {int: 7, float: 0.25, bool: not entry.default, str: "cpu"}[entry.type]
    value = choices[-1] if choices else value
    option = "--" + entry.name.replace("_", "-")
    words = [option, value] if entry.type is not bool else [option]
    more = {"padding": ["--crop", "random"], "shared": ["--crop", "random"]}.get(entry.name, [])
    more += ["--batch", "7"] if entry.name == "accumulate" else []
    changed = {"crop": "random"} if "--crop" in more else {}
    changed |= {"batch": 7} if "--batch" in more else {}
    assert configuration(*words, *more) == {**configuration(), **changed, entry.name: value}


def test_options_count_more_than_the_file_and_that_more_than_the_recipe(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("recipe: '2012'\nepochs: 5\nrate: 5e-3\nset: {dropout: 0.1, activation: tanh}")
    config = configuration("--config", file, "--epochs", 2, "--set", "dropout=0.3", "--no-flip")
    assert config["epochs"] == 2  # the option
    assert config["rate"] == 0.005  # the file; YAML 1.1 reads it as text
    assert config["optimizer"] == RECIPES["2012"].optimizer == "paper"  # the recipe of the file
    assert config["flip"] is False
    assert RECIPES["2012"].flip is True
    assert config["set"] == {"dropout": 0.3, "activation": "tanh"}
    other = configuration("--config", file, "--recipe", "torchvision")
    assert other["decay"] == RECIPES["torchvision"].decay
    assert other["epochs"] == 5


def test_values_that_yaml_reads_as_another_type_are_understood(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("model: 2012\ncompile: no\ndecay: 1e-4\nrate: 1\nset: {lrn: [1, 0.75, 2]}")
    config = configuration("--config", file)
    assert (config["model"], config["compile"]) == ("2012", "no")
    assert (config["decay"], config["rate"]) == (1e-4, 1.0)
    assert config["set"] == {"lrn": (1, 0.75, 2)}


@pytest.mark.parametrize("name", [None, *RECIPES])
def test_a_written_configuration_read_again_is_the_same(tmp_path, small, name):
    knobs = [*small, "--set", "lrn=(1e-4, 0.75, 2.0)", "--set", "normalization=None"]
    words = ["--model", "2012", *knobs, *(["--recipe", name] if name else [])]
    config = configuration(*words)
    command.write_config(tmp_path, config)
    assert configuration("--config", tmp_path / "config.yaml") == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("epoch: 3", "has 'epoch', which is not an option (did you mean epochs?)."),
        (
            "step-epochs: 3",
            "has 'step-epochs', which is not an option (did you mean step_epochs?).",
        ),
        ("xyz: 3", "has 'xyz', which is not an option: there are epochs, "),
        ("3: 3", "has 3, which is not an option"),
        ("epochs: [", "is not valid YAML in line "),
        ("- epochs", "must have lines like epochs: 3."),
        ("just words", "must have lines like epochs: 3."),
        ("epochs: three", "epochs must be a whole number, but 'three' was given."),
        ("epochs: true", "epochs must be a whole number, but True was given."),
        ("epochs:", "epochs must be a whole number, but None was given."),
        ("set: 3", "set in "),
        ("set:", "must be lines like dropout: 0.2, but None was given."),
        ("recipe: [1]", "must be a name, but [1] was given."),
        ("recipe: quik", "There is no recipe 'quik' (did you mean quick?)"),
        ("model: [1]", "must be a name, but [1] was given."),
        ("data:", "must be a name, but None was given."),
        ("skip_bad: often", "must be true or false, but 'often' was given."),
        ("\x00", "is not valid YAML"),
    ],
)
def test_a_wrong_configuration_is_answered_in_one_sentence(alexnet, tmp_path, text, says):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    result = alexnet("train", "--config", file, "--dry-run")
    assert result.code == 2
    assert says in result.err
    assert result.err.count("\n") == 1


def test_a_configuration_that_is_not_there(alexnet, tmp_path):
    result = alexnet("train", "--config", tmp_path / "none.yaml")
    assert result.code == 2
    assert "none.yaml can't be read: No such file or directory." in result.err
    (tmp_path / "latin.yaml").write_bytes(b"data: \xe9")
    assert "is not valid YAML" in alexnet("train", "--config", tmp_path / "latin.yaml").err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dropout=0.2", ("dropout", 0.2)),
        ("activation=tanh", ("activation", "tanh")),
        ("normalization=None", ("normalization", None)),
        ('kernels={"conv1": 7}', ("kernels", {"conv1": 7})),
        ("lrn=1e-4, 0.75, 2", ("lrn", (1e-4, 0.75, 2))),
    ],
)
def test_knobs_are_read_as_in_python(text, value):
    assert command.read_knob(text) == value


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "dropuot=0.2"], "There is no knob 'dropuot'"),
        (["--set", "activation=step"], "activation must be one of"),
        (["--set", "lrn=3"], "--set {"),
        (["--set", "image_size=64"], "image_size follows from the data and can't be set: use"),
        (["--set", "num_classes=5"], "num_classes follows from the data and can't be set."),
        (["--model", "2012", "--set", "widths={}"], "for images this small, use --model small."),
        (["--size", "40"], "40"),
        (["--colour", "0.1"], "colour"),
        (["--data", "nowhere"], "nowhere"),
        (["--device", "tpu"], "device must be"),
        (["--dtype", "fp16"], "fp16 was asked for"),
        (["--skip-bad"], "skip_bad"),
        (["--batch", "1000"], "less than one batch of 1,000"),
    ],
)
def test_what_does_not_fit_the_data_is_answered_in_one_sentence(train, words, says):
    result = train(*words)
    assert result.code == 2
    assert says in result.err
    assert result.err.count("\n") == 1
    assert not list(result.folder.glob("*.pt"))


# Runs


def test_a_run_leaves_its_configuration_metrics_and_checkpoints(train, alexnet, tmp_path):
    result = train("--epochs", 2)
    assert result.code == 0, result.err
    assert not result.err
    lines = result.out.splitlines()
    assert lines[0].startswith("cpu (")
    assert lines[1].startswith("epoch 1 of 2: loss ")
    assert lines[-1] == f"Done. To look at it: alexnet evaluate {result.folder}"
    assert steps_in(result.folder) == list(range(1, 9))
    kinds = {path.name.split("-")[0] for path in result.folder.glob("*.pt")}
    assert kinds == {"step", "best"}

    again = alexnet("train", "--config", result.folder / "config.yaml", "--out", tmp_path / "b")
    assert again.code == 0
    first, second = (
        [row.get("loss") for row in metrics(folder)] for folder in (result.folder, tmp_path / "b")
    )
    assert first == second  # the same configuration: the same run
    assert yaml.safe_load((tmp_path / "b" / "config.yaml").read_text()) == yaml.safe_load(
        (result.folder / "config.yaml").read_text()
    )


def test_quiet_says_nothing_and_keeps_everything(train):
    result = train("--epochs", 1, "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert len(steps_in(result.folder)) == 4


def test_another_run_is_not_overwritten(train):
    before = train("--epochs", 1)
    kept = {path.name: path.read_bytes() for path in before.folder.iterdir()}
    result = train("--epochs", 2)
    assert result.code == 2
    assert "go on with it by --resume, or name another folder with --out" in result.err
    assert {path.name: path.read_bytes() for path in before.folder.iterdir()} == kept


def test_files_of_others_are_not_overwritten(train, tmp_path):
    mine = tmp_path / "run"
    mine.mkdir()
    (mine / "config.yaml").write_text("mine: true\n")
    assert "belongs to no run, and would be overwritten" in train().err
    assert (mine / "config.yaml").read_text() == "mine: true\n"
    (tmp_path / "file").write_text("")
    assert "is a file: name a folder with --out" in train(out=tmp_path / "file").err


def test_a_run_without_a_checkpoint_may_begin_again(train):
    folder = train("--epochs", 1).folder
    for path in folder.glob("*.pt"):
        path.unlink()
    assert train("--epochs", 1).code == 0
    assert steps_in(folder) == [1, 2, 3, 4]


def test_a_run_without_a_name_is_called_after_its_model_and_data(
    alexnet, tiny_data, small, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert alexnet("train", *small, "--epochs", 1).code == 0
    assert (tmp_path / "runs" / "small-synthetic" / "config.yaml").is_file()


def test_trials_leave_nothing_behind(train):
    dry = train("--dry-run")
    assert dry.code == 0, dry.err
    assert "2 steps" in dry.out
    assert dry.out.count("\n") == 1
    batch = train("--overfit-one-batch", "--rate", "0.05")
    assert batch.code == 0, batch.err
    assert "steps on one batch of 16: the loss went from " in batch.out
    assert not dry.folder.exists()


def test_a_run_begins_with_the_weights_of_another(train, tmp_path, monkeypatch):
    first = train("--epochs", 1, out=tmp_path / "first")
    second = train("--epochs", 1, "--rate", 0, "--weights", first.folder, out=tmp_path / "same")
    assert "Beginning with the weights of " in second.out and "except" not in second.out
    one, other = (metrics(folder)[-1] for folder in (first.folder, second.folder))
    assert other["test_loss"] == pytest.approx(one["test_loss"])
    few = partial(sources.synthetic, shape=(1, 28, 28), classes=4, count=64, test=20)
    monkeypatch.setitem(sources.SOURCES, "synthetic", lambda: few())
    third = train("--epochs", 1, "--weights", first.folder, out=tmp_path / "third")
    assert third.code == 0, third.err
    assert re.search(r", except for \S+\.bias, \S+\.weight, which have other shapes", third.out)
    kept = yaml.safe_load((third.folder / "config.yaml").read_text())["weights"]
    assert Path(kept).is_absolute() and Path(kept).parent == first.folder
    assert train("--weights", tmp_path / "none", out=tmp_path / "x").code == 2
    narrow = ["--set", "widths={'conv1': 3, 'conv2': 3, 'conv3': 3, 'conv4': 3, 'conv5': 3,"]
    narrow[-1] += " 'fc6': 5, 'fc7': 5}"
    unfit = train(*narrow, "--weights", first.folder, out=tmp_path / "x")
    assert unfit.code == 2 and "none of them fits" in unfit.err
    assert not (tmp_path / "x").exists()


def test_a_profile_leaves_nothing(train):
    result = train("--profile")
    assert result.code == 0 and "waiting for batches" in result.out, result.err
    assert not result.folder.exists()


@pytest.mark.parametrize(("last", "word"), [(0.01, "can learn"), (2.2, "should come near 0")])
def test_the_verdict_on_one_batch(last, word):
    assert word in command.verdict([2.3, 1.0, last], 16)


def interrupt_at(monkeypatch, at, number=signal.SIGINT):
    """Send this process a signal when it reports step `at`."""
    report_steps = Metrics.steps

    def steps(self, epoch, step, losses, speed):
        report_steps(self, epoch, step, losses, speed)
        if step == at:
            signal.raise_signal(number)

    monkeypatch.setattr(Metrics, "steps", steps)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_saved_and_goes_on(train, alexnet, tmp_path, monkeypatch, number):
    whole = train("--epochs", 3, "--save-every", 1, out=tmp_path / "whole")
    with monkeypatch.context() as patch:
        interrupt_at(patch, 6, number)
        first = train("--epochs", 3, "--save-every", 1)
    assert first.code == 130
    assert not first.err
    assert first.out.splitlines()[-1] == f"To go on: alexnet train --out {first.folder} --resume"
    assert "Interrupted after step 6" in first.out

    second = alexnet("train", "--out", first.folder, "--resume")  # its folder has the other options
    assert second.code == 0, second.err
    assert "Resumed after step 6" in second.out
    assert "bit for bit" not in second.out
    assert steps_in(first.folder) == list(range(1, 13))
    one, other = (
        [row["loss"] for row in metrics(folder)] for folder in (whole.folder, first.folder)
    )
    assert one == other  # as if nothing had happened


def test_after_a_kill_each_step_is_reported_once(train):
    """A kill leaves the metrics of steps after the last checkpoint, and perhaps half a line."""
    result = train("--epochs", 2, "--save-every", 3, "--keep", 9)
    newest = sorted(result.folder.glob("step-*.pt"))
    for path in [*newest[1:], *result.folder.glob("best-*.pt")]:
        path.unlink()
    with open(result.folder / "metrics.jsonl", "a") as file:
        file.write('{"step": 9, "lo')
    again = train("--epochs", 2, "--save-every", 3, "--resume")
    assert again.code == 0, again.err
    assert "Resumed after step 3" in again.out
    assert steps_in(result.folder) == list(range(1, 9))
    assert [row["epoch"] for row in metrics(result.folder) if "epoch" in row] == [1, 2]


def test_more_epochs_after_the_end(train):
    train("--epochs", 1)
    result = train("--epochs", 2, "--resume")
    assert result.code == 0, result.err
    assert steps_in(result.folder) == list(range(1, 9))
    assert yaml.safe_load((result.folder / "config.yaml").read_text())["epochs"] == 2


def test_what_is_refused_leaves_the_run_as_it_was(train, alexnet):
    folder = train("--epochs", 1).folder
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = train("--epochs", 2, "--optimizer", "adam", "--resume")
    assert result.code == 2
    assert "optimizer" in result.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    assert alexnet("train", "--out", folder, "--resume", "--epochs", 2).code == 0


def test_a_run_without_its_configuration_is_resumed_from_the_options(train):
    folder = train("--epochs", 1).folder
    (folder / "config.yaml").unlink()
    result = train("--epochs", 2, "--resume")
    assert result.code == 0, result.err
    assert "Resumed after step 4" in result.out


def test_resuming_where_there_is_nothing_begins(train):
    result = train("--epochs", 1, "--resume")
    assert result.code == 0
    assert "has no checkpoint to go on from: starting a new run." in result.out


def test_resuming_where_all_is_foreign_begins_and_says_both(train):
    folder = train("--epochs", 1).folder
    for path in [*folder.glob("*.pt")]:
        path.write_bytes(pickle.dumps({"weights": 1}))
    result = train("--epochs", 1, "--resume")
    assert result.code == 0
    assert "Passed over." in result.out and "starting a new run." in result.out


def test_restarted_by_torchrun_it_resumes_by_itself(train, monkeypatch):
    train("--epochs", 1)
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    result = train("--epochs", 2)
    assert result.code == 0, result.err
    assert "Resumed after step 4" in result.out


def test_a_loss_that_runs_away_is_a_sentence(train):
    result = train("--epochs", 3, "--rate", "1e20")
    assert result.code == 2
    assert "step" in result.err
    assert result.err.count("\n") == 1


def test_ctrl_c_in_a_terminal_saves_and_ends_with_130(small, tmp_path):
    """The whole program, and a real signal."""
    run = tmp_path / "run"
    command = [sys.executable, "-m", "alexnet_lib.cli", "train", *small, "--out", str(run)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*command, "--epochs", "1000"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while not (run / "metrics.jsonl").exists() and time.monotonic() < end:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err == ""
    assert "Saved in" in out
    steps = steps_in(run)
    assert steps == list(range(1, len(steps) + 1))
    (newest,) = run.glob(f"step-{len(steps):08d}.*.pt")
    assert newest.stat().st_size
