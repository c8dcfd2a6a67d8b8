"""alexnet_lib.training.bench: fair turns, the textbook's loop, and figures that fit together."""

import copy
from functools import partial

import pytest
import torch
from torch import nn

from alexnet_lib.training import bench, devices
from alexnet_lib.training.recipe import Recipe


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Use one thread, since two would only wait for each other, and a small matrix product."""
    monkeypatch.setattr(devices, "ceiling", partial(devices.ceiling, side=512, seconds=0.01))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network():
    """Make a network that takes almost no time."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))


def test_the_textbook_loop_is_plain_gradient_descent():
    model = network()
    other = copy.deepcopy(model)
    x, labels = torch.rand(5, 1, 8, 8), torch.tensor([0, 1, 2, 0, 1])
    loss = bench.textbook_step(model, torch.optim.SGD(model.parameters(), lr=0.1), x, labels)
    wanted = nn.CrossEntropyLoss()(other(x), labels)
    wanted.backward()
    assert type(loss) is float and loss == pytest.approx(wanted.item())
    for ours, theirs in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs - 0.1 * theirs.grad)


def test_ways_take_turns_and_the_first_is_not_counted():
    called = []

    def way(name, seconds):
        def go(times):
            called.append((name, times))
            return seconds

        return go

    messages = []
    taken = bench.take_turns(
        {"a": way("a", 0.1), "b": way("b", 3.0)}, rounds=2, say=messages.append
    )
    assert taken == {"a": [0.1, 0.1], "b": [3.0, 3.0]}
    assert called[3:] == [("a", 2), ("b", 1)] * 2  # the fast one is done more often
    assert messages == ["round 1 of 2: a 0.1 s, b 3 s", "round 2 of 2: a 0.1 s, b 3 s"]


def test_without_a_number_there_are_at_least_three_turns():
    assert bench.take_turns({"a": lambda times: 1.0}, seconds=0) == {"a": [1.0] * 3}
    many = bench.take_turns({"a": lambda times: 1.0}, seconds=0.05)
    assert len(many["a"]) > 3


def test_speeds_fit_together():
    settings = {"float": {"dtype": "fp32"}, "first": {"dtype": "fp32", "layout": "contiguous"}}
    brief = {"rounds": 1, "seconds": 0.1}
    rows = bench.step_speeds(network, (1, 8, 8), 6, settings, "cpu", tuned=True, **brief)
    assert list(rows) == [bench.PLAIN, "float", "first", bench.TUNED]
    plain = rows[bench.PLAIN]
    for row in rows.values():
        assert row["images_per_second"] == pytest.approx(6 / row["seconds"])
        assert row["ratio"] == pytest.approx(plain["seconds"] / row["seconds"])
        assert 0 < row["of_ceiling"] < 1


def test_the_trainers_way_trains():
    model = network()
    way, run = bench.trainer_way(model, bench.noise((1, 8, 8), 6, 3), 6, rate=0.1, dtype="fp32")
    way(1)
    x, labels = next(run.prepare(bench.noise((1, 8, 8), 6, 3)).epoch(0))
    before = nn.functional.cross_entropy(model(x), labels)
    way, run = bench.trainer_way(model, bench.noise((1, 8, 8), 6, 3), 6, rate=0.1, dtype="fp32")
    assert way(70) > 0 and run.state.done == 70
    assert nn.functional.cross_entropy(model(x), labels) < before / 2


def test_the_matrix_precision_is_left_as_it_was():
    before = torch.get_float32_matmul_precision()
    bench.step_speeds(network, (1, 8, 8), 4, rounds=1, seconds=0.1)
    assert torch.get_float32_matmul_precision() == before


def test_noise_is_the_same_each_time():
    one, other = bench.noise((3, 8, 8), 5, 4), bench.noise((3, 8, 8), 5, 4)
    assert one.shape == (3, 8, 8) and len(one) == 5 and len(one.classes) == 4
    assert one.fingerprint == other.fingerprint


def test_reading_counts_augmented_images():
    recipe = Recipe(batch=16, crop="random", padding=1, flip=True)
    assert bench.reading_speed(bench.noise((1, 8, 8), 64, 3), recipe, seconds=0.02) > 0


def test_the_report_tells_ceiling_steps_and_reading(monkeypatch):
    monkeypatch.setattr(bench, "TRAINING", [("small", (1, 28, 28), 2, 2)])
    reading = [("tiny", (1, 8, 8), 32, Recipe(batch=16))]
    monkeypatch.setattr(bench, "READING", reading)
    messages = []
    figures = bench.report(0.01, messages.append)
    text = "\n".join(messages)
    assert messages[0].startswith("The trainer picks ") and "GFLOP/s in fp32" in messages[1]
    assert figures["summary"] in messages[0]
    assert "small, 28 px, batch 2" in text and "×" in text and "%" in text
    row = figures["training"]["small, 28 px, batch 2"]
    assert row.keys() == {bench.PLAIN, "trainer"}
    assert f"{figures['reading']['tiny']:,.0f} img/s" in messages[-1]
