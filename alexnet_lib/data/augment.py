"""Augmentation of whole batches: uint8 in, floats out, on the batch's own device.

    Augment    random windows, mirror images and colours, for training
    Center     the middle window, for evaluation
    ten_crops  four corners, the middle, and their mirror images, as the paper evaluates
    pca        the axes of the paper's colour augmentation
    mix_up     pairs of images blended, with their labels

All draws (but mix_up's) come from the generator that is passed in, a CPU generator even for a batch
on a GPU: the same generator gives the same windows everywhere. A window is a slice on a CPU and an
index on a GPU, whichever is faster there. Normalization is one multiply-add, while the bytes of an
image are still in the cache.
"""

from contextlib import contextmanager

import numpy as np
import torch
from torch.nn import functional as F

from alexnet_lib.arguments import as_int
from alexnet_lib.data.sets import empty_tensor

__all__ = ["Augment", "Center", "mix_up", "pca", "ten_crops"]

CROPS = ("none", "random", "resized")
SLICED = 2**14  # from this many numbers in a window on, slicing costs less than indexing
BLOCK = 2**18  # numbers to make floats of at once: they and their bytes stay in the cache


def pca(data):
    """Return the directions in which the colours of `data` differ most: (3, 3), a row for each.

    A row is as long as the standard deviation of the pixels along it, on a scale from 0 to 1.
    The paper multiplies its draws by the eigenvalues of the covariance; those are variances, in
    squares of grey levels, and the result would depend on the unit. Like the authors' program,
    this multiplies by standard deviations, the roots of the eigenvalues.
    """
    if data.shape[0] != 3:
        raise ValueError(
            f"Only images with three colours have colour axes, but those of {data.name} have"
            f" {data.shape[0]} channel(s): leave colour at 0."
        )
    variances, directions = np.linalg.eigh(data.moments[1])  # ascending; directions in columns
    rows = directions.T[::-1]
    # The sign of a direction is arbitrary: here its largest part is positive, on every machine.
    largest = rows[np.arange(3), np.abs(rows).argmax(1)]
    return rows * np.sign(largest)[:, None] * np.sqrt(np.maximum(variances[::-1], 0))[:, None]


