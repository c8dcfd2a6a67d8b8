"""benchmarks/record.py: whole files, and nothing in them that tells whose machine it was."""

import importlib.util
import json
import platform
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def record(tmp_path, monkeypatch):
    """The module, which writes into a folder of this test."""
    spec = importlib.util.spec_from_file_location("record", ROOT / "benchmarks" / "record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RESULTS", tmp_path / "results")
    return module


def test_a_result_holds_the_figures_and_the_machine(record):
    machine = record.machine()
    path = record.save("speed", {"ratio": 1.25}, machine)
    assert json.loads(path.read_text()) == {"machine": machine, "figures": {"ratio": 1.25}}
    assert path.read_text().endswith("}\n")
    assert [p.name for p in path.parent.iterdir()] == ["speed.json"]


def test_the_machine_is_described(record):
    machine = record.machine()
    known = ("cpu", "cores", "threads", "python", "numpy", "torch", "date")
    assert all(machine[name] for name in known)
    assert machine["memory_gb"] is None or machine["memory_gb"] > 0


def test_nothing_private_is_named(record, monkeypatch):
    monkeypatch.setattr(platform, "node", lambda: "the-host")
    monkeypatch.setenv("LOGNAME", "the-user")
    machine = record.machine()
    del machine["cpu"], machine["gpu"]  # what their makers call them, slashes and all
    text = json.dumps(machine)
    assert "the-host" not in text
    assert "the-user" not in text
    assert "/" not in text


@pytest.mark.parametrize("figures", [{"ratio": float("nan")}, {"ratio": object()}])
def test_what_cannot_be_written_leaves_the_old_result(record, figures):
    path = record.save("speed", {"ratio": 1}, {})
    before = path.read_bytes()
    with pytest.raises((TypeError, ValueError)):
        record.save("speed", figures, {})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["speed.json"]


def test_an_interrupted_write_leaves_the_old_result(record, monkeypatch):
    path = record.save("speed", {"ratio": 1}, {})
    before = path.read_bytes()

    def half(self, text, **how):
        self.write_bytes(text[:5].encode())
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(KeyboardInterrupt):
        record.save("speed", {"ratio": 2}, {})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["speed.json"]
