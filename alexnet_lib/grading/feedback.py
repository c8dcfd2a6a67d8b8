"""The page that a student gets back: one page of HTML without scripts or hidden tests.

It has each answer, the messages of its checks, the points, and a person's comments. Everything from
the student is shown as text; outputs are only texts and pictures. A check cell itself is never
shown, and of a hidden test only that it failed.

`Page` is an exporter for nbconvert, so that `nbgrader generate_feedback` and Formgrader's button
write the same page.
"""

import html
import re

from nbconvert.exporters import Exporter
from nbgrader import utils

from alexnet_lib.grading.runner import HIDDEN, STOPPED

__all__ = ["Page", "page"]

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em;
  color: #1b1b1b; background: #fff; }
h2 { margin-top: 2em; font-size: 1.15em; }
pre { background: #f4f4f2; padding: .6em .8em; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .875em; }
.points { font-weight: 600; } .comment { border-left: .25em solid #888; padding-left: .8em; }
img { max-width: 100%; }
@media (prefers-color-scheme: dark) { body { color: #e8e8e8; background: #181818; }
  pre { background: #262626; } img { background: #fff; } }
"""
HIDDEN_MESSAGES = {
    HIDDEN: "A hidden test failed, though the visible checks pass. Try other sizes and values.",
    STOPPED: "In a hidden test your code stopped, or took too long. Try larger sizes.",
}
KINDS = ("image/png", "image/jpeg")
TEXT = 20_000  # characters shown of one output


def page(notebook, title: str, student: str, score: float, most: float, late=0.0) -> str:
    """Return the page. Cells have "score", "points" and "comment" in their nbgrader metadata."""
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(student)}</p>"]
    parts.append(f'<p class="points">{points_text(score)} of {points_text(most)} points')
    parts.append(f", after a late penalty of {points_text(late)}</p>" if late else "</p>")
    parts.append("<main>")
    for cell in notebook.cells:
        parts += section(cell)
    parts.append("</main>")
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: {escape(student)}</title><style>{STYLE}</style>"
    )
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def section(cell):
    """Return the parts of the page for one cell."""
    if cell.cell_type == "markdown" and not utils.is_solution(cell) and not utils.is_grade(cell):
        heads = re.findall(r"^#{1,3} +(.+)$", cell.source, re.M) if utils.is_locked(cell) else []
        return [f"<h2>{escape(head)}</h2>" for head in heads if not head.startswith("Exercise:")]
    if utils.is_solution(cell):
        return [f"<pre>{escape(cell.source)}</pre>", *output_parts(cell), *grade_parts(cell)]
    if utils.is_grade(cell):
        return grade_parts(cell)
    if cell.cell_type == "code" and not utils.is_locked(cell):  # a cell that the student added
        return [f"<pre>{escape(cell.source)}</pre>", *output_parts(cell)]
    return []


def grade_parts(cell):
    """Return the points, the messages of the checks, and a person's comment."""
    mark, parts = cell.metadata.get("nbgrader", {}), []
    if utils.is_grade(cell):
        score, points = mark.get("score"), mark.get("points")
        sign = "✓" if score == points else "✗" if not score else "–"
        if mark.get("waits"):
            words = f"of {points_text(points)} points: a person will read it"
        else:
            words = f"{sign} {points_text(score)} of {points_text(points)} points"
        parts.append(f'<p class="points">{words}</p>')
        if not utils.is_solution(cell):
            parts += [f"<pre>{escape(said)}</pre>" for said in check_messages(cell)]
    if mark.get("comment"):
        parts.append(f'<p class="comment">{escape(mark["comment"])}</p>')
    return parts


def check_messages(cell):
    """Yield a check cell's error messages; for hidden tests only our own sentence."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            said = "\n".join(output.traceback)
            yield HIDDEN_MESSAGES.get(output.ename, said)


def output_parts(cell):
    """Return the texts and pictures that an answer output when it ran."""
    parts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            parts.append(f"<pre>{escape(output.text)}</pre>")
        elif output.output_type == "error":
            parts.append(f"<pre>{escape(f'{output.ename}: {output.evalue}')}</pre>")
        else:
            pictures = [kind for kind in KINDS if kind in output.get("data", {})]
            for kind in pictures:
                data = re.sub(r"[^A-Za-z0-9+/=]", "", str(output.data[kind]))
                about = "what this cell has drawn"
                parts.append(f'<p><img alt="{about}" src="data:{kind};base64,{data}"></p>')
            if not pictures and "text/plain" in output.get("data", {}):
                parts.append(f"<pre>{escape(output.data['text/plain'])}</pre>")
    return parts


def escape(said) -> str:
    """Return any text as HTML that shows it and does nothing."""
    said = "".join(said) if isinstance(said, list) else str(said)
    cut = said[:TEXT] + "\n[the rest is left out]" if len(said) > TEXT else said
    return html.escape(cut)


def points_text(points) -> str:
    """Return points without useless zeros."""
    return f"{float(points or 0):.4g}"


class Page(Exporter):
    """The exporter for nbgrader's GenerateFeedback, after its GetGrades."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return (the page, resources)."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources.get("nbgrader", {})
        title = about.get("notebook", "Feedback")
        score, late = about.get("score", 0), about.get("late_penalty", 0)
        most = about.get("max_score", 0)
        return page(nb, title, about.get("student", ""), score, most, late), resources
