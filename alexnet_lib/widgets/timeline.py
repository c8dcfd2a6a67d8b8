"""The timeline widget: what came before AlexNet, the months of 2012, and what came after, to scale.

Its front end is timeline.js. What stands in both files (the periods, the kinds, how a date and the
time between two events are said) is compared by tests/widgets.
"""

import html
from datetime import date

import traitlets as t

from alexnet_lib.data import results
from alexnet_lib.widgets.base import OneOf, Widget, whole

YEAR = "2012"
PERIODS = ("all", f"before {YEAR}", YEAR, f"after {YEAR}")
KINDS = {  # in results.toml -> as the reader sees it
    "idea": "ideas",
    "data": "images",
    "tool": "programs and cards",
    "experiment": "experiments",
    "contest": "contest",
    "people": "people",
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July")
MONTHS += ("August", "September", "October", "November", "December")
KEYS = ("date", "kind", "event", "source", "url")  # of an event, each a text


class Events(t.TraitType):
    """Events in the order of their dates: a list of {"date", "kind", "event", "source", "url"}."""

    def validate(self, obj, value):
        """Return `value`, or refuse it in one sentence."""
        try:
            events = [{key: event[key] for key in KEYS} for event in value]
            dates = [span(event["date"]) for event in events]
        except (TypeError, KeyError, ValueError, AttributeError):
            events = dates = []
        if not events or dates != sorted(dates, key=lambda days: days[0]):
            raise t.TraitError(
                f"{self.name} is a list of events in the order of their dates, each a dict with "
                f'{", ".join(KEYS)}; a date is like "2012-09-30", "2012-09" or "2012".'
            )
        for event in events:
            if event["kind"] not in KINDS:
                kinds = ", ".join(f'"{kind}"' for kind in KINDS)
                raise t.TraitError(
                    f"The kind of an event is one of {kinds}, not {event['kind']!r}."
                )
        return events


def span(when):
    """The first day of a date like 2012-09-30, 2012-09 or 2012, and the day after its last."""
    parts = [int(part) for part in when.split("-")]
    first = date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        after = first.toordinal() + 1
    elif len(parts) == 2:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1).toordinal()
    else:
        after = date(first.year + 1, 1, 1).toordinal()
    return first.toordinal(), after


def in_words(when):
    """30 September 2012, September 2012 or 2012."""
    year, *rest = when.split("-")
    day = [str(int(part)) for part in rest[1:]]
    month = [MONTHS[int(part) - 1] for part in rest[:1]]
    return " ".join([*day, *month, year])


def between(one, other):
    """How long from one date to a later one, in words: days where both have a day, else years."""
    days = span(other)[0] - span(one)[0]
    if one.count("-") == other.count("-") == 2 and days <= 366:
        return "the same day" if not days else f"{days} day{'s' if days > 1 else ''}"
    years = int(other[:4]) - int(one[:4])
    return "the same year" if not years else f"about {years} year{'s' if years > 1 else ''}"


def published():
    """The events of results.toml, each with its source's title and address."""
    found = results()
    sources = found["sources"]
    return [
        {
            **{key: event[key] for key in ("date", "kind", "event")},
            "source": sources[event["source"]]["title"],
            "url": sources[event["source"]]["url"],
        }
        for event in found["timeline"]
    ]


