"""What handing in late costs: a plugin of nbgrader, set in course.toml.

    [late]
    per_day = "10%"     of the points earned, for each day that has begun; or points: 2
    grace_hours = 1     before the first day counts
    most = "50%"        never more than this

An extension that nbgrader grants to a student counts as the due date.
"""

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, Unicode

__all__ = ["Lateness"]

DAY, HOUR = 86_400, 3_600


class Lateness(LateSubmissionPlugin):
    """So many points, or per cent of the points earned, for each day that has begun."""

    per_day = Unicode("0", help='points, or per cent like "10%"').tag(config=True)
    grace_hours = Float(0, help="hours before the first day counts").tag(config=True)
    most = Unicode("100%", help="the highest penalty").tag(config=True)

    def settings(self):
        """The settings; a ValueError if one of them makes no sense."""
        for name in ("per_day", "most"):
            amount(getattr(self, name), 1.0, name)
        return [self.per_day, self.grace_hours, self.most]

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that are taken, or None."""
        late = total_seconds_late - self.grace_hours * HOUR
        each = amount(self.per_day, score, "per_day")
        if late <= 0 or each == 0:
            return None
        most = amount(self.most, score, "most")
        return round(min(each * math.ceil(late / DAY), most, score), 2)


def amount(text, score, name):
    """Points that a text like "10%" or "2" stands for."""
    try:
        number = float(text.rstrip("% ").strip())
    except ValueError:
        number = -1
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(
            f'course.toml: late.{name} must be points or per cent ("10%"), not {text!r}.'
        )
    return number * score / 100 if text.strip().endswith("%") else number
