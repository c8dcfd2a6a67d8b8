"""The legacy widget: what Python and the front end compute and say."""

import random

import pytest
import torch
import traitlets

from alexnet_lib.widgets import WIDGETS, LegacyWidget

# The states in which test_every_widget.py tries it.
CASES = {
    "settings": [{}, {"columns": 12, "rows": 6}, {"columns": 1, "rows": 1}],
    # another rectangle each time, up to the largest
    "heaviest": """(i) => {
      model.set("columns", 12 - (i % 5));
      model.set("rows", 6 - (i % 2));
    }""",
}


def test_it_describes_itself():
    w = LegacyWidget(columns=5, rows=2)
    assert WIDGETS["legacy"] is LegacyWidget
    assert repr(w) == "LegacyWidget(columns=5, rows=2)"
    assert w.describe() == (
        "A rectangle of 5 columns and 2 rows has an area of 10 and a perimeter of 14."
    )


def test_a_wrong_setting_is_answered_in_a_sentence():
    w = LegacyWidget()
    with pytest.raises(traitlets.TraitError, match="rows is a whole number from 1 to 6, not 7"):
        w.rows = 7
    assert w.state() == {"columns": 4, "rows": 3}


RESULTS = """async (settings) => {
  for (const [name, value] of Object.entries(settings)) model.set(name, value);
  await frame();
  return view.el.alexnetWidget.results();
}"""


@pytest.mark.browser
def test_both_sides_compute_what_torch_computes(open_widget):
    page = open_widget(LegacyWidget())
    drawn = random.Random(0)
    for _ in range(50):
        settings = {"columns": drawn.randint(1, 12), "rows": drawn.randint(1, 6)}
        w = LegacyWidget(**settings)
        assert page.evaluate(RESULTS, settings) == {"area": w.area, "perimeter": w.perimeter}
        assert w.area == torch.ones(w.rows, w.columns).sum()


@pytest.mark.browser
def test_a_rectangle_is_turned_if_its_rows_allow(open_widget):
    page = open_widget(LegacyWidget(columns=5, rows=2))
    turn = page.get_by_role("button", name="Swap columns and rows")
    turn.click()
    assert page.evaluate("[model.get('columns'), model.get('rows')]") == [2, 5]
    page.evaluate("model.set('columns', 12)")
    turn.click()
    page.get_by_role("status").get_by_text("There are at most 6 rows").wait_for()
