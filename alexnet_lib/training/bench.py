"""How fast this machine trains: the trainer's step and a plain PyTorch loop, in the same run.

A speed alone says little: machines differ, and a busy one differs from minute to minute. So the
ways to do the same thing take turns, and the result is the ratio of their medians, with the share
of the machine's best, which is a large matrix product.

`alexnet bench` prints `report`. The scripts in benchmarks/ measure more, with the same functions.
"""

import time
from contextlib import ExitStack
from functools import partial
from statistics import median

import numpy as np
import torch
from torch.nn import functional as F

from alexnet_lib.data.sets import ImageSet
from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import devices
from alexnet_lib.training.recipe import RECIPES
from alexnet_lib.training.trainer import FLUSH, Trainer

__all__ = [
    "PLAIN",
    "RATE",
    "TUNED",
    "noise",
    "reading_speed",
    "report",
    "step_speeds",
    "take_turns",
    "textbook_step",
    "textbook_way",
    "top_speed",
    "trainer_way",
    "tuned_way",
]

PLAIN = "plain loop"  # its name among the trainer's ways
TUNED = "tuned loop"  # the same of the loop that is set up as well as the trainer's
RATE = 0.001  # so small that many steps on the same noise never diverge
# What `report` measures. Training: variant, shape, images of a batch, and of one on a GPU, which
# would be idle with so few. Reading: a name, shape, images, and the recipe.
TRAINING = (
    ("torchvision", (3, 224, 224), 64, 256),
    ("small", (3, 32, 32), 128, 2048),
    ("small", (1, 28, 28), 128, 2048),
)
READING = (
    ("28 px, grey, as they are", (1, 28, 28), 10_000, RECIPES["quick"]),
    ("224 of 256 px, as in 2012", (3, 256, 256), 512, RECIPES["2012"]),
)


def textbook_step(model, optimizer, x, labels):
    """Do a training step as PyTorch's tutorials do: x (N, C, H, W), labels (N,) -> the loss.

    float32, channels first, and `item()`, which waits for the device, at every step.
    """
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def textbook_way(model, data, batch, device="cpu"):
    """Return the plain loop as a way for `take_turns`: the number of steps -> seconds of each."""
    model = model.to(device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    images, labels = data.gather(np.arange(batch))
    x = images.contiguous().to(device) / 255  # (batch, C, H, W), channels first
    labels = labels.to(device)

    def way(times):
        start = time.perf_counter()
        for _ in range(times):
            textbook_step(model, optimizer, x, labels)
        return (time.perf_counter() - start) / times

    return way


def tuned_way(model, data, batch, device="cpu"):
    """Return the plain loop with what it costs little to add: the least that a trainer must reach.

    Channels last, SGD in one pass through memory, and the memory kept that a step frees.
    """
    model = model.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9, fused=True)
    images, labels = data.gather(np.arange(batch))
    x = (images.to(device) / 255).contiguous(memory_format=torch.channels_last)
    labels = labels.to(device)
    setup = devices.choose(device, "fp32")

    def way(times):
        with devices.full_speed(setup):
            start = time.perf_counter()
            for _ in range(times):
                textbook_step(model, optimizer, x, labels)
            return (time.perf_counter() - start) / times

    return way


def trainer_way(model, data, batch, **changes):
    """Return the trainer's own step as a way for `take_turns`, and the trainer.

    changes  fields of the recipe, such as dtype="fp32"
    """
    run = Trainer(model, report="none", **{"batch": batch, "rate": RATE} | changes)
    x, labels = next(run.prepare(data).epoch(0))  # (batch, C, H, W), (batch,)
    run.model.train()

    def way(times):
        with devices.full_speed(run.setup):
            start = time.perf_counter()
            for _ in range(times):
                run.step(x, labels)
                if len(run.state.pending) == FLUSH:
                    run.flush()
            run.flush()  # waits for the device
            return (time.perf_counter() - start) / times

    return way, run


def take_turns(ways, rounds=None, seconds=5.0, say=None, before=None):
    """Let several ways of doing the same thing take turns: {name: [seconds, one for each round]}.

    ways     {name: a function of how many times -> seconds of each}
    rounds   how many turns; None: as many as fit into `seconds` for each way, and at least three
    say      is called with a line about each round
    before   {name: what to do before each turn of that way, without counting it}

    Each way has a first turn to warm up, which doesn't count either.
    """
    turn = min(0.2, seconds / 10)
    before = before or {}
    times = {}

    def take(name, times):
        before.get(name, int)()
        return ways[name](times)

    for name in ways:
        # A short thing is done several times in a turn, so that the clock's resolution is enough.
        first = take(name, 1)
        times[name] = 1 if first > turn else max(1, int(turn / max(ways[name](1), 1e-6)))
    taken = {name: [] for name in ways}
    done = 0
    end = time.perf_counter() + seconds * len(ways)
    while done < rounds if rounds else done < 3 or time.perf_counter() < end:
        for name in ways:
            taken[name].append(take(name, times[name]))
        done += 1
        if say:
            of = f" of {rounds}" if rounds else ""
            last = ", ".join(f"{name} {turns[-1]:.3g} s" for name, turns in taken.items())
            say(f"round {done}{of}: {last}")
    return taken


