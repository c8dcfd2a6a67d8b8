"""Training with one thread, with a thread for each core, and with a process for each core.

    python benchmarks/scaling.py [--rounds N] [--processes N] [--save]

Each run is the real trainer in processes of its own, started as a learner would start it: one
process with one thread; one process with a thread for each core; one process for each core under
`torchrun`, with one thread each, which share every batch and exchange their gradients. They take
turns, and the median of the rounds counts. A run takes three epochs, the first of which warms up.
Afterwards all processes of a run must have the same weights, bit for bit.

A process that has written its result and crashes as it exits is counted, not hidden. About 5
minutes on two free cores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from statistics import median

import record
import script
import torch

from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import bench
from alexnet_lib.training.distributed import finish
from alexnet_lib.training.trainer import Trainer

# network -> image shape, batch over all processes, steps per epoch
NETWORKS = {"small": ((3, 32, 32), 256, 10), "torchvision": ((3, 224, 224), 64, 3)}
EPOCHS = 3
WAIT = 600  # seconds for one run


def train(network, threads, result, shrink=1):
    """Train in this process, which may be one of many; rank 0 writes the result.

    shrink  divides the images' sides, for a test
    """
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    (channels, *sides), batch, steps = NETWORKS[network]
    shape = channels, *(side // shrink for side in sides)
    model = alexnet(network, image_size=shape[1], num_classes=10)
    run = Trainer(model, epochs=EPOCHS, batch=batch, rate=bench.RATE, report="none")
    history = run.fit(bench.noise(shape, batch * steps, 10))
    weights = sha256(b"".join(w.detach().numpy().tobytes() for w in run.model.parameters()))
    equal = len(set(run.world.gather(weights.hexdigest()))) == 1
    if run.world.leads:
        speeds = [row["images_per_second"] for row in history[1:]]
        found = {"images_per_second": max(speeds), "equal": equal, "line": run.summary}
        Path(result).write_text(json.dumps(found), encoding="utf-8")
    return finish(run.world)


def command(network, processes, threads, result, shrink=1):
    """Return the command line of a run."""
    launch = [sys.executable]
    if processes > 1:
        launch += ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    return [*launch, __file__, "--train", network, str(threads), str(result), str(shrink)]


def run_once(network, processes, threads, folder, shrink=1):
    """Train in processes of their own; return {"images_per_second", "equal", "line", "crashed"}."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    line = command(network, processes, threads, result, shrink)
    # torchrun would set this to 1 by itself, and print a warning.
    env = os.environ | {"OMP_NUM_THREADS": str(threads)}
    with subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        try:
            output, _ = run.communicate(timeout=WAIT)
        finally:
            run.terminate()  # torchrun ends its processes with it
    if not result.exists():
        raise RuntimeError(f"A run in its own processes failed: {output.decode()[-2000:].strip()}")
    found = json.loads(result.read_text(encoding="utf-8"))
    return found | {"crashed": run.returncode != 0}


def measure(networks, rounds, processes, folder, shrink=1, say=print):
    """Return {network: {way: figures}} of all ways to use the cores."""
    ways = {
        "1 process × 1 thread": (1, 1),
        f"1 process × {processes} threads": (1, processes),
        f"{processes} processes × 1 thread": (processes, 1),
    }
    found = {"rounds": rounds, "crashes_at_exit": 0, "runs": 0, "networks": {}}
    for network in networks:
        rows = {way: [] for way in ways}
        for i in range(rounds):
            for way, how in ways.items():
                rows[way].append(run_once(network, *how, folder, shrink))
                speed = rows[way][-1]["images_per_second"]
                say(f"{network}, round {i + 1} of {rounds}, {way}: {speed:.1f} img/s", flush=True)
        speeds = {
            way: median(row["images_per_second"] for row in some) for way, some in rows.items()
        }
        alone = speeds["1 process × 1 thread"]
        found["networks"][network] = {
            way: {
                "images_per_second": round(speed, 1),
                "ratio": round(speed / alone, 3),
                "replicas_equal": all(row["equal"] for row in rows[way]),
                "line": rows[way][0]["line"],
            }
            for way, speed in speeds.items()
        }
        found["networks"][network]["batch"] = NETWORKS[network][1]
        all_rows = [row for some in rows.values() for row in some]
        found["runs"] += len(all_rows)
        found["crashes_at_exit"] += sum(row["crashed"] for row in all_rows)
    return found


def table(found):
    """Return the figures as lines of text."""
    lines = [f"{'':13}{'':24}{'img/s':>9}{'ratio':>8}"]
    for network, rows in found["networks"].items():
        for way, row in rows.items():
            if way != "batch":
                speed = f"{row['images_per_second']:9.1f}{row['ratio']:7.2f}×"
                equal = "" if row["replicas_equal"] else "  REPLICAS DIFFER"
                lines.append(f"{network:13}{way:24}{speed}{equal}")
    crashes = f"{found['runs']} runs, {found['crashes_at_exit']} of them crashed at their exit"
    return "\n".join([*lines, crashes])


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    names = list(NETWORKS)
    parser.add_argument(
        "--networks", nargs="+", choices=names, default=names, help="all, if not given"
    )
    parser.add_argument("--rounds", type=script.count, default=3, help="how often (default 3)")
    cores = os.cpu_count() or 1
    parser.add_argument("--processes", type=script.count, default=cores, help="and threads")
    parser.add_argument("--train", nargs=4, help=argparse.SUPPRESS)  # a run, in its own process
    options = parser.parse_args()
    if options.train:
        network, threads, result, shrink = options.train
        return train(network, int(threads), result, int(shrink))
    if options.processes < 2:
        raise ValueError("One process leaves nothing to compare: give --processes 2 or more.")
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.networks, options.rounds, options.processes, Path(folder))
    print(table(found))
    script.save(options, "scaling", found, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
