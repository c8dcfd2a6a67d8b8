"""The base of all widgets: their registry, front end and fallback, and traits that refuse a wrong
value in one sentence.

A widget NAME is a Python class in NAME.py (its settings, as traits) and `NAME.js` (its controls and
its drawing), with styles of its own in `NAME.css` if it needs any. The front end runs by itself: in
a notebook the traits follow it, on the website there is no Python at all. See
https://anywidget.dev for the `render` contract.
"""

import base64
import html
import json
import operator
import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets as t

from alexnet_lib.data import network_sizes

HERE = Path(__file__).parent
COMMENT_LINE = re.compile(r"^ *(//|/?\*).*\n", re.MULTILINE)
WIDGETS = {}  # name -> class


def uniform(seed, draws, units):
    """Return pseudorandom numbers from 0 to just under 1, (draws, units) float64.

    They are those of `uniform` in common.js. The numbers of draw 1 don't depend on how many draws
    follow.
    """
    start = mix_bits(np.array([seed + 0x9E3779B9], np.uint32))
    draw, unit = np.ogrid[1 : draws + 1, :units]
    index = (draw * 16 + unit).astype(np.uint32)  # (draws, units)
    return mix_bits(start + index) / 2.0**32


def mix_bits(x):
    """Mix the bits of 32-bit whole numbers until neighbours have nothing in common.

    The shifts and factors are those that Chris Wellons found by search (hash-prospector, 2018).
    """
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)  # modulo 2³², like every step
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def int_between(value, low, high):
    """Return `value` as an int if it is a whole number from `low` to `high`, else None."""
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        return None
    return number if number is not None and low <= number <= high else None


class WholeNumber(t.TraitType):
    """A whole number from `low` to `high`, both included."""

    def __init__(self, default, low, high, **kwargs):
        super().__init__(default, **kwargs)
        self.low, self.high = low, high

    def validate(self, obj, value):
        """Return `value` as an int, or refuse it in one sentence."""
        number = int_between(value, self.low, self.high)
        if number is None:
            raise t.TraitError(
                f"{self.name} is a whole number from {self.low} to {self.high}, not {value!r}."
            )
        return number


class FiniteNumber(t.TraitType):
    """A number from `low` to `high`, both included."""

    def __init__(self, default, low, high, **kwargs):
        super().__init__(float(default), **kwargs)
        self.low, self.high = low, high

    def validate(self, obj, value):
        """Return `value` as a float, or refuse it in one sentence."""
        try:
            number = None if isinstance(value, (bool, np.bool_, str)) else float(value)
        except (TypeError, ValueError):
            number = None
        if number is None or not self.low <= number <= self.high:  # NaN is in no range
            raise t.TraitError(
                f"{self.name} is a number from {self.low} to {self.high}, not {value!r}."
            )
        return number


class Numbers(t.TraitType):
    """A list of `least` to `most` finite numbers, each from `low` to `high`."""

    def __init__(self, least, most, low, high, **kwargs):
        super().__init__(**kwargs)
        self.least, self.most, self.low, self.high = least, most, low, high

    def validate(self, obj, value):
        """Return `value` as a list of floats, or refuse it in one sentence."""
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):  # ragged, or no numbers
            array = np.empty(0)
        fits = array.ndim == 1 and self.least <= array.size <= self.most
        if not fits or not ((array >= self.low) & (array <= self.high)).all():  # NaN is in no range
            raise t.TraitError(
                f"{self.name} is a list of {self.least} to {self.most} numbers from {self.low} "
                f"to {self.high}, not {value!r}."
            )
        return array.tolist()


class TwoWholeNumbers(WholeNumber):
    """Two whole numbers from `low` to `high`: (rows, columns)."""

    def validate(self, obj, value):
        """Return `value` as a tuple of two ints, or refuse it in one sentence."""
        pair = value if isinstance(value, (tuple, list)) and len(value) == 2 else (None, None)
        numbers = tuple(int_between(item, self.low, self.high) for item in pair)
        if None in numbers:
            raise t.TraitError(
                f"{self.name} is (rows, columns), two whole numbers from {self.low} to "
                f"{self.high}, not {value!r}."
            )
        return numbers


class OneOf(t.TraitType):
    """One of a few strings."""

    def __init__(self, choices, **kwargs):
        super().__init__(choices[0], **kwargs)
        self.choices = choices

    def validate(self, obj, value):
        """Return `value`, or refuse it in one sentence that lists the choices."""
        if not isinstance(value, str) or value not in self.choices:
            names = ", ".join(f'"{choice}"' for choice in self.choices)
            raise t.TraitError(f"{self.name} is one of {names}, not {value!r}.")
        return value


class NumberTable(t.TraitType):
    """A table of finite numbers, 1 × 1 to `side` × `side`: a list of equally long lists.

    It accepts anything that NumPy reads as a 2-D array. `square=True`: as many rows as columns.
    """

    def __init__(self, side, *, square=False, **kwargs):
        super().__init__(**kwargs)
        self.side, self.square = side, square

    def validate(self, obj, value):
        """Return `value` as a list of lists of floats, or refuse it in one sentence."""
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):  # ragged, or no numbers
            array = np.empty(0)
        fits = array.ndim == 2 and array.size and max(array.shape) <= self.side
        fits = fits and (not self.square or array.shape[0] == array.shape[1])
        if not fits or not np.isfinite(array).all():
            wrong = repr(value) if fits or not array.size else " × ".join(map(str, array.shape))
            kind = "square table" if self.square else "table"
            raise t.TraitError(
                f"{self.name} is a {kind} of finite numbers, up to {self.side} × {self.side}; "
                f"this is {wrong}."
            )
        return array.tolist()


