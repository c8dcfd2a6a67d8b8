"""The trainer: it trains, reports what it does, and stops with a sentence."""

import json
import math
import re
import signal
from dataclasses import fields

import pytest
import tiny
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.training import checkpoints
from alexnet_lib.training.progress.files import METRICS
from alexnet_lib.training.state import UNSAVED, RunState
from alexnet_lib.training.trainer import TrainingError


def test_it_learns_and_tells_each_epoch(train, test):
    run = tiny.trainer()
    history = run.fit(train, test)
    assert history == run.history == run.report.rows and len(history) == 3
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1]["test_accuracy"] > 0.9 and history[-1]["loss"] < history[0]["loss"]
    assert all(0 <= row["waiting"] < 1 and row["images_per_second"] > 0 for row in history)
    assert all(row["of_ceiling"] > 0 for row in history)
    assert len(run.report.losses) == 18


def test_a_step_is_that_of_plain_pytorch(train):
    """Without dropout's draws: forward, loss, backward and SGD, written out."""
    ours, theirs = tiny.network(dropout=0), tiny.network(dropout=0)
    run = tiny.trainer(ours, epochs=1, decay=1e-3, decay_biases=True, smoothing=0.1)
    batches = run.prepare(train)
    sgd = torch.optim.SGD(theirs.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
    ours.train()
    for x, labels in batches.epoch(0):  # (10, 1, 8, 8), (10,)
        run.step(x, labels)
        sgd.zero_grad()
        F.cross_entropy(theirs(x), labels, label_smoothing=0.1).backward()
        sgd.step()
    for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b)


def test_the_same_run_twice_gives_the_same_numbers(train, test):
    one, other = tiny.trainer(), tiny.trainer()
    one.fit(train, test)
    torch.rand(7)  # other draws in between
    other.fit(train, test)
    assert tiny.same_state(one.model, other.model)
    assert one.report.losses == other.report.losses
    assert tiny.without_times(one.history) == tiny.without_times(other.history)


def test_another_seed_gives_other_numbers(train):
    one, other = tiny.trainer(epochs=1), tiny.trainer(epochs=1, seed=5)
    one.fit(train)
    other.fit(train)
    assert one.report.losses != other.report.losses


def test_a_batch_in_parts_gives_the_same_gradient(train):
    """Batch normalization computes each part's statistics, so the network here has none."""

    def linear():
        torch.manual_seed(0)
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 3))

    one, other = tiny.trainer(linear()), tiny.trainer(linear(), accumulate=5)
    one.fit(train)
    other.fit(train)
    torch.testing.assert_close(one.model.state_dict(), other.model.state_dict())
    assert one.report.losses == pytest.approx(other.report.losses, rel=1e-5)
    assert one.history[-1]["accuracy"] == other.history[-1]["accuracy"]


def test_the_gradient_is_limited(train):
    run = tiny.trainer(clip=1e-3, momentum=0.0, decay=0.0, rate=1.0)
    x, labels = next(iter(run.prepare(train).epoch(0)))
    before = nn.utils.parameters_to_vector(run.model.parameters()).detach().clone()
    run.step(x, labels)
    moved = nn.utils.parameters_to_vector(run.model.parameters()).detach() - before
    assert moved.norm() == pytest.approx(1e-3, rel=1e-3)


def test_averaged_weights_are_those_of_the_formula(train):
    run = tiny.trainer(ema=0.5, epochs=1)
    batches = run.prepare(train)
    weight = dict(run.model.named_parameters())["5.weight"]
    mine = weight.detach().clone()
    run.model.train()
    for x, labels in batches.epoch(0):
        decay = min(0.5, (1 + run.state.done) / (10 + run.state.done))
        run.step(x, labels)
        mine = decay * mine + (1 - decay) * weight.detach()
    torch.testing.assert_close(run.state.average.state_dict()["5.weight"], mine)
    assert run.eval_model() is run.state.average


def test_losses_are_fetched_together(train, monkeypatch):
    """Steps never wait for the device, as .item() would; only `flush` does, once for many."""
    fetches = []
    monkeypatch.setattr(torch.Tensor, "item", lambda self: pytest.fail("a step asked for .item()"))
    tolist = torch.Tensor.tolist
    monkeypatch.setattr(torch.Tensor, "tolist", lambda self: fetches.append(1) or tolist(self))
    run = tiny.trainer()
    x, labels = next(iter(run.prepare(train).epoch(0)))
    for _ in range(20):
        run.step(x, labels)
    assert not fetches
    run.flush()
    assert len(fetches) == 1 and len(run.report.losses) == 20


def test_it_stops_when_the_error_stays(train, test):
    run = tiny.trainer(epochs=20, rate=0.0, stop_after=2)
    assert len(run.fit(train, test)) == 3
    assert run.report.messages == ["Stopped: no better error for 2 epochs."]


def test_a_loss_that_is_no_number_stops_at_its_step(train, tmp_path):
    run = tiny.trainer(folder=tmp_path, save_every=2, epochs=2)
    step = run.step

    def broken(x, labels):
        step(x * math.nan if run.state.done == 8 else x, labels)

    run.step = broken
    with pytest.raises(TrainingError, match=r"loss is nan at step 9 \(epoch 2\).*rate 0\.05"):
        run.fit(train)
    path, contents = checkpoints.load_latest(tmp_path)
    assert contents["done"] == 8 and path.name.startswith("step-00000008")
    assert all(weight.isfinite().all() for weight in contents["model"].values())


def test_weights_that_are_no_numbers_are_never_saved(train, tmp_path):
    run = tiny.trainer(folder=tmp_path, save_every=3)

    def break_weight(done):
        if done == 6:
            run.model[5].weight.data[0, 0] = math.inf

    tiny.after_each_step(run, break_weight)
    with pytest.raises(TrainingError, match="A weight is no longer a finite number at step 6"):
        run.fit(train)
    assert checkpoints.load_latest(tmp_path)[1]["done"] == 3


