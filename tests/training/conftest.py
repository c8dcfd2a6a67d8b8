"""The trainer's tests share `tiny`: a network, images and runs, small enough for many."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # `import tiny`, which is a program too

import tiny

from alexnet_lib.training import devices


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Threads cost these tiny runs more than they bring, most of all on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _known_ceiling(monkeypatch, request):
    """The speed of this machine is measured in the tests of that, and assumed in the others."""
    if not request.module.__name__.endswith(("test_devices", "test_bench")):
        monkeypatch.setattr(devices, "ceiling", lambda setup: 1e11)


@pytest.fixture(scope="session")
def train():
    """60 images of 8 × 8 pixels in three classes: 6 steps of 10."""
    return tiny.images(60)


@pytest.fixture(scope="session")
def test():
    """30 other ones."""
    return tiny.images(30, seed=1)
