"""How many photographs it takes to learn a new class, with a network that knows 1000 others.

    python benchmarks/transfer.py [--draws N] [--trained N] [--pictures] [--save]

Four things (fish, monument, tool, windmill), fourteen photographs of each. Each draw holds four of
each back as a test, and the first 1, 3, 5 and 10 of the others are the examples, so all methods
answer the same sixteen questions after the same examples:

    colour        nearest mean of the average colour, three numbers
    pixels        nearest mean of the picture shrunk to 16 × 16
    nearest mean  of SqueezeNet's last maps, averaged: 512 numbers, scaled to length 1
    linear layer  trained on the same 512 numbers
    fine-tuned    the whole network, trained on from ImageNet's weights
    from scratch  the same network, trained from random weights on pictures of half the side

The first four take DRAWS draws, the two that train a network TRAINED of them. Rates and steps were
chosen on other draws. About a quarter of an hour on one free core.

--pictures records only what the widget shows without a network: the features and answers of the
bundled photographs, in alexnet_lib/data/few_photos.npz. It takes ten seconds.
"""

import io
import json
import math
import sys
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import record
import script
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import animal, photo
from alexnet_lib.data.few import CLASSES, EACH, few_photos
from alexnet_lib.files import write_atomic
from alexnet_lib.networks.bundled import BUNDLED
from alexnet_lib.networks.squeeze import squeezenet
from alexnet_lib.widgets.transfer import PHOTOGRAPHS

COUNTS = (1, 3, 5, 10)  # examples of each class
TEST = 4  # photographs of each class that are held back
DRAWS, TRAINED = 30, 5
# Those of the trainings: batch, steps, rate. Weights that know nothing need more of both.
BATCH = 12
TUNED = {"steps": 25, "rate": 1e-4}
SCRATCH = {"steps": 120, "rate": 1e-3, "side": 113}  # smaller pictures: four times as fast
LINEAR = {"steps": 300, "rate": 0.5, "decay": 1e-3}
# draws -> factor of an interval for their mean
STUDENT = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 8: 2.365, 10: 2.262, 12: 2.201, 30: 2.045}

THUMB, LARGE = 64, 128  # pixels of the widget's small photographs
PICTURES = Path(__file__).parents[1] / "alexnet_lib" / "data" / "few_photos.npz"


def unit(x):
    """Return rows (N, n), each scaled to length 1."""
    return x / x.norm(dim=1, keepdim=True)


def draw_examples(seed):
    """Return ten photographs of each class to learn from, (4, 10), and a test (16,), by number."""
    rng = np.random.default_rng(seed)
    order = np.stack([rng.permutation(EACH) + EACH * k for k in range(len(CLASSES))])  # (4, 14)
    return torch.tensor(order[:, TEST:]), torch.tensor(order[:, :TEST]).flatten()


def nearest_mean(x, train, test, length=False):
    """Return the class whose mean is nearest: x (N, n), train (4, k), test (T,) -> (T,)."""
    means = x[train].mean(1)  # (4, n)
    if length:
        means = unit(means)
    return torch.cdist(x[test], means).argmin(1)  # (T,)


def linear_layer(x, train, test, seed):
    """Return the answers (T,) of a layer trained on x (N, n), which begins at 0."""
    layer = nn.Linear(x.shape[1], len(train))
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    labels = torch.arange(len(train)).repeat_interleave(train.shape[1])  # (4k,)
    sgd = torch.optim.SGD(
        layer.parameters(), lr=LINEAR["rate"], momentum=0.9, weight_decay=LINEAR["decay"]
    )
    for _ in range(LINEAR["steps"]):
        loss = F.cross_entropy(layer(x[train.flatten()]), labels)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    with torch.no_grad():
        return layer(x[test]).argmax(1)  # (T,)


