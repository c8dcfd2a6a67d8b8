"""Tiny training in each of several processes, started by torchrun in test_distributed.py."""

import argparse
import hashlib
import json
import os
import signal
from pathlib import Path

import tiny
import torch

from alexnet_lib.training.distributed import finish


def main():
    """Train, perhaps die, perhaps stop and go on, and write what happened to told.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stop-at", type=int)
    parser.add_argument("--die-at", type=int)
    options = parser.parse_args()
    restarted = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
    told = {}

    def trainer():
        return tiny.trainer(folder=options.folder, save_every=4)

    train, test = tiny.images(60), tiny.images(31, seed=1)
    run = trainer()
    step = run.step

    def counted(x, labels):
        step(x, labels)
        if run.world.rank == 1 and run.done + 1 == options.die_at and not restarted:
            os._exit(7)
        # Only one of the processes is told to stop: all must, after the same step.
        if (
            run.world.rank == 1
            and run.done + 1 == options.stop_at
            and not told.get("interrupted_at")
        ):
            signal.raise_signal(signal.SIGTERM)

    run.step = counted
    run.fit(train, test, resume=restarted)
    if run.world.leads:
        told["resumed_at"] = int(run.report.said[0].split()[3].rstrip(","))
    if run.interrupted:
        told["interrupted_at"] = run.done
        run = trainer()
        run.fit(train, test, resume=True)
    weights = b"".join(w.numpy().tobytes() for w in run.model.state_dict().values())
    told |= {
        "done": run.done,
        "rows": len(run.history),
        "replicas": run.world.gather(hashlib.sha256(weights).hexdigest()),
        "images": run.evaluate(test)["images"],
        "reports": run.world.gather(type(run.report).__name__),
    }
    if run.world.leads:
        (options.folder / "told.json").write_text(json.dumps(told))
    finish(run.world)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
