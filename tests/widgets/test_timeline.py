"""The timeline widget: which events, where they lie, and the texts, in Python and the front end."""

import html
import random
import re
from datetime import date

import pytest
import traitlets

from alexnet_lib.data import results
from alexnet_lib.data.dates import date_parts, date_text
from alexnet_lib.widgets import TimelineWidget
from alexnet_lib.widgets.timeline import KINDS, PERIODS, published_events, span, time_between

# The states in which test_every_widget.py tries it.
CASES = {
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
}

EVENTS = published_events()


def as_text(when):
    return date_text(date_parts(when))


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
    assert {when: as_text(when) for when in words} == words


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
    assert time_between(one, other) == words


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
            f"{as_text(event['date'])}: {event['event']} ({event['source']})"
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


# The front end, in a browser

STORY = """() => {
  const text = (css) => document.querySelector(`.axw-story ${css}`).textContent;
  const link = document.querySelector(".axw-story a");
  return { date: text("strong"), event: text(".axw-event"), url: link.getAttribute("href"),
    source: link.textContent };
}"""
# Every event from the first on, after as many steps.
STEPS = """async ([how, count]) => {
  const canvas = document.querySelector("canvas"), stories = [];
  const press = (key) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
  press("Home");
  for (let i = 0; i < count; i++) {
    await frame();
    stories.push((STORY)());
    if (how === "key") press("ArrowRight");
    else document.querySelector("button[aria-label='Next event']").click();
  }
  await frame();
  return [stories, (STORY)()];
}""".replace("STORY", STORY)
ANSWERS = """(all) => answers(all, ({ state, layout, ticks }) => {
  const width = document.querySelector("canvas").clientWidth;
  return { ...state(), ...layout(), ticks: ticks(), width };
})"""


def drawn_settings(count):
    """Every period with every kind, then some with any event."""
    for period in PERIODS:
        for kind in ("all", *KINDS):
            yield {"period": period, "kind": kind, "index": 0}
    draw = random.Random(2012)
    for _ in range(count):
        yield {
            "period": draw.choice(PERIODS),
            "kind": draw.choice(("all", *KINDS)),
            "index": draw.randrange(len(EVENTS)),
        }


def story_of(event):
    """Return an event as the story shows it."""
    return {
        "date": as_text(event["date"]),
        **{key: event[key] for key in ("event", "url", "source")},
    }


def test_which_events_there_are_and_where_is_what_python_says(open_widget):
    page = open_widget(TimelineWidget())
    w = TimelineWidget()
    none = 0
    drawn = list(drawn_settings(200))
    for settings, got in zip(drawn, page.evaluate(ANSWERS, drawn), strict=True):
        w.set_trait("index", settings["index"])
        w.period, w.kind = settings["period"], settings["kind"]
        assert got["indices"] == w.indices, settings
        assert got["counts"] == w.counts
        assert (got["current"], got["problem"]) == (w.current, w.problem)
        none += w.problem is not None
        for mine, (begin, end) in zip(w.positions, got["positions"], strict=True):
            assert (begin, end) == pytest.approx(mine, abs=1e-12)
        # and so they are drawn: from 10 pixels to 10 before the right edge
        room = got["width"] - 20
        assert len(got["dots"]) == len(w.indices)
        for dot in got["dots"]:
            begin, end = w.positions[dot["at"]]
            assert dot["x"] == pytest.approx(10 + room * (begin + end) / 2)
            assert [dot["left"], dot["right"]] == pytest.approx(
                [10 + room * begin, 10 + room * end]
            )
    assert none > 5