def step_speeds(make, shape, batch, settings=None, device="auto", tuned=False, **turns):
    """Time the trainer's steps, in some settings, and the plain loop's, on the same network.

    make      a function without arguments that makes the network: each way gets its own
    shape     (C, H, W) of the images, which are noise
    settings  {name: fields of the recipe}; None: {"trainer": {}}, what the trainer picks
    tuned     also time `tuned_way`
    turns     `rounds`, `seconds` or `say` of `take_turns`

    Returns {name: {"seconds", "images_per_second", "ratio", "of_ceiling"}}, the plain loop first:
    medians; how many times as fast as the plain loop; the share of the fastest matrix product in
    the same precision in any of the turns.
    """
    data = noise(shape, batch, count_classes(make, shape))
    plain = devices.choose(device, "fp32", "contiguous")
    ways = {PLAIN: textbook_way(make(), data, batch, plain.device)}
    setups = {PLAIN: plain}
    for name, changes in (settings or {"trainer": {}}).items():
        ways[name], run = trainer_way(make(), data, batch, device=device, **changes)
        setups[name] = run.setup
    if tuned:
        ways[TUNED] = tuned_way(make(), data, batch, plain.device)
        setups[TUNED] = plain
    products = {f"product {setup.dtype}": partial(product_way, setup) for setup in setups.values()}
    # The plain loop runs with PyTorch's defaults. The trainer's ways all follow it, and the first
    # of them has no memory kept yet: one step of it isn't counted.
    first = list(ways)[1]
    fast = ExitStack()

    def speed_up():
        fast.enter_context(devices.full_speed(run.setup))
        ways[first](1)

    with fast:
        before = {PLAIN: fast.close, first: speed_up}
        taken = take_turns(ways | products, before=before, **turns)
    seconds = {name: median(taken[name]) for name in ways}
    work = run.state.flop and run.state.flop * batch
    return {
        name: {
            "seconds": seconds[name],
            "images_per_second": batch / seconds[name],
            "ratio": seconds[PLAIN] / seconds[name],
            "of_ceiling": work and work / seconds[name] / top_speed(setup),
        }
        for name, setup in setups.items()
    }


def product_way(setup, times):
    """Do the ceiling's matrix product at least once, as a way for `take_turns`."""
    start = time.perf_counter()
    top_speed(setup, seconds=0)
    return time.perf_counter() - start


def count_classes(make, shape):
    """Return how many classes a network has scores for."""
    with torch.inference_mode():
        return make().eval()(torch.zeros(1, *shape)).shape[1]


def top_speed(setup, seconds=0.1):
    """Return the best FLOP per second of a matrix product so far, computed as the trainer does.

    seconds  how long to try again
    """
    with devices.full_speed(setup):
        return devices.ceiling(setup, seconds=seconds)


def noise(shape, count, classes, seed=0):
    """Make an ImageSet of `count` random images of shape (C, H, W)."""
    channels, height, width = shape
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    labels = rng.integers(0, classes, count)
    return ImageSet("noise", images, labels, tuple(map(str, range(classes))))


def reading_speed(data, recipe, seconds=5.0, **changes):
    """Return the images per second of the trainer's batches, augmented and on the device.

    changes  fields of the recipe
    """
    run = Trainer(torch.nn.Linear(1, 1), recipe, report="none", **changes)  # it never runs
    batches = run.prepare(data)
    epoch = 0
    next(batches.epoch(epoch))  # warms up
    run.setup.synchronize()
    start = time.perf_counter()
    images = 0
    while True:
        for x, _ in batches.epoch(epoch):
            images += len(x)
            if time.perf_counter() - start > seconds:
                run.setup.synchronize()
                return images / (time.perf_counter() - start)
        epoch += 1


def report(seconds=5.0, say=print):
    """Measure what matters in training here, report it line by line, and return the figures.

    seconds  for each of the eight ways to train and to read: about a minute together
    say      is called with each line
    """
    setup = devices.choose()
    say(f"The trainer picks {setup.summary}.")
    dtypes = dict.fromkeys(["fp32", setup.dtype])
    tops = {name: top_speed(devices.choose(dtype=name)) for name in dtypes}
    best = ", ".join(f"{top / 1e9:,.0f} GFLOP/s in {name}" for name, top in tops.items())
    say(f"A large matrix product, which is the ceiling: {best}.")
    figures = {"summary": setup.summary, "ceiling": tops, "training": {}, "reading": {}}

    say("")
    say("Training steps of the trainer, and of a plain PyTorch loop on the same network:")
    say(f"{'':32}{'img/s':>9}{'plain loop':>12}{'ratio':>8}{'of ceiling':>12}")
    for variant, shape, few, many in TRAINING:
        batch = many if setup.device.type == "cuda" else few
        make = partial(alexnet, variant, in_channels=shape[0], image_size=shape[1:])
        rows = step_speeds(make, shape, batch, seconds=seconds)
        name = f"{variant}, {shape[1]} px, batch {batch}"
        figures["training"][name] = rows
        ours = rows["trainer"]
        plain = rows[PLAIN]
        say(
            f"{name:32}{ours['images_per_second']:9,.0f}{plain['images_per_second']:12,.0f}"
            f"{ours['ratio']:7.2f}×{ours['of_ceiling']:12.0%}"
        )

    say("")
    say("Batches, augmented and ready for the network:")
    for name, shape, count, recipe in READING:
        speed = reading_speed(noise(shape, count, 10), recipe, seconds)
        figures["reading"][name] = speed
        say(f"{name:32}{speed:9,.0f} img/s")
    return figures
