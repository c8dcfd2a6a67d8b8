"""The command in this process, on data so small that a training run takes an instant."""

import types

import pytest

from alexnet_lib import cli


@pytest.fixture(scope="session")
def small():
    """Options for a network of so few kernels and units that a step takes a millisecond."""
    layers = {"conv1": 4, "conv2": 4, "conv3": 4, "conv4": 4, "conv5": 4, "fc6": 8, "fc7": 8}
    data = ("--data", "synthetic", "--batch", "16")
    return (*data, "--set", f"widths={layers}", "--dtype", "fp32", "--device", "cpu")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Set the environment to one process and no debugging, wherever the tests run."""
    for name in ("RANK", "WORLD_SIZE", "TORCHELASTIC_RESTART_COUNT", "ALEXNET_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def alexnet(capsys):
    """`alexnet("train", "--epochs", 2)` -> the result: code, out, err."""

    def call(*words):
        capsys.readouterr()
        code = cli.main(words)
        out, err = capsys.readouterr()
        return types.SimpleNamespace(code=code, out=out, err=err)

    return call


@pytest.fixture
def tiny_data(monkeypatch):
    """Make the set called synthetic 64 + 20 grey images; use one thread and a known speed limit."""
    import torch

    from alexnet_lib.data import sources
    from alexnet_lib.training import devices

    # In runs this small threads cost more than they gain, above all on a busy machine.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(devices, "ceiling", lambda setup: 1e11)
    make = sources.synthetic
    monkeypatch.setitem(
        sources.SOURCES, "synthetic", lambda: make(shape=(1, 28, 28), count=64, test=20)
    )
    yield
    torch.set_num_threads(before)


@pytest.fixture
def train(alexnet, tiny_data, small, tmp_path):
    """`train("--epochs", 2)` -> the result, with the run's folder."""

    def call(*words, out=tmp_path / "run"):
        result = alexnet("train", *small, "--out", out, *words)
        result.folder = out
        return result

    return call
