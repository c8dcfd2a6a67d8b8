"""Networks: step by step the same as PyTorch's, and they learn."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib import scratch
from alexnet_lib.data import photo
from alexnet_lib.scratch import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, Tanh
from alexnet_lib.scratch import cross_entropy as loss_of
from alexnet_lib.scratch import cross_entropy_backward as loss_backward


class SameDropout(nn.Module):
    """PyTorch's dropout, with the mask that our layer drew a moment before."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.from_numpy(self.layer.mask) / (1 - self.layer.p)


class GlobalAverage(nn.Module):
    """The mean of each channel."""

    def forward(self, x):
        return x.mean((2, 3))


def alexnet_in_small(rng):
    """Every kind of layer, in AlexNet's order where it has them; and the same in PyTorch."""
    dropout = scratch.Dropout(0.5, rng=rng)
    pairs = [
        (Conv2d(3, 8, 3, 2, 1, rng=rng), nn.Conv2d(3, 8, 3, 2, 1)),
        (ReLU(), nn.ReLU()),
        (scratch.LocalResponseNorm(5, 1e-2, 0.75, 2.0), nn.LocalResponseNorm(5, 1e-2, 0.75, 2.0)),
        (MaxPool2d(3, 2), nn.MaxPool2d(3, 2)),
        (Conv2d(8, 12, 3, padding=1, groups=2, rng=rng), nn.Conv2d(8, 12, 3, 1, 1, groups=2)),
        (scratch.BatchNorm(12), nn.BatchNorm2d(12)),
        (scratch.LeakyReLU(0.1), nn.LeakyReLU(0.1)),
        (scratch.AvgPool2d(2, 1, 1), nn.AvgPool2d(2, 1, 1)),
        (scratch.ELU(), nn.ELU()),
        (scratch.AdaptiveAvgPool2d(4), nn.AdaptiveAvgPool2d(4)),
        (Flatten(), nn.Flatten()),
        (Linear(192, 20, rng=rng), nn.Linear(192, 20)),
        (scratch.BatchNorm(20), nn.BatchNorm1d(20)),
        (Tanh(), nn.Tanh()),
        (dropout, SameDropout(dropout)),
        (Linear(20, 16, rng=rng), nn.Linear(20, 16)),
        (scratch.GELU(), nn.GELU()),
        (Linear(16, 12, rng=rng), nn.Linear(16, 12)),
        (scratch.Sigmoid(), nn.Sigmoid()),
        (Linear(12, 4, rng=rng), nn.Linear(12, 4)),
    ]
    return twins(pairs)


def fully_convolutional(rng):
    """A network without fully connected layers, in which a network is a layer."""
    inner = [(Conv2d(6, 4, 1, rng=rng), nn.Conv2d(6, 4, 1)), (ReLU(), nn.ReLU())]
    head = twins([*inner, (scratch.GlobalAvgPool2d(), GlobalAverage())])
    body = (Conv2d(3, 6, 3, padding=2, dilation=2, rng=rng), nn.Conv2d(3, 6, 3, 1, 2, 2))
    return twins([body, (ReLU(), nn.ReLU()), head])


def twins(pairs):
    """Two networks of these layers, with the same weights in float64."""
    ours, theirs = zip(*pairs, strict=True)
    net, model = Sequential(*ours), nn.Sequential(*theirs).double()
    with torch.no_grad():
        for parameter, tensor in zip(net.parameters(), model.parameters(), strict=True):
            tensor.copy_(torch.from_numpy(parameter.value))
    return net, model


@pytest.mark.parametrize("make", [alexnet_in_small, fully_convolutional])
@pytest.mark.parametrize("paper", [False, True])
def test_ten_steps_are_pytorchs(close, make, paper):
    rng = np.random.default_rng(0)
    net, model = make(rng)
    sgd = SGD(net.parameters(), 0.05, momentum=0.9, weight_decay=5e-3, paper=paper)
    theirs = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9, weight_decay=5e-3)
    start = [parameter.value for parameter in net.parameters()]
    for _ in range(10):
        x, labels = rng.standard_normal((6, 3, 13, 15)), rng.integers(0, 4, 6)
        x_t = torch.from_numpy(x).requires_grad_()

        scores = net.forward(x)
        dx = net.backward(loss_backward(scores, labels))
        sgd.step()

        theirs.zero_grad()
        scores_t = model(x_t)
        loss_t = F.cross_entropy(scores_t, torch.from_numpy(labels))
        loss_t.backward()
        theirs.step()

        close(scores, scores_t.detach())
        close(loss_of(scores, labels), loss_t.detach())
        close(dx, x_t.grad)
        for parameter, tensor in zip(net.parameters(), model.parameters(), strict=True):
            close(parameter.gradient, tensor.grad)
            close(parameter.value, tensor.detach())
    for parameter, before in zip(net.parameters(), start, strict=True):
        assert not np.array_equal(parameter.value, before)

    net.eval(), model.eval()
    close(net.forward(x), model(torch.from_numpy(x)).detach())
    dx = net.backward(loss_backward(net.forward(x), labels))
    x_t = torch.from_numpy(x).requires_grad_()
    F.cross_entropy(model(x_t), torch.from_numpy(labels)).backward()
    close(dx, x_t.grad)
    net.train(), model.train()
    close(net.forward(x), model(torch.from_numpy(x)).detach())


