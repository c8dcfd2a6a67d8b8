"""Read when students handed in, as you, Moodle or Canvas wrote it down.

    a table      student, submitted                      the student's id, and a date with a time
    Moodle       Identifier, Last modified (submission)  its grading worksheet, in English
    Canvas       [{"user_id": …, "submitted_at": …}]     its API's list of submissions, as JSON

Neither Moodle's nor Canvas's zip has these times: its dates are those of packing, or of a copy.
"""

import csv
import json
import re
from datetime import datetime
from pathlib import Path

from alexnet_lib.grading.assign import read_due

__all__ = ["read_times"]

MOODLE = ("Identifier", "Last modified (submission)")
# Moodle's long date in English: Monday, 1 February 2027, 5:59 PM
FORMATS = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %I:%M %p")


def read_times(path) -> dict:
    """Return {student: datetime}; from an LMS {(LMS, its number of the student): datetime}."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no table {path}.")
    if path.stat().st_size > 50_000_000:
        raise ValueError(f"{path} has more than 50 MB: a table of times is small.")
    try:
        text = path.read_text("utf-8-sig")
        if text.lstrip().startswith(("[", "{")):
            return canvas_times(path, json.loads(text))
        return table_times(path, csv.DictReader(text.splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is not a CSV file in UTF-8: {error}.") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not valid JSON: line {error.lineno}.") from error


def table_times(path, rows) -> dict:
    """Return the times of a table, yours or Moodle's."""
    fields, times = set(rows.fieldnames or ()), {}
    from_moodle = set(MOODLE) <= fields
    if not from_moodle and not {"student", "submitted"} <= fields:
        raise ValueError(
            f"{path} needs the columns student and submitted in line 1, or those of Moodle's"
            f" grading worksheet: {' and '.join(MOODLE)}."
        )
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        if from_moodle:
            number = re.search(r"\d+$", row[MOODLE[0]] or "")
            time = " ".join((row[MOODLE[1]] or "").split())
            if number and time.strip("-"):
                times["moodle", number[0]] = read_long_date(time, where)
        elif row["submitted"]:
            times[row["student"].strip()] = read_due(row["submitted"], where).moment
    return times


def read_long_date(text: str, where: str) -> datetime:
    """Return a moment as Moodle writes it, in this machine's time zone."""
    for form in FORMATS:
        try:
            return datetime.strptime(text, form).astimezone()
        except ValueError:
            continue
    try:
        return read_due(text, where).moment
    except ValueError:
        raise ValueError(
            f"{where}: {text!r} is not a date as Moodle writes it in English: set your language"
            " there to English and download the worksheet again."
        ) from None


def canvas_times(path, submissions) -> dict:
    """Return the times of what Canvas's API lists."""
    times = {}
    for number, row in enumerate(submissions if isinstance(submissions, list) else [None], 1):
        if not (isinstance(row, dict) and {"user_id", "submitted_at"} <= set(row)):
            raise ValueError(
                f"{path}, submission {number} has no user_id or no submitted_at: save the answer of"
                " Canvas's API to /courses/…/assignments/…/submissions."
            )
        if row["submitted_at"]:
            try:
                time = datetime.fromisoformat(str(row["submitted_at"]))
            except ValueError:
                time = None
            if time is None or time.tzinfo is None:
                raise ValueError(
                    f"{path}, submission {number}: {row['submitted_at']!r} is not a time with its"
                    " zone, such as 2027-02-01T17:00:00Z."
                )
            times["canvas", str(row["user_id"])] = time
    return times
