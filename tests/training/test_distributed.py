"""Two processes under torchrun: equal replicas, one report, an orderly stop, a new start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from alexnet_lib.training import checkpoints
from alexnet_lib.training.distributed import World, begin, finish

PROGRAM = Path(__file__).with_name("two.py")


def test_one_process_is_a_world_of_its_own(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    world = begin()
    assert world == World(0, 1, 0) and world.leads and not world.any(False) and world.any(True)
    assert world.gather("x") == ["x"] and finish(world, 3) == 3
    assert torch.equal(world.total(torch.ones(2)), torch.ones(2))
    world.wait()


@pytest.mark.slow
def test_two_processes_train_as_one_stop_as_one_and_start_again(tmp_path):
    """All in one start of two processes, since starting takes most of the time.

    One of them dies in the tenth step, and torchrun starts both again; then one gets a signal.
    """
    folder = tmp_path / "two"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--max-restarts=1"]
    command += ["--nproc-per-node=2", str(PROGRAM), str(folder), "--die-at=10", "--stop-at=13"]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, env=env, timeout=180, check=False)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))

    errors = done.stderr.decode()
    assert result["resumed_at"] == 8, errors
    assert result["interrupted_at"] == 16 and result["done"] == 18, errors
    assert result["replicas"][0] == result["replicas"][1], "the replicas differ"
    assert result["images"] == 31, "an image was counted twice, or not at all"
    assert result["rows"] == 3 and result["reports"] == ["Recorder", "Report"]
    _, state = checkpoints.load_latest(folder)
    assert len(state["random"]) == 2 and "2 processes" in state["machine"]["device"]
    assert state["history"][-1]["accuracy"] > 0.9
