"""The timeline."""

import pytest

from alexnet_lib.plots import timeline


def event(date, text="x"):
    return {"date": date, "text": text}


def test_events_stand_in_the_order_of_their_dates(look):
    picture = timeline(
        [event("2012-09-30", "third"), event("1998", "first"), event("2012-06", "second")], "Years"
    )
    rows = [
        ["1998", "first"],
        ["June 2012", "second"],
        ["30 September 2012", "third"],
    ]
    places = {text.get_text(): text.get_position() for text in look.page(picture).texts}
    ys = [[places[text][1] for text in row] for row in rows]
    assert all(date == text for date, text in ys)
    assert [y for y, _ in ys] == sorted(y for y, _ in ys)
    assert picture.alt == (
        "Years. A timeline of 3 events. 1998: first. June 2012: second. 30 September 2012: third."
    )


def test_gaps_of_a_year_and_more_are_marked(look):
    dates = [
        "1980",
        "1998",
        "2011-12",
        "2012-01-15",
        "2012-12-03",
        "2013-12",
        "2014",
        "2015",
        "2017-01",
    ]
    picture = timeline([event(date) for date in dates])
    texts = [text for text in look.texts(picture) if "year" in text]
    assert texts == ["18 years", "13 years", "1 year", "1 year", "2 years"]
    assert [bool(look.shapes(picture, f"gap {i}")) for i in range(8)] == [
        *[True, True, False, False, True, False, True, True]
    ]
    places = {text.get_text(): text.get_position()[1] for text in look.page(picture).texts}
    assert places["1980"] < places["18 years"] < places["1998"]


def test_long_texts_are_wrapped_and_told_whole(look):
    text = "a net with sixty million parameters " * 5
    picture = timeline([event("2012", text)])
    lines = look.texts(picture)[1:]
    assert len(lines) > 3
    assert " ".join(lines) == text.strip()
    assert picture.alt.endswith(f"2012: {text.strip()}.")
    assert picture.size[0] <= 480  # a phone shows it almost as large as it is


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "needs at least one event"),
        (["2012"], 'Event 0 must be a dict with "date" and "text"'),
        ([event("2012"), {"date": "2012"}], "Event 1 must be a dict"),
        ([event("2012-13")], "date of event 0 must be like .* '2012-13' was given"),
        ([event("2012-02-30")], "date of event 0 must be like"),
        ([event("1-2-3-4")], "date of event 0 must be like"),
        ([event(2012)], "must be like .* but 2012 was given"),
        ([event("2012", " ")], "Event 0, of 2012, has no text"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(events, sentence):
    with pytest.raises(ValueError, match=sentence):
        timeline(events)
