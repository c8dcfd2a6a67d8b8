"""A run that is stopped anywhere and resumed ends bit for bit as one that never stopped."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from alexnet_lib.training import checkpoints
from alexnet_lib.training.interrupts import Stop
from alexnet_lib.training.trainer import TrainingError

WHOLE = {
    "mixup": 0.3,
    "ema": 0.9,
    "schedule": "plateau",
    "patience": 1,
}  # everything that has a state


@pytest.fixture(scope="module")
def never_stopped():
    run = tiny.trainer(**WHOLE)
    run.fit(tiny.images(60), tiny.images(30, seed=1))
    return run


def resume(folder, train, test, **settings):
    run = tiny.trainer(tiny.network(seed=77), folder=folder, **{**WHOLE, **settings})
    run.fit(train, test, resume=True)
    return run


def same_end(one, other):
    assert tiny.same_state(one.model, other.model)
    assert tiny.same_state(one.state.average, other.state.average)
    a, b = one.state.optimizer.state_dict(), other.state.optimizer.state_dict()
    assert a["param_groups"] == b["param_groups"]
    for key in a["state"]:
        assert torch.equal(a["state"][key]["momentum_buffer"], b["state"][key]["momentum_buffer"])
    assert one.state.schedule.state_dict() == other.state.schedule.state_dict()
    assert tiny.without_times(one.history) == tiny.without_times(other.history)
    return True


@pytest.mark.parametrize("step", range(1, 18))
def test_interrupted_after_any_step_and_resumed(step, train, test, tmp_path, never_stopped):
    first = tiny.trainer(folder=tmp_path, **WHOLE)

    def interrupt_once(done):
        if done == step:
            signal.raise_signal(signal.SIGINT)

    tiny.after_each_step(first, interrupt_once)
    history = first.fit(train, test)
    assert first.interrupted and first.state.done == step
    assert len(history) == (step - 1) // 6  # after its last step, an epoch's test is still to do
    assert f"Interrupted after step {step}." in first.report.messages[-1]

    second = resume(tmp_path, train, test)
    assert not second.interrupted
    assert same_end(second, never_stopped)
    (message,) = second.report.messages  # none that something differs
    assert message.startswith(f"Resumed after step {step}, from step-{step:08d}.")


def test_the_order_of_a_stop_in_the_test_is_kept(train, test, tmp_path, never_stopped):
    """A run that is interrupted during the test does the whole test again later."""
    first = tiny.trainer(folder=tmp_path, **WHOLE)
    first.evaluate = lambda data, stop: stop.ask(signal.SIGINT, None) or {}
    first.fit(train, test)
    assert first.interrupted and first.state.done == 6 and first.history == []
    assert same_end(resume(tmp_path, train, test), never_stopped)


# For each line of options: tiny.py in a process of its own. PyTorch is imported once, before.
PROGRAMS = """
import os, sys
import tiny, torch._dynamo
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        sys.argv[1:] = line.rstrip("\\n").split("\\t")
        sys.exit(tiny.main())
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.mark.slow
def test_killed_by_the_system_and_resumed(tmp_path):
    """SIGKILL leaves no time for anything, SIGTERM is what a cluster sends. More: kills.py."""
    whole, killed, errors = (tmp_path / name for name in ("whole", "killed", "errors"))
    settings = {"cwd": Path(tiny.__file__).parent, "text": True}
    with (
        errors.open("w") as err,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAMS],
            **settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=err,
        ) as programs,
    ):

        def program(*options):
            """Return the exit code of tiny.py with these options."""
            print(*options, sep="\t", file=programs.stdin, flush=True)
            return int(programs.stdout.readline())

        assert program(whole) == 0
        assert program(killed, "--kill-at", "7") == -signal.SIGKILL
        assert not (killed / "end.pt").exists()
        assert program(killed, "--resume", "--kill-at", "10", "--signal", "SIGTERM") == 130
        assert program(killed, "--resume") == 0
        programs.stdin.close()
    assert errors.read_text() == ""
    one, other = (torch.load(folder / "end.pt") for folder in (whole, killed))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_nothing_else_draws_the_same_numbers(train, test, tmp_path, never_stopped):
    """Other draws between the two halves don't matter: all generators are restored."""
    first = tiny.trainer(folder=tmp_path, report=tiny.Recorder(9, interrupt), **WHOLE)
    first.fit(train, test)
    assert first.interrupted
    random.random(), np.random.rand(3), torch.rand(3)  # noqa: NPY002
    assert same_end(resume(tmp_path, train, test), never_stopped)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_a_torn_checkpoint_is_named_and_passed_over(train, test, tmp_path, never_stopped):
    first = tiny.trainer(folder=tmp_path, save_every=4, **{**WHOLE, "epochs": 2})
    first.fit(train, test)
    newest, before = checkpoints.paths(tmp_path)
    newest.write_bytes(newest.read_bytes()[:-100])
    second = resume(tmp_path, train, test)
    assert f"{newest} is damaged" in second.report.messages[0]
    assert f"from {before.name}" in second.report.messages[1]
    assert same_end(second, never_stopped)


