"""Do runs that are killed at random moments and resumed end like runs that were never killed?

    python benchmarks/kills.py [--kills N] [--seed N] [--jobs N] [--save]

A small AlexNet trains for three epochs in a process of its own, with augmentation, dropout, batch
normalization and momentum, and writes a checkpoint every three steps. At a random moment after a
random step it gets SIGKILL, which nothing can catch (a file being written is torn), or SIGTERM,
after which it should save and stop in order. A new process resumes it. Then its last checkpoint is
compared, number by number and bit for bit, with that of an uninterrupted run: weights, averages,
optimizer, random generators, history; and so are the losses in its metrics. Only times may differ.

The four ways to train in CASES take turns. About 4 minutes on two free cores.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import record
import script
import torch

from alexnet_lib.data import load
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import checkpoints
from alexnet_lib.training.recipe import Recipe
from alexnet_lib.training.trainer import Trainer

# Together they use every part of a checkpoint. The default dtype is bf16 if the CPU has it.
CASES = {
    "sgd": {"threads": 1, "dtype": "fp32", "schedule": "one-cycle"},
    "paper": {"threads": 1, "optimizer": "paper", "schedule": "plateau", "patience": 1},
    "adam": {"threads": 2, "optimizer": "adam", "rate": 0.001, "ema": 0.95, "schedule": "cosine"},
    "parts": {"threads": 2, "dtype": "fp32", "accumulate": 2, "clip": 1.0, "smoothing": 0.1},
}
COMMON = Recipe(
    epochs=3, batch=16, rate=0.02, crop="random", padding=2, flip=True, colour=0.1, save_every=3
)
IMAGES, SIDE = 200, 28  # 12 steps an epoch
WIDTHS = {"conv1": 8, "conv2": 16, "conv3": 24, "conv4": 24, "conv5": 16, "fc6": 48, "fc7": 48}
CLOCKS = ("seconds", "images_per_second", "waiting", "of_ceiling")  # these depend on the clock
STEPS = COMMON.epochs * (IMAGES // COMMON.batch)
WAIT = 300  # seconds for one run; on a busy machine they take 10


def train(folder, case):
    """Train in this process, resuming a run in the folder; print a line after each step."""
    settings = dict(CASES[case])
    torch.set_num_threads(settings.pop("threads"))
    torch.manual_seed(1)
    model = alexnet("small", image_size=SIDE, normalization="bn", widths=WIDTHS)
    run = Trainer(model, COMMON, folder=folder, report="none", **settings)
    step = run.step

    def step_and_print(x, labels):
        step(x, labels)
        print(run.state.done, flush=True)

    run.step = step_and_print
    data = load("synthetic", shape=(3, SIDE, SIDE), count=IMAGES, test=40)
    run.fit(*data, resume=True)
    return 130 if run.interrupted else 0


def start_run(folder, case):
    """Start a process that trains in the folder, and return it."""
    command = [sys.executable, __file__, "--train", str(folder), case]
    # There are more threads than cores: a waiting one must not keep a core busy.
    env = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=env, text=True, **pipes)


def finish_run(folder, case):
    """Train until the end, and return the run's `final_state`."""
    with start_run(folder, case) as process:
        try:
            _, errors = process.communicate(timeout=WAIT)
        finally:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"A run in a process of its own failed: {errors.strip()}")
    return final_state(folder)


def final_state(folder):
    """Return a run's last checkpoint, together with its metrics."""
    _, state = checkpoints.load_latest(folder, raise_error)
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    state["metrics"] = [json.loads(line) for line in lines]
    return state


def raise_error(text):
    """Raise: the last checkpoint must never be damaged."""
    raise RuntimeError(text)


def kill_run(folder, case, step, number, moment):
    """Start a run, send it a signal after `step`, and return what it left behind.

    moment  how long after the step, in steps: from 0 to 1
    """
    times = []
    with start_run(folder, case) as process:
        try:
            for line in process.stdout:
                times.append(time.perf_counter())
                if int(line) >= step:
                    break
            if len(times) > 1:
                time.sleep(moment * (times[-1] - times[0]) / (len(times) - 1))
            process.send_signal(number)
            _, errors = process.communicate(timeout=WAIT)
        finally:
            process.kill()
    if process.returncode not in (-number, 130, 0):
        raise RuntimeError(f"A run failed before it was killed: {errors.strip()}")
    torn = bool(list(folder.glob("*.new")))
    return {"code": process.returncode, "torn": torn, "saved": saved_step(folder)}


