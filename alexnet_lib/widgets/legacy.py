"""The legacy widget: a rectangle of cells, with its area and its perimeter.

Its front end is legacy.js, which computes the same. The text and the arithmetic stand in for
yours.
"""

from alexnet_lib.widgets.base import WholeNumber, Widget

MOST_COLUMNS = 12
MOST_ROWS = 6


class LegacyWidget(Widget):
    """Choose columns and rows, and see the area and the perimeter.

    `LegacyWidget(columns=4, rows=3)`: every setting is a trait, so `w.columns = 5` moves the
    slider, and moving the slider changes `w.columns`.
    """

    repr_traits = ("columns", "rows")

    columns = WholeNumber(4, 1, MOST_COLUMNS).tag(sync=True)
    rows = WholeNumber(3, 1, MOST_ROWS).tag(sync=True)

    @property
    def area(self):
        """The number of cells."""
        return self.columns * self.rows

    @property
    def perimeter(self):
        """The number of cell sides around it."""
        return 2 * (self.columns + self.rows)

    def describe(self):
        """Return a sentence that says what the widget shows now."""
        return (
            f"A rectangle of {self.columns} columns and {self.rows} rows has an area of "
            f"{self.area} and a perimeter of {self.perimeter}."
        )