def test_a_run_away_rate_gives_a_sentence(train):
    with pytest.raises(TrainingError, match="Lower the rate"):
        tiny.trainer(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), rate=1e30).fit(train)


def test_another_runs_folder_is_left_alone(train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    files = sorted(tmp_path.iterdir())
    with pytest.raises(TrainingError, match="checkpoints of another run"):
        tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    assert sorted(tmp_path.iterdir()) == files


def test_metrics_of_a_run_without_a_checkpoint_are_forgotten(train, tmp_path):
    metrics = tmp_path / METRICS
    metrics.write_text('{"step": 1, "loss": 9.0}\n')
    tiny.trainer(folder=tmp_path, epochs=1, report="none").fit(train)
    steps = [json.loads(line)["step"] for line in metrics.read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 5, 6, 6]  # the last line is the epoch's


def test_the_last_and_the_best_checkpoints_are_kept(train, test, tmp_path):
    run = tiny.trainer(folder=tmp_path, epochs=4, keep=2)
    run.fit(train, test)
    steps = [int(path.name[5:13]) for path in checkpoints.paths(tmp_path)]
    assert steps == [24, 18]
    (best,) = checkpoints.paths(tmp_path, "best")
    accuracies = [row["test_accuracy"] for row in run.history]
    assert int(best.name[5:13]) == 6 * (accuracies.index(max(accuracies)) + 1)


def test_a_checkpoint_brings_weights_inputs_and_what_was_told(train, test, tmp_path):
    run = tiny.trainer(folder=tmp_path, about={"variant": "tiny"}, ema=0.9)
    run.fit(train, test)
    _, contents = checkpoints.load_latest(tmp_path)
    other = tiny.trainer(tiny.network(seed=9))
    other.load(contents)
    assert other.about == {"variant": "tiny"} and other.inputs["classes"] == tiny.CLASSES
    assert other.evaluate(test) == run.evaluate(test)


def test_a_checkpoint_holds_the_state_but_for_what_is_named(train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    names = {entry.name for entry in fields(RunState)}
    _, contents = checkpoints.load_latest(tmp_path)
    assert names - UNSAVED <= contents.keys() and names > UNSAVED


def test_a_checkpoint_of_another_network_is_refused(train, tmp_path):
    tiny.trainer(folder=tmp_path, epochs=1).fit(train)
    other = tiny.trainer(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), folder=tmp_path, epochs=1)
    with pytest.raises(TrainingError, match="weights of another network"):
        other.fit(train, resume=True)


def test_one_batch_is_learned_by_heart_and_forgotten(train):
    run = tiny.trainer(rate=0.1, schedule="cosine")
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    draws = torch.get_rng_state()
    losses = run.overfit_one_batch(train, steps=40)
    assert len(losses) == 40 and losses[-1] < losses[0] / 5
    assert all(torch.equal(before[name], now) for name, now in run.model.state_dict().items())
    assert torch.equal(draws, torch.get_rng_state())
    assert run.recipe.schedule == "cosine" and run.history == []


def test_a_dry_run_touches_everything_and_leaves_nothing(train, test, tmp_path):
    run = tiny.trainer(folder=tmp_path)
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    state = run.state
    summary = run.dry_run(train, test)
    assert run.state is state and state == RunState()
    assert "3 epochs of 6 steps; 2 steps done, 10 test images looked at" in summary
    assert not list(tmp_path.iterdir()) and run.history == [] and run.report.messages == []
    assert all(torch.equal(before[name], now) for name, now in run.model.state_dict().items())


def test_a_profile_says_where_the_time_goes_and_leaves_nothing(train):
    run = tiny.trainer(batch=30)
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    first, *rows = run.profile(train, steps=3).splitlines()  # more than an epoch has
    assert re.fullmatch(r"3 steps of 30 images: .* s each, \d+% of it waiting for .*", first)
    shares = [float(row.split("%")[0]) for row in rows]
    assert len(rows) == 12 and shares == sorted(shares, reverse=True) and 20 < sum(shares) <= 100.6
    assert any("convolution" in row for row in rows)
    assert all(torch.equal(before[name], now) for name, now in run.model.state_dict().items())


def test_a_network_learns_from_blended_pairs(train, test):
    run = tiny.trainer(mixup=0.2, epochs=6)
    run.fit(train, test)
    plain = tiny.trainer(epochs=6)
    plain.fit(train)
    assert run.history[-1]["test_accuracy"] > 0.9
    assert run.history[-1]["loss"] > plain.history[-1]["loss"] + 0.02  # half an image is no whole
    assert run.overfit_one_batch(train, steps=3)[0] > 0  # by heart, so not blended


def test_images_with_other_channels_are_refused(train):
    run = tiny.trainer(epochs=1)
    run.fit(train)
    with pytest.raises(TrainingError, match="reads images with 1 channels, but those of halves"):
        run.evaluate(tiny.images(9, channels=3))


def test_signals_are_given_back(train):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    tiny.trainer(epochs=1).fit(train)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_bf16_trains_where_it_pays(train):
    from alexnet_lib.training import devices

    if devices.best_dtype(torch.device("cpu"))[0] != "bf16":
        with pytest.raises(ValueError, match="no instructions"):
            tiny.trainer(dtype="bf16")
        return
    run = tiny.trainer(dtype="bf16")
    run.fit(train)
    assert run.history[-1]["accuracy"] > 0.9
    assert run.model[0].weight.dtype == torch.float32  # the master weights
    assert run.model[0].weight.is_contiguous(memory_format=torch.channels_last)