@pytest.fixture
def interruptible():
    """Python's own Ctrl-C: a process in the background inherits that SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_second_ctrl_c_does_not_wait(train, monkeypatch, interruptible):
    monkeypatch.setattr(Stop, "AGAIN", 0.0)
    run = tiny.trainer(epochs=50)

    def interrupt_twice(done):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    tiny.after_each_step(run, interrupt_twice)
    with pytest.raises(KeyboardInterrupt):
        run.fit(train)


def test_the_same_signal_sent_twice_is_one(train, tmp_path):
    run = tiny.trainer(epochs=50, folder=tmp_path)

    def terminate_twice(done):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)

    tiny.after_each_step(run, terminate_twice)
    run.fit(train)
    assert run.interrupted and run.state.done == 1 and checkpoints.paths(tmp_path)


def test_training_in_another_thread_catches_no_signals(train):
    run = tiny.trainer(epochs=1)
    thread = threading.Thread(target=run.fit, args=(train,))
    thread.start()
    thread.join()
    assert len(run.history) == 1


def test_resuming_a_finished_run_changes_nothing(train, test, tmp_path, never_stopped):
    tiny.trainer(folder=tmp_path, **WHOLE).fit(train, test)
    files = sorted(path.name for path in tmp_path.iterdir())
    second = resume(tmp_path, train, test)
    assert same_end(second, never_stopped)
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_an_empty_folder_is_a_new_run(train, test, tmp_path, never_stopped):
    run = tiny.trainer(folder=tmp_path / "new", **WHOLE)
    run.fit(train, test, resume=True)
    assert same_end(run, never_stopped)


def test_more_epochs_may_follow(train, test, tmp_path, never_stopped):
    tiny.trainer(folder=tmp_path, **{**WHOLE, "epochs": 2}).fit(train, test)
    second = resume(tmp_path, train, test)
    assert same_end(second, never_stopped)
    assert "this differs: epochs (2 → 3)" in second.report.messages[1]


def test_a_lower_rate_may_follow_and_is_said(train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    second = tiny.trainer(folder=tmp_path, epochs=2, rate=0.001, keep=5)
    second.fit(train, resume=True)
    assert "epochs (1 → 2), rate (0.05 → 0.001)." in second.report.messages[1]
    assert second.history[-1]["rate"] == 0.001


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"batch": 12}, "steps was 6 and is now 5"),
        ({"batch": 11, "epochs": 4}, "steps was 6 and is now 5"),
        ({"optimizer": "adam"}, "optimizer was sgd and is now adam"),
    ],
)
def test_what_can_not_be_resumed_says_why(settings, why, train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    with pytest.raises(TrainingError, match=why):
        tiny.trainer(folder=tmp_path, **settings).fit(train, resume=True)


def test_other_images_are_refused(train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    with pytest.raises(TrainingError, match=r"data was \w+ and is now \w+"):
        tiny.trainer(folder=tmp_path).fit(tiny.images(60, seed=4), resume=True)


def test_without_a_folder_there_is_nothing_to_resume(train):
    with pytest.raises(TrainingError, match="has no folder"):
        tiny.trainer().fit(train, resume=True)


def test_a_full_disk_is_said_and_the_run_goes_on_later(
    train, test, tmp_path, monkeypatch, never_stopped
):
    first = tiny.trainer(folder=tmp_path, **WHOLE)
    write = checkpoints.write_atomic

    def full(path, data):
        if path.name.startswith("step-00000012"):
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(checkpoints, "write_atomic", full)
    with pytest.raises(checkpoints.CheckpointError, match=r"step 12 .* the disk is full"):
        first.fit(train, test)
    monkeypatch.setattr(checkpoints, "write_atomic", write)
    assert same_end(resume(tmp_path, train, test), never_stopped)
