"""Tiny training in each of several processes, which torchrun starts in test_distributed.py."""

import argparse
import hashlib
import json
import os
import signal
from pathlib import Path

import tiny
import torch

from alexnet_lib.training import devices
from alexnet_lib.training.distributed import finish


def main():
    """Train, die or stop where the options say so, go on, and write result.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stop-at", type=int)
    parser.add_argument("--die-at", type=int)
    options = parser.parse_args()
    restarted = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0
    result = {}

    def trainer():
        return tiny.trainer(folder=options.folder, save_every=4)

    train, test = tiny.images(60), tiny.images(31, seed=1)
    run = trainer()

    def die_or_stop(done):
        if run.world.rank == 1 and done == options.die_at and not restarted:
            os._exit(7)
        # Only one of the processes gets the signal: all must stop, after the same step.
        if run.world.rank == 1 and done == options.stop_at:
            signal.raise_signal(signal.SIGTERM)

    tiny.after_each_step(run, die_or_stop)
    run.fit(train, test, resume=restarted)
    if run.world.leads:
        result["resumed_at"] = int(run.report.messages[0].split()[3].rstrip(","))
    if run.interrupted:
        result["interrupted_at"] = run.state.done
        run = trainer()
        run.fit(train, test, resume=True)
    weights = b"".join(w.numpy().tobytes() for w in run.model.state_dict().values())
    result |= {
        "done": run.state.done,
        "rows": len(run.history),
        "replicas": run.world.gather(hashlib.sha256(weights).hexdigest()),
        "images": run.evaluate(test)["images"],
        "reports": run.world.gather(type(run.report).__name__),
    }
    if run.world.leads:
        (options.folder / "result.json").write_text(json.dumps(result))
    finish(run.world)


if __name__ == "__main__":
    torch.set_num_threads(1)
    devices.ceiling = lambda setup: 1e11  # the speed of a machine takes a second to measure
    main()
