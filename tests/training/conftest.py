"""What the tests of the trainer share: `tiny`, with a network, images and short runs."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # `import tiny`, which is also a program

import tiny

from alexnet_lib.training import devices


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Use one thread: more cost these tiny runs time, above all on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _known_ceiling(monkeypatch, request):
    """Measure the speed of this machine only where that is tested; elsewhere assume one."""
    if not request.module.__name__.endswith(("test_devices", "test_bench")):
        monkeypatch.setattr(devices, "ceiling", lambda setup: 1e11)


@pytest.fixture(scope="session")
def train():
    """Make 60 images of 8 × 8 pixels in three classes: 6 steps of 10."""
    return tiny.images(60)


@pytest.fixture(scope="session")
def test():
    """Make 30 other images."""
    return tiny.images(30, seed=1)
