"""Training steps on a GPU, at the sizes that fill one; without a GPU it says so and ends.

    python benchmarks/gpu.py [--batches N …] [--rounds N] [--save]

torchvision's AlexNet takes whole training steps on 224 × 224 noise in GPU memory, in bf16 or the
GPU's best precision: as it is, compiled by `torch.compile`, and replayed as a CUDA graph, beside
the plain loop of PyTorch's tutorials. "of ceiling" is the share of the speed of a matrix product in
the same precision. Then Fashion-MNIST is trained as in fashion.py, once to warm up and three times
to measure. What this GPU or this PyTorch doesn't support is left out, with the reason.
"""

import sys
import time
from functools import partial
from statistics import median

import fashion
import record
import script
import torch

from alexnet_lib.data import load
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import bench, devices
from alexnet_lib.training.trainer import Trainer

SHAPE = 3, 224, 224
NETWORK = partial(alexnet, "torchvision")
WARM = 5  # steps before a graph is captured


def eager_way(data, batch):
    """Return a way for `take_turns` that is the trainer's step as it is, and the trainer."""
    return bench.trainer_way(NETWORK(), data, batch, device="cuda")


def compiled_way(data, batch):
    """Return the same, compiled."""
    return bench.trainer_way(NETWORK(), data, batch, device="cuda", compile="yes")


def record_step(run, x, labels):
    """Record a trainer's step on this batch as a CUDA graph; return the function that replays it.

    x (b, C, H, W) float32, labels (b,)
    """
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM):
            run.step(x, labels)
    torch.cuda.current_stream().wait_stream(stream)
    recording = torch.cuda.CUDAGraph()
    with devices.full_speed(run.setup), torch.cuda.graph(recording):
        run.step(x, labels)
    return recording.replay


def graph_way(data, batch):
    """Return the step recorded once and replayed: one launch in place of hundreds."""
    run = Trainer(NETWORK(), batch=batch, rate=bench.RATE, report="none", device="cuda")
    x, labels = next(run.prepare(data).epoch(0))  # (batch, 3, 224, 224), (batch,)
    run.model.train()
    replay = record_step(run, x, labels)

    def way(times):
        start = time.perf_counter()
        for _ in range(times):
            replay()
        run.setup.synchronize()
        return (time.perf_counter() - start) / times

    return way, run


def textbook_way(data, batch):
    """Return a way that is the plain loop, and None, since it has no trainer."""
    return bench.textbook_way(NETWORK(), data, batch, "cuda"), None


WAYS = {
    bench.PLAIN: textbook_way,
    "eager": eager_way,
    "compiled": compiled_way,
    "graph": graph_way,
}


def step_speeds(batch, rounds, say=print):
    """Return {way: figures} for batches of this size, and why others were left out."""
    data = bench.noise(SHAPE, batch, 1000)
    ways = {}
    flop = None
    left_out = {}
    for name, make in WAYS.items():
        try:
            ways[name], run = make(data, batch)
            ways[name](1)
            flop = flop or (run and run.state.flop)
        except Exception as error:  # no memory, no compiler, no graph …
            left_out[name] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            ways.pop(name, None)
            say(f"batch {batch}: {name} is left out: {left_out[name]}", flush=True)
        torch.cuda.empty_cache()
    found = bench.take_turns(ways, rounds=rounds, say=partial(say, flush=True))
    taken = {name: median(seconds) for name, seconds in found.items()}
    tops = {name: bench.top_speed(devices.choose("cuda", name)) for name in ("fp32", "auto")}
    rows = {}
    for name, seconds in taken.items():
        top = tops["fp32" if name == bench.PLAIN else "auto"]
        rows[name] = {
            "images_per_second": round(batch / seconds),
            "ratio": round(taken[bench.PLAIN] / seconds, 2) if bench.PLAIN in taken else None,
            "of_ceiling": round(flop * batch / seconds / top, 4) if flop else None,
        }
    return {"ways": rows, "left_out": left_out}


def fashion_times(runs=3):
    """Return the times of fashion.py's run in this process: one to warm up, then those measured."""
    splits = load("fashion-mnist")
    rows = []
    for seed in range(-1, runs):
        start = time.perf_counter()
        torch.manual_seed(seed + 1)
        model = alexnet(**fashion.NETWORK)
        run = Trainer(model, fashion.RECIPE, report="none", seed=seed + 1, device="cuda")
        run.fit(splits.train)
        accuracy = run.evaluate(splits.test)["accuracy"]
        rows.append({"seconds": time.perf_counter() - start, "test_accuracy": accuracy})
    return {"warm_up": rows[0], "runs": rows[1:], "seconds": median(r["seconds"] for r in rows[1:])}


def measure(batches, rounds, say=print):
    """Return all figures."""
    setup = devices.choose("cuda")
    found = {"line": setup.summary, "ceiling_tflops": round(bench.top_speed(setup) / 1e12, 1)}
    found["steps"] = {str(batch): step_speeds(batch, rounds, say) for batch in batches}
    found["fashion"] = fashion_times()
    return found


def table(found):
    """Return the figures as lines of text."""
    lines = [found["line"], f"ceiling {found['ceiling_tflops']} TFLOP/s"]
    lines.append(f"{'batch':>6}  {'':12}{'img/s':>10}{'ratio':>8}{'of ceiling':>12}")
    for batch, rows in found["steps"].items():
        for name, row in rows["ways"].items():
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}×"
            share = "" if row["of_ceiling"] is None else f"{row['of_ceiling']:.0%}"
            lines.append(
                f"{batch:>6}  {name:12}{row['images_per_second']:10,}{ratio:>8}{share:>12}"
            )
    runs = ", ".join(
        f"{run['test_accuracy']:.2%} after {run['seconds']:.2f} s"
        for run in found["fashion"]["runs"]
    )
    return "\n".join([*lines, f"Fashion-MNIST: {runs}"])


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    sizes = [1024, 2048]
    parser.add_argument("--batches", nargs="+", type=script.count, default=sizes, help="images")
    parser.add_argument("--rounds", type=script.count, default=10, help="how often (default 10)")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise RuntimeError("There is no GPU here that PyTorch can use: nothing was measured.")
    machine = record.machine()
    found = measure(options.batches, options.rounds)
    print(table(found))
    script.save(options, "gpu", found, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
