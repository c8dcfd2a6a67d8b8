"""Batches: the images of a set in order, augmented, on the device that trains.

The order of an epoch, and every draw of its augmentation, is a pure function of (seed, epoch,
batch, process). Nothing is remembered from batch to batch: a run that resumes at batch 1,234 of
epoch 7 gets the same batches as if it had never stopped, and only has to save its position.
"""

import queue
import threading
from contextlib import closing
from hashlib import sha256

import numpy as np
import torch

from alexnet_lib.arguments import as_int
from alexnet_lib.data.sets import DataError, FolderSet, cores

__all__ = ["Batches"]

AHEAD = 2  # batches to prepare ahead
ORDER, DRAWS = 0, 1  # the two uses of a seed, which must not draw the same numbers


class Batches:
    """The batches of one process, epoch by epoch.

    data       an ImageSet or a FolderSet
    batch      images of a step over ALL processes; each takes an equal share
    transform  an `Augment` or `Center`: (images uint8, generator) -> floats
    shuffle    True (training): each epoch in another order, the same for any number of processes.
               False (evaluation): in the order of the set, image i for process i % world, each
               image exactly once
    drop_last  leave out the last images if they don't fill a batch; by default when shuffling
    device     where the batches go; on a GPU, small sets stay there
    rank, world  the number of this process, and how many there are
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
        self.batch, self.seed = as_int(batch, "batch", 1), as_int(seed, "seed", 0)
        self.rank, self.world = as_int(rank, "rank", 0), as_int(world, "world", 1)
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
        self.resident = None  # images and labels on the GPU, or () if they don't fit

    @property
    def images(self):
        """The number of images of one epoch over all processes."""
        count = len(self.data)
        if not self.drop_last:
            return count
        if self.shuffle:
            return count // self.batch * self.batch
        shares = [len(range(rank, count, self.world)) for rank in range(self.world)]
        return sum(n // self.share * self.share for n in shares)

    def __len__(self):
        """Return the number of steps of one epoch of this process."""
        count, size = len(self.data), self.batch
        if not self.shuffle:
            count, size = len(range(self.rank, count, self.world)), self.share
        return count // size if self.drop_last else -(-count // size)

    def order(self, number):
        """Return the images of this process in epoch `number`, batch after batch: (n,)."""
        count = len(self.data)
        if not self.shuffle:
            return np.arange(self.rank, count, self.world)
        order = torch.randperm(count, generator=make_generator(self.seed, ORDER, number)).numpy()
        if self.world == 1:
            return order
        # A batch has the same images, however many processes share it.
        batches = order[: len(self) * self.batch].reshape(-1, self.world, self.share)
        return batches[:, self.rank].reshape(-1)

    def epoch(self, number, start=0):
        """Yield the batches of an epoch from batch `start` on: pairs of x and labels.

        x (b, C, size, size) float32, channels_last, and labels (b,) int64, on the device. Batches
        of a FolderSet with skip_bad lack the images that were skipped. Evaluation passes over a
        batch without images; training raises a DataError, since other processes would wait.
        """
        order = self.order(as_int(number, "number", 0))
        steps = range(as_int(start, "start", 0), len(self))
        picked = ((step, order[step * self.share : (step + 1) * self.share]) for step in steps)
        prepared = self.prepared(number, picked)
        if self.device.type == "cpu" and has_free_cores():
            prepared = prefetch(prepared, 1)
        with closing(prepared):
            yield from prepared

    def prepared(self, number, picked):
        """Yield the batches of `epoch` for pairs of a step and its images (b,)."""
        with closing(self.device_batches(picked)) as batches:
            for step, images, labels in batches:
                if len(labels):
                    draws = make_generator(self.seed, DRAWS, number, step, self.rank)
                    yield self.transform(images, draws), labels
                elif self.shuffle:
                    raise DataError(
                        f"Of {self.data.name} none of the {self.share} images of batch {step} in"
                        f" epoch {number} could be decoded: remove such files, or choose a larger"
                        " batch."
                    )

    def device_batches(self, picked):
        """Yield step, images (b, C, H, W) uint8 and labels (b,) int64, on the device."""
        if self.device.type == "cuda":
            yield from self.gpu_batches(picked)
            return
        batches = ((step, *self.data.gather(indices)) for step, indices in picked)
        if isinstance(self.data, FolderSet):  # an array needs no time to prepare
            batches = prefetch(batches)
        with closing(batches):
            for step, images, labels in batches:
                yield step, images.to(self.device), labels.to(self.device)

    def gpu_batches(self, picked):
        """Do the same for a GPU: index the set there, or copy each batch while the GPU works."""
        if self.keep_on_gpu():
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

        with closing(prefetch(copies())) as batches:
            for step, images, labels, copied in batches:
                now = torch.cuda.current_stream(self.device)
                now.wait_event(copied)
                # Their memory must stay theirs until `now` has read it.
                images.record_stream(now)
                labels.record_stream(now)
                yield step, images, labels

    def keep_on_gpu(self):
        """Keep the set on the GPU if a quarter of its free memory suffices; return whether."""
        if self.resident is None:
            self.resident = ()
            images = getattr(self.data, "images", None)
            if images is not None and images.nbytes < torch.cuda.mem_get_info(self.device)[0] // 4:
                resident = torch.empty(images.shape, dtype=torch.uint8, device=self.device)
                step = max(2**28 // images[0].nbytes, 1)  # a quarter of a GiB at once
                for start in range(0, len(images), step):
                    part = np.array(
                        images[start : start + step]
                    )  # a copy, since from_numpy wants a writable array
                    resident[start : start + step] = torch.from_numpy(part)
                self.resident = resident, torch.from_numpy(self.data.labels).to(self.device)
        return bool(self.resident)


def has_free_cores():
    """Return whether as many cores as PyTorch computes with stay free: they can work ahead."""
    return 2 * torch.get_num_threads() <= cores()


def prefetch(items, count=AHEAD):
    """Yield the items, while a thread prepares the next `count` of them.

    It raises the errors of the thread. Closing this generator ends the thread.
    """
    ready = queue.Queue(count)
    stop = threading.Event()
    end = object()

    def work():
        try:
            for item in items:
                ready.put((item, None))
                if stop.is_set():
                    return
            ready.put((end, None))
        except BaseException as error:
            ready.put((end, error))

    thread = threading.Thread(target=work, name="prefetch", daemon=True)
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
        while (
            not ready.empty()
        ):  # makes room for a waiting `put`, after which the thread sees the stop
            ready.get()
        thread.join()


def make_generator(*numbers):
    """Return PyTorch's generator for these numbers; other numbers give another sequence."""
    code = sha256(repr(numbers).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(code[:7], "big"))