class Net(nn.Module):
    """SqueezeNet with another last layer: (N, 3, 227, 227) -> (N, 4)."""

    def __init__(self, trained):
        super().__init__()
        self.body = squeezenet(weights="imagenet" if trained else None)
        self.last = nn.Linear(512, 4)
        if trained:
            nn.init.zeros_(self.last.weight)
            nn.init.zeros_(self.last.bias)
        else:
            for layer in self.modules():
                if isinstance(layer, nn.Conv2d):
                    nn.init.kaiming_normal_(layer.weight)
                    nn.init.zeros_(layer.bias)
        self.scale = 1.0 if trained else 1 / 60  # new weights want inputs about 1 in size

    def forward(self, x):
        """Compute scores (N, 4) from x (N, 3, H, W)."""
        maps = self.body.features(x * self.scale)  # (N, 512, 14, 14)
        return self.last(maps.mean((2, 3)))  # (N, 4)


def train_network(x, train, test, seed, trained):
    """Return the answers (T,) of a network that was trained on, or from scratch."""
    torch.manual_seed(seed)
    net = Net(trained)
    settings = TUNED if trained else SCRATCH
    if trained:
        optimizer = torch.optim.SGD(net.parameters(), lr=settings["rate"], momentum=0.9)
    else:
        optimizer = torch.optim.Adam(net.parameters(), lr=settings["rate"])
    numbers = train.flatten()  # (4k,)
    labels = torch.arange(len(train)).repeat_interleave(train.shape[1])  # (4k,)
    left = torch.empty(0, dtype=torch.long)
    for _ in range(settings["steps"]):
        if not len(left):
            left = torch.randperm(len(numbers))
        batch, left = left[:BATCH], left[BATCH:]
        images = x[numbers[batch]]  # (B, 3, side, side)
        mirrored = (torch.rand(len(batch)) < 0.5)[:, None, None, None]
        images = torch.where(mirrored, images.flip(3), images)
        loss = F.cross_entropy(net(images), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return torch.cat([net(x[part]).argmax(1) for part in test.split(BATCH)])  # (T,)


def shrunk(images, side):
    """Return the pictures as side × side averages, from 0 to 1: (N, 3 · side²)."""
    small = F.adaptive_avg_pool2d(torch.tensor(images).permute(0, 3, 1, 2) / 255, side)
    return small.flatten(1)  # (N, 3 · side²)


def measure(draws, trained):
    """Return {"methods": {name: {count: % right of each draw}}} and what else was noted."""
    images, labels, classes = few_photos()
    labels = torch.tensor(labels)  # (56,)
    x, features, _ = features_of(images)
    small = F.interpolate(x, size=SCRATCH["side"], mode="bilinear", antialias=True)
    inputs = {"colour": shrunk(images, 1), "pixels": shrunk(images, 16), "unit": unit(features)}
    figures = {"classes": list(classes), "counts": list(COUNTS), "test": TEST * len(classes)}
    figures["settings"] = {"batch": BATCH, "tuned": TUNED, "scratch": SCRATCH, "linear": LINEAR}
    names = ("colour", "pixels", "nearest mean", "linear layer", "fine-tuned", "from scratch")
    right = {name: {str(count): [] for count in COUNTS} for name in names}
    confusion = torch.zeros(len(classes), len(classes), dtype=torch.long)
    for seed in range(draws):
        examples, test = draw_examples(seed)
        for count in COUNTS:
            train = examples[:, :count]  # (4, count)
            answers = {
                "colour": nearest_mean(inputs["colour"], train, test),
                "pixels": nearest_mean(inputs["pixels"], train, test),
                "nearest mean": nearest_mean(inputs["unit"], train, test, length=True),
                "linear layer": linear_layer(inputs["unit"], train, test, seed),
            }
            if seed < trained:
                for name, begun in (("fine-tuned", True), ("from scratch", False)):
                    pixels = x if begun else small  # (56, 3, 227, 227) or (56, 3, 113, 113)
                    answers[name] = train_network(pixels, train, test, seed, begun)
            for name, answer in answers.items():
                percent = 100 * (answer == labels[test]).double().mean().item()
                right[name][str(count)].append(percent)
            if count == COUNTS[-1]:
                for label, answer in zip(labels[test], answers["nearest mean"], strict=True):
                    confusion[label, answer] += 1
        print(f"draw {seed}: " + format_draw(right, seed), flush=True)
    figures["right"] = right
    figures["confusion"] = confusion.tolist()  # of nearest mean, after 10 examples
    figures["intervals"] = {
        name: {count: interval(values) for count, values in rows.items()}
        for name, rows in right.items()
    }
    figures["trained"] = trained
    figures["same_draws"] = {
        name: {count: interval(values[:trained]) for count, values in rows.items()}
        for name, rows in right.items()
    }
    figures["gains"] = {
        name: {count: gain(right, name, count) for count in right[name]} for name in names[3:]
    }
    return figures


def gain(right, name, count):
    """Return [mean, low, high] of what a method gains over nearest mean, draw by draw."""
    values, base = right[name][count], right["nearest mean"][count]
    return interval([a - b for a, b in zip(values, base, strict=False)], limits=(-100, 100))


def format_draw(right, seed):
    """Return what each method got right in a draw as a line of text."""
    return "; ".join(
        f"{name} {' '.join(f'{values[seed]:.0f}' for values in rows.values())}"
        for name, rows in right.items()
        if len(rows[str(COUNTS[0])]) > seed
    )


def interval(values, limits=(0, 100)):
    """Return [mean, low, high] within limits, or the mean alone if STUDENT lacks the factor."""
    if len(values) not in STUDENT:
        return [round(mean(values), 2)]
    reach = STUDENT[len(values)] * stdev(values) / math.sqrt(len(values))
    low, high = limits
    ends = [max(low, mean(values) - reach), min(high, mean(values) + reach)]
    return [round(value, 2) for value in (mean(values), *ends)]


def features_of(images):
    """Return inputs (N, 3, 227, 227), mean features (N, 512) and shares (N, 1000) of images."""
    about, model = BUNDLED["squeezenet"], squeezenet()
    x = torch.cat([about.input(image) for image in images])  # (N, 3, 227, 227)
    features, shares = [], []
    with torch.no_grad():
        for part in x.split(8):
            features.append(model.features(part).mean((2, 3)))  # (8, 512)
            shares.append(model(part).softmax(1))  # (8, 1000)
    return x, torch.cat(features), torch.cat(shares)


def save_pictures():
    """Write few_photos.npz: what the widget shows of the bundled photographs."""
    images, _, _ = few_photos()
    _, features, _ = features_of(images)
    largest = features.max().item()
    named = [photo(name) if name in PHOTOS else animal(name) for name in PHOTOGRAPHS]
    about = BUNDLED["squeezenet"]
    _, _, shares = features_of(named)
    answers = {
        name: [[title, round(share, 4)] for title, share in about.top(row)]
        for name, row in zip(PHOTOGRAPHS, shares, strict=True)
    }
    arrays = {
        "features": torch.round(features / largest * 65535).numpy().astype(np.uint16),
        "largest": np.float32(largest),
        "answers": np.frombuffer(json.dumps(answers).encode(), np.uint8),
        "sheet": np.frombuffer(jpeg(images, 14, THUMB), np.uint8),
        "strip": np.frombuffer(jpeg([about.square(image) for image in named], 99, LARGE), np.uint8),
    }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    write_atomic(PICTURES, content.getvalue())
    print(f"{PICTURES.name}: {len(content.getvalue()):,} bytes")
    for name, rows in answers.items():
        print(f"{name}: " + ", ".join(f"{title} {100 * share:.1f} %" for title, share in rows))


PHOTOS = ("coffee", "cat", "astronaut", "rocket")


def jpeg(images, columns, side):
    """Return images as one JPEG with `columns` in a row, each `side` pixels wide and high."""
    columns = min(columns, len(images))
    sheet = Image.new("RGB", (columns * side, -(-len(images) // columns) * side))
    for i, image in enumerate(images):
        small = Image.fromarray(image).resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(small, (i % columns * side, i // columns * side))
    content = io.BytesIO()
    sheet.save(content, "JPEG", quality=72, optimize=True)
    return content.getvalue()


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--draws", type=script.count, default=DRAWS, help="of examples and tests")
    parser.add_argument("--trained", type=script.count, default=TRAINED, help="draws with training")
    parser.add_argument("--pictures", action="store_true", help="record the widget's data alone")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.pictures:
        return save_pictures()
    machine = record.machine()
    figures = measure(options.draws, options.trained)
    for name, rows in figures["intervals"].items():
        print(f"{name:14}{rows}")
    script.save(options, "transfer", figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
