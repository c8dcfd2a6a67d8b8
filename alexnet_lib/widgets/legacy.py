"""The legacy widget: AlexNet and its successors as points, by two measures of the reader's choice.

Its front end is legacy.js, which computes and says the same; tests/widgets compares both, and the
numbers with torchvision. What a network costs was counted by benchmarks/legacy.py, its error comes
from results.toml, and its year is that of its paper.
"""

import math

import traitlets as t

from alexnet_lib.data import measurements, results
from alexnet_lib.widgets.base import OneOf, Widget

MEASURES = {  # key -> name on an axis
    "parameters": "parameters",
    "work": "multiply-adds",
    "error": "top-5 error, %",
    "year": "year",
    "depth": "depth, in layers",
}
LESS_IS_BETTER = ("parameters", "work", "error")
SCALES = ("logarithmic", "linear")
KEYS = ("name", "idea", *MEASURES)

# key in results.toml -> what was new, for readers
IDEAS = {
    "alexnet": "deep, learned from the pixels on, on graphics cards",
    "vgg16": "nothing but 3 × 3 kernels, many of them",
    "googlenet": "kernels of several sizes side by side, made cheap by 1 × 1 kernels",
    "resnet18": "a shortcut around every two layers",
    "resnet50": "shortcuts, and bottlenecks of 1 × 1 kernels",
    "resnet50_retrained": "the same layers, and a new recipe for training them",
    "resnet152": "shortcuts, so that 152 layers can be trained",
    "squeezenet": "AlexNet's accuracy from as few parameters as possible",
    "mobilenet_v2": "depthwise convolutions, with a shortcut between the narrow places",
    "mobilenet_v3": "partly found by search, for phones",
    "efficientnet": "found by search; depth, width and image size grow together",
    "vit": "patches that attend to each other, in place of convolutions",
    "convnext": "a convolutional network again, with what transformers taught",
}
# LeNet-5 as the lesson writes it. It read digits, so it has no error on ImageNet.
LENET = {
    "name": "LeNet-5",
    "idea": "convolutions that learn, for handwritten digits",
    "parameters": 61_706,
    "work": 416_520,
    "error": None,
    "year": 1998,
    "depth": 5,
}


def published_models():
    """Return LeNet-5, AlexNet and its successors, oldest first: a list of dicts with KEYS."""
    facts, costs = results(), measurements("legacy")["figures"]["models"]
    models = [LENET]
    for key, entry in facts["successors"].items():
        counted = costs[key]
        models.append(
            {
                "name": entry["name"],
                "idea": IDEAS[key],
                "parameters": counted["parameters"],
                "work": counted["multiply_adds"],
                "error": round(100 - entry["top5_accuracy"], 3),
                "year": facts["sources"][entry["paper"]]["year"],
                "depth": counted["depth"],
            }
        )
    return sorted(models, key=lambda model: model["year"])


def is_measure(key, value):
    """Return whether a value can stand for a measure: a number above 0, or None for an error."""
    if value is None:
        return key == "error"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and value > 0


class Models(t.TraitType):
    """At least two networks: a list of dicts with KEYS, each name once."""

    def validate(self, obj, value):
        """Return `value`, or refuse it in one sentence."""
        try:
            models = [{key: model[key] for key in KEYS} for model in value]
            fits = len(models) >= 2 and len({model["name"] for model in models}) == len(models)
            for model in models:
                fits = fits and isinstance(model["name"], str) and isinstance(model["idea"], str)
                fits = fits and all(is_measure(key, model[key]) for key in MEASURES)
        except (TypeError, KeyError):
            fits = False
        if not fits:
            raise t.TraitError(
                f"{self.name} is a list of two or more dicts with {', '.join(KEYS)}, each name "
                "once; measures are numbers above 0, and only an error may be None."
            )
        return models


