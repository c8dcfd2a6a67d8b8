"""The benchmarks are programs that import each other by name, as here."""

import importlib
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from alexnet_lib import devices

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NAMES = sorted(path.stem for path in BENCHMARKS.glob("*.py"))


@pytest.fixture
def benchmark(tmp_path, monkeypatch):
    """Import a benchmark by its name; results go into a folder of this test."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = {name: sys.modules.pop(name, None) for name in NAMES}
    monkeypatch.setattr(devices, "ceiling", partial(devices.ceiling, side=512, seconds=0.01))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the cases are too small for two

    def load(name):
        module = importlib.import_module(name)
        monkeypatch.setattr(sys.modules["record"], "RESULTS", tmp_path / "results")
        return module

    yield load
    torch.set_num_threads(threads)
    for name, module in before.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module
