"""The update rules, and the rate of every step."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from alexnet_lib.training.optimizers import PaperSGD, Schedule, optimizer
from alexnet_lib.training.recipe import Recipe


def run(make, rates, decay=5e-4):
    """Return a weight that starts at 1, with gradient 2 w, after each step with its rate."""
    w = nn.Parameter(torch.ones(1, dtype=torch.float64))
    sgd = make([w], decay)
    path = []
    for rate in rates:
        sgd.param_groups[0]["lr"] = rate
        sgd.zero_grad()
        (w * w).sum().backward()
        sgd.step()
        path.append(w.item())
    return path


def paper(parameters, decay):
    return PaperSGD(parameters, momentum=0.9, decay=decay)


def stock(parameters, decay):
    return torch.optim.SGD(parameters, lr=1.0, momentum=0.9, weight_decay=decay)


def test_the_papers_rule_is_as_printed():
    w = 1.0
    v = 0.0
    path = []
    rates = [0.1, 0.1, 0.02, 0.3]
    for rate in rates:
        v = 0.9 * v - 0.0005 * rate * w - rate * 2 * w
        w = w + v
        path.append(w)
    assert run(paper, rates) == pytest.approx(path, rel=1e-12)


def test_both_rules_agree_while_the_rate_stays():
    rates = [0.05] * 20
    assert run(paper, rates) == pytest.approx(run(stock, rates), rel=1e-10)


def test_after_a_drop_the_papers_rule_slows_down_later():
    """Under a constant gradient, the paper's velocity slows down later; PyTorch's drops at once."""
    steps = {}
    for name, make in {"paper": paper, "stock": stock}.items():
        w = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        sgd = make([w], 0.0)
        for rate in [0.01] * 200 + [0.001]:
            before = w.item()
            sgd.param_groups[0]["lr"] = rate
            w.grad = torch.ones_like(w)
            sgd.step()
        steps[name] = before - w.item()
    # after many steps, v = rate / (1 - 0.9) = 0.1; then 0.9 · 0.1 + 0.001 against 0.001 / (1 - 0.9)
    assert steps["paper"] == pytest.approx(0.091, rel=1e-6)
    assert steps["stock"] == pytest.approx(0.01, rel=1e-6)


def test_a_closure_computes_the_loss():
    w = nn.Parameter(torch.ones(3))
    sgd = PaperSGD([w], rate=0.1)

    def closure():
        sgd.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    assert sgd.step(closure).item() == pytest.approx(3.0)
    assert torch.allclose(w, torch.full((3,), 1 - 0.1 * 0.0005 - 0.2))


def test_biases_and_norms_have_their_switches():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    groups = optimizer(model, Recipe(bias_rate=2.0, decay=0.1)).param_groups
    values = {
        id(w): (group["scale"], group["weight_decay"]) for group in groups for w in group["params"]
    }
    wanted = {
        "0.weight": (1.0, 0.1),
        "0.bias": (2.0, 0.0),
        "1.weight": (1.0, 0.0),
        "1.bias": (2.0, 0.0),
        "3.weight": (1.0, 0.1),
        "3.bias": (2.0, 0.0),
    }
    assert {name: values[id(w)] for name, w in model.named_parameters()} == wanted
    all_decayed = optimizer(model, Recipe(decay=0.1, decay_biases=True)).param_groups
    assert {group["weight_decay"] for group in all_decayed} == {0.1}


@pytest.mark.parametrize("name", ["paper", "sgd", "adam", "rmsprop"])
def test_each_optimizer_finds_the_least_squares(name):
    torch.manual_seed(0)
    model = nn.Linear(4, 1)
    x = torch.randn(64, 4)  # (64, 4)
    y = x @ torch.tensor([[1.0], [-2.0], [3.0], [0.5]])  # (64, 1)
    sgd = optimizer(model, Recipe(optimizer=name, rate=0.02, momentum=0.8, decay=0.0))
    for _ in range(500):
        sgd.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        sgd.step()
    assert loss.item() < 0.02


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_one_pass_gives_what_the_plain_loop_over_tensors_gives(name):
    """Also for kernels with channels last, whose gradients have the same memory layout."""
    models = []
    for fused in (True, False):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(80, 2))
        model = model.to(memory_format=torch.channels_last)
        ours = optimizer(model, Recipe(optimizer=name, rate=0.01))
        if not fused:
            for group in ours.param_groups:
                group["fused"] = group["foreach"] = False
        for _ in range(5):
            ours.zero_grad()
            x = torch.randn(4, 3, 6, 6).contiguous(memory_format=torch.channels_last)
            model(x).square().sum().backward()
            ours.step()
        models.append(model)
    torch.testing.assert_close(models[0].state_dict(), models[1].state_dict())


def test_frozen_parameters_are_left_out_and_nothing_to_train_is_said():
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    groups = optimizer(model, Recipe()).param_groups
    assert sum(len(group["params"]) for group in groups) == 2
    with pytest.raises(ValueError, match="nothing to train"):
        optimizer(model.requires_grad_(False), Recipe())


def rates(steps=10, **settings):
    recipe = Recipe(**{"rate": 1.0, "epochs": 6, **settings})
    schedule = Schedule(recipe, steps)
    return [schedule.rate(step) for step in range(recipe.epochs * steps)]


def test_steps_drop_at_epochs():
    values = rates(schedule="step", step_epochs=2, factor=0.1)
    assert values == pytest.approx([1.0] * 20 + [0.1] * 20 + [0.01] * 20)


def test_cosine_goes_from_the_rate_to_0():
    values = rates(schedule="cosine")
    assert values[0] == 1.0 and values[30] == pytest.approx(0.5) and values[-1] < 0.001
    assert values == sorted(values, reverse=True)


@given(st.integers(1, 40), st.integers(1, 40))
def test_one_cycle_rises_and_falls_and_stays_below_the_rate(epochs, steps):
    values = rates(steps, schedule="one-cycle", epochs=epochs)
    peak = values.index(max(values))
    assert min(values) > 0 and max(values) <= 1.0
    assert values[: peak + 1] == sorted(values[: peak + 1])
    assert values[peak:] == sorted(values[peak:], reverse=True)
    if len(values) > 20:
        assert 0.25 <= peak / len(values) <= 0.35 and values[-1] < 0.02


def test_a_plateau_drops_after_so_many_epochs_without_a_better_error():
    schedule = Schedule(Recipe(rate=1.0, schedule="plateau", patience=2), 5)
    values = []
    for error in [0.9, 0.8, 0.8, 0.85, 0.7, 0.7, 0.7, 0.7, 0.7]:
        values.append(schedule.rate(0))
        schedule.after_epoch(error)
    values.append(schedule.rate(0))
    assert values == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001])


def test_a_schedule_goes_on_from_its_state():
    one = Schedule(Recipe(schedule="plateau", patience=1), 5)
    for error in (0.5, 0.5):
        one.after_epoch(error)
    other = Schedule(Recipe(schedule="plateau", patience=1), 5)
    other.load_state_dict(one.state_dict())
    for schedule in (one, other):
        schedule.after_epoch(0.6)
    assert one.rate(0) == other.rate(0) == pytest.approx(0.0001)