class LegacyWidget(Widget):
    """Choose two measures as axes and two networks, and see how they compare.

    `LegacyWidget(x="work", y="error", first="AlexNet", second="VGG-16")`: every setting is a trait,
    so `w.second = "ResNet-50"` moves the mark, and moving the mark changes `w.second`.

    x, y           "parameters", "work", "error", "year" or "depth"
    first, second  names of networks in `models`
    scale          "logarithmic" or "linear"; years are always linear
    """

    repr_traits = ("x", "y", "first", "second")

    x = OneOf(tuple(MEASURES)).tag(sync=True)
    y = OneOf(("error", *(key for key in MEASURES if key != "error"))).tag(sync=True)
    scale = OneOf(SCALES).tag(sync=True)
    models = Models().tag(sync=True)
    first = t.Any().tag(sync=True)
    second = t.Any().tag(sync=True)

    @t.default("models")
    def _default_models(self):
        return published_models()

    @t.default("first")
    def _default_first(self):
        names = [model["name"] for model in self.models]
        return "AlexNet" if "AlexNet" in names else names[0]

    @t.default("second")
    def _default_second(self):
        return self.models[-1]["name"]

    @t.validate("first", "second")
    def _known_name(self, proposal):
        names = [model["name"] for model in self.models]
        if proposal["value"] not in names:
            listed = ", ".join(f'"{name}"' for name in names)
            name = proposal["trait"].name
            raise t.TraitError(f"{name} is one of {listed}, not {proposal['value']!r}.")
        return proposal["value"]

    @t.observe("models")
    def _stay_inside(self, change):
        names = [model["name"] for model in self.models]
        for trait, place in (("first", 0), ("second", -1)):
            if trait in self._trait_values and self._trait_values[trait] not in names:
                self.set_trait(trait, names[place])

    def model(self, name):
        """Return the network of this name."""
        return next(model for model in self.models if model["name"] == name)

    @property
    def shown(self):
        """The networks that have both measures, in the order of `models`."""
        return [m for m in self.models if m[self.x] is not None and m[self.y] is not None]

    def ends(self, key):
        """Return the least and the largest value on an axis: 0 is the least if it is linear."""
        values = [model[key] for model in self.shown]
        low = 0 if self.scale == "linear" and key != "year" else min(values, default=1)
        return low, max(values, default=1)

    def place(self, key, value):
        """Return where a value lies on an axis, from 0 to 1."""
        low, high = self.ends(key)
        if low == high:
            return 0.5
        if self.scale == "logarithmic" and key != "year":
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low)

    @property
    def positions(self):
        """Where the shown networks lie: {name: (x, y)}, from 0 to 1."""
        return {
            m["name"]: (self.place(self.x, m[self.x]), self.place(self.y, m[self.y]))
            for m in self.shown
        }

    def beaten_by(self, name):
        """Return the shown networks that are as good on both axes, and better on one: names."""
        if self.x not in LESS_IS_BETTER or self.y not in LESS_IS_BETTER:
            return []
        mine = self.model(name)
        return [
            m["name"]
            for m in self.shown
            if m[self.x] <= mine[self.x]
            and m[self.y] <= mine[self.y]
            and (m[self.x] < mine[self.x] or m[self.y] < mine[self.y])
        ]

    @property
    def front(self):
        """The names of the shown networks that no other beats, from left to right.

        Empty where an axis has no better and worse, as a year has none.
        """
        if self.x not in LESS_IS_BETTER or self.y not in LESS_IS_BETTER or self.x == self.y:
            return []
        unbeaten = [m for m in self.shown if not self.beaten_by(m["name"])]
        return [m["name"] for m in sorted(unbeaten, key=lambda m: (m[self.x], m[self.y]))]

    @property
    def ratios(self):
        """The second's parameters, work and uses of a parameter, each by the first's."""
        one, other = self.model(self.first), self.model(self.second)
        ratios = {key: other[key] / one[key] for key in ("parameters", "work")}
        return ratios | {"uses": ratios["work"] / ratios["parameters"]}

    @property
    def problem(self):
        """What can't be shown as chosen, in one sentence, or ""."""
        if self.x == self.y:
            return f"Both axes show the same, {MEASURES[self.x]}: choose another for one of them."
        names = dict.fromkeys((self.first, self.second))  # each once
        missing = [name for name in names if name not in self.positions]
        if missing:
            return (
                f"{' and '.join(missing)} read no ImageNet photographs and so has no point here: "
                "choose axes without the error."
            )
        return ""

    @property
    def comparison(self):
        """The second network beside the first, in one sentence."""
        if self.first == self.second:
            return f"{self.first} beside itself: choose another network."
        one, other = self.model(self.first), self.model(self.second)
        ratios = self.ratios
        parts = [
            times_text(ratios["parameters"], "as many parameters"),
            times_text(ratios["work"], "as much work"),
        ]
        if one["error"] is not None and other["error"] is not None:
            points = other["error"] - one["error"]
            sign = "more" if points > 0 else "less"
            parts.append(f"{abs(points):.1f} points {sign} error")
        years = other["year"] - one["year"]
        if not years:
            parts.append("in the same year")
        else:
            word = "year" if abs(years) == 1 else "years"
            parts.append(f"{abs(years)} {word} {'later' if years > 0 else 'earlier'}")
        return f"{self.second} beside {self.first}: {', '.join(parts)}."

    @property
    def verdict(self):
        """Who beats whom on the two axes, in one sentence, or "" where that has no meaning."""
        if self.problem or self.first == self.second or not self.front:
            return ""
        if self.first in self.beaten_by(self.second):
            return f"On these axes {self.first} beats {self.second}."
        if self.second in self.beaten_by(self.first):
            return f"On these axes {self.second} beats {self.first}."
        return "On these axes neither beats the other."

    def describe(self):
        """Return one to three sentences on what the widget shows now."""
        return " ".join(part for part in (self.comparison, self.verdict, self.problem) if part)

    def fallback(self):
        """Return the sentences, and all numbers as a table."""
        heads = "".join(f'<th scope="col">{name}</th>' for name in MEASURES.values())
        rows = ""
        for model in self.models:
            cells = "".join(f"<td>{value_text(key, model[key])}</td>" for key in MEASURES)
            rows += f'<tr><th scope="row">{model["name"]}</th>{cells}</tr>'
        return (
            f"{super().fallback()}<details><summary>All {len(self.models)} networks as a table"
            f'</summary><table><thead><tr><th scope="col">network</th>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></details>"
        )


def short(value):
    """Return a number with two digits, or a whole one from 100 on: 16, 0.98, 1,016 or 1/49."""
    if value < 0.1:
        return f"1/{short(1 / value)}"
    return f"{value:,.0f}" if value >= 99.5 else f"{float(f'{value:.2g}'):g}"


def times_text(ratio, what):
    """Return a ratio in words: 16 times as much work, about as much work, or 1/16 as much work."""
    if 0.95 < ratio < 1.05:
        return f"about {what}"
    return f"{short(ratio)} {'times ' * (ratio >= 0.1)}{what}"


def value_text(key, value):
    """Return a measure in words: 61.1 million, 20.9 % or 2012."""
    if value is None:
        return "none"
    if key == "error":
        return f"{value:.1f} %"
    if key in ("year", "depth"):
        return str(value)
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{float(f'{value / size:.3g}'):g} {name}"
    return f"{value:,}"
