"""Rows of small pictures: what belongs together stands in a row, under one line of text."""

import numpy as np
from PIL import Image

from alexnet_lib.plots.base import (
    GAP,
    LABEL,
    LINE,
    SHARP,
    Picture,
    as_array,
    sheet,
    size_text,
    text_width,
    wrap_text,
    write,
    write_lines,
)
from alexnet_lib.plots.images import draw_image

__all__ = ["picture_rows"]

PIXELS = 48  # of a picture's side, as it is drawn: small files, and enough to see what it is
SIDE = 96  # pixels of the page


def picture_rows(rows, names, captions=None, title=None):
    """Draw rows of small pictures in colour, each row under its name.

    rows      a list of rows: each a list of square pictures (h, h, 3) uint8, of any size
    names     a text for each row
    captions  a list of short texts for each row, one under each of its pictures
    """
    rows = [[as_small(picture) for picture in row] for row in rows]
    counts = [len(row) for row in rows]
    if not rows or 0 in counts or len(names) != len(rows):
        raise ValueError(
            f"Give a name for each row, and at least one picture in it: there are {len(names)}"
            f" names, and rows of {counts} pictures."
        )
    if captions is not None and [len(row) for row in captions] != counts:
        given = [len(row) for row in captions]
        raise ValueError(f"The rows have {counts} pictures, but {given} captions.")
    gap = 6
    width = max(counts) * (SIDE + gap) - gap + 2 * GAP
    heads = [wrap_text(name, width - 2 * GAP, weight="bold") for name in names]
    under = LINE if captions else 0
    heights = [LINE * len(head) + SIDE + under + GAP for head in heads]
    figure, page, y = sheet(width, sum(heights) - GAP, title)
    for i, (row, head, height) in enumerate(zip(rows, heads, heights, strict=True)):
        write_lines(page, width / 2, y, head, weight="bold")
        top = round((y + LINE * len(head)) * SHARP) / SHARP  # on a pixel of the PNG
        for j, picture in enumerate(row):
            left = GAP + j * (SIDE + gap)
            draw_image(page, picture, (left, top, SIDE, SIDE))
            if captions:
                text = captions[i][j]
                points = min(LABEL, LABEL * SIDE / max(1, text_width(text)))
                write(page, left + SIDE / 2, top + SIDE + LINE / 2, text, points)
        y += height
    words = []
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        each = f": {', '.join(captions[i])}" if captions else ""
        words.append(f"{name}: {count} picture{'s' if count > 1 else ''} in colour{each}.")
    alt = " ".join(words)
    return Picture(figure, f"{title}. {alt}" if title else alt)


def as_small(picture):
    """Return a square picture scaled to PIXELS × PIXELS: (h, h, 3) uint8."""
    picture = as_array(picture, "a picture")
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(
            f"A picture is in colour, (h, h, 3) uint8, but one has shape {size_text(picture.shape)}"
            f" and type {picture.dtype}."
        )
    if picture.shape[0] != picture.shape[1]:
        raise ValueError(
            f"Pictures in rows are squares, but one is {size_text(picture.shape[:2])}: cut out a"
            " square first."
        )
    small = Image.fromarray(picture).resize((PIXELS, PIXELS), Image.Resampling.BILINEAR)
    return np.asarray(small)
