"""How to put every widget to the tests that hold for all of them (test_every_widget.py).

settings   states that look different, the widget's own first
heaviest   JavaScript, `(i) => …`: sets the model to the i-th heavy state, each unlike the last
"""

CASES = {
    "backprop": {
        "settings": [
            {"graph": "neuron", "at": 10},
            {"graph": "twice", "at": 3},
            {"graph": "softmax", "at": 9, "losses": [3.0, 2.0]},
            {"graph": "softmax", "inputs": {"w1": 800.0, "x": 2.0, "w2": 1.0}},  # e to 1600
            {"graph": "maximum", "at": 10, "losses": [4.0] * 30},
        ],
        # another graph each time, all of its numbers, and many losses
        "heaviest": """(i) => {
          const graph = ["twice", "softmax", "neuron", "maximum"][i % 4];
          const inputs = graph === "softmax" ? { w1: 1, x: (i % 7) / 10, w2: -1 }
            : graph === "neuron" ? { w: i % 5, x: 3, b: -1, t: 4 }
            : { x1: i % 5, w: 2, x2: 1, t: 7 };
          model.set("graph", graph);
          model.set("inputs", inputs);
          model.set("at", 10);
          model.set("losses", Array.from({ length: 40 }, (_, k) => 40 - k + (i % 3)));
        }""",
    },
    "convolution": {
        "settings": [
            {"stride": 2, "padding": 1, "kernel_name": "sharpen"},
            {"source": "photo", "kernel_size": 11, "kernel_name": "blur"},
            {"kernel_size": 11},  # does not fit
            {"kernel_size": 7, "padding": 3},
        ],
        # a photo, large kernels, stride 1; every step changes the size
        "heaviest": """(i) => {
          model.set("source", "photo");
          model.set("padding", i % 6);
          model.set("kernel_size", 11 - (i % 3));
          model.set("kernel_name", ["vertical edge", "horizontal edge", "outline", "blur",
            "sharpen", "identity"][i % 6]);
        }""",
    },
    "dropout": {
        "settings": [
            {"draws": 37},
            {"form": "slip", "rate": 0.2, "draws": 5000},
            {"form": "inverted", "rate": 0.9, "values": [3.25, -1.75] * 6, "mode": "training"},
            {"mode": "testing", "rate": 0.15, "values": [1, 2]},
        ],
        # twelve units, as many draws as there can be, each time from another seed
        "heaviest": """(i) => {
          model.set("values", [4, 1, 3, 2, 5, 2, 1, 2, 0.5, -3, 7, 1].map((v) => v + i));
          model.set("seed", i);
          model.set("rate", (i % 19) / 20);
          model.set("draws", 5000);
        }""",
    },
    "fully_connected": {
        "settings": [
            {"unit": 2},
            {"sizes": [5, 4, 5, 3, 2, 3], "output": "classes", "inputs": [1, -2, 0.5]},
            {"sizes": [154587, 4096, 4096, 1000, 10, 1], "output": "classes"},  # no fit
            {"sizes": [9216, 4096, 4096, 1000], "output": "classes", "unit": 2000},
        ],
        # six full columns, as numbers and as lines
        "heaviest": """(i) => {
          model.set("sizes", Array(6).fill(i % 2 ? 5 : 7 + i));
          model.set("output", "classes");
          model.set("column", 1 + (i % 5));
          model.set("unit", i % 5);
        }""",
    },
    "pooling": {
        "settings": [
            {"window": 3, "right": 1},
            {},
            {"source": "map", "window": 3, "down": -1, "right": 2},
            {"source": "noise", "kind": "average", "window": 5, "stride": 3, "right": 1},
            {"grid": [[1, 2], [3, 4]], "window": 3},  # does not fit
        ],
        # the map, with as many windows as there can be, and all of them changed
        "heaviest": """(i) => {
          model.set("source", "map");
          model.set("stride", 1);
          model.set("window", 2 + (i % 7));
          model.set("kind", ["max", "average"][i % 2]);
          model.set("right", (i % 7) - 3);
          model.set("down", (i % 5) - 2);
        }""",
    },
    "softmax": {
        "settings": [
            {"label": 1, "temperature": 2},
            {"scores": [1002, 1001, 1000], "powers": "plain"},  # too large for a float
            {"scores": [3.2, -1, 0, 0.5, -2, 1], "label": 5},
            {"scores": [0, 0], "names": ["yes", "no"], "label": 0},
        ],
        # six classes, all scores and the label changed
        "heaviest": """(i) => {
          model.set("names", ["cat", "dog", "cup", "car", "hat", "bee"]);
          model.set("scores", [1, 2, 3, 4, 5, 6].map((k) => ((k * (i + 3)) % 11) - 5.25));
          model.set("label", i % 6);
          model.set("temperature", 0.5 + (i % 5));
        }""",
    },
    "timeline": {
        "settings": [
            {"period": "2012", "kind": "experiment"},
            {},
            {"period": "before 2012", "index": 5},
            {"period": "after 2012", "kind": "data"},  # there is none
        ],
        # every event there is, another one read with each step
        "heaviest": """(i) => {
          model.set("kind", "all");
          model.set("period", ["all", "2012", "before 2012"][i % 3]);
          model.set("index", (7 * i) % 50);
        }""",
    },
}