def one_weight(**how):
    """A network of the one weight 1, whose gradient is always 1, and its SGD."""
    net = Sequential(Linear(1, 1, rng=np.random.default_rng(0)))
    weight = net.parameters()[0]
    weight.value, weight.gradient = np.ones((1, 1)), np.ones((1, 1))
    return weight, SGD([weight], **how)


def test_the_papers_rule_by_hand():
    weight, sgd = one_weight(lr=0.1, momentum=0.9, weight_decay=0.5, paper=True)
    sgd.step()  # v = -0.5 * 0.1 * 1 - 0.1 * 1 = -0.15
    assert weight.value.item() == pytest.approx(0.85)
    sgd.step()  # v = 0.9 * -0.15 - 0.5 * 0.1 * 0.85 - 0.1 * 1 = -0.2775
    assert weight.value.item() == pytest.approx(0.5725)


def test_after_the_rate_drops_the_papers_velocity_runs_on():
    """By hand: v = 0.1 before, then 0.9 * 0.1 + 0.01 against 0.01 * (0.9 * 1 + 1)."""
    moved = {}
    for paper in (True, False):
        weight, sgd = one_weight(lr=0.1, momentum=0.9, paper=paper)
        sgd.step()
        before = weight.value.item()
        sgd.lr = 0.01
        sgd.step()
        moved[paper] = before - weight.value.item()
    assert moved[True] == pytest.approx(0.1)
    assert moved[False] == pytest.approx(0.019)


def test_a_step_keeps_the_type_and_the_old_arrays():
    for paper in (True, False):
        weight, _ = one_weight(lr=1)
        weight.value = weight.gradient = value = np.ones((1, 1), np.float32)
        sgd = SGD([weight], np.float64(0.1), momentum=0.9, weight_decay=0.1, paper=paper)
        sgd.lr = np.float64(0.2)
        sgd.step()
        assert weight.value.dtype == np.float32
        assert value.item() == 1


def test_it_learns_xor():
    x, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    rng = np.random.default_rng(0)
    straight = Sequential(Linear(2, 8, rng=rng), Linear(8, 2, rng=rng))
    bent = Sequential(Linear(2, 8, rng=rng), Tanh(), Linear(8, 2, rng=rng))
    right = {}
    for net in (straight, bent):
        train(net, x, labels, steps=200, lr=0.3)
        right[net] = accuracy(net, x, labels)
    assert right[straight] < 1  # two linear layers are one, and no line parts these points
    assert right[bent] == 1


def test_it_tells_the_cat_from_the_coffee():
    """Patches of the two photographs; those on every third diagonal are kept for the test."""
    patches, labels, kept = [], [], []
    for label, name in enumerate(("coffee", "cat")):
        image = photo(name).transpose(2, 0, 1) / 255 - 0.5  # (3, 227, 227)
        for i, j in np.ndindex(8, 8):
            patches.append(image[:, 28 * i : 28 * i + 28, 28 * j : 28 * j + 28])  # (3, 28, 28)
            labels.append(label)
            kept.append((i + j) % 3 == 0)
    x, labels, kept = np.array(patches), np.array(labels), np.array(kept)  # x (128, 3, 28, 28)
    rng = np.random.default_rng(0)
    net = Sequential(
        Conv2d(3, 6, 7, 7, rng=rng), ReLU(), MaxPool2d(2), Flatten(), Linear(24, 2, rng=rng)
    )
    train(net, x[~kept], labels[~kept], steps=60, lr=0.05)
    assert accuracy(net, x[~kept], labels[~kept]) > 0.97
    assert accuracy(net, x[kept], labels[kept]) > 0.85


def train(net, x, labels, steps, lr):
    """Full-batch descent with momentum."""
    sgd = SGD(net.parameters(), lr, momentum=0.9)
    for _ in range(steps):
        net.backward(loss_backward(net.forward(x), labels))
        sgd.step()


def accuracy(net, x, labels):
    """The share of examples whose highest score is that of the label."""
    return (net.forward(x).argmax(1) == labels).mean()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Sequential(ReLU), "A network is made of layers, but <class .*ReLU'> was given"),
        (lambda: Sequential(ReLU()).backward(np.ones(1)), "ReLU can't go backward before it went"),
        (lambda: SGD([], -1), r"lr must be at least 0, but -1\.0 was given"),
        (lambda: SGD([], 0.1, momentum=-1), r"momentum must be at least 0, but -1\.0 was given"),
        (lambda: SGD([], 0.1, weight_decay="x"), "weight_decay must be a number, but 'x' was"),
        (lambda: SGD(Linear(1, 1, rng=np.random.default_rng(0)).parameters(), 0.1).step(),
         "no gradient yet: call backward before step"),
    ],
)  # fmt: skip
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
