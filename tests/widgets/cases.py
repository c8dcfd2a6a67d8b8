"""How to put every widget to the tests that hold for all of them (test_every_widget.py).

settings   states that look different, the widget's own first
heaviest   JavaScript, `(i) => …`: sets the model to the i-th heavy state, each unlike the last
"""

CASES = {
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
}
