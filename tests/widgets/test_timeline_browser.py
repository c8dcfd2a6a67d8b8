"""The timeline widget's front end, in a real browser, beside what Python says of each choice."""

import random

import pytest

from alexnet_lib.widgets import TimelineWidget
from alexnet_lib.widgets.timeline import KINDS, PERIODS, between, in_words, published, span

pytestmark = pytest.mark.browser

EVENTS = published()
STORY = """() => {
  const text = (css) => document.querySelector(`.axw-story ${css}`).textContent;
  const link = document.querySelector(".axw-story a");
  return { date: text("strong"), event: text(".axw-event"), url: link.getAttribute("href"),
    source: link.textContent };
}"""
# Every event from the first on, after as many steps.
STEPS = """async ([how, count]) => {
  const canvas = document.querySelector("canvas"), told = [];
  const press = (key) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
  press("Home");
  for (let i = 0; i < count; i++) {
    await frame();
    told.push((STORY)());
    if (how === "key") press("ArrowRight");
    else document.querySelector("button[aria-label='Next event']").click();
  }
  await frame();
  return [told, (STORY)()];
}""".replace("STORY", STORY)
ANSWER = """async (settings) => {
  for (const [name, value] of Object.entries(settings)) model.set(name, value);
  await frame();
  const { state, places, marks } = view.el.alexnetWidget;
  const width = document.querySelector("canvas").clientWidth;
  return { ...state(), ...places(), marks: marks(), width };
}"""


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


def told(event):
    """An event as the story tells it."""
    return {
        "date": in_words(event["date"]),
        **{key: event[key] for key in ("event", "url", "source")},
    }


def test_which_events_there_are_and_where_is_what_python_says(open_widget):
    page = open_widget(TimelineWidget())
    w = TimelineWidget()
    none = 0
    for settings in drawn_settings(200):
        w.set_trait("index", settings["index"])
        w.period, w.kind = settings["period"], settings["kind"]
        got = page.evaluate(ANSWER, settings)
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
        dots = page.evaluate(ANSWER, {"period": period, "kind": "all"})["dots"]
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
        marks = page.evaluate(ANSWER, {"period": period, "kind": "all"})["marks"]
        assert len(marks) >= 5
        for number, (place, text) in enumerate(marks, 1):
            when = f"2012-{number:02}" if period == "2012" else text
            assert place == pytest.approx((span(when)[0] - begin) / (end - begin), abs=1e-12)


def test_dates_and_the_time_between_them_are_said_as_in_python(open_widget):
    page = open_widget(TimelineWidget())
    dates = [event["date"] for event in EVENTS]
    pairs = [[a, b] for i, a in enumerate(dates) for b in dates[i:]]
    said = page.evaluate(
        "(pairs) => pairs.map(([a, b]) => [view.el.alexnetWidget.between(a, b), "
        "view.el.alexnetWidget.inWords(b)])",
        pairs,
    )
    assert said == [[between(a, b), in_words(b)] for a, b in pairs]


def test_every_event_is_reached_with_its_source_by_button_and_by_key(open_widget):
    page = open_widget(TimelineWidget())
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for how in ("button", "key"):
        everything, after = page.evaluate(STEPS, [how, len(EVENTS)])
        assert everything == [told(event) for event in EVENTS]
        assert after == told(EVENTS[-1])  # beyond the last one is nothing
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
        assert page.evaluate(STORY) == told(w.shown_events[at])
    page.get_by_role("button", name="Last event").click()
    page.wait_for_function("document.body.innerText.includes('event 15 of 15')")
    page.get_by_role("button", name="Previous event").click()
    page.wait_for_function("document.body.innerText.includes('event 14 of 15')")
    page.get_by_role("button", name="First event").click()
    page.wait_for_function("document.body.innerText.includes('event 1 of 15')")


def test_a_click_on_a_dot_reads_its_event(open_widget):
    page = open_widget(TimelineWidget())
    canvas = page.locator("canvas")
    dots = page.evaluate(ANSWER, {"period": "before 2012"})["dots"]
    for dot in dots[::3]:
        canvas.click(position={"x": dot["x"], "y": dot["y"]})
        page.evaluate("drawn()")
        assert page.evaluate(STORY) == told(EVENTS[dot["at"]])
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


def test_a_choice_without_events_is_answered_in_a_sentence(open_widget):
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
        f"{in_words(e['date'])}: {e['event']} {e['source']}" for e in w.shown_events
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
