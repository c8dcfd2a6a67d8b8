"""Train the bundled first-layer kernels (`data.first_layer`) on thirteen photographs.

    python benchmarks/first_layer.py [--steps N] [--save]

A small network learns to say which part of which photograph a patch shows. Its kernels are as large
as AlexNet's, 11 × 11, and nobody tells them what to look for: edges, bars and colours are what the
answers need. With --save, all of them are written to alexnet_lib/data/first_layer.npz. About 4
minutes on one free core.

What shapes the kernels, as trials showed: with little weight decay they keep the noise that they
were drawn as; with upright patches nearly all edges are level or upright, as in the photographs;
with patches turned by any angle at all they become round spots, since then a direction tells
nothing. So each part is shown at an angle of its own. With a stride of 4, AlexNet's own, so short a
training leaves the marks of a comb in the kernels, with 2 hardly any.
"""

import io
import json
import math
import sys
import time

import numpy as np
import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import ANIMALS, PHOTOS, animal, photo
from alexnet_lib.files import write_atomic

SEED, BATCH = 0, 128
GRID = 4  # a photograph has 4 × 4 parts, each of them a class
PATCH = 48  # pixels of a side
SIZES = (32, 84)  # pixels that a patch shows of a photograph 400 pixels high
TURN = 0.25  # radians to either side of a part's own angle
GRAY = 0.3  # share of patches without colour
KERNELS = 64
RATE, MOMENTUM = 0.1, 0.9
DECAY, KERNEL_DECAY = 1e-3, 4e-3  # weight decay of the other layers, and of the first
COLORFUL = 0.2  # more of its energy than this is colour, in a kernel that comes last


def load_photographs():
    """Return all bundled photographs as a list of (3, H, W), from 0 to 1."""
    pictures = [photo(name) for name in PHOTOS] + [animal(name) for name in ANIMALS]
    return [torch.from_numpy(picture).permute(2, 0, 1) / 255 for picture in pictures]


def draw_patches(pictures, random):
    """Return patches x (BATCH, 3, PATCH, PATCH) around 0, and their classes y (BATCH,).

    Each is a square at a random place of a random part, of a random size, turned by about the
    part's angle, tinted, brighter or darker, and sometimes grey.
    """

    def uniform(low, high, *shape):
        return low + (high - low) * torch.rand(BATCH, *shape, generator=random)

    which = torch.randint(len(pictures), (BATCH,), generator=random).sort().values
    part = torch.randint(GRID**2, (BATCH,), generator=random)
    down = part // GRID + uniform(0, 1)  # in parts of the photograph
    right = part % GRID + uniform(0, 1)
    size = uniform(*SIZES)
    angle = 2 * math.pi * part / GRID**2 + uniform(-TURN, TURN)
    patches = []
    for i in which.unique():
        mine = which == i
        height, width = pictures[i].shape[1:]
        side = size[mine] * min(height, width) / 400
        y = (down[mine] * height / GRID).clamp(side / 2, height - side / 2)
        x = (right[mine] * width / GRID).clamp(side / 2, width - side / 2)
        across, along = angle[mine].cos() * side, angle[mine].sin() * side
        # Where the patch's own axes, from −1 to 1, lie in the photograph's.
        rows = [
            torch.stack([across / width, -along / width, 2 * x / width - 1], 1),
            torch.stack([along / height, across / height, 2 * y / height - 1], 1),
        ]
        grid = F.affine_grid(
            torch.stack(rows, 1), (len(side), 3, PATCH, PATCH), align_corners=False
        )
        picture = pictures[i].expand(len(side), -1, -1, -1)
        patches.append(F.grid_sample(picture, grid, padding_mode="reflection", align_corners=False))
    average = torch.stack([picture.mean((1, 2)) for picture in pictures]).mean(0)  # (3,)
    x = torch.cat(patches) - average[:, None, None]  # (BATCH, 3, PATCH, PATCH)
    x = x * uniform(0.6, 1.4, 3, 1, 1) + 0.1 * torch.randn(BATCH, 3, 1, 1, generator=random)
    gray = uniform(0, 1) < GRAY
    x[gray] = x[gray].mean(1, keepdim=True)
    return 2 * x, which * GRID**2 + part


