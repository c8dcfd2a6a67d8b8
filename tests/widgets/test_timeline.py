"""The timeline widget's Python side: which events, where they lie, and what is said."""

import html
import re
from datetime import date

import pytest
import traitlets

from alexnet_lib.data import results
from alexnet_lib.widgets import TimelineWidget
from alexnet_lib.widgets.timeline import KINDS, PERIODS, between, in_words, published, span

EVENTS = published()


@pytest.mark.parametrize(
    ("when", "first", "after"),
    [
        ("2012-09-30", date(2012, 9, 30), date(2012, 10, 1)),
        ("2012-02-29", date(2012, 2, 29), date(2012, 3, 1)),
        ("2012-12-31", date(2012, 12, 31), date(2013, 1, 1)),
        ("2012-12", date(2012, 12, 1), date(2013, 1, 1)),
        ("2012-02", date(2012, 2, 1), date(2012, 3, 1)),
        ("1980", date(1980, 1, 1), date(1981, 1, 1)),
    ],
)
def test_a_date_stands_for_all_that_it_may_mean(when, first, after):
    assert span(when) == (first.toordinal(), after.toordinal())


def test_dates_in_words():
    words = {"2012-09-03": "3 September 2012", "2012-12": "December 2012", "1980": "1980"}
    assert {when: in_words(when) for when in words} == words


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("2012-09-13", "2012-09-30", "17 days"),
        ("2012-09-30", "2012-10-01", "1 day"),
        ("2012-11-02", "2012-11-02", "the same day"),
        ("2012-01-01", "2013-01-01", "366 days"),
        ("2012-01-01", "2013-01-02", "about 1 year"),
        ("1980", "1986", "about 6 years"),
        ("2010", "2010-11-09", "the same year"),
        ("2012-12", "2013-01-03", "about 1 year"),
    ],
)
def test_the_time_between_two_events_in_words(one, other, words):
    assert between(one, other) == words


def test_its_events_are_those_of_the_table_with_their_sources():
    table, sources = results()["timeline"], results()["sources"]
    assert [e["event"] for e in EVENTS] == [row["event"] for row in table]
    assert [e["url"] for e in EVENTS] == [sources[row["source"]]["url"] for row in table]
    assert all(e["url"].startswith("http") and e["source"] for e in EVENTS)
    assert TimelineWidget().events == EVENTS


def test_every_event_is_in_one_period_and_of_one_kind():
    for first, others in (("all", PERIODS[1:]), ("2012", ["2012"])):
        parts = [TimelineWidget(period=p, kind=k).indices for p in others for k in KINDS]
        everything = TimelineWidget(period=first).indices
        assert sorted(i for part in parts for i in part) == everything
    years = {p: {e["date"][:4] for e in TimelineWidget(period=p).shown_events} for p in PERIODS}
    assert years["2012"] == {"2012"}
    assert max(years["before 2012"]) < "2012" < min(years["after 2012"])


def test_counts_are_those_of_the_choices():
    for period in PERIODS:
        counts = TimelineWidget(period=period).counts
        for kind in ("all", *KINDS):
            assert counts[kind] == len(TimelineWidget(period=period, kind=kind).indices)


def test_positions_are_to_scale():
    w = TimelineWidget(period="2012", kind="contest")
    assert w.axis == (date(2012, 1, 1).toordinal(), date(2013, 1, 1).toordinal())
    where = dict(zip([e["date"] for e in w.shown_events], w.positions, strict=True))
    assert where["2012-09-30"] == pytest.approx((273 / 366, 274 / 366))  # 2012 has 366 days
    w.period, w.kind = "before 2012", "all"
    assert w.positions[0] == pytest.approx((0, 366 / (w.axis[1] - w.axis[0])))  # all of 1980
    w.period = "all"
    for event, (begin, end) in zip(w.shown_events, w.positions, strict=True):
        first, after = span(event["date"])
        assert (end - begin) * (w.axis[1] - w.axis[0]) == pytest.approx(after - first)
        assert 0 <= begin < end <= 1


def test_an_event_that_is_filtered_out_gives_way_to_the_nearest_one_before():
    w = TimelineWidget(index=30)
    assert w.event == EVENTS[30]
    w.kind = "people"
    assert w.current == max(i for i in w.indices if i <= 30)
    w.kind, w.index = "experiment", 0
    assert w.current == w.indices[0]  # none before it: the first
    assert TimelineWidget(period="2012").event["date"].startswith("2012")  # begins with its first


def test_a_choice_without_events_is_answered_in_a_sentence():
    w = TimelineWidget(period="after 2012", kind="data")
    assert (w.current, w.event, w.shown_events, w.positions) == (None, None, [], [])
    assert w.problem == "No event of the kind “images” after 2012: choose another."
    assert w.problem in w.describe()
    w.kind = "all"
    assert w.problem is None
    own = TimelineWidget(events=[EVENTS[0]], period="2012", kind="data")
    assert own.problem == "No event of the kind “images” in 2012: choose another."


def test_it_says_what_it_shows():
    w = TimelineWidget(period="2012", kind="experiment")
    said = w.describe()
    assert said.startswith("A timeline of 15 events, from 24 June 2012 to 20 November 2012.")
    assert "24 June 2012: Experiment 96 starts" in said
    assert TimelineWidget(events=[EVENTS[0]]).describe().startswith("A timeline of one event,")
    assert repr(w) == f"TimelineWidget(period='2012', kind='experiment', index={w.index})"


def test_without_javascript_every_event_can_be_read_with_its_source():
    page = TimelineWidget(period="2012")._html()
    items = re.findall(r"<li>(.*?)</li>", page)
    assert len(items) == len(EVENTS)
    for item, event in zip(items, EVENTS, strict=True):
        assert html.unescape(re.sub("<[^>]+>", "", item)) == (
            f"{in_words(event['date'])}: {event['event']} ({event['source']})"
        )
        assert html.unescape(re.search(r'href="([^"]+)"', item)[1]) == event["url"]


EVENT = {"date": "2012", "kind": "data", "event": "e", "source": "s", "url": "https://u"}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"period": "2011"}, 'period is one of "all", "before 2012", "2012", "after 2012"'),
        ({"kind": "images"}, 'kind is one of "all", "idea"'),
        ({"index": len(EVENTS)}, f"index is a whole number from 0 to {len(EVENTS) - 1}, not"),
        ({"index": 1.5}, "index is a whole number"),
        ({"events": []}, "events is a list of events in the order of their dates"),
        ({"events": "now"}, "events is a list of events"),
        ({"events": [{"date": "2012"}]}, "each a dict with date, kind, event, source, url"),
        ({"events": [{**EVENT, "date": "2012-13"}]}, "events is a list"),
        ({"events": [{**EVENT, "date": 2012}]}, "events is a list"),
        ({"events": [EVENT, {**EVENT, "date": "2011"}]}, "in the order of their dates"),
        ({"events": [{**EVENT, "kind": "image"}]}, 'kind of an event is one of "idea", .*\'image'),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(settings, sentence):
    with pytest.raises(traitlets.TraitError, match=sentence):
        TimelineWidget(**settings)


def test_own_events_can_be_shown_and_the_one_that_is_read_stays_among_them():
    w = TimelineWidget(index=40)
    w.events = [EVENT, {**EVENT, "date": "2020", "kind": "tool"}]
    assert (w.index, w.event["date"], w.axis[1]) == (1, "2020", date(2021, 1, 1).toordinal())
