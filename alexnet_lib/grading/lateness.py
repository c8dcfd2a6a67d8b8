"""The penalty for late work: an nbgrader plugin with its settings in course.toml.

    [late]
    per_day = "10%"     of the points earned, for each day begun; or points: 2
    grace_hours = 1     before the first day counts
    most = "50%"        never more than this

A student's extension in nbgrader replaces the due date.
"""

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, Unicode

__all__ = ["Lateness"]

DAY, HOUR = 86_400, 3_600


class Lateness(LateSubmissionPlugin):
    """A penalty in points, or in per cent of the points earned, for each day begun."""

    per_day = Unicode("0", help='points, or per cent like "10%"').tag(config=True)
    grace_hours = Float(0, help="hours before the first day counts").tag(config=True)
    most = Unicode("100%", help="the highest penalty").tag(config=True)

    def settings(self):
        """Return the settings; raise ValueError if one of them makes no sense."""
        for name in ("per_day", "most"):
            as_points(getattr(self, name), 1.0, name)
        return [self.per_day, self.grace_hours, self.most]

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Return the points that are deducted, or None."""
        late = total_seconds_late - self.grace_hours * HOUR
        each = as_points(self.per_day, score, "per_day")
        if late <= 0 or each == 0:
            return None
        most = as_points(self.most, score, "most")
        return round(min(each * math.ceil(late / DAY), most, score), 2)


def as_points(text: str, score: float, name: str) -> float:
    """Return the points that a setting such as "10%" or "2" deducts from a score."""
    try:
        number = float(text.rstrip("% ").strip())
    except ValueError:
        number = -1
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(
            f'course.toml: late.{name} must be points or per cent ("10%"), not {text!r}.'
        )
    return number * score / 100 if text.strip().endswith("%") else number
