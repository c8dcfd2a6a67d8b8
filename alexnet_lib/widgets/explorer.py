"""The explorer: one picture on its way through a network, layer by layer, and any map opened.

Its front end is explorer.js. It computes with network.js, which the tests compare with PyTorch; the
page brings along what `stored` packs, so that it shows something before anything is loaded.
"""

import json
from functools import cache

import numpy as np
import traitlets as t

from alexnet_lib.widgets.base import NetworkWidget, OneOf, WholeNumber, Widget

NETWORKS = ("fashion", "squeezenet")  # as explorer.js names them
INPUT = "input"  # the picture itself, as a layer
FIRST = "Ankle boot"  # the picture to begin with
LARGEST_INT8 = 127


@cache
def fashion():
    """Return (plan, weights, model) of the fashion network, for the page and for PyTorch."""
    # here, since widgets without a network don't need PyTorch
    from alexnet_lib.networks.bundled import bundled
    from alexnet_lib.networks.web import bundled_web_plan

    return *bundled_web_plan("fashion"), bundled("fashion")


@cache
def examples():
    """Return a test picture of each class, {name: (28, 28) uint8}: the first that it gets right.

    The first of the list is the one whose maps the page brings along.
    """
    from alexnet_lib.data import load

    classes = fashion()[0]["classes"]
    _, test = load("fashion-mnist-small")
    pictures = {}
    for name in sorted(classes, key=lambda name: name != FIRST):
        label = classes.index(name)
        images = test.images[test.labels == label][..., 0]  # (n, 28, 28)
        right = (image for image in images if answer(image).argmax() == label)
        pictures[name] = next(right)  # (28, 28)
    return pictures


def answer(image):
    """Return the fashion network's probabilities for a picture: (28, 28) uint8 -> (10,) float64."""
    scores = layers_of(image)[fashion()[0]["layers"][-1]["name"]].astype(np.float64)  # (10,)
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def layers_of(image):
    """Return what each layer of the fashion network makes of a picture, {name: (C, H, W) or (n,)}.

    image  (28, 28) uint8
    """
    import torch

    plan, _, model = fashion()
    mean, scale = plan["input"]["mean"][0], plan["input"]["scale"][0]
    x = torch.from_numpy((image.astype(np.float32) - mean) / scale)[None, None]  # (1, 1, 28, 28)
    results, hooks = {}, []
    for path, name in model.names.items():

        def keep(module, inputs, output, name=name):
            results[name] = output[0].numpy()

        hooks.append(model.get_submodule(path).register_forward_hook(keep))
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return {layer["name"]: results[layer["name"]] for layer in plan["layers"]}


@cache
def stored():
    """Return what the page brings along, as bytes: a head in JSON, and numbers.

    The head has the network's plan. Then come the weights of the layers before the second
    convolution (float16), the maps of all other layers for the first example (int8, and a scale
    each; those after ReLU follow from what is before it), and the examples' pixels.
    """
    plan, weights, _ = fashion()
    convolutions = [i for i, layer in enumerate(plan["layers"]) if layer["op"] == "conv"]
    first = convolutions[1]
    ends = [
        layer[key]["at"] + int(np.prod(layer[key]["shape"]))
        for layer in plan["layers"][:first]
        for key in ("weight", "bias")
        if key in layer
    ]
    known = weights[: 2 * max(ends)]
    pictures = examples()
    maps = layers_of(next(iter(pictures.values())))
    kept, parts = [], [known]
    for layer in plan["layers"][first:]:
        if layer["op"] == "relu":
            continue
        values = maps[layer["name"]]
        scale = float(np.abs(values).max()) / LARGEST_INT8 or 1.0
        kept.append({"name": layer["name"], "shape": list(values.shape), "scale": scale})
        parts.append(np.rint(values / scale).astype(np.int8).tobytes())
    parts += [image.tobytes() for image in pictures.values()]
    head = {"plan": plan, "first": first, "weights": len(known), "maps": kept}
    text = json.dumps(head | {"pictures": list(pictures)}, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *parts])


class ExplorerWidget(NetworkWidget, Widget):
    """Follow a picture through a network, layer by layer, and open any of its maps.

    `ExplorerWidget(layer="conv2", map=7)`: every setting is a trait, so `w.layer = "pool5"` goes to
    that layer, and going there changes `w.layer`. The reader's own pictures, and networks from the
    reader's disk, stay in the page.

    net       "fashion" (10 kinds of clothes) or "squeezenet" (1000 kinds of things)
    picture   an example's name, such as "Ankle boot"
    layer     a layer's name, such as "conv1"; "input" is the picture
    map       which of its maps, or which of its numbers, from 0
    row, col  the place in the map
    channel   which channel's part of the sum to look at, from 0
    """

    repr_traits = ("net", "picture", "layer", "map")
    shared = ("network",)

    net = OneOf(NETWORKS).tag(sync=True)
    picture = t.Unicode(FIRST).tag(sync=True)
    layer = t.Unicode("conv1").tag(sync=True)
    map = WholeNumber(0, 0, 100_000).tag(sync=True)
    row = WholeNumber(0, 0, 10_000).tag(sync=True)
    col = WholeNumber(0, 0, 10_000).tag(sync=True)
    channel = WholeNumber(0, 0, 100_000).tag(sync=True)
    stored = t.Bytes().tag(sync=True)

    @classmethod
    def assets(cls):
        """Return what the page brings along, {"stored": bytes}."""
        return {"stored": stored()}

    @t.default("stored")
    def _default_stored(self):
        return stored()

    # At first it shows the strongest number of the strongest map of its layer.

    @t.default("map")
    def _default_map(self):
        return self._strongest()[0]

    @t.default("row")
    def _default_row(self):
        return self._strongest()[1]

    @t.default("col")
    def _default_col(self):
        return self._strongest()[2]

    def _strongest(self):
        maps = self.maps if self.net == "fashion" and self.picture in examples() else {}
        values = maps.get(self.layer, np.zeros((1, 1, 1)))
        place = np.unravel_index(values.argmax(), values.shape)
        return [int(at) for at in (*place, 0, 0)][:3]

    @property
    def maps(self):
        """What the fashion network makes of the picture, {layer: array}."""
        pictures = examples()
        if self.net != "fashion" or self.picture not in pictures:
            raise ValueError(
                "maps are computed for the fashion network and its examples "
                f"({', '.join(pictures)}), not for {self.picture!r} in {self.net!r}."
            )
        image = pictures[self.picture]  # (28, 28) uint8
        plan = fashion()[0]["input"]
        pixels = (image[None].astype(np.float32) - plan["mean"][0]) / plan["scale"][0]
        return {INPUT: pixels, **layers_of(image)}

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.net != "fashion":
            return (
                "SqueezeNet, a network that knows 1000 kinds of things, can be loaded here, and a "
                "photograph followed through its layers."
            )
        plan = fashion()[0]
        text = (
            f"A picture ({self.picture}) on its way through the {len(plan['layers'])} layers of a "
            f"small AlexNet that tells {len(plan['classes'])} kinds of clothes apart."
        )
        maps = self.maps if self.picture in examples() else {}
        if self.layer in maps:
            shape = maps[self.layer].shape
            what = " × ".join(str(side) for side in shape)
            text += f" Shown is {self.layer}: {what} numbers."
        return text