class Center:
    """The middle window of each image, normalized, for evaluation. Nothing is drawn at random.

    shape      (C, H, W) of the data's images
    size       of the window: at most H and W
    mean, std  (C,) each, on a scale from 0 to 1, as in `mean_std`

    Calling it with images (b, C, H, W) uint8 returns (b, C, size, size) float32, channels_last:
    (pixel / 255 - mean) / std.
    """

    def __init__(self, shape, size, mean, std):
        self.shape = tuple(as_int(side, "the image's shape", 1) for side in shape)
        self.size = as_int(size, "size", 1)
        channels = self.shape[0]
        self.mean, self.std = (
            channel_values(mean, channels, "mean"),
            channel_values(std, channels, "std"),
        )
        if (self.std <= 0).any():
            raise ValueError(f"std must be above 0 in every channel, but is {self.std.tolist()}.")
        self.check_room()

    def check_room(self, padding=0):
        """Raise a ValueError if the window is larger than the images."""
        side = min(self.shape[1:]) + 2 * padding
        if self.size > side:
            around = f" with {padding} pixels around them" if padding else ""
            raise ValueError(
                f"A window of {self.size} pixels doesn't fit into images of {self.shape[1]} ×"
                f" {self.shape[2]}{around}: choose a size of at most {side}."
            )

    def __call__(self, images, generator=None):
        """Normalize images (b, C, H, W) uint8 -> (b, C, size, size) float32 without any draws."""
        rows = self.rows(images)  # (b, H, W, C)
        return self.normalize(self.middle(rows), len(images), self.shifts(), images.device)

    def rows(self, images):
        """Put the channels of the images last: (b, C, H, W) -> (b, H, W, C), contiguous."""
        if images.dtype != torch.uint8 or tuple(images.shape[1:]) != self.shape:
            raise ValueError(
                f"Images of shape (b, {', '.join(map(str, self.shape))}) and type uint8 were"
                f" expected, but shape {tuple(images.shape)} and type {images.dtype} were given."
            )
        return images.permute(0, 2, 3, 1).contiguous()  # a view if they are channels_last

    def middle(self, rows):
        """Yield the middle windows, some at a time: pairs of a slice and (n, s, s, C) uint8."""
        s = self.size
        top, left = ((side - s) // 2 for side in rows.shape[1:3])
        return split_blocks(rows[:, top : top + s, left : left + s])

    def shifts(self, colour=None):
        """Return what each channel adds: (1, C), or (b, C) with a colour (b, C) for each image."""
        mean = self.mean if colour is None else self.mean - colour
        return (-mean / self.std).reshape(-1, self.shape[0])

    def normalize(self, pieces, count, shifts, device):
        """Normalize pairs of a slice and windows (n, s, s, C) uint8 -> (b, C, s, s) float32."""
        s, channels = self.size, self.shape[0]
        # One row serves all rows of a window. Channels alternate in it, as they do in memory, so
        # the innermost loop has s · C steps, not C.
        scale = (1 / (255 * self.std)).repeat(s).to(device)  # (s · C,)
        shifts = shifts.float().repeat(1, s)[:, None].to(device, non_blocking=True)
        out = empty_tensor((count, s, s * channels), torch.float32, device)
        with one_thread(device):
            for place, windows in pieces:
                shift = shifts[place] if len(shifts) > 1 else shifts  # (n or 1, 1, s · C)
                windows = windows.reshape(-1, s, s * channels).float()
                torch.addcmul(shift, windows, scale, out=out[place])
        return out.view(count, s, s, channels).permute(0, 3, 1, 2)  # (b, C, s, s)


class Augment(Center):
    """A window of each image, perhaps mirrored and in other colours, normalized, for training.

    shape, size, mean, std  as for `Center`
    crop     "none": the middle window; "random": a window of `size` anywhere in the image, with
             `padding` black pixels around it (the paper's 224 of 256); "resized": a window of 8 %
             to 100 % of the area, sides between 3 : 4 and 4 : 3, scaled to `size` (torchvision's
             RandomResizedCrop)
    flip     mirror each image, left and right, with probability 1/2
    colour   the standard deviation of the draws of the paper's colour augmentation (0.1 there)
    axes     the axes of that augmentation: `pca(train)`
    shared   how many images in a row get the same window and flip: 32 in the program of 2012

    The augmentation adds one colour to all pixels of an image: the sum of the three axes, each
    times a draw from N(0, colour). An axis is as long as the standard deviation of the pixels along
    it, on their scale from 0 to 1, so the result doesn't depend on the unit. (The paper's formula
    has the variances there.)

    Calling it with images (b, C, H, W) uint8 and a CPU generator returns (b, C, size, size)
    float32.
    """

    def __init__(
        self,
        shape,
        size,
        mean,
        std,
        *,
        crop="none",
        padding=0,
        flip=False,
        colour=0.0,
        axes=None,
        shared=1,
    ):
        if crop not in list(CROPS):
            offered = ", ".join(f'"{name}"' for name in CROPS)
            raise ValueError(f"crop must be one of {offered}, but {crop!r} was given.")
        self.crop, self.padding = crop, as_int(padding, "padding", 0)
        self.flip, self.shared = bool(flip), as_int(shared, "shared", 1)
        if padding and crop != "random":
            raise ValueError(f'padding is for crop="random", but crop is "{crop}".')
        super().__init__(shape, size, mean, std)
        self.colour = float(colour)
        if not 0 <= self.colour < np.inf:
            raise ValueError(f"colour must be a number of at least 0, but {colour!r} was given.")
        if self.colour and self.shape[0] != 3:
            raise ValueError(
                "colour needs images with three colours, but these have"
                f" {self.shape[0]} channel(s): leave it at 0."
            )
        if self.colour and np.shape(axes) != (3, 3):
            raise ValueError("colour needs the colour axes of the data: pass axes=pca(train).")
        self.axes = torch.tensor(np.asarray(axes), dtype=torch.float32) if self.colour else None

    def check_room(self, padding=0):
        """Raise a ValueError if the window is larger than the images, unless it is scaled."""
        if self.crop != "resized":
            super().check_room(self.padding)

    def __call__(self, images, generator):
        """Augment images (b, C, H, W) uint8 -> (b, C, size, size) float32 by random draws."""
        rows, count = self.rows(images), len(images)  # (b, H, W, C)
        if self.padding:
            rows = F.pad(rows, (0, 0, *[self.padding] * 4))
        boxes, flips = self.draw(rows.shape, generator)  # (b, 4), (b,)
        shifts = self.shifts(self.draw_colours(count, generator))
        if self.crop == "none" and not self.flip:
            pieces = self.middle(rows)
        elif self.crop == "resized":
            pieces = resize_windows(rows, boxes, flips, self.size)
        else:
            pieces = crop_windows(rows, boxes, flips, self.size)
        return self.normalize(pieces, count, shifts, images.device)

    def draw(self, shape, generator):
        """Draw a window for each image, (b, 4): top, left, height, width; and its flip, (b,)."""
        count, height, width, _ = shape
        groups = -(-count // self.shared)
        if self.crop == "resized":
            boxes = draw_boxes(groups, height, width, generator)
        else:
            room = torch.tensor([height - self.size, width - self.size])
            if self.crop == "random":
                chance = torch.rand(groups, 2, generator=generator, dtype=torch.float64)
                corner = (chance * (room + 1)).long()
            else:
                corner = (room // 2).expand(groups, 2)
            boxes = torch.cat([corner, torch.full((groups, 2), self.size)], 1)
        flips = torch.zeros(groups, dtype=torch.bool)
        if self.flip:
            flips = torch.rand(groups, generator=generator) < 0.5
        each = torch.arange(count) // self.shared
        return boxes[each], flips[each]

    def draw_colours(self, count, generator):
        """Draw the colour to add to each image, on a scale from 0 to 1: (b, 3), or None."""
        if not self.colour:
            return None
        return torch.randn(count, 3, generator=generator) * self.colour @ self.axes


@contextmanager
def one_thread(device):
    """Use one thread on a CPU: the pieces are done before other threads wake up.

    On a busy machine, waiting for those would also delay every piece.
    """
    threads = torch.get_num_threads()
    if device.type != "cpu" or threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def channel_values(values, channels, name):
    """Return a number for each channel, (C,) float32, or raise a ValueError that names `name`."""
    values = torch.as_tensor(np.asarray(values, np.float32).reshape(-1))
    if len(values) != channels or not values.isfinite().all():
        raise ValueError(
            f"{name} needs a number for each of {channels} channel(s), but {values.tolist()} was"
            " given."
        )
    return values


def draw_boxes(count, height, width, generator):
    """Draw windows like RandomResizedCrop: (count, 4), top, left, height, width.

    It draws area and ratio ten times, and takes the first pair that fits. If none does, it takes
    the middle of the image, as large as a ratio between 3 : 4 and 4 : 3 allows.
    """
    chance = torch.rand(2, 10, count, generator=generator, dtype=torch.float64)
    area = height * width * (0.08 + 0.92 * chance[0])
    ratio = (4 / 3) ** (2 * chance[1] - 1)  # width over height; its logarithm is uniform
    h = (area / ratio).sqrt().round().long()  # (10, count)
    w = (area * ratio).sqrt().round().long()
    fits = (h <= height) & (w <= width) & (h > 0) & (w > 0)
    first = fits.byte().argmax(0, keepdim=True)  # (1, count), the first that fits
    h = h.gather(0, first)[0]  # (count,)
    w = w.gather(0, first)[0]  # (count,)
    place = torch.rand(2, count, generator=generator, dtype=torch.float64)
    top = (place[0] * (height - h + 1)).long()
    left = (place[1] * (width - w + 1)).long()
    h0, w0 = min(height, round(width * 4 / 3)), min(width, round(height * 4 / 3))
    middle = torch.tensor([(height - h0) // 2, (width - w0) // 2, h0, w0])
    return torch.where(fits.any(0)[:, None], torch.stack([top, left, h, w], 1), middle)


def split_blocks(windows):
    """Yield windows (b, s, s, C) in pieces for a CPU's cache: pairs of a slice and its part."""
    count, each = len(windows), max(windows[:1].numel(), 1)
    step = max(BLOCK // each, 1) if windows.device.type == "cpu" else max(count, 1)
    for start in range(0, count, step):
        yield slice(start, start + step), windows[start : start + step]


def crop_windows(rows, boxes, flips, size):
    """Yield windows of images (b, H, W, C), perhaps mirrored: pairs of a slice and (n, s, s, C)."""
    each = size * size * rows.shape[3]
    if rows.device.type != "cpu" or each < SLICED:
        yield from split_blocks(index_windows(rows, boxes, flips, size))
        return
    for i, (top, left, _, _) in enumerate(boxes.tolist()):
        window = rows[i, top : top + size, left : left + size]  # (s, s, C)
        yield slice(i, i + 1), mirror(window[None]) if flips[i] else window[None]


def mirror(windows):
    """Swap left and right: (n, s, s, C) -> (n, s, s, C)."""
    # As (n, C, s, s): PyTorch flips that layout fast.
    return windows.contiguous().permute(0, 3, 1, 2).flip(3).permute(0, 2, 3, 1)


def index_windows(rows, boxes, flips, size):
    """Return the same windows as slicing, all at once: (b, H, W, C) -> (b, s, s, C)."""
    device = rows.device
    corner = torch.cat([boxes[:, :2], flips[:, None]], 1).to(device, non_blocking=True)  # (b, 3)
    along = torch.arange(size, device=device)
    y = corner[:, 0, None] + along  # (b, s)
    x = corner[:, 1, None] + torch.where(corner[:, 2, None] > 0, size - 1 - along, along)
    image = torch.arange(len(rows), device=device)[:, None, None]
    return rows[image, y[:, :, None], x[:, None, :]]


def resize_windows(rows, boxes, flips, size):
    """Yield windows of images (b, H, W, C) scaled to `size`: pairs of a slice and (n, s, s, C)."""
    if rows.device.type != "cpu":
        yield slice(0, len(rows)), interpolate_windows(rows, boxes, flips, size)
        return
    for i, (top, left, height, width) in enumerate(boxes.tolist()):
        window = rows[i : i + 1, top : top + height, left : left + width]
        window = F.interpolate(
            window.permute(0, 3, 1, 2), (size, size), mode="bilinear", antialias=True
        ).permute(0, 2, 3, 1)  # (1, s, s, C)
        yield slice(i, i + 1), mirror(window) if flips[i] else window


def interpolate_windows(rows, boxes, flips, size):
    """Scale windows by weighing four neighbours, all at once: (b, H, W, C) -> (b, s, s, C).

    For a GPU. Returns floats. When a window shrinks a lot, each new pixel depends only on the
    nearest four, while on the CPU it depends on all that it covers.
    """
    device = rows.device
    edges = torch.cat([boxes, flips[:, None]], 1).to(device, non_blocking=True)  # (b, 5)
    top, left, height, width, flip = edges[:, :, None].unbind(1)  # (b, 1) each
    along = (torch.arange(size, device=device) + 0.5) / size  # middles of the new pixels
    y, y0, y1 = neighbours(along, top, height)  # (b, s) each
    x, x0, x1 = neighbours(torch.where(flip > 0, 1 - along, along), left, width)
    image = torch.arange(len(rows), device=device)[:, None, None]
    upper, lower = (
        torch.lerp(
            rows[image, row[:, :, None], x0[:, None, :]].float(),
            rows[image, row[:, :, None], x1[:, None, :]].float(),
            x[:, None, :, None],
        )
        for row in (y0, y1)
    )
    return torch.lerp(upper, lower, y[:, :, None, None])


def neighbours(along, start, length):
    """Return the two pixels of a window around each new one: (weight of the second, both)."""
    place = (along * length - 0.5).clamp(min=0)  # (b, s), in pixels of the window
    before = torch.minimum(place.long(), length - 1)
    after = torch.minimum(before + 1, length - 1)
    return (place - before).clamp(max=1), start + before, start + after


def ten_crops(images, size):
    """Cut four corners, the middle, and mirror images: (b, C, H, W) -> (10, b, C, size, size).

    In this order: upper left, upper right, lower left, lower right, middle; then the same five
    mirrored. The images may have any type. The paper averages the network's ten outputs.
    """
    size = as_int(size, "size", 1)
    height, width = images.shape[2:]
    if size > min(height, width):
        raise ValueError(
            f"Ten windows of {size} pixels don't fit into images of {height} × {width}: choose a"
            f" size of at most {min(height, width)}."
        )
    bottom, right = height - size, width - size
    corners = [(0, 0), (0, right), (bottom, 0), (bottom, right), (bottom // 2, right // 2)]
    rows = images.permute(0, 2, 3, 1)  # (b, H, W, C), so that channels stay together
    five = torch.stack([rows[:, y : y + size, x : x + size] for y, x in corners])
    return torch.cat([five, five.flip(3)]).permute(0, 1, 4, 2, 3)


def mix_up(x, labels, classes, strength):
    """Blend each image with the one before it in the batch, and their labels in the same way.

    x (b, C, h, w), labels (b,) -> x (b, C, h, w), labels (b, classes), whose rows sum to 1

    classes   how many there are
    strength  both parameters of the beta distribution from which the batch's share is drawn: with
              0.2 most batches stay almost as they were
    """
    share = float(torch.distributions.Beta(strength, strength).sample())
    wanted = F.one_hot(labels, classes).to(x.dtype)  # (b, classes)
    return x.lerp(x.roll(1, 0), share), wanted.lerp(wanted.roll(1, 0), share)
