"""Whether everything works on this machine's GPU: one command, under five minutes, one JSON.

    python benchmarks/gpu_check.py [--device cuda] [--out gpu_check.json] [--steps NAME …] [--save]

Each step runs in a process of its own and ends with its figures or with its error, so no failure
hides the next one, not even one that leaves the GPU unusable for its process. The file is written
after every step. The steps: what the device is; training steps of the small and of torchvision's
network in the best precision and in fp32, as they are, compiled, and as a CUDA graph; the same
images from GPU memory, from a packed folder and from JPEG files; a run that is resumed; evaluation
beside the processor's; one process under torchrun, and DistributedDataParallel's gradients; and
local response normalization beside PyTorch's, forward and backward.

With --device cpu every step runs in tiny sizes, to see that its code works: compilation and graphs
are left out there. The exit code is 1 if a step failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import gpu
import pipeline
import record
import script
import torch
from torch import distributed, nn
from torch.nn import functional as F

from alexnet_lib.data import load
from alexnet_lib.data.batches import Batches
from alexnet_lib.data.pack import pack
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.lrn import LocalResponseNorm
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import bench, checkpoints, devices
from alexnet_lib.training.trainer import Trainer

PASSED, FAILED, LEFT_OUT = "passed", "failed", "left out"
WHOLE, EACH = 285, 90  # seconds for all steps, and for one
SMALL = {"in_channels": 1, "image_size": 28, "num_classes": 10}
# What differs on a processor, where the steps only show that they run.
SIZES = {
    "cuda": {"small": 2048, "torchvision": 256, "seconds": 2.0, "images": 8000, "files": 512},
    "cpu": {"small": 32, "torchvision": 2, "seconds": 0.0, "images": 200, "files": 12},
}


class LeftOut(Exception):
    """A reason not to do a step on this device."""


# The steps: each takes the device's kind and returns figures, or raises.


def place(kind):
    """Return what the device is, and the speed of its matrix products."""
    figures = {}
    for dtype in dict.fromkeys(["fp32", devices.choose(kind).dtype]):
        setup = devices.choose(kind, dtype)
        figures[dtype] = {"summary": setup.summary}
        figures[dtype]["teraflops"] = round(bench.top_speed(setup) / 1e12, 2)
    return figures


def speed(variant, mode, kind):
    """Return {precision: images per second} of training steps on noise, and check their losses."""
    if kind == "cpu" and mode != "eager":
        raise LeftOut("compilation and CUDA graphs are for a GPU")
    sizes = SIZES[kind]
    batch = sizes[variant]
    make = partial(alexnet, variant, **(SMALL if variant == "small" else {}))
    shape = make().plan[0].shape  # (C, H, W)
    data = bench.noise(shape, batch, 10)
    figures = {}
    for dtype in dict.fromkeys([devices.choose(kind).dtype, "fp32"]):
        compiled = "yes" if mode == "compiled" else "no"
        settings = {"dtype": dtype, "compile": compiled, "device": kind}
        run = Trainer(make(), batch=batch, rate=0.001, report="none", **settings)
        x, labels = next(run.prepare(data).epoch(0))  # (batch, C, H, W), (batch,)
        run.model.train()
        before = [weight.detach().clone() for weight in run.model.parameters()]
        step = partial(run.step, x, labels)
        with devices.full_speed(run.setup):
            if mode == "graph":
                step = gpu.record_step(run, x, labels)
            else:
                for _ in range(3 if kind == "cuda" else 1):
                    step()
            run.setup.synchronize()
            start, steps = time.perf_counter(), 0
            while steps < 2 or time.perf_counter() - start < sizes["seconds"]:
                step()
                steps += 1
                if steps % 10 == 0:
                    run.setup.synchronize()
            run.setup.synchronize()
            seconds = time.perf_counter() - start
        losses = [float(loss) for loss, _ in run.state.pending]
        require(all(0 < loss < 100 for loss in losses), f"a loss is not right: {losses[-3:]}")
        moved = [not torch.equal(a, b) for a, b in zip(before, run.model.parameters(), strict=True)]
        require(all(moved), "some weights did not move")
        figures[dtype] = {"images_per_second": round(batch * steps / seconds, 1)}
        figures[dtype] |= {"steps": steps, "batch": batch}
    return figures


def data(kind):
    """Return the images per second of an epoch's batches from each source; the images agree."""
    count = SIZES[kind]["files"]
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "photos"
        pipeline.make_photos(files, count)
        folders = load(files, size=224).train
        packed = load(pack(files, Path(folder) / "packed", size=224)).train
        sources = {"JPEG files": folders, "packed": packed, "resident": packed}
        sums = {}
        for name, source in sources.items():
            run = Trainer(nn.Linear(1, 1), batch=min(128, count), report="none", device=kind)
            batches = run.prepare(source)
            if name != "resident":
                batches.resident = ()  # as if it had no room on the GPU
            start = time.perf_counter()
            sums[name] = sum(float(x.double().abs().sum()) for x, _ in whole_epoch(batches))
            run.setup.synchronize()
            done = len(batches) * batches.batch
            figures[name] = {"images_per_second": round(done / (time.perf_counter() - start), 1)}
        figures["resident"]["on_device"] = bool(batches.resident)
    spread = max(sums.values()) / min(sums.values()) - 1
    require(spread < 1e-3, f"the sources give other images: {sums}")
    return figures


