"""Sheets of images: photographs and maps, the kernels of a layer, its feature maps."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle
from PIL import Image

from alexnet_lib.arguments import as_int
from alexnet_lib.plots.base import (
    BLUE,
    GAP,
    LINE,
    ORANGE,
    PAPER,
    SHARP,
    WIDEST,
    Picture,
    as_array,
    finite_array,
    range_text,
    sheet,
    short_text,
    size_text,
    wrap_text,
    write,
    write_lines,
)

__all__ = ["feature_maps", "filters", "pictures"]

# Few steps keep the files small; in photographs and edges, nobody sees more.
SIGNED = LinearSegmentedColormap.from_list("signed", [BLUE, "#f4f1ea", ORANGE], N=21)
GREY = LinearSegmentedColormap.from_list("grey", ["black", "white"], N=64)
COLOURS = 96  # in a colour photograph
MOST = 120_000  # values of maps on a sheet: it weighs less than 100 kB


def pictures(images, titles, columns=None, signed=None, title=None, frames=None):
    """Draw a sheet of images, each below its own title, `columns` in a row.

    images  each (H, W), grey; or (H, W, 3), colour as uint8 or as floats from 0 to 1
    signed  True draws all (H, W) images from blue (negative) over light (0) to orange
            (positive), False none of them, None those that have negative values
    frames  {position of an image: [(top, left, height, width), …]}, in its pixels

    A sheet of three photographs or maps of 227 × 227 stays below 100 kB; one of six doesn't.
    In grey images, black is 0, or the smallest value if that is negative. White is 255 in uint8;
    else 1 if no value is larger, 255 if none is larger than that, or the largest value.
    """
    images = [as_image(image, f"image {i}") for i, image in enumerate(images)]
    if not images or len(images) != len(titles):
        raise ValueError(
            f"Give as many titles as images, at least one of each: there are {len(images)}"
            f" images and {len(titles)} titles."
        )
    if not all(isinstance(text, str) for text in titles):
        raise ValueError(f"Titles are texts, but {list(titles)!r} was given.")
    columns = min(3, len(images)) if columns is None else as_int(columns, "columns", 1)
    columns = min(columns, len(images))
    is_signed = [i.ndim == 2 and (bool(i.min() < 0) if signed is None else signed) for i in images]
    strongest = max([color_limit(i) for i, s in zip(images, is_signed, strict=True) if s] + [0])

    # Each pixel of an image covers a whole number of the PNG's pixels, so that none is blurred.
    room = min(WIDEST // columns - 2, 454 if columns == 1 else 230) * SHARP
    scales = [room // max(image.shape[:2]) or room / max(image.shape[:2]) for image in images]
    widths = [image.shape[1] * s / SHARP for image, s in zip(images, scales, strict=True)]
    heights = [image.shape[0] * s / SHARP for image, s in zip(images, scales, strict=True)]
    cell = max(widths)
    gap = min(GAP, (WIDEST - columns * cell) / (columns + 1))
    width = columns * cell + (columns + 1) * gap
    names = [wrap_text(text, cell) for text in titles]

    rows = [range(i, min(i + columns, len(images))) for i in range(0, len(images), columns)]
    text_heights = [LINE * max(len(names[i]) for i in row) + 4 for row in rows]
    row_heights = [max(heights[i] for i in row) + GAP for row in rows]
    key = 2 * LINE + GAP if any(is_signed) else 0
    figure, page, y = sheet(width, sum(text_heights) + sum(row_heights) - GAP + key, title)
    for row, text_height, row_height in zip(rows, text_heights, row_heights, strict=True):
        for place, i in enumerate(row):
            middle = gap + cell / 2 + place * (cell + gap)
            write_lines(page, middle, y + text_height - 4 - LINE * len(names[i]), names[i])
            left = round((middle - widths[i] / 2) * SHARP) / SHARP  # on a pixel of the PNG
            box = (left, y + text_height, widths[i], heights[i])
            smooth = scales[i] < 1  # a large image that shrinks
            draw_image(page, images[i], box, strongest if is_signed[i] else None, smooth)
            for frame in (frames or {}).get(i, ()):
                draw_frame(page, box, np.array(frame) * scales[i] / SHARP)
        y += text_height + row_height
    if any(is_signed):
        draw_image(page, np.linspace(-1, 1, 101)[None], (width / 2 - 60, y, 120, LINE - 6), 1)
        write(page, width / 2 - 66, y + 6, "negative", ha="right")
        write(page, width / 2 + 66, y + 6, "positive", ha="left")
        write(page, width / 2, y + 6 + LINE, "0")

    kinds = [
        "colour" if i.ndim == 3 else "blue for negative to orange for positive" if s else "grey"
        for i, s in zip(images, is_signed, strict=True)
    ]
    words = []
    for text, kind, image in zip(titles, kinds, images, strict=True):
        size = size_text(image.shape[:2])
        size = "" if size in text else f", {size} pixels"
        words.append(f"{text}: {kind}{size}, {range_text(image)}.")
    for i, boxes in (frames or {}).items():
        for top, left, high, wide in boxes:
            size = size_text((high, wide))
            words.append(f"A frame of {size} in {titles[i]} begins at row {top}, column {left}.")
    start = f"{title}. " if title else ""
    return Picture(figure, start + " ".join(words))


def filters(weights, title=None, columns=None):
    """Draw the kernels of a layer on one sheet in one scale: 0 is grey, or the lightest colour.

    weights  (K, 3, h, w), drawn in colour; or (K, 1, h, w) or (K, h, w), from blue (negative)
             over light (0) to orange (positive)
    """
    weights = as_array(weights, "weights")
    if weights.ndim == 3:
        weights = weights[:, None]  # (K, 1, h, w)
    if weights.ndim != 4 or weights.shape[1] not in (1, 3):
        raise ValueError(
            "weights must be kernels on colour (K, 3, h, w) or on one map (K, 1, h, w), but has"
            f" shape {weights.shape}: choose one input channel, as in weights[:, :1]."
        )
    weights = finite_array(weights, "weights", 4)
    count, channels, high, wide = weights.shape
    columns = min(12, count) if columns is None else min(as_int(columns, "columns", 1), count)
    strongest = color_limit(weights) or 1
    parts = (weights / strongest).clip(-1, 1)  # (K, 3 or 1, h, w), from −1 to 1
    if channels == 3:
        tones = parts.transpose(0, 2, 3, 1) / 2 + 0.5  # (K, h, w, 3), from 0 to 1
    else:
        tones = SIGNED(parts[:, 0] / 2 + 0.5)[..., :3]  # (K, h, w, 3)

    # One image of all kernels, with lines of paper between them.
    rows, line = -(-count // columns), max(1, min(high, wide) // 8)
    shape = (rows * (high + line) - line, columns * (wide + line) - line, 3)
    mosaic = np.full(shape, to_rgb(PAPER))  # (rows, columns, 3)
    for i, kernel in enumerate(tones):
        top, left = i // columns * (high + line), i % columns * (wide + line)
        mosaic[top : top + high, left : left + wide] = kernel
    room = (WIDEST - 2 * GAP) * SHARP
    pixel = min(room // shape[1] or room / shape[1], 24) / SHARP  # of the page, for each weight
    width = max(pixel * shape[1], 330) + 2 * GAP
    limit = rounded_text(strongest)
    zero, most, least = (
        ("mid grey", "white", "black") if channels == 3 else ("light", "orange", "blue")
    )
    scale_text = f"{zero} is 0, {most} {limit} or more, {least} −{limit} or less"
    lines = wrap_text(scale_text, width - 2 * GAP)
    figure, page, top = sheet(width, pixel * shape[0] + 6 + LINE * len(lines), title)
    left = round((width - pixel * shape[1]) / 2 * SHARP) / SHARP  # on a pixel of the PNG
    ends = (left, left + pixel * shape[1], top + pixel * shape[0], top)
    smooth = "hanning" if pixel * SHARP < 1 else "nearest"
    page.imshow(mosaic, aspect="auto", extent=ends, interpolation=smooth)
    write_lines(page, width / 2, top + pixel * shape[0] + 6, lines)

    sizes = np.sqrt((weights**2).sum((1, 2, 3)))  # (K,)
    kind = "in colour" if channels == 3 else "from blue for negative to orange for positive"
    alt = (
        f"{count} kernels of {size_text((channels, high, wide))} {kind}, {columns} in a row,"
        f" numbered from 0; weights {range_text(weights)}. The strongest is kernel"
        f" {sizes.argmax()}, the weakest kernel {sizes.argmin()}. Scale: {scale_text}."
    )
    return Picture(figure, f"{title}. {alt}" if title else alt)


def feature_maps(maps, titles=None, count=None, strongest=True, columns=None, title=None):
    """Draw the channels that a layer makes of one image, each with its number, all in one scale.

    maps       (C, H, W), of one image
    titles     a text for each of the C channels, in place of its number
    count      how many of them to draw; by default up to 24, fewer if they are large
    strongest  True begins with the channel whose values are largest on average (without signs),
               False keeps their order
    """
    maps = finite_array(maps, "maps", 3)
    channels, high, wide = maps.shape
    fits = max(1, MOST // (high * wide))
    count = min(channels, 24, fits) if count is None else as_int(count, "count", 1)
    if count > min(channels, fits):
        there = f"at most {fits} fit in 100 kB" if count > fits else f"there are only {channels}"
        raise ValueError(f"{count} maps of {high} × {wide} can't be drawn: {there}.")
    names = [str(i) for i in range(channels)] if titles is None else list(titles)
    if len(names) != channels or not all(isinstance(name, str) for name in names):
        raise ValueError(f"titles must be {channels} texts, one for each channel.")
    strength = np.abs(maps).mean((1, 2))  # (C,)
    order = np.argsort(-strength, kind="stable") if strongest else np.arange(channels)
    drawn = order[:count]
    columns = min(6, count) if columns is None else min(as_int(columns, "columns", 1), count)

    limit = color_limit(maps[drawn]) or 1
    signed = bool(maps[drawn].min() < 0)
    gap = 8
    room = (WIDEST - 2 * GAP - (columns - 1) * gap) / columns * SHARP
    scale = min(room // max(high, wide) or room / max(high, wide), 240 // max(high, wide) or 1)
    size = (wide * scale / SHARP, high * scale / SHARP)
    cell = max(size[0], 30)
    lines_of = [wrap_text(names[i], cell) for i in drawn]
    heading = LINE * max(len(lines) for lines in lines_of) + 2
    rows = -(-count // columns)
    width = max(columns * (cell + gap) - gap, 330) + 2 * GAP
    most = rounded_text(limit)
    scale_text = f"light is 0, orange {most} or more, blue −{most} or less"
    scale_text = scale_text if signed else f"black is 0, white {most} or more"
    caption = wrap_text(scale_text, width - 2 * GAP)
    step = heading + size[1] + 4
    figure, page, top = sheet(width, rows * step + 2 + LINE * len(caption), title)
    start = (width - columns * (cell + gap) + gap) / 2
    for place, i in enumerate(drawn):
        x = start + place % columns * (cell + gap) + cell / 2
        y = top + place // columns * step
        write_lines(page, x, y, lines_of[place])
        left = round((x - size[0] / 2) * SHARP) / SHARP  # on a pixel of the PNG
        values = maps[i] if signed else (maps[i] / limit).clip(0, 1)
        box = (left, round((y + heading) * SHARP) / SHARP, *size)
        draw_image(page, values, box, limit if signed else None, scale < 1)
    write_lines(page, width / 2, top + rows * step + 2, caption)

    ordered = "strongest first" if strongest else "in their order"
    strengths = ", ".join(f"{names[i]} ({rounded_text(strength[i])})" for i in drawn)
    silent = int((strength == 0).sum())
    alt = (
        f"{count} of {channels} maps of {high} × {wide}, {ordered}, with the mean size of their"
        f" values: {strengths}. Values {range_text(maps)}. Scale: {scale_text}."
        + (
            f" {silent} of all {channels} maps {'is' if silent == 1 else 'are'} 0 everywhere."
            if silent
            else ""
        )
    )
    return Picture(figure, f"{title}. {alt}" if title else alt)


def draw_image(page, image, box, strongest=None, smooth=False):
    """Draw image (H, W) or (H, W, 3) in box = (x, y, width, height), signed up to ±`strongest`."""
    x, y, width, height = box
    if image.ndim == 3:
        eight_bits = image if image.dtype == np.uint8 else np.uint8(np.rint(image * 255))
        image = Image.fromarray(eight_bits).quantize(COLOURS, kmeans=1).convert("RGB")
        image = np.asarray(image)  # (H, W, 3)
    low, high, colours = min(image.min(), 0), white_level(image), GREY
    if strongest is not None:
        low, high, colours = -(strongest or 1), strongest or 1, SIGNED
    page.imshow(
        image,
        cmap=colours,
        vmin=low,
        vmax=high,
        aspect="auto",
        extent=(x, x + width, y + height, y),
        interpolation="hanning" if smooth else "nearest",
    )


def draw_frame(page, box, frame):
    """Draw a frame (top, left, height, width) in a box (x, y, width, height), with a pale rim."""
    top, left, high, wide = frame
    for colour, line in ((PAPER, 4), (ORANGE, 2)):
        place = (box[0] + left, box[1] + top), wide, high
        page.add_patch(Rectangle(*place, fill=False, edgecolor=colour, linewidth=line))


def rounded_text(value):
    """Return a value as text with two digits, for the scale of a sheet."""
    return short_text(float(f"{value:.2g}"))


def color_limit(image):
    """Return the size that gets the strongest colour; a few outliers don't count."""
    sizes = np.abs(image)
    return np.percentile(sizes, 99) or sizes.max()


def white_level(image):
    """Return the value that is white in a grey image."""
    top = image.max()
    if top <= 1 + 1e-6 and image.dtype != np.uint8:  # a mean of 1s may exceed 1 by rounding
        return 1
    return max(top, 255)


def as_image(image, name):
    """Return `image` as an array (H, W), or (H, W, 3) as uint8 or from 0 to 1."""
    image = as_array(image, name)
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or image.size == 0:
        raise ValueError(
            f"{name} must be grey (H, W) or in colour (H, W, 3), but has shape {image.shape}."
        )
    if image.dtype == np.uint8:
        return image
    image = finite_array(image, name, image.ndim)
    if image.ndim == 3 and (image.min() < 0 or image.max() > 1):
        raise ValueError(
            f"{name} is in colour, so it must be of type uint8 or go from 0 to 1,"
            f" but it goes {range_text(image)}."
        )
    return image
