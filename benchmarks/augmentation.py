"""What made pictures gain beside real ones, on a small convolutional network and several seeds.

    python benchmarks/augmentation.py [--runs N] [--save]

The network of the lesson on augmentation learns a thousand bundled pictures of clothes in six ways:

    none      the pictures as they are
    flips     mirrored, left and right, every second time
    crops     a window of 28 × 28, anywhere in the picture with 2 black pixels around it
    both      flips and crops
    too much  windows with 10 pixels around, mirrored also upside down, and turned by quarters
    new       no change, but two thousand real pictures, and as many steps

All ways of a seed begin with the same weights and see the pictures in the same order ("new" has an
order of its own). Test pictures stay as they are; "ten" asks the network of "both" about ten
windows of each, and averages. What counts is the difference to "none" with the same seed (for
"ten", to "both"), and the interval for its mean. The settings were chosen on seeds from 0 on, and
the figures are of others. About ten minutes on one free core.
"""

import math
import sys
from statistics import mean, stdev

import record
import script
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import load
from alexnet_lib.data.augment import ten_crops

SEEDS = range(300, 312)
SHOES = (5, 7, 9)  # sandal, sneaker, ankle boot
COUNT, BATCH, STEPS, MOMENTUM = 1000, 50, 600, 0.9
RATES = (0.05, 0.005)  # the second for the last third of the steps
WAYS = {  # pixels around the picture, mirror, upside down and quarter turns
    "none": (0, False, False),
    "flips": (0, True, False),
    "crops": (2, False, False),
    "both": (2, True, False),
    "too much": (10, True, True),
    "new": (0, False, False),
}
STUDENT = {6: 2.571, 8: 2.365, 12: 2.201, 20: 2.093}  # runs -> factor of an interval


def load_pictures():
    """Return pictures around 0, and labels: x (2000, 1, 28, 28), y, x_test (2000, …), y_test."""
    train, test = load("fashion-mnist-small")
    sets = train.take(2 * COUNT), test
    x, x_test = (
        (torch.tensor(each.images).permute(0, 3, 1, 2) / 255 - 0.29) / 0.35 for each in sets
    )
    y, y_test = (torch.tensor(each.labels).long() for each in sets)
    return x, y, x_test, y_test


def change(images, way, generator):
    """Return a draw of each image, (N, 1, 28, 28): a window, perhaps mirrored and turned."""
    pad, mirror, turn = WAYS[way]
    black = images.min().item()
    x = F.pad(images, [pad] * 4, value=black)
    corner = torch.randint(0, 2 * pad + 1, (len(x), 2), generator=generator)  # (N, 2)
    along = torch.arange(28)
    y = corner[:, 0, None] + along  # (N, 28)
    z = corner[:, 1, None] + along  # (N, 28)
    x = x[torch.arange(len(x))[:, None, None], 0, y[:, :, None], z[:, None, :]]  # (N, 28, 28)
    coins = torch.rand(len(x), 2, generator=generator) < 0.5  # (N, 2)
    turns = torch.randint(0, 4, (len(x),), generator=generator)  # (N,)
    if mirror:
        x = torch.where(coins[:, 0, None, None], x.flip(2), x)
    if turn:
        x = torch.where(coins[:, 1, None, None], x.flip(1), x)
        turned = torch.stack([x.rot90(k, (1, 2)) for k in range(4)])  # (4, N, 28, 28)
        x = turned[turns, torch.arange(len(x))]
    return x[:, None]


def train_network(way, seed, x, y):
    """Return a network that has learned x (N, 1, 28, 28), y (N,), changed in that way."""
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )
    if way != "new":
        x, y = x[:COUNT], y[:COUNT]
    order = torch.Generator().manual_seed(seed)
    draws = torch.Generator().manual_seed(seed)
    sgd = torch.optim.SGD(net.parameters(), momentum=MOMENTUM)
    for step in range(STEPS):
        batches = len(x) // BATCH
        if step % batches == 0:
            epoch = torch.randperm(len(x), generator=order).split(BATCH)
        sgd.param_groups[0]["lr"] = RATES[step >= STEPS * 2 / 3]
        batch = epoch[step % batches]
        loss = F.cross_entropy(net(change(x[batch], way, draws)), y[batch])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    return net.eval()


@torch.no_grad()
def judge(net, x, y, ten=False):
    """Return accuracy in %, loss, and accuracy on shoes; with `ten`, of ten windows averaged."""
    if ten:
        windows = ten_crops(F.pad(x, [2] * 4, value=x.min().item()), 28)  # (10, N, 1, 28, 28)
        chances = torch.stack([net(window).softmax(1) for window in windows]).mean(0)  # (N, 10)
    else:
        chances = net(x).softmax(1)  # (N, 10)
    right = (chances.argmax(1) == y).double()  # (N,)
    shoes = torch.isin(y, torch.tensor(SHOES))  # (N,)
    accuracy, of_shoes = right.mean().item(), right[shoes].mean().item()
    loss = F.nll_loss(chances.log(), y).item()
    return [round(100 * accuracy, 2), round(loss, 4), round(100 * of_shoes, 2)]


def run_seed(seed, data):
    """Return {way: test accuracy, loss, accuracy on shoes, then the training's} of one seed."""
    x, y, x_test, y_test = data
    rows = {}
    for way in WAYS:
        net = train_network(way, seed, x, y)
        rows[way] = judge(net, x_test, y_test) + judge(net, x[:COUNT], y[:COUNT])
        if way == "both":
            rows["ten"] = judge(net, x_test, y_test, ten=True)
    return rows


def measure(seeds):
    """Return {"seeds", "rows": {way: a row for each seed}, "gains": {way: gain and interval}}."""
    data = load_pictures()
    all_rows = []
    for seed in seeds:
        all_rows.append(run_seed(seed, data))
        print(seed, {way: row[0] for way, row in all_rows[-1].items()}, flush=True)
    rows = {way: [each[way] for each in all_rows] for way in all_rows[0]}
    figures = {"seeds": list(seeds), "rows": rows, "gains": {}}
    for way, of_way in rows.items():
        base = rows["both" if way == "ten" else "none"]
        gains = [row[0] - without[0] for row, without in zip(of_way, base, strict=True)]
        if way != "none":
            figures["gains"][way] = {"mean": round(mean(gains), 3), "interval": interval(gains)}
        print(format_row(way, of_way, figures["gains"].get(way)), flush=True)
    return figures


def interval(values):
    """Return the two ends of an interval for the mean, or None if STUDENT lacks its factor."""
    if len(values) not in STUDENT:
        return None
    half = STUDENT[len(values)] * stdev(values) / math.sqrt(len(values))
    return [round(mean(values) - half, 3), round(mean(values) + half, 3)]


def format_row(way, rows, gain):
    """Return a way's figures as a line of text."""
    text = f"{way:9} test {mean(row[0] for row in rows):.2f} % {mean(row[1] for row in rows):.3f}"
    if len(rows[0]) > 3:
        text += f"  training {mean(row[3] for row in rows):.2f} %"
    text += f"  shoes {mean(row[2] for row in rows):.2f} %"
    if gain:
        ends = " to ".join(f"{end:.2f}" for end in gain["interval"] or ())
        text += f"  gain {gain['mean']:.2f} points  {ends}"
    return text


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=len(SEEDS), help="seeds at most")
    parser.add_argument("--first", type=script.count, default=SEEDS[0], help="the first seed")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    seeds = range(options.first, options.first + options.runs)
    script.save(options, "augmentation", measure(seeds), machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