def whole_epoch(batches: Batches):
    """Return the batches of the first epoch."""
    return batches.epoch(0)


def resume(kind):
    """Return how far a resumed run ends from one that was never stopped."""
    train, test = load_few(kind)
    settings = {"device": kind, "dtype": "fp32", "report": "none", "ema": 0.9, "batch": 50}
    with tempfile.TemporaryDirectory() as folder:
        whole = make_trainer(0, epochs=2, **settings)
        whole.fit(train, test)
        make_trainer(0, epochs=1, folder=Path(folder), **settings).fit(train, test)
        rest = make_trainer(9, epochs=2, folder=Path(folder), **settings)
        rest.fit(train, test, resume=True)
    ends = zip(whole.model.parameters(), rest.model.parameters(), strict=True)
    far = max(float((a - b).detach().abs().max()) for a, b in ends)
    # On a GPU the order of some sums varies; on a processor nothing does.
    require(far <= (0.02 if kind == "cuda" else 0), f"weights differ by {far:.3g}")
    return {"largest_difference": far, "test_accuracy": rest.history[-1]["test_accuracy"]}


def evaluation(kind):
    """Return the difference between an evaluation here and the processor's, with one network."""
    train, test = load_few(kind)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        run = make_trainer(0, epochs=1, batch=50, device=kind, report="none", folder=Path(folder))
        run.fit(train)
        _, contents = checkpoints.load_latest(Path(folder))
        cpu = make_trainer(9, device="cpu", dtype="fp32", report="none")
        cpu.load(contents)
        right = cpu.evaluate(test)
        for dtype, most in {run.setup.dtype: 0.02, "fp32": 1e-3}.items():
            other = make_trainer(9, device=kind, dtype=dtype, report="none")
            other.load(contents)
            found = other.evaluate(test)
            far = abs(found["loss"] / right["loss"] - 1)
            figures[dtype] = {"loss": found["loss"], "accuracy": found["accuracy"], "off": far}
            require(far < most, f"{dtype}: the loss is {found['loss']}, not {right['loss']}")
    return figures | {"cpu": {"loss": right["loss"], "accuracy": right["accuracy"]}}


def ddp(kind):
    """Return the accuracy of a run under torchrun; compare DDP's gradients with plain ones."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node=1", "-m", "alexnet_lib.cli", "train", "--epochs=1"]
        command += [f"--device={kind}", f"--out={folder}/run"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=EACH, check=False)
        require(done.returncode == 0, f"torchrun: {done.stderr[-300:]}")
        rows = (Path(folder) / "run" / "metrics.jsonl").read_text("utf-8").splitlines()
        figures["test_accuracy"] = json.loads(rows[-1])["test_accuracy"]
        backend = "nccl" if kind == "cuda" else "gloo"
        place = f"file://{folder}/meeting"
        distributed.init_process_group(backend, init_method=place, rank=0, world_size=1)
        try:
            figures["gradients_off"] = gradients_off(kind)
        finally:
            distributed.destroy_process_group()
    return figures | {"backend": backend}


def gradients_off(kind):
    """Return how far the gradients of DistributedDataParallel are from plain ones."""
    torch.manual_seed(0)
    x = torch.randn(32, 1, 28, 28, device=kind)  # (N, 1, 28, 28)
    labels = torch.arange(32, device=kind) % 10  # (N,)
    found = []
    for wrap in (lambda model: model, nn.parallel.DistributedDataParallel):
        torch.manual_seed(1)
        model = wrap(alexnet("small", **SMALL).to(kind).eval())  # eval: no dropout
        F.cross_entropy(model(x), labels).backward()
        found.append([weight.grad for weight in model.parameters()])
    far = max(float((a - b).abs().max()) for a, b in zip(*found, strict=True))
    require(far < 1e-4, f"the gradients differ by {far:.3g}")
    return far


def lrn(kind):
    """Return how far our normalization is from PyTorch's, forward and backward, and its speed."""
    batch, side = (128, 55) if kind == "cuda" else (2, 13)
    torch.manual_seed(0)
    x = torch.randn(batch, 96, side, side, device=kind)  # (N, 96, H, W)
    slopes = torch.randn_like(x)  # (N, 96, H, W)
    layers = {"ours": LocalResponseNorm(5, 1e-2, 0.75, 2.0)}
    layers["PyTorch's"] = nn.LocalResponseNorm(5, 1e-2, 0.75, 2.0)
    figures, found = {}, {}
    for name, layer in layers.items():
        seconds = []
        for _ in range(5 if kind == "cuda" else 2):
            given = x.clone().requires_grad_()
            devices.choose(kind).synchronize()
            start = time.perf_counter()
            y = layer(given)
            y.backward(slopes)
            devices.choose(kind).synchronize()
            seconds.append(time.perf_counter() - start)
        found[name] = y.detach(), given.grad
        figures[name] = {"milliseconds": round(1000 * min(seconds), 3)}
    for what, a, b in zip(("output", "gradient"), *found.values(), strict=True):
        figures[f"{what}_off"] = far = float((a - b).detach().abs().max())
        require(far < 1e-4, f"the {what} differs by {far:.3g}")
    return figures


