"""What an answer rests on: a picture, and how much each part of it counts."""

import numpy as np

from alexnet_lib.arguments import as_int
from alexnet_lib.networks.sizes import output_size
from alexnet_lib.plots.base import (
    GAP,
    LINE,
    SHARP,
    Picture,
    finite_array,
    sheet,
    size_text,
    wrap_text,
    write_lines,
)
from alexnet_lib.plots.images import SIGNED, as_image, draw_frame, draw_image

__all__ = ["occlusion"]

SIDE = 240  # of each picture, in pixels of the page: the two fit side by side
FAINT = 0.35  # of the picture below the colours
GREYS = 24
LEAST = 0.0005  # of a share: what takes less shows as the same percentage


def occlusion(picture, shares, share, window, step, name="the class", title=None):
    """Draw a picture, and beside it what each part counts for: what its covering takes away.

    picture       (H, W, 3) or (H, W)
    shares        (rows, columns) from `networks.occlusion_map`: the share of a class with each
                  place covered
    share         the share with nothing covered
    window, step  as they were given to `occlusion_map`
    name          of the class

    A pixel's colour is the mean over the squares that covered it: orange where covering lowers the
    share, so that the answer rests on it; blue where it raises it. A frame shows the place that
    counts most, unless none does.
    """
    picture = as_image(picture, "picture")
    shares = finite_array(shares, "shares", 2)  # (rows, columns)
    window, step = as_int(window, "window", 1), as_int(step, "step", 1)
    height, width = picture.shape[:2]
    fit = output_size(height, window, step), output_size(width, window, step)
    if shares.shape != fit:
        raise ValueError(
            f"A window of {window} with step {step} has {size_text(fit)} places on a picture of"
            f" {height} × {width}, but there are {size_text(shares.shape)} shares: give the window"
            " and the step of the map, and the picture as the network saw it."
        )
    drop = share - shares  # (rows, columns)
    counts = spread_out(drop, (height, width), window, step)  # (H, W)
    limit = max(np.abs(counts).max(), 0.01)  # what hardly changes anything stays pale
    picture = picture / 255 if picture.dtype == np.uint8 else picture / max(picture.max(), 1)
    grey = picture @ [0.299, 0.587, 0.114] if picture.ndim == 3 else picture  # (H, W)
    colours = SIGNED(counts / limit / 2 + 0.5)[..., :3]  # (H, W, 3)
    grey = np.rint(GREYS * grey[..., None]) / GREYS  # (H, W, 1); few greys keep the file small
    ground = (1 - FAINT) + FAINT * grey  # (H, W, 1), the picture, pale
    mixed = (colours * ground).clip(0, 1)  # (H, W, 3)

    scale = SIDE / max(height, width)
    size = (width * scale, height * scale)
    row, column = map(int, np.unravel_index(drop.argmax(), drop.shape))
    frame = (row * step, column * step, window, window)
    lowers = drop[row, column] > LEAST  # otherwise no place stands out, and none is framed
    page_width = 2 * SIDE + 3 * GAP
    least = shares.min() if lowers else np.floor(1000 * shares.min()) / 1000  # "at least" it
    lowest = f"{100 * least:.1f} %"
    texts = [
        f"{name}: {100 * share:.1f} %",
        f"frame covered: {lowest}" if lowers else f"covered: at least {lowest}",
    ]
    heads = [wrap_text(text, SIDE, weight="bold") for text in texts]
    head = LINE * max(map(len, heads)) + 4
    key = "orange: covering it lowers the share; blue: it raises it"
    deepest = f"The deepest colour stands for {100 * limit:.1f} points."
    foot = wrap_text(f"{key}. {deepest}", page_width - 2 * GAP)
    figure, page, top = sheet(page_width, head + size[1] + 8 + LINE * len(foot), title)
    for place, (image, lines) in enumerate(zip((picture, mixed), heads, strict=True)):
        middle = GAP + SIDE / 2 + place * (SIDE + GAP)
        write_lines(page, middle, top + head - 4 - LINE * len(lines), lines, weight="bold")
        box = (middle - size[0] / 2, top + head, *size)
        draw_image(page, image, box, smooth=scale * SHARP < 1)
        if lowers:
            draw_frame(page, box, np.array(frame) * scale)
    write_lines(page, page_width / 2, top + head + size[1] + 8, foot)

    alt = (
        f"A picture of {height} × {width} pixels, in which the network sees {name} at"
        f" {100 * share:.1f} %. "
    )
    if lowers:
        alt += (
            f"The answer rests most on the square of {window} pixels that begins at row {frame[0]},"
            f" column {frame[1]}: with it covered, {lowest} remain."
        )
        most = int((drop > drop.max() / 2).sum())
        alt += f" {most} of {drop.size} places take at least half as much."
    else:
        alt += f"Wherever a square of {window} pixels is covered, at least {lowest} remain."
    if raising := int((drop < -0.01).sum()):
        alt += f" Covering {raising} of them raises the share by more than 1 point."
    return Picture(figure, f"{title}. {alt}" if title else alt)


def spread_out(drop, shape, window, step):
    """Return for each pixel the mean of the drops whose square covered it: (H, W)."""
    total, times = np.zeros(shape), np.zeros(shape)
    for (i, j), value in np.ndenumerate(drop):
        part = np.s_[i * step : i * step + window, j * step : j * step + window]
        total[part] += value
        times[part] += 1
    return total / np.maximum(times, 1)  # (H, W)
