"""What an answer rests on: cover each place of the picture in turn, and look at the answer again.

Where the class becomes less likely, the network had used what is now covered. The square moves over
the picture like the window of a convolution, so the map has the size that `output_size` says.

Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014.
"""

import torch

from alexnet_lib.arguments import as_int
from alexnet_lib.networks.sizes import output_size

__all__ = ["occlusion_map"]


def occlusion_map(model, image, label, window=32, step=16, *, fill=0.0, batch=32):
    """Return the share of a class with each place covered: image (C, H, W) -> (rows, columns).

    model   turns images (N, C, H, W) into scores (N, classes)
    image   as the model reads it, normalized
    label   the number of the class whose share is returned, from 0 to 1
    window  side of the square that covers; at [i, j] it begins at row i · step, column j · step
    step    pixels from one place to the next
    fill    the value of a covered pixel: 0 is the average of the training images
    batch   places that pass through the model at once

    >>> occlusion_map(torch.nn.Flatten(), torch.eye(4)[None], 0, window=2, step=2).shape
    torch.Size([2, 2])
    """
    if image.ndim != 3:
        raise ValueError(
            f"image must be one image (C, H, W), but has shape {tuple(image.shape)}: leave out the"
            " axis of the batch, as in x[0]."
        )
    height, width = image.shape[1:]
    window, step = as_int(window, "window", 1), as_int(step, "step", 1)
    batch = as_int(batch, "batch", 1)
    if window > min(height, width):
        raise ValueError(
            f"A window of {window} pixels doesn't fit into an image of {height} × {width}: choose a"
            f" smaller window, a sixth of the image ({min(height, width) // 6}), say."
        )
    rows, columns = output_size(height, window, step), output_size(width, window, step)
    corners = [(i * step, j * step) for i in range(rows) for j in range(columns)]
    shares = []
    before = model.training
    model.eval()
    try:
        with torch.inference_mode():
            for start in range(0, len(corners), batch):
                some = corners[start : start + batch]
                covered = image.repeat(len(some), 1, 1, 1)  # (b, C, H, W)
                for picture, (top, left) in zip(covered, some, strict=True):
                    picture[:, top : top + window, left : left + window] = fill
                scores = model(covered)  # (b, classes)
                check_label(label, scores.shape[1])
                shares.append(scores.float().softmax(1)[:, label].cpu())  # (b,)
    finally:
        model.train(before)
    return torch.cat(shares).reshape(rows, columns)  # (rows, columns)


def check_label(label, classes):
    """Raise a ValueError unless a class has this number."""
    if not 0 <= label < classes:
        raise ValueError(
            f"label must be the number of one of the model's {classes} classes, from 0 to"
            f" {classes - 1}, but {label!r} was given."
        )