# What the steps share.


def require(holds, text):
    """Raise a RuntimeError with this text unless it holds."""
    if not holds:
        raise RuntimeError(text)


def load_few(kind):
    """Return bundled images to train on and to test, few on a processor."""
    count = SIZES[kind]["images"]
    train, test = load("fashion-mnist-small")
    return train.take(min(count, len(train))), test.take(min(count, len(test)))


def make_trainer(seed, **settings):
    """Return a trainer of the small network with weights from this seed."""
    torch.manual_seed(seed)
    return Trainer(alexnet("small", **SMALL), rate=0.01, **settings)


STEPS = {"device": place}
for _variant in ("small", "torchvision"):
    for _mode in ("eager", "compiled", "graph"):
        STEPS[f"{_variant}, {_mode}"] = partial(speed, _variant, _mode)
STEPS |= {"data": data, "resume": resume, "evaluation": evaluation, "ddp": ddp, "lrn": lrn}


# Running them.


def do(name, kind):
    """Do a step in this process; return its outcome as plain data."""
    start = time.perf_counter()
    try:
        outcome = {"state": PASSED, "figures": STEPS[name](kind)}
    except LeftOut as reason:
        outcome = {"state": LEFT_OUT, "reason": str(reason)}
    except Exception as error:
        text = " ".join(str(error).split())[:500]
        outcome = {"state": FAILED, "reason": f"{type(error).__name__}: {text}"}
    return outcome | {"seconds": round(time.perf_counter() - start, 1)}


def do_alone(name, kind, seconds):
    """Do a step in a process of its own, for so many seconds; return its outcome."""
    if seconds < 1:
        return {"state": LEFT_OUT, "reason": "no time was left"}
    command = [sys.executable, __file__, "--device", kind, "--one", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"state": FAILED, "reason": f"it took more than {seconds:.0f} s"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = " ".join(done.stderr.split())[-300:]
        return {"state": FAILED, "reason": f"its process ended ({done.returncode}): {last}"}


def check(names, kind, path, say=print):
    """Do these steps one after another; return the outcomes, which are also in the file."""
    found = {"machine": record.machine(), "device": kind, "steps": {}}
    end = time.monotonic() + WHOLE
    for name in names:
        found["steps"][name] = outcome = do_alone(name, kind, min(EACH, end - time.monotonic()))
        write_atomic(path, json.dumps(found, indent=2) + "\n")
        say(f"{name:24}{outcome['state']:10}{in_words(outcome)}", flush=True)
    return found


def in_words(outcome):
    """Return the images per second of a step, or its reason."""
    figures = outcome.get("figures", {}).items()
    rows = {name: row for name, row in figures if isinstance(row, dict)}
    speeds = {k: row["images_per_second"] for k, row in rows.items() if "images_per_second" in row}
    text = ", ".join(f"{name} {value:,.0f} img/s" for name, value in speeds.items())
    return text or outcome.get("reason", "")


def main():
    """Do the steps, print a line for each, and write the JSON."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--out", type=Path, default=Path("gpu_check.json"), metavar="FILE")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS), metavar="NAME")
    parser.add_argument("--one", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        outcome = do(options.one, options.device)
        print(json.dumps(outcome), flush=True)
        os._exit(0)  # a GPU that is in trouble must not keep the process
    if options.device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("There is no GPU here that PyTorch can use: try --device cpu.")
    found = check(options.steps, options.device, options.out)
    states = [outcome["state"] for outcome in found["steps"].values()]
    many = ", ".join(f"{states.count(state)} {state}" for state in (PASSED, FAILED, LEFT_OUT))
    print(f"{many}. Written to {options.out}.")
    script.save(options, "gpu_check", found["steps"], found["machine"])
    return 1 if FAILED in states else 0


if __name__ == "__main__":
    sys.exit(script.run(main))
