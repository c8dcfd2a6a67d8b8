"""The modify widget: changes to a small AlexNet, their recorded runs and their costs side by side.

Its front end is modify.js, which computes the same; tests/widgets compares both with PyTorch. The
runs are those of benchmarks/modify.py. What to write for each change stands in CHANGES; the lesson
shows the same lines in its tables.
"""

import math

import traitlets as t

from alexnet_lib.data import measurements
from alexnet_lib.widgets.base import OneOf, Widget, int_between

BASE = "base"
OWN = ", own rate"  # behind the name of a change whose learning rate was chosen anew
MOST_SEEDS = 6
STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571}  # runs -> factor of an interval
MEASURES = ("gain", "accuracy")
ORDERS = ("as listed", "by gain", "by work")
GROUPS = ("Kernels and layers", "Inside the layers", "Training")
PICKED = (
    *("3 × 3 kernels", "6 convolutions", "leaky ReLU", "average pooling", "no dropout"),
    *("batch normalization", "3,000 pictures"),
)

# name -> its group, what to write with this package, and with PyTorch alone
CHANGES = {
    "3 × 3 kernels": (0, 'kernels={"conv1": 3, "conv2": 3}', "nn.Conv2d(…, 3, padding=1)"),
    "half the kernels": (0, 'widths={"conv1": 16, "conv2": 32, …}', "nn.Conv2d(1, 16, 5, …)"),
    "4 convolutions": (0, "depth=4", "leave out nn.Conv2d(96, 96, 3, padding=1), nn.ReLU()"),
    "6 convolutions": (0, "depth=6", "one more nn.Conv2d(96, 96, 3, padding=1), nn.ReLU()"),
    "leaky ReLU": (1, 'activation="leaky_relu"', "nn.LeakyReLU(0.01)"),
    "average pooling": (1, 'pooling="avg"', "nn.AvgPool2d(3, 2)"),
    "no dropout": (1, "dropout=0.0", "nn.Dropout(0.0)"),
    "LRN": (1, 'normalization="lrn"', "nn.LocalResponseNorm(5, 5e-4, 0.75, 2)"),
    "batch normalization": (1, 'normalization="bn"', "nn.BatchNorm2d(32)"),
    "Adam": (2, 'Recipe(optimizer="adam")', "torch.optim.Adam(net.parameters(), lr=…)"),
    "RMSProp": (
        2,
        'Recipe(optimizer="rmsprop")',
        "torch.optim.RMSprop(net.parameters(), lr=…, momentum=0.9)",
    ),
    "batches of 200": (2, "Recipe(batch=200)", "DataLoader(…, batch_size=200)"),
    "3,000 pictures": (2, "three times as many pictures, as many steps", "the same"),
}
KEYS = ("name", "group", "knob", "torch", "rate", "test", "parameters", "multiply_adds", "time")


class Record(t.TraitType):
    """The runs: a list of dicts with KEYS, "base" first, each with as many values in "test"."""

    def validate(self, obj, value):
        """Return `value`, or refuse it in one sentence."""
        try:
            rows = [{key: row[key] for key in KEYS} for row in value]
            counts = {len(row["test"]) for row in rows}
            tests = [number for row in rows for number in row["test"]]
            costs = [row[key] for row in rows for key in ("parameters", "multiply_adds", "time")]
            fits = rows[0]["name"] == BASE and len({row["name"] for row in rows}) == len(rows)
            fits = fits and len(counts) == 1 and 1 <= counts.pop() <= MOST_SEEDS
            fits = fits and all(math.isfinite(number) for number in tests + costs)
            fits = fits and min(costs) > 0
        except (TypeError, KeyError, IndexError):
            fits = False
        if not fits:
            raise t.TraitError(
                f"{self.name} is a list of dicts with {', '.join(KEYS)}, each name once and "
                f'"{BASE}" first, all with one to {MOST_SEEDS} runs in "test".'
            )
        return rows


class Names(t.TraitType):
    """A list of names of changes in the record, each once; they are kept in the record's order."""

    def validate(self, obj, value):
        """Return `value` in order, or refuse it in one sentence."""
        known = [row["name"] for row in obj.record[1:]]
        given = list(value) if isinstance(value, (list, tuple)) else [None]
        for name in given:
            if name not in known:
                names = ", ".join(f'"{each}"' for each in known)
                raise t.TraitError(f"{self.name} is a list of some of {names}, not {value!r}.")
        return [name for name in known if name in given]


def recorded_rows():
    """Return the benchmark's rows, "base" first, each with what to write for it."""
    rows = []
    for name, row in measurements("modify")["figures"]["rows"].items():
        group, knob, torch = CHANGES.get(row["change"], (0, "nothing", "nothing"))
        rate = row["rate"]
        if group == 2 and name.endswith(OWN):
            knob = knob[:-1] + f", rate={rate:g})"
        elif name.endswith(OWN):
            knob += f", Recipe(rate={rate:g})"
        of_row = {key: row[key] for key in ("test", "rate", "parameters", "multiply_adds", "time")}
        rows.append({"name": name, "group": GROUPS[group], "knob": knob, "torch": torch} | of_row)
    return rows