class WindowInOutput(t.HasTraits):
    """A widget whose traits `row` and `col` are a window's place in its output.

    It has `output_size`, (rows, cols), and `problem`, "" if the setting is possible.
    """

    @t.validate("row", "col")
    def _inside_output(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        size = self.output_size[0 if name == "row" else 1]
        if not self.problem and value >= size:
            raise t.TraitError(
                f"{name} is a whole number from 0 to {size - 1} (the output has {size}), "
                f"not {value}."
            )
        return value

    def _stay_inside(self):
        """Move the window into the output, which may be smaller now."""
        if not self.problem:
            rows, cols = self.output_size
            self.row, self.col = min(self.row, rows - 1), min(self.col, cols - 1)


PART = 1 << 18  # bytes of a network's weights in one message to the front end


class NetworkWidget:
    """A widget whose front end asks the kernel for networks: `class W(NetworkWidget, Widget)`.

    It needs `shared = ("network",)` too. On the website, pages load networks by themselves.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.networks = {}  # name -> (plan, weights), besides those that come with the package
        self.on_msg(self._send_network)

    def add_network(self, plan, weights):
        """Offer a network of yours to the front end: what `networks.web.web_plan` returns."""
        self.networks[plan["name"]] = plan, weights

    def network(self, name):
        """Return (plan, weights) of a network by its name."""
        if name in self.networks:
            return self.networks[name]
        if name not in network_sizes():
            known = ", ".join([*self.networks, *network_sizes()])
            raise ValueError(f"There is no network {name!r} here; there are {known}.")
        from alexnet_lib.networks.web import bundled_web_plan  # needs PyTorch

        return bundled_web_plan(name)

    def _send_network(self, _, message, buffers):
        """Answer the front end that asks for a network, with its weights in parts."""
        name = message.get("network") if isinstance(message, dict) else None
        if name is None:
            return
        try:
            plan, weights = self.network(name)
        except Exception as error:  # the front end says it, whatever it is
            self.send({"network": name, "error": str(error)})
            return
        parts = [weights[at : at + PART] for at in range(0, len(weights), PART)]
        for i, part in enumerate(parts):
            about = {"network": name, "part": i, "count": len(parts)}
            self.send(about | ({} if i else {"plan": plan}), [part])


def as_json(value):
    """Return `value` as JSON data: 3.0 as 3, as JavaScript writes it, and bytes as base64."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


class Widget(anywidget.AnyWidget):
    """The base class of widgets. A subclass sets `repr_traits` and writes `describe`."""

    name = ""  # of the module, of the .js and .css files, and on the website
    repr_traits = ()  # the traits that repr shows
    shared = ()  # the files besides common.js that it uses: ("network",) for network.js

    def __init_subclass__(cls, **kwargs):
        # anywidget makes a subclass of the subclass for each instance, which is no new widget
        if Widget in cls.__bases__:
            cls.name = cls.__module__.rpartition(".")[2]
            cls._esm = cls._source("js")
            cls._css = cls._source("css")
            WIDGETS[cls.name] = cls
        super().__init_subclass__(**kwargs)

    @classmethod
    def _source(cls, ending):
        """Return common.js + NAME.js as one module, since a notebook's modules can't import files.

        What the widget has in `shared` stands between them.
        Comments are a quarter of its weight, and stay here. (No line of code begins with a `*`.)
        """
        files = [HERE / f"{name}.{ending}" for name in ("common", *cls.shared, cls.name)]
        text = "\n".join(file.read_text("utf8") for file in files if file.exists())
        if ending == "js" and "network" in cls.shared:
            text = f"const NETWORK_SIZES = {json.dumps(network_sizes())};\n{text}"
        return COMMENT_LINE.sub("", text) if ending == "js" else text

    @classmethod
    def assets(cls):
        """Return the large defaults, {trait: bytes}, which the website keeps once for all pages."""
        return {}

    @classmethod
    def front_end(cls):
        """Return all that the website needs to run this widget without Python.

        That is {"esm": JavaScript, "css": style sheet, "assets": {trait: base64}}.
        """
        assets = {key: base64.b64encode(data).decode() for key, data in cls.assets().items()}
        return {"esm": cls._source("js"), "css": cls._source("css"), "assets": assets}

    def state(self):
        """Return the settings as JSON data, {trait: value}, by name, without those in `assets`."""
        names = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names())
        values = {key: getattr(self, key) for key in sorted(names) if not key.startswith("_")}
        assets = self.assets()
        return {
            key: as_json(value)
            for key, value in values.items()
            if key not in assets or assets[key] != value
        }

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        raise NotImplementedError

    def fallback(self):
        """Return the HTML for readers without JavaScript."""
        return (
            f"<p>{html.escape(self.describe())} "
            "To change it, turn on JavaScript or run this page as a notebook.</p>"
        )

    def _html(self):
        """Return what a page shows until the front end starts; the website starts it here."""
        state = json.dumps(self.state(), ensure_ascii=False, separators=(",", ":"))
        return (
            f'<div class="alexnet-widget" data-alexnet-widget="{self.name}" '
            f'data-state="{html.escape(state)}">{self.fallback()}</div>'
        )

    def __repr__(self):
        settings = ", ".join(f"{key}={getattr(self, key)!r}" for key in self.repr_traits)
        return f"{self.__class__.__name__}({settings})"

    def _repr_mimebundle_(self, **kwargs):
        # pass the metadata on: it tells Colab where to find its widget manager
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._html()}, metadata
