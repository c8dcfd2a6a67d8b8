"""The figures for the tests, and how the tests look into them."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg

from alexnet_lib.data import gray, photo
from alexnet_lib.networks.variants import plan
from alexnet_lib.plots import (
    bars,
    bends,
    channels,
    confusion,
    contours,
    costs,
    crossed_out,
    curves,
    feature_maps,
    filters,
    graph,
    network,
    numbers,
    occlusion,
    pictures,
    plane,
    pooling,
    sliding_window,
    spread,
    timeline,
    units,
    valley,
)
from alexnet_lib.scratch import conv2d

HILL = np.array([[0, 1, 2, 1], [1, 3, 5, 3], [2, 5, 9, 5], [1, 3, 5, 3]])
EDGES = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
ANIMALS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class Look:
    """The parts of a figure."""

    @staticmethod
    def page(picture):
        """Return the axes of the whole page."""
        (axes,) = picture.figure.axes
        return axes

    @classmethod
    def texts(cls, picture):
        """Return every text in the figure, in drawing order."""
        return [text.get_text() for text in cls.page(picture).texts if text.get_text()]

    @classmethod
    def text_boxes(cls, picture):
        """Return (text, its box) for every text of the figure."""
        renderer = RendererAgg(1, 1, picture.figure.dpi)  # it knows the letters, and draws nothing
        texts = [text for text in cls.page(picture).texts if text.get_text()]
        return [(text, text.get_window_extent(renderer)) for text in texts]

    @classmethod
    def cells(cls, picture):
        """Return every filled patch."""
        return [box for box in cls.page(picture).patches if box.get_fill()]

    @classmethod
    def outlines(cls, picture):
        """Return (x, y, width, height) of each thick frame."""
        boxes = [box for box in cls.page(picture).patches if not box.get_fill()]
        return [(*box.get_xy(), box.get_width(), box.get_height()) for box in boxes]

    @classmethod
    def shapes(cls, picture, name):
        """Return every shape and line of this name."""
        axes = cls.page(picture)
        return [shape for shape in (*axes.patches, *axes.lines) if shape.get_gid() == name]

    @staticmethod
    def convolve(name, kernel):
        """Convolve a photograph in grey with one kernel: (H', W')."""
        x = gray(photo(name))[None, None]  # (1, 1, 227, 227)
        return conv2d(x, np.array(kernel)[None, None])[0, 0]


@pytest.fixture(scope="session")
def look():
    return Look


@pytest.fixture(scope="module")
def gallery():
    """One of each figure, with the heavy ones."""
    coffee, blur, rng = photo("coffee"), np.full((7, 7), 1 / 49), np.random.default_rng(0)
    edges, cat = Look.convolve("coffee", EDGES), gray(photo("cat"))
    x = np.arange(1, 31)
    falling = {f"run {i}": 2 * np.exp(-x / (3 + i)) + 0.3 for i in range(6)}
    loss = np.exp(-x / 3)
    counts = rng.integers(0, 90, (10, 10))
    events = [
        {"date": "1998", "text": "LeNet-5 reads the digits on cheques with 60,000 parameters"},
        {"date": "2012-06", "text": "the first numbered experiments"},
        {"date": "2012-09-30", "text": "the entries are due"},
    ]
    deep = plan("caffe", depth=7, widths={"fc8": 512, "conv1": 128})
    sum_of_two = {"x": (), "w": (), "y": ("×", "w", "x"), "z": ("ReLU", "y"), "L": ("+", "y", "z")}
    return {
        "graph": graph(
            sum_of_two,
            {"x": -1234.5, "w": 2, "y": 3, "z": -0.001, "L": 1},
            {"w": -12.25, "L": 1, "x": 3},
            {("y", "x"): -12, ("z", "y"): 1, ("L", "y"): 1},
            "Title",
        ),
        "sliding_window": sliding_window(HILL, EDGES, (1, 1)),
        "padded": sliding_window(HILL, EDGES / 9, (2, 0), padding=1),
        "column": sliding_window(np.ones((3, 1)), [[1]]),
        "numbers": numbers(np.eye(14), "Title", marks=np.eye(14) == 0, caption="A caption."),
        "confusion": confusion(counts, ANIMALS, "Title"),
        "two classes": confusion([[5, 1], [0, 4]], ["cat", "dog"]),
        "pooling": pooling(HILL, 3, (0, 1), 1),
        "one window": pooling(np.ones((1, 1)), 1),
        "three": pictures([gray(coffee), Look.convolve("coffee", blur), edges], ["a", "b", "c"]),
        "colour": pictures([photo("cat"), cat], ["in colour", "in grey"]),
        "large": pictures([np.add.outer(np.arange(681), np.arange(1135))], ["large"]),
        "sheet": pictures(rng.random((24, 11, 11, 3)), ["1"] * 24, 8),
        "filters": filters(rng.normal(size=(96, 3, 11, 11)), "Title"),
        "signed filters": filters(rng.normal(size=(5, 3, 3))),
        "feature maps": feature_maps(rng.normal(size=(96, 55, 55)), title="Title"),
        "small maps": feature_maps(rng.random((256, 13, 13)), count=48, columns=12),
        "bars": bars({"conv1": 34_944, "conv2": 307_456}, "parameters"),
        "logarithmic": bars({"a": 0.002, "b": 61_100_840}, "parameters", "Title", log=True),
        "curves": curves(falling, x, "epoch", "loss", "Title"),
        "logarithmic curves": curves(
            {"ReLU": loss, "tanh": loss**4},
            x,
            "layer",
            "gradient",
            log=True,
            bands={"ReLU": (loss / 2, loss * 2)},
        ),
        "costs": costs(plan("bn"), "Title"),
        "network": network(plan("2012"), "AlexNet"),
        "deep": network(deep),
        "occlusion": occlusion(photo("cat"), rng.random((13, 13)), 0.6, 35, 16, "cat", "Title"),
        "grey occlusion": occlusion(cat[:28, :40] / 255, np.eye(5, 7), 1, 6, 5),
        "small": network(plan("small", image_size=64)),
        "spread": spread({"a": [1, 2, 2, 2.5], "b": [4, 3]}, "unit", "Title", {"a": (1.5, 2)}),
        "timeline": timeline(events, "Title"),
        "channels": channels(np.stack([HILL, -HILL]), np.stack([EDGES, EDGES]), -1.5, (1, 0)),
        "one channel": channels([[[1, 2], [3, 4]]], [[[0.25]]]),
        "plane": plane(lambda p: p.sum(1) - 3, [(-1, -1), (1, 3), (3, 1)], [(2, 3)], "Title"),
        "empty plane": plane(),
        "valley": valley(lambda w: (w - 3) ** 2, {"one": [0, 2], "far": [0, 99]}, "w", "L", "T"),
        "contours": contours(
            lambda p: p[:, 0] ** 2 + 20 * p[:, 1] ** 2,
            {"one": [[10, 1], [9, -1]], "far": [[10, 1], [9, -9]]},
            *("first weight", "second weight", ((-5, 11), (-2, 2)), "Title"),
        ),
        "bends": bends(
            x, {name: (np.sin(x / 9) * i, -x / 9) for i, name in enumerate("abcde")}, "T"
        ),
        "one bend": bends([-1, 1], {"ReLU": ([0, 1], [0, 1])}),
        "crossed out": crossed_out([2, 3, 1], [[True, False, True]], "Title"),
        "units": units([2, 3], [(EDGES[:, :2], [-1, 10, 4]), "ReLU"], (1, 2), "abc", "Title"),
        "many units": units(np.ones(8), [(np.eye(8), np.zeros(8))]),
    }
