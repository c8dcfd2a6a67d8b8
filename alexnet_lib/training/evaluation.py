"""How well a trained network does, and which classes it predicts.

Both read the middle of an image, scaled as in training. `evaluate` can read ten crops instead, the
corners, the middle and their mirror images, as the authors did for their tables.
"""

import math
from contextlib import contextmanager

import torch
from torch.nn import functional as F

from alexnet_lib.data.augment import Center, ten_crops
from alexnet_lib.data.batches import Batches
from alexnet_lib.training import devices
from alexnet_lib.training.distributed import World

__all__ = ["evaluate", "predict"]

CROPS = 10


def evaluate(
    model,
    data,
    inputs,
    setup,
    world=None,
    batch=128,
    ten_crop=False,
    stop=None,
    confusion=False,
):
    """Return how well a model does on data: {"images", "loss", "accuracy", "top5_accuracy"}.

    inputs     what the model reads: {"size", "mean", "std"}
    setup      a `devices.Setup`
    world      the processes that share the work; each image counts once, however many there are
    ten_crop   average the probabilities of ten crops of each image
    stop       an `interrupts.Stop`: once it is asked to, the rest is left out
    confusion  also return "confusion", (K, K) int64: [i, j] images of class i were labelled j
    """
    world, crops = world or World(), CROPS if ten_crop else 1
    share = max(1, batch // crops // world.size)  # images of one process at a time
    side, shape = inputs["size"], tuple(data.shape)
    centre = Center((shape[0], side, side) if ten_crop else shape, side, *channel_stats(inputs))

    def cut(images, generator):
        return centre(ten_crops(images, side).flatten(0, 1), generator)  # (10 · b, C, side, side)

    batches = Batches(
        data,
        share * world.size,
        cut if ten_crop else centre,
        shuffle=False,
        device=setup.device,
        rank=world.rank,
        world=world.size,
    )
    counts = [
        torch.zeros(4, device=setup.device)
    ]  # of each batch; they stay on the device until the end
    classes = len(data.classes)
    pairs = torch.zeros(classes**2 if confusion else 0, dtype=torch.int64, device=setup.device)
    with eval_mode(model, setup):
        for x, labels in batches.epoch(0):
            if stop is not None and stop.asked and world.size == 1:
                break
            log = log_probabilities(model, x, setup, crops)  # (b, classes)
            correct = log.topk(min(5, log.shape[1]), 1).indices == labels[:, None]  # (b, 5)
            loss = F.nll_loss(log, labels, reduction="sum")
            sums = loss, correct[:, 0].sum(), correct.sum(), labels.new_tensor(len(labels))
            counts.append(torch.stack([number.float() for number in sums]))
            if confusion:
                pair = labels * classes + log.argmax(1)  # (b,)
                pairs += pair.bincount(minlength=classes**2)  # (K · K,)
    counts = torch.stack(counts).cpu().double().sum(0)  # (4,)
    loss, top1, top5, images = world.total(counts.to(world.device())).tolist()
    sums = {"loss": loss, "accuracy": top1, "top5_accuracy": top5}
    results = {"images": int(images)} | {name: n / max(images, 1) for name, n in sums.items()}
    if confusion:
        pairs = world.total(pairs.to(world.device()))
        results["confusion"] = pairs.reshape(classes, classes).cpu().numpy()  # (K, K)
    return results


def predict(model, images, inputs, setup, batch=128):
    """Return the probabilities that a model gives each class of images: (N, classes), float32.

    images  a data set, or (N, C, H, W) uint8
    inputs, setup  as for `evaluate`
    """
    if isinstance(images, torch.Tensor):
        if images.dtype != torch.uint8 or images.ndim != 4:
            raise ValueError(
                "predict() takes images (N, C, H, W) of type uint8 (0 to 255), but was given shape"
                f" {tuple(images.shape)} and type {images.dtype}."
            )
        centre = Center(tuple(images.shape[1:]), inputs["size"], *channel_stats(inputs))
        batches = (centre(part.to(setup.device), None) for part in images.split(batch))
    else:
        centre = Center(tuple(images.shape), inputs["size"], *channel_stats(inputs))
        reader = Batches(images, batch, centre, shuffle=False, device=setup.device)
        batches = (x for x, _ in reader.epoch(0))
    with eval_mode(model, setup):
        probabilities = [log_probabilities(model, x, setup).exp().cpu() for x in batches]
    return torch.cat(probabilities)  # (N, classes)


def channel_stats(inputs):
    """Return the means and the standard deviations of the channels."""
    return inputs["mean"], inputs["std"]


@contextmanager
def eval_mode(model, setup):
    """Turn off dropout and gradients inside the context; afterwards the mode is as before."""
    before = model.training
    model.eval()
    try:
        with torch.inference_mode(), devices.full_speed(setup):
            yield
    finally:
        model.train(before)


def log_probabilities(model, x, setup, crops=1):
    """Return the log of the crops' mean probability: x (crops · b, C, h, w) -> (b, classes)."""
    with setup.autocast():
        scores = model(x)  # (crops · b, classes)
    log = scores.float().log_softmax(1)  # (crops · b, classes)
    if crops == 1:
        return log
    return log.unflatten(0, (crops, -1)).logsumexp(0) - math.log(crops)