class ModifyWidget(Widget):
    """Pick changes to a small AlexNet; compare what recorded runs gained, and what they cost.

    `ModifyWidget(picked=["leaky ReLU", "no dropout"], seeds=3)`: every setting is a trait, so
    `w.seeds = 2` moves the slider, and moving the slider changes `w.seeds`.

    picked   names of changes, each a row beside the base
    current  the row that is explained: "base", or one of the picked
    measure  "gain", in points over the base's run of the same seed, or "accuracy"
    order    of the rows: "as listed", "by gain" or "by work"
    seeds    how many of the recorded seeds count; with one there is no interval
    """

    repr_traits = ("current", "measure", "order", "seeds")

    record = Record().tag(sync=True)
    picked = Names().tag(sync=True)
    current = t.Any().tag(sync=True)
    measure = OneOf(MEASURES).tag(sync=True)
    order = OneOf(ORDERS).tag(sync=True)
    seeds = t.Any().tag(sync=True)

    @t.default("record")
    def _default_record(self):
        return recorded_rows()

    @t.default("picked")
    def _default_picked(self):
        return [row["name"] for row in self.record if row["name"] in PICKED]

    @t.default("current")
    def _default_current(self):
        return self.picked[0] if self.picked else BASE

    @t.default("seeds")
    def _default_seeds(self):
        return len(self.record[0]["test"])

    @t.validate("current")
    def _known_name(self, proposal):
        names = [row["name"] for row in self.record]
        if proposal["value"] not in names:
            listed = ", ".join(f'"{name}"' for name in names)
            raise t.TraitError(f"current is one of {listed}, not {proposal['value']!r}.")
        return proposal["value"]

    @t.validate("seeds")
    def _enough_seeds(self, proposal):
        most = len(self.record[0]["test"])
        number = int_between(proposal["value"], 1, most)
        if number is None:
            raise t.TraitError(
                f"seeds is a whole number from 1 to {most}, not {proposal['value']!r}."
            )
        return number

    def result(self, name):
        """Return what the first seeds say of a change: a dict.

        gains     points over the base, one for each seed; "gain": their mean
        interval  its two ends, or None with one seed
        verdict   "better" or "worse" if the interval lies on one side of 0, else "open"
        accuracy  the mean, in %; "spread": the two ends of its interval, or None
        parameters, work, time  as a multiple of the base's
        """
        rows = {row["name"]: row for row in self.record}
        row, base = rows[name], rows[BASE]
        values, others = row["test"][: self.seeds], base["test"][: self.seeds]
        gains = [value - other for value, other in zip(values, others, strict=True)]
        low, high = interval(gains) or (0, 0)
        return {
            "gains": gains,
            "gain": sum(gains) / len(gains),
            "interval": interval(gains),
            "verdict": "better" if low > 0 else "worse" if high < 0 else "open",
            "values": values,
            "accuracy": sum(values) / len(values),
            "spread": interval(values),
            "parameters": row["parameters"] / base["parameters"],
            "work": row["multiply_adds"] / base["multiply_adds"],
            "time": row["time"] / base["time"],
        }

    @property
    def rows(self):
        """The names of the rows from top to bottom, the base first."""
        names = list(self.picked)
        if self.order == ORDERS[1]:
            names.sort(key=lambda name: -self.result(name)["gain"])
        elif self.order == ORDERS[2]:
            names.sort(key=lambda name: self.result(name)["work"])
        return [BASE, *names]

    @property
    def shown(self):
        """The row that is explained: `current`, or the base if that isn't picked."""
        return self.current if self.current in self.picked else BASE

    def describe(self):
        """Return two or three sentences on what the widget shows now."""
        return f"{self._counts()} {self._sentence()}"

    def _counts(self):
        """Return how many of the changes are better, worse or open."""
        if not self.picked:
            return "No change is picked: the base stands alone."
        verdicts = [self.result(name)["verdict"] for name in self.picked]
        counted = [
            f"{verdicts.count(verdict)} {verdict}" for verdict in ("better", "worse", "open")
        ]
        changes = "1 change" if len(verdicts) == 1 else f"{len(verdicts)} changes"
        text = f"{changes} beside the base, by {seeds_text(self.seeds)}: {list_text(counted)}."
        return text + (" One run alone has no interval." if self.seeds == 1 else "")

    def _sentence(self):
        """Return what is to be said of the row that is explained."""
        name = self.shown
        result = self.result(name)
        accuracy = f"{result['accuracy']:.1f} %"
        if name == BASE:
            return f"The base gets {accuracy} of the test pictures right."
        gain = signed(result["gain"])
        text = f"{name}: {accuracy} right, {gain} points beside the base"
        if result["interval"]:
            low, high = (signed(end) for end in result["interval"])
            text += f" ({low} to {high})"
        return f"{text}: {MEANING[result['verdict']]}."


MEANING = {
    "better": "better, as far as these runs tell",
    "worse": "worse, as far as these runs tell",
    "open": "we can't tell",
}


def interval(values):
    """Return the two ends of an interval for the mean of some runs, or None for one run."""
    n = len(values)
    if n < 2:
        return None
    mean = sum(values) / n
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = STUDENT[n] * deviation / math.sqrt(n)
    return mean - half, mean + half


def signed(value):
    """Return a number with one digit after the point and its sign: +1.3, −0.4, 0.0."""
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else ("+" if value > 0 else "−") + text


def seeds_text(count):
    """Return the number of seeds in words: 1 seed, 6 seeds."""
    return "1 seed" if count == 1 else f"{count} seeds"


def list_text(parts):
    """Join parts into a list in a sentence: a, b and c."""
    return parts[0] if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"
