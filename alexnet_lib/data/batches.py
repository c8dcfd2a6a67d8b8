"""Batches: the images of a set in an order, augmented, on the device that trains.

The order of an epoch, and every draw of its augmentation, is a pure function of (seed, epoch,
batch, process). Nothing is remembered from batch to batch: a run that goes on at batch 1,234 of
epoch 7 sees what it would have seen, and only the position must be saved.
"""

import queue
import threading
from contextlib import closing
from hashlib import sha256

import numpy as np
import torch

from alexnet_lib.arguments import whole
from alexnet_lib.data.sets import DataError, FolderSet

__all__ = ["Batches"]

AHEAD = 2  # batches that are prepared before they are asked for
ORDER, DRAWS = 0, 1  # what a seed is for: the two must not be the same numbers


class Batches:
    """The batches of one process, epoch by epoch.

    data       an ImageSet or a FolderSet
    batch      images of a step over ALL processes; each takes its equal share
    transform  an `Augment` or `Centre`: (images uint8, generator) -> floats
    shuffle    True (training): each epoch in an order of its own, the same for any number of
               processes. False (evaluation): in the order of the set, image i for process
               i % world, each image exactly once
    drop_last  leave out the last images where they don't fill a batch; if not given, when
               shuffling
    device     where the batches go; on a GPU small sets stay there as a whole
    rank, world  which process this is, and of how many
    """

    def __init__(
        self,
        data,
        batch,
        transform,
        *,
        seed=0,
        shuffle=True,
        drop_last=None,
        device="cpu",
        rank=0,
        world=1,
    ):
        self.data, self.transform, self.shuffle = data, transform, bool(shuffle)
        self.batch, self.seed = whole(batch, "batch", 1), whole(seed, "seed", 0)
        self.rank, self.world = whole(rank, "rank", 0), whole(world, "world", 1)
        self.device = torch.device(device)
        self.drop_last = self.shuffle if drop_last is None else bool(drop_last)
        if self.rank >= self.world:
            raise ValueError(
                f"rank counts the {self.world} processes from 0, but {self.rank} was given."
            )
        if self.batch % self.world:
            raise ValueError(
                f"A batch of {self.batch} can't be shared out equally among {self.world} processes:"
                f" choose a multiple of {self.world}."
            )
        if not len(data):
            raise ValueError(f"{data.name} has no images.")
        if self.drop_last and len(data) < self.batch:
            raise ValueError(
                f"{data.name} has {len(data):,} images, less than one batch of {self.batch:,}:"
                " choose a smaller batch."
            )
        if self.shuffle and not self.drop_last and self.world > 1:
            raise ValueError(
                "With more than one process, drop_last=False would leave some of them without"
                " images in the last step of an epoch: leave it out."
            )
        self.share = self.batch // self.world
        self.resident = None  # images and labels on the GPU, once they are there

    @property
    def images(self):
        """Images of one epoch over all processes."""
        count = len(self.data)
        if not self.drop_last:
            return count
        if self.shuffle:
            return count // self.batch * self.batch
        own = [len(range(rank, count, self.world)) for rank in range(self.world)]
        return sum(n // self.share * self.share for n in own)

    def __len__(self):
        """Steps of one epoch of this process."""
        count, size = len(self.data), self.batch
        if not self.shuffle:
            count, size = len(range(self.rank, count, self.world)), self.share
        return count // size if self.drop_last else -(-count // size)

    def order(self, number):
        """Which images this process sees in epoch `number`, one batch after the other: (n,)."""
        count = len(self.data)
        if not self.shuffle:
            return np.arange(self.rank, count, self.world)
        order = torch.randperm(count, generator=generator(self.seed, ORDER, number)).numpy()
        if self.world == 1:
            return order
        # (steps, world, share): the batch as a whole is the same, however many share it.
        whole_batches = order[: len(self) * self.batch].reshape(-1, self.world, self.share)
        return whole_batches[:, self.rank].reshape(-1)

    def epoch(self, number, start=0):
        """The batches of an epoch from batch `start` on: pairs of x and labels, on the device.

        x (b, C, size, size) float32, channels_last, and labels (b,) int64. A batch of a FolderSet
        with skip_bad is shorter by the images that were skipped. One of which nothing is left is
        passed over in evaluation; training ends there with a sentence, since other processes would
        wait for this one.
        """
        order = self.order(whole(number, "number", 0))
        steps = range(whole(start, "start", 0), len(self))
        picked = ((step, order[step * self.share : (step + 1) * self.share]) for step in steps)
        with closing(self.gathered(picked)) as found:
            for step, images, labels in found:
                if len(labels):
                    draws = generator(self.seed, DRAWS, number, step, self.rank)
                    yield self.transform(images, draws), labels
                elif self.shuffle:
                    raise DataError(
                        f"Of {self.data.name} none of the {self.share} images of batch {step} in"
                        f" epoch {number} could be decoded: remove such files, or choose a larger"
                        " batch."
                    )

    def gathered(self, picked):
        """Triples of step, images (b, C, H, W) uint8 and labels (b,) int64, on the device."""
        if self.device.type == "cuda":
            yield from self.on_gpu(picked)
            return
        found = ((step, *self.data.gather(indices)) for step, indices in picked)
        if isinstance(self.data, FolderSet):  # an array gives a batch in no time
            found = ahead(found)
        with closing(found):
            for step, images, labels in found:
                yield step, images.to(self.device), labels.to(self.device)

    def on_gpu(self, picked):
        """As `gathered`: indexed there if the whole set fits, else copied while the GPU works."""
        if self.stays():
            images, labels = self.resident
            for step, indices in picked:
                indices = torch.from_numpy(indices).pin_memory().to(self.device, non_blocking=True)
                yield step, images[indices].permute(0, 3, 1, 2), labels[indices]
            return
        stream = torch.cuda.Stream(self.device)

        def copies():
            for step, indices in picked:
                images, labels = self.data.gather(indices, pin=True)
                with torch.cuda.stream(stream):
                    images = images.to(self.device, non_blocking=True)
                    labels = labels.to(self.device, non_blocking=True)
                yield step, images, labels, stream.record_event()

        with closing(ahead(copies())) as found:
            for step, images, labels, copied in found:
                now = torch.cuda.current_stream(self.device)
                now.wait_event(copied)
                # Their memory isn't given to others before `now` has read it.
                images.record_stream(now)
                labels.record_stream(now)
                yield step, images, labels

    def stays(self):
        """Put the whole set on the GPU, if it takes less than a quarter of what is free there."""
        if self.resident is None:
            self.resident = ()
            images = getattr(self.data, "images", None)
            if images is not None and images.nbytes < torch.cuda.mem_get_info(self.device)[0] // 4:
                there = torch.empty(images.shape, dtype=torch.uint8, device=self.device)
                step = max(2**28 // images[0].nbytes, 1)  # a quarter of a GiB at once
                for start in range(0, len(images), step):
                    part = np.array(images[start : start + step])  # a copy, that may be written on
                    there[start : start + step] = torch.from_numpy(part)
                self.resident = there, torch.from_numpy(self.data.labels).to(self.device)
        return bool(self.resident)


def ahead(items, count=AHEAD):
    """The items, `count` of them prepared by a thread before they are asked for.

    What goes wrong in the thread is raised here. Closing this generator ends the thread.
    """
    ready, stop, end = queue.Queue(count), threading.Event(), object()

    def work():
        try:
            for item in items:
                ready.put((item, None))
                if stop.is_set():
                    return
            ready.put((end, None))
        except BaseException as error:
            ready.put((end, error))

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if item is end:
                return
            yield item
    finally:
        stop.set()
        while not ready.empty():  # whoever waits to put something in finds room, and sees the stop
            ready.get()
        thread.join()


def generator(*numbers):
    """PyTorch's generator for these whole numbers: for others, another sequence."""
    code = sha256(repr(numbers).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(code[:7], "big"))
