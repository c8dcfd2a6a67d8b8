"""The timeline widget: what came before AlexNet, the months of 2012, and what came after, to scale.

Its front end is timeline.js. tests/widgets compares what both files have: the periods, the kinds,
and the texts of a date and of the time between two events.
"""

import html
from datetime import date

import traitlets as t

from alexnet_lib.data import results
from alexnet_lib.data.dates import date_parts, date_text
from alexnet_lib.widgets.base import OneOf, Widget, int_between

YEAR = "2012"
PERIODS = ("all", f"before {YEAR}", YEAR, f"after {YEAR}")
KINDS = {  # name in results.toml -> text for readers
    "idea": "ideas",
    "data": "images",
    "tool": "programs and cards",
    "experiment": "experiments",
    "contest": "contest",
    "people": "people",
}
KEYS = ("date", "kind", "event", "source", "url")  # of an event; the values are texts


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
    """Return the first day of a date like 2012-09-30 or 2012 and the day after its last."""
    parts = date_parts(when)
    first = date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        after = first.toordinal() + 1
    elif len(parts) == 2:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1).toordinal()
    else:
        after = date(first.year + 1, 1, 1).toordinal()
    return first.toordinal(), after


def time_between(one, other):
    """Return the time from one date to a later one: in days if both have a day, else in years."""
    days = span(other)[0] - span(one)[0]
    if one.count("-") == other.count("-") == 2 and days <= 366:
        return "the same day" if not days else f"{days} day{'s' if days > 1 else ''}"
    years = int(other[:4]) - int(one[:4])
    return "the same year" if not years else f"about {years} year{'s' if years > 1 else ''}"


def published_events():
    """Return the events of results.toml, each with its source's title and address."""
    published = results()
    sources = published["sources"]
    return [
        {
            **{key: event[key] for key in ("date", "kind", "event")},
            "source": sources[event["source"]]["title"],
            "url": sources[event["source"]]["url"],
        }
        for event in published["timeline"]
    ]


class TimelineWidget(Widget):
    """Step through the history of AlexNet, on an axis to scale, by period and by kind.

    `TimelineWidget(period="2012", kind="experiment")` begins with a choice. Every setting is a
    trait: `w.period = "all"` moves the axis. `w.shown_events` are the events that fit the choice.
    """

    repr_traits = ("period", "kind", "index")

    period = OneOf(PERIODS).tag(sync=True)
    kind = OneOf(("all", *KINDS)).tag(sync=True)
    index = t.Any().tag(sync=True)  # of the event to read, among all events
    events = Events().tag(sync=True)

    @t.default("events")
    def _default_events(self):
        return published_events()

    @t.default("index")
    def _default_index(self):
        return (self.indices or [0])[0]

    @t.validate("index")
    def _known_index(self, proposal):
        last = len(self.events) - 1
        number = int_between(proposal["value"], 0, last)
        if number is None:
            raise t.TraitError(
                f"index is a whole number from 0 to {last}, not {proposal['value']!r}."
            )
        return number

    @t.observe("events")
    def _stay_inside(self, change):
        if "index" in self._trait_values:
            self.index = min(self.index, len(self.events) - 1)

    def is_in_period(self, event):
        """Return whether an event lies in the period, by its year."""
        year, period = event["date"][:4], self.period
        return (
            period == "all"
            or (period == PERIODS[1] and year < YEAR)
            or (period == YEAR and year == YEAR)
            or (period == PERIODS[3] and year > YEAR)
        )

    @property
    def indices(self):
        """The places, among all events, of those that fit period and kind."""
        return [
            i
            for i, event in enumerate(self.events)
            if self.is_in_period(event) and self.kind in ("all", event["kind"])
        ]

    @property
    def shown_events(self):
        """The events that fit period and kind, in order."""
        return [self.events[i] for i in self.indices]

    @property
    def current(self):
        """The place, among all events, of the one to read; None if no event is shown.

        An event that is filtered out gives way to the nearest one before it, or else after it.
        """
        indices = self.indices
        before = [i for i in indices if i <= self.index]
        return before[-1] if before else next(iter(indices), None)

    @property
    def event(self):
        """The event to read, or None."""
        return None if self.current is None else self.events[self.current]

    @property
    def counts(self):
        """The numbers of events in the period, of each kind and in all: {kind: number}."""
        inside = [event["kind"] for event in self.events if self.is_in_period(event)]
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
        """Where the shown events begin and end on the axis, from 0 to 1: [(begin, end)].

        A day is short, a year is long: a date without a month covers its whole year.
        """
        begin, end = self.axis
        return [
            tuple((day - begin) / (end - begin) for day in span(event["date"]))
            for event in self.shown_events
        ]

    @property
    def problem(self):
        """Why no event is shown, in one sentence, or None."""
        if self.indices:
            return None
        preposition = "in " if self.period == YEAR else ""  # in 2012, but: before 2012
        where = "" if self.period == "all" else f" {preposition}{self.period}"
        return f"No event of the kind “{KINDS.get(self.kind, self.kind)}”{where}: choose another."

    def describe(self):
        """Return one or two sentences on what the widget shows now."""
        if self.problem:
            return f"A timeline. {self.problem}"
        shown, event = self.shown_events, self.event
        many = f"{len(shown)} events" if len(shown) > 1 else "one event"
        first, last, now = (date_text(date_parts(e["date"])) for e in (shown[0], shown[-1], event))
        return f"A timeline of {many}, from {first} to {last}. {now}: {event['event']}."

    def fallback(self):
        """Return the sentence, and all events as a list with links."""
        items = "".join(
            f"<li><b>{date_text(date_parts(e['date']))}</b>: {html.escape(e['event'])} "
            f'(<a href="{html.escape(e["url"])}">{html.escape(e["source"])}</a>)</li>'
            for e in self.events
        )
        return (
            f"{super().fallback()}<details><summary>All {len(self.events)} events as a list"
            f"</summary><ol>{items}</ol></details>"
        )