class TimelineWidget(Widget):
    """Step through the history of AlexNet, on an axis to scale, by period and by kind.

    `TimelineWidget(period="2012", kind="experiment")` begins with a choice. Every setting is a
    trait: `w.period = "all"` moves the axis. `w.shown_events` are the events that the two leave.
    """

    name = "timeline"
    shown = ("period", "kind", "index")

    period = OneOf(PERIODS).tag(sync=True)
    kind = OneOf(("all", *KINDS)).tag(sync=True)
    index = t.Any().tag(sync=True)  # of the event that is read, among all events
    events = Events().tag(sync=True)

    @t.default("events")
    def _default_events(self):
        return published()

    @t.default("index")
    def _default_index(self):
        return (self.indices or [0])[0]

    @t.validate("index")
    def _known_index(self, proposal):
        last = len(self.events) - 1
        number = whole(proposal["value"], 0, last)
        if number is None:
            raise t.TraitError(
                f"index is a whole number from 0 to {last}, not {proposal['value']!r}."
            )
        return number

    @t.observe("events")
    def _stay_inside(self, change):
        if "index" in self._trait_values:
            self.index = min(self.index, len(self.events) - 1)

    def is_in(self, event):
        """Whether an event lies in the period, by its year."""
        year, period = event["date"][:4], self.period
        return (
            period == "all"
            or (period == PERIODS[1] and year < YEAR)
            or (period == YEAR and year == YEAR)
            or (period == PERIODS[3] and year > YEAR)
        )

    @property
    def indices(self):
        """The places, among all events, of those that period and kind leave."""
        return [
            i
            for i, event in enumerate(self.events)
            if self.is_in(event) and self.kind in ("all", event["kind"])
        ]

    @property
    def shown_events(self):
        """The events that period and kind leave, in order."""
        return [self.events[i] for i in self.indices]

    @property
    def current(self):
        """The place, among all events, of the one that is read; None where none is left.

        An event that is filtered out gives way to the nearest one before it, or else after it.
        """
        left = self.indices
        before = [i for i in left if i <= self.index]
        return before[-1] if before else next(iter(left), None)

    @property
    def event(self):
        """The event that is read, or None."""
        return None if self.current is None else self.events[self.current]

    @property
    def counts(self):
        """How many events of each kind the period has, and how many in all: {kind: number}."""
        inside = [event["kind"] for event in self.events if self.is_in(event)]
        return {"all": len(inside), **{kind: inside.count(kind) for kind in KINDS}}

    @property
    def axis(self):
        """The first day of the axis and the day after its last, as ordinals: whole years."""
        first, last = self.events[0]["date"][:4], self.events[-1]["date"][:4]
        begin = {YEAR: YEAR, PERIODS[3]: str(int(YEAR) + 1)}.get(self.period, first)
        end = {YEAR: YEAR, PERIODS[1]: str(int(YEAR) - 1)}.get(self.period, last)
        return span(min(begin, end))[0], span(end)[1]

    @property
    def positions(self):
        """Where on the axis the events that are shown begin and end: [(from 0, to 1)].

        A day is short, a year is long: a date that is no more exact than a year fills all of it.
        """
        begin, end = self.axis
        return [
            tuple((day - begin) / (end - begin) for day in span(event["date"]))
            for event in self.shown_events
        ]

    @property
    def problem(self):
        """Why no event is shown, in a sentence, or None."""
        if self.indices:
            return None
        where = "" if self.period == "all" else f" {preposition(self.period)}"
        return f"No event of the kind “{KINDS.get(self.kind, self.kind)}”{where}: choose another."

    def describe(self):
        """Say what the widget shows now."""
        if self.problem:
            return f"A timeline. {self.problem}"
        shown, event = self.shown_events, self.event
        many = f"{len(shown)} events" if len(shown) > 1 else "one event"
        return (
            f"A timeline of {many}, from {in_words(shown[0]['date'])} to "
            f"{in_words(shown[-1]['date'])}. {in_words(event['date'])}: {event['event']}."
        )

    def fallback(self):
        """Give the sentence, and all events as a list with links."""
        items = "".join(
            f"<li><b>{in_words(e['date'])}</b>: {html.escape(e['event'])} "
            f'(<a href="{html.escape(e["url"])}">{html.escape(e["source"])}</a>)</li>'
            for e in self.events
        )
        return (
            f"{super().fallback()}<details><summary>All {len(self.events)} events as a list"
            f"</summary><ol>{items}</ol></details>"
        )


def preposition(period):
    """A period within a sentence: in 2012, before 2012."""
    return f"in {period}" if period == YEAR else period