def make_network(classes):
    """Return the network: three convolutions with batch normalization, and one linear layer."""
    layers = []
    for channels, *geometry in ((3, KERNELS, 11, 2, 5), (KERNELS, 96, 3, 1, 1), (96, 128, 3, 1, 1)):
        conv = nn.Conv2d(channels, *geometry, bias=False)
        layers += [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers[-1] = nn.AdaptiveAvgPool2d(3)  # (N, 128, 3, 3), in place of the last pooling
    # Small, so that what the kernels learn soon outgrows what they were drawn as.
    nn.init.normal_(layers[0].weight, 0, 0.002)
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(128 * 9, classes))


def train(steps):
    """Return the trained kernels (KERNELS, 3, 11, 11) and the figures of the training."""
    torch.manual_seed(SEED)
    random = torch.Generator().manual_seed(SEED)
    pictures = load_photographs()
    classes = len(pictures) * GRID**2
    net = make_network(classes).to(memory_format=torch.channels_last)
    groups = [
        {"params": net[0].parameters(), "weight_decay": KERNEL_DECAY},
        {"params": net[1:].parameters(), "weight_decay": DECAY},
    ]
    sgd = torch.optim.SGD(groups, RATE, momentum=MOMENTUM, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(sgd, RATE, total_steps=steps)
    start = time.perf_counter()
    worked = time.process_time()
    correct = []
    for step in range(1, steps + 1):
        x, y = draw_patches(pictures, random)
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(x.contiguous(memory_format=torch.channels_last))  # (BATCH, classes)
        loss = F.cross_entropy(scores.float(), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        schedule.step()
        correct.append((scores.argmax(1) == y).float().mean().item())
        if step % 100 == 0:
            print(f"step {step}: {np.mean(correct[-100:]):.0%} of the patches right", flush=True)
    figures = {
        "photographs": len(pictures),
        "classes": classes,
        "seed": SEED,
        "steps": steps,
        "patches": steps * BATCH,
        "accuracy": round(float(np.mean(correct[-100:])), 4),  # on new patches of these photographs
        "chance": round(1 / classes, 4),
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
    }
    return net[0].weight.detach().numpy(), figures


def arrange(kernels):
    """Return the kernels (K, 3, 11, 11) with a largest weight of 1 or −1, the strongest first.

    Those with much colour come last.
    """
    energy = (kernels**2).sum((1, 2, 3))  # (K,)
    gray = 3 * (kernels.mean(1) ** 2).sum((1, 2))  # (K,), the energy of the kernel without colour
    order = np.lexsort((-energy, gray < (1 - COLORFUL) * energy))
    return (kernels / np.abs(kernels).max((1, 2, 3), keepdims=True))[order]


def save_kernels(kernels, figures):
    """Write the kernels as float16, and as text how they were made, to first_layer.npz."""
    content = io.BytesIO()
    about = json.dumps({"script": "benchmarks/first_layer.py", **figures})
    np.savez_compressed(content, kernels=kernels.astype(np.float16), about=about)
    write_atomic(record.RESULTS.parent / "first_layer.npz", content.getvalue())


def main():
    """Train, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--steps", type=script.count, default=1500, help="default 1500")
    options = parser.parse_args()
    torch.set_num_threads(1)  # the order of sums, and so the kernels, depends on the threads
    machine = record.machine()
    kernels, figures = train(options.steps)
    print(", ".join(f"{name} {value}" for name, value in figures.items()))
    if options.save:
        save_kernels(arrange(kernels), figures)
    script.save(options, "first_layer", figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