def test_no_event_covers_another(open_widget):
    page = open_widget(TimelineWidget(), width=320)
    for period in PERIODS:
        dots = page.evaluate(ANSWERS, [{"period": period, "kind": "all"}])[0]["dots"]
        for i, one in enumerate(dots):
            for other in dots[:i]:
                apart = (one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2
                assert apart >= 8**2, (period, one, other)


def test_the_marks_of_the_axis_are_to_scale(open_widget):
    page = open_widget(TimelineWidget())
    w = TimelineWidget()
    for period in PERIODS:
        w.period = period
        begin, end = w.axis
        ticks = page.evaluate(ANSWERS, [{"period": period, "kind": "all"}])[0]["ticks"]
        assert len(ticks) >= 5
        for number, (place, text) in enumerate(ticks, 1):
            when = f"2012-{number:02}" if period == "2012" else text
            assert place == pytest.approx((span(when)[0] - begin) / (end - begin), abs=1e-12)


def test_dates_and_the_time_between_them_are_said_as_in_python(open_widget):
    page = open_widget(TimelineWidget())
    dates = [event["date"] for event in EVENTS]
    pairs = [[a, b] for i, a in enumerate(dates) for b in dates[i:]]
    said = page.evaluate(
        "(pairs) => pairs.map(([a, b]) => [view.el.alexnetWidget.timeBetween(a, b), "
        "view.el.alexnetWidget.dateText(b)])",
        pairs,
    )
    assert said == [[time_between(a, b), as_text(b)] for a, b in pairs]


def test_every_event_is_reached_with_its_source_by_button_and_by_key(open_widget):
    page = open_widget(TimelineWidget())
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for how in ("button", "key"):
        everything, after = page.evaluate(STEPS, [how, len(EVENTS)])
        assert everything == [story_of(event) for event in EVENTS]
        assert after == story_of(EVENTS[-1])  # beyond the last one is nothing
    assert page.evaluate("model.get('index')") == len(EVENTS) - 1
    assert requests == []


def test_keys_walk_among_the_events_that_are_shown(open_widget):
    w = TimelineWidget(period="2012", kind="experiment")
    page = open_widget(w)
    canvas = page.locator("canvas")
    last = len(w.indices) - 1
    at = 0
    for key, to in [
        ("ArrowRight", 1),
        ("ArrowDown", 2),
        ("ArrowLeft", 1),
        ("ArrowUp", 0),
        ("ArrowLeft", 0),
        ("PageDown", 10),
        ("PageUp", 0),
        ("End", last),
        ("ArrowRight", last),
        ("Home", 0),
    ]:
        canvas.press(key)
        page.evaluate("drawn()")
        at = to
        assert page.evaluate("model.get('index')") == w.indices[at], key
        assert page.evaluate(STORY) == story_of(w.shown_events[at])
    page.get_by_role("button", name="Last event").click()
    page.wait_for_function("document.body.innerText.includes('event 15 of 15')")
    page.get_by_role("button", name="Previous event").click()
    page.wait_for_function("document.body.innerText.includes('event 14 of 15')")
    page.get_by_role("button", name="First event").click()
    page.wait_for_function("document.body.innerText.includes('event 1 of 15')")


def test_a_click_on_a_dot_reads_its_event(open_widget):
    page = open_widget(TimelineWidget())
    canvas = page.locator("canvas")
    dots = page.evaluate(ANSWERS, [{"period": "before 2012"}])[0]["dots"]
    for dot in dots[::3]:
        canvas.click(position={"x": dot["x"], "y": dot["y"]})
        page.evaluate("drawn()")
        assert page.evaluate(STORY) == story_of(EVENTS[dot["at"]])
    dot = dots[0]
    canvas.hover(position={"x": dot["x"], "y": dot["y"]})
    page.wait_for_function("document.querySelector('figcaption').innerText.includes('1980:')")
    before = page.evaluate("model.get('index')")
    canvas.click(position={"x": 200, "y": 3})  # far from all
    assert page.evaluate("model.get('index')") == before


def test_the_filters_show_their_counts_and_their_events(open_widget):
    page = open_widget(TimelineWidget())
    w = TimelineWidget()
    for period in PERIODS:
        page.get_by_label(period, exact=True).check()
        page.evaluate("drawn()")
        w.period = period
        w.index = w.current
        names = {"all": "all kinds", **KINDS}
        options = page.get_by_label("Kind", exact=True).locator("option").all_inner_texts()
        assert options == [f"{names[kind]} ({n})" for kind, n in w.counts.items()]
        for kind in ("contest", "tool", "all"):
            page.get_by_label("Kind", exact=True).select_option(kind)
            w.kind = kind
            page.wait_for_function(
                "(n) => document.querySelector('summary').innerText.includes(`(${n})`)",
                arg=len(w.indices),
            )
            if w.problem:
                assert w.problem in page.inner_text("main")
                continue
            w.index = w.current
            place = f"event {w.indices.index(w.index) + 1} of {len(w.indices)}"
            assert place in page.inner_text("main")
            assert page.evaluate("[model.get('kind'), model.get('index')]") == [kind, w.index]


def test_a_choice_without_events_is_answered_on_the_page(open_widget):
    w = TimelineWidget(period="after 2012", kind="data")
    page = open_widget(w)
    assert page.locator(".axw-event").inner_text() == w.problem
    assert page.get_by_role("status").inner_text() == w.problem
    assert page.get_by_role("button", name="Next event").is_disabled()
    assert (
        page.locator("canvas").get_attribute("aria-label") == "Timeline: no event for this choice."
    )
    page.locator("canvas").press("ArrowRight")  # nothing happens
    page.get_by_label("Kind", exact=True).select_option("all")
    page.wait_for_function("document.body.innerText.includes('event 1 of')")
    assert page.get_by_role("button", name="Next event").is_enabled()


def test_the_status_says_what_is_read(open_widget):
    page = open_widget(TimelineWidget(period="2012", kind="contest", index=30))
    status = page.get_by_role("status")
    assert status.inner_text() == (
        "Event 3 of 6. 30 September 2012, contest: Last day for entries, two weeks after the one "
        "first announced. 19 days after the event before it. Source: ImageNet Large Scale Visual "
        "Recognition Challenge 2012: news and schedule."
    )
    page.locator("canvas").press("Home")
    page.wait_for_function(
        "document.querySelector('[role=status]').innerText.includes('The first of them.')"
    )
    assert page.locator("canvas").get_attribute("aria-label") == (
        "Timeline, 6 events, 2012. Arrow keys go from event to event."
    )


def test_the_list_has_what_is_shown_with_links(open_widget):
    w = TimelineWidget(period="after 2012")
    page = open_widget(w)
    assert page.locator(".axw-list li").count() == 0
    page.locator("summary").click()
    page.wait_for_function("document.querySelectorAll('.axw-list li').length > 0")
    items = page.locator(".axw-list li")
    assert items.all_inner_texts() == [
        f"{as_text(e['date'])}: {e['event']} {e['source']}" for e in w.shown_events
    ]
    links = page.eval_on_selector_all(
        ".axw-list a", "(all) => all.map((a) => a.getAttribute('href'))"
    )
    assert links == [e["url"] for e in w.shown_events]
    page.get_by_label("Kind", exact=True).select_option("people")
    page.wait_for_function("document.querySelectorAll('.axw-list li').length === 4")
    assert page.eval_on_selector_all(
        ".axw-timeline a",
        "(all) => all.every((a) => a.target === '_blank' && a.rel === 'noopener')",
    )


def test_the_keyboard_reaches_everything_in_order(open_widget):
    page = open_widget(TimelineWidget())
    stops = []
    for _ in range(10):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({ activeElement: a }) => a.getAttribute('aria-label') || a.value"
                " || a.textContent)(document)"
            )
        )
    assert stops[:8] == [
        "all",
        "Kind",
        "Timeline, 51 events, 1980 to 2025. Arrow keys go from event to event.",
        "First event",
        "Previous event",
        "Next event",
        "Last event",
        EVENTS[0]["source"],
    ]
    assert stops[8].startswith("All that is shown as a list")


def test_the_line_below_the_current_event_leaves_the_names_of_the_rows_free(open_widget):
    page = open_widget(TimelineWidget())
    behind_names, beside = page.evaluate(
        """() => {
          const context = document.querySelector("canvas").getContext("2d");
          const marked = (y, height) => {
            const pixels = context.getImageData(0, y, 60, height).data;
            return pixels.some((v, i) => i % 4 === 0 && v > 190 && pixels[i + 1] < 40);
          };
          const rows = view.el.alexnetWidget.layout().rows.slice(1);
          return [rows.map(({ top }) => marked(top, 18)), rows.map((row) => marked(row.ground, 4))];
        }"""
    )
    assert not any(behind_names) and all(beside)