def saved_step(folder):
    """Return the step of the newest checkpoint in a folder, or 0."""
    found = checkpoints.paths(folder)
    return int(found[0].name.split("-")[1].split(".")[0]) if found else 0


def differences(one, other, place=""):
    """Return where two states differ, as dotted names, ignoring what depends on the clock."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        same = one.dtype == other.dtype and torch.equal(one, other)
        return [] if same else [place]
    if isinstance(one, dict) and isinstance(other, dict):
        names = [name for name in {**one, **other} if name not in CLOCKS]
        return [
            path
            for name in names
            for path in differences(one.get(name), other.get(name), f"{place}.{name}".strip("."))
        ]
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(one) != len(other):
            return [place]
        pairs = enumerate(zip(one, other, strict=True))
        return [path for i, (a, b) in pairs for path in differences(a, b, f"{place}.{i}")]
    return [] if one == other else [place]


def measure(kills, seed, jobs, folder, say=print):
    """Kill and resume so many runs, `jobs` at the same time, and return the figures."""
    draw = random.Random(seed)
    ends = {}
    cases = list(CASES)[:kills]
    for case in cases:
        ends[case] = finish_run(folder / f"{case}-alone", case)
        again = differences(ends[case], finish_run(folder / f"{case}-again", case))
        if again:
            raise RuntimeError(
                f'Two uninterrupted runs of "{case}" differ in {", ".join(again[:5])}: this machine'
                " doesn't repeat itself."
            )
    say(f"{len(cases)} ways to train, each repeats itself", flush=True)

    def cycle(job):
        i, case, step, number, moment = job
        place = folder / f"killed-{i}"
        left = kill_run(place, case, step, number, moment)
        different = differences(ends[case], finish_run(place, case))
        name = signal.Signals(number).name
        row = {"case": case, "signal": name, "step": step, **left, "differ": different}
        done.append(row)
        verdict = f"ANOTHER END: {', '.join(different[:5])}" if different else "the same end"
        torn = ", a file torn" if left["torn"] else ""
        say(
            f"{len(done)} of {kills}: {case}, {name} after step {step} of {STEPS}{torn}, resumed"
            f" from step {left['saved']}: {verdict}",
            flush=True,
        )

    signals = [signal.SIGKILL, signal.SIGTERM]
    draws = [
        (
            i,
            cases[i % len(cases)],
            draw.randrange(1, STEPS),
            signals[draw.random() < 0.5],
            draw.random(),
        )
        for i in range(kills)
    ]
    done = []
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(cycle, draws))
    return figures(done)


def figures(rows):
    """Return the figures of all kills together."""
    died = Counter(row["code"] for row in rows)
    return {
        "kills": len(rows),
        "identical": sum(not row["differ"] for row in rows),
        "by_sigkill": died[-signal.SIGKILL],
        "by_sigterm": died[130],  # saved, and stopped in order
        "too_late": died[0] + died[-signal.SIGTERM],  # the run had ended before the signal came
        "files_torn": sum(row["torn"] for row in rows),
        "most_steps_lost": max(row["step"] - row["saved"] for row in rows),
        "steps": STEPS,
        "different": [row for row in rows if row["differ"]],
    }


def main():
    """Kill, resume and compare; return 1 if an end differs."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--kills", type=script.count, default=50, help="how many (default 50)")
    parser.add_argument("--seed", type=int, default=0, help="of steps and signals (default 0)")
    parser.add_argument("--jobs", type=script.count, default=os.cpu_count(), help="at once")
    parser.add_argument("--train", nargs=2, help=argparse.SUPPRESS)  # a run, in its own process
    options = parser.parse_args()
    if options.train:
        folder, case = options.train
        return train(Path(folder), case)
    machine = record.machine()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.kills, options.seed, options.jobs, Path(folder))
    print(f"{found['kills']} kills, {found['identical']} identical ends")
    script.save(options, "kills", found, machine)
    return int(found["identical"] < found["kills"])


if __name__ == "__main__":
    sys.exit(script.run(main))
