"""The transfer widget: name a photograph, or teach a network two new classes from a few examples.

Its front end is transfer.js. Features and answers of the bundled photographs are recorded (by
benchmarks/transfer.py), so everything about them works without a network; for pictures of their
own, readers load one into the page. Those pictures never come to Python.
"""

import json
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

import numpy as np
import traitlets as t

from alexnet_lib.widgets.base import NetworkWidget, OneOf, WholeNumber, Widget, uniform

MODES = ("name", "teach")
CLASSES = ("fish", "monument", "tool", "windmill")
YOURS = "yours"
EACH = 14  # photographs of each class
MOST = 10  # examples
FEATURES = 512
PLURALS = {name: name if name == "fish" else f"{name}s" for name in CLASSES}
PHOTOGRAPHS = ("dog", "cat", "coffee", "chicken", "sheep", "duck", "kitten", "horse", "cow")
PHOTOGRAPHS += ("owl", "pig", "rocket", "astronaut")


@cache
def recorded():
    """Return what the network said of the bundled photographs, and small copies of them.

    features  (56, 512) float64, the mean of each of the last maps
    answers   {name: [[class, share] five times]}
    sheet     the 56 photographs, a JPEG of 4 rows of 14
    strip     the PHOTOGRAPHS, a JPEG of one row
    """
    file = files("alexnet_lib.data") / "few_photos.npz"
    if not file.is_file():
        raise RuntimeError(
            "The file few_photos.npz is missing in this copy of alexnet_lib:"
            " install the package again."
        )
    with np.load(BytesIO(file.read_bytes())) as stored:
        return {
            "whole": stored["features"],  # (56, 512) uint16
            "features": stored["features"] * (float(stored["largest"]) / 65535),
            "largest": float(stored["largest"]),
            "answers": json.loads(stored["answers"].tobytes()),
            "sheet": stored["sheet"].tobytes(),
            "strip": stored["strip"].tobytes(),
        }


class Question(NamedTuple):
    """A photograph that was no example, and what nearest mean makes of it."""

    label: int  # 0 or 1: the class that it is of
    number: int  # of the photograph within its class
    likeness: tuple  # to the mean of either class, at most 1

    @property
    def answer(self):
        """The class that it is more like, 0 or 1."""
        return int(self.likeness[1] > self.likeness[0])


def unit(vectors):
    """Return vectors (…, n), each scaled to length 1."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


class TransferWidget(NetworkWidget, Widget):
    """Name a photograph, or teach a network two new classes from a few examples.

    mode        "name" or "teach"
    photograph  the one to name: "dog", "astronaut" …
    one, two    the classes to teach: "fish", "monument", "tool", "windmill", or "yours", for
                pictures that readers add in the page
    examples    how many of each class to learn from
    seed        of the draw that chooses the examples
    chosen      the question that is shown large
    """

    shared = ("network",)
    repr_traits = ("mode", "photograph", "one", "two", "examples", "seed")

    mode = OneOf(MODES).tag(sync=True)
    photograph = OneOf(PHOTOGRAPHS).tag(sync=True)
    one = OneOf((*CLASSES, YOURS)).tag(sync=True)
    two = OneOf(("windmill", "fish", "monument", "tool", YOURS)).tag(sync=True)
    examples = WholeNumber(1, 1, MOST).tag(sync=True)
    seed = WholeNumber(1, 0, 9999).tag(sync=True)
    chosen = WholeNumber(0, 0, 2 * EACH - 1).tag(sync=True)
    feature_bytes = t.Bytes().tag(sync=True)  # 56 × 512 whole numbers of 16 bits
    answer_bytes = t.Bytes().tag(sync=True)  # JSON
    sheet_bytes = t.Bytes().tag(sync=True)  # JPEG
    strip_bytes = t.Bytes().tag(sync=True)  # JPEG

    @classmethod
    def assets(cls):
        """Return the recorded features and answers, and the small photographs."""
        about = {"largest": recorded()["largest"], "answers": recorded()["answers"]}
        return {
            "feature_bytes": recorded()["whole"].astype("<u2").tobytes(),
            "answer_bytes": json.dumps(about, ensure_ascii=False).encode(),
            "sheet_bytes": recorded()["sheet"],
            "strip_bytes": recorded()["strip"],
        }

    @t.default("feature_bytes")
    def _default_features(self):
        return self.assets()["feature_bytes"]

    @t.default("answer_bytes")
    def _default_answers(self):
        return self.assets()["answer_bytes"]

    @t.default("sheet_bytes")
    def _default_sheet(self):
        return self.assets()["sheet_bytes"]

    @t.default("strip_bytes")
    def _default_strip(self):
        return self.assets()["strip_bytes"]

    @property
    def top(self):
        """The five likeliest names of the photograph, with their shares: [[name, share], …]."""
        return recorded()["answers"][self.photograph]

    @property
    def problem(self):
        """Why nothing can be learned, in a sentence; "" if it can."""
        if YOURS in (self.one, self.two):
            return "Pictures of your own stay in the page: Python has none of them."
        if self.one == self.two:
            return "Both classes are the same: choose two different ones."
        return ""

    def order(self, name):
        """Return the photographs of a class in the order of the draw: the first are examples."""
        row = uniform(self.seed, len(CLASSES), EACH)[CLASSES.index(name)]  # (14,)
        return np.argsort(row, kind="stable").tolist()

    @property
    def questions(self):
        """The photographs that were no examples, those of the first class first."""
        if self.problem:
            return []
        names = (self.one, self.two)
        rows = [unit(self.features_of(name)) for name in names]  # (14, 512) each
        orders = [self.order(name) for name in names]
        means = [
            unit(row[order[: self.examples]].mean(axis=0))  # (512,)
            for row, order in zip(rows, orders, strict=True)
        ]
        return [
            Question(label, number, tuple(float(mean @ rows[label][number]) for mean in means))
            for label in (0, 1)
            for number in sorted(orders[label][self.examples :])
        ]

    def features_of(self, name):
        """Return the features of a class's photographs, (14, 512)."""
        at = CLASSES.index(name) * EACH
        return recorded()["features"][at : at + EACH]  # (14, 512)

    @property
    def right(self):
        """How many of the questions are answered right."""
        return sum(question.answer == question.label for question in self.questions)

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.mode == "name":
            names = ", ".join(f"{name} {100 * share:.1f} %" for name, share in self.top)
            return f"Transfer: the {self.photograph} as a network names it: {names}."
        if self.problem:
            return f"Transfer: two classes to be learned from a few examples. {self.problem}"
        one, two = self.one, self.two
        seen = f"{self.examples} {one}" if self.examples == 1 else f"{self.examples} {PLURALS[one]}"
        other = two if self.examples == 1 else PLURALS[two]
        return (
            f"Transfer: after {seen} and {self.examples} {other}, nearest mean names "
            f"{self.right} of {len(self.questions)} other photographs right."
        )
