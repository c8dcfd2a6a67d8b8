"""What a student gets back: one page of HTML without scripts, and without hidden tests.

It has each answer, what its checks said, the points, and what a person has written beside it. All
that comes from the student is shown as text; of outputs there are only text and pictures. A check
cell is never shown itself, and of a hidden test only that it failed.

`Page` is an exporter for nbconvert, so that `nbgrader generate_feedback` and the button of
formgrader write the same page.
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
HIDDEN_SAYS = {
    HIDDEN: "A hidden test failed: the checks that you see pass. Try other sizes and values.",
    STOPPED: "In a hidden test your code stopped, or took too long. Try larger sizes.",
}
KINDS = ("image/png", "image/jpeg")
TEXT = 20_000  # characters shown of one output


def page(notebook, title, student, score, most, late=0.0):
    """The page, as text. Cells have "score", "points" and "comment" in their nbgrader metadata."""
    parts = [f"<h1>{text(title)}</h1>", f"<p>{text(student)}</p>"]
    parts.append(f'<p class="points">{number(score)} of {number(most)} points')
    parts.append(f", after {number(late)} points less for handing in late</p>" if late else "</p>")
    parts.append("<main>")
    for cell in notebook.cells:
        parts += section(cell)
    parts.append("</main>")
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}: {text(student)}</title><style>{STYLE}</style>"
    )
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def section(cell):
    """The parts of the page that one cell makes."""
    if cell.cell_type == "markdown" and not utils.is_solution(cell) and not utils.is_grade(cell):
        heads = re.findall(r"^#{1,3} +(.+)$", cell.source, re.M) if utils.is_locked(cell) else []
        return [f"<h2>{text(head)}</h2>" for head in heads if not head.startswith("Exercise:")]
    if utils.is_solution(cell):
        return [f"<pre>{text(cell.source)}</pre>", *shown(cell), *judged(cell)]
    if utils.is_grade(cell):
        return judged(cell)
    if cell.cell_type == "code" and not utils.is_locked(cell):  # a cell that the student has added
        return [f"<pre>{text(cell.source)}</pre>", *shown(cell)]
    return []


def judged(cell):
    """Points, what the checks said, and a person's comment."""
    mark, parts = cell.metadata.get("nbgrader", {}), []
    if utils.is_grade(cell):
        score, points = mark.get("score"), mark.get("points")
        sign = "✓" if score == points else "✗" if not score else "–"
        if mark.get("waits"):
            parts.append(f'<p class="points">of {number(points)} points: a person will read it</p>')
        else:
            words = f"{sign} {number(score)} of {number(points)} points"
            parts.append(f'<p class="points">{words}</p>')
        if not utils.is_solution(cell):
            parts += [f"<pre>{text(said)}</pre>" for said in complaints(cell)]
    if mark.get("comment"):
        parts.append(f'<p class="comment">{text(mark["comment"])}</p>')
    return parts


def complaints(cell):
    """What a check cell complains of; of hidden tests only a sentence of ours."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            said = "\n".join(output.traceback)
            yield HIDDEN_SAYS.get(output.ename, said)


def shown(cell):
    """What an answer showed when it ran: text and pictures."""
    parts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            parts.append(f"<pre>{text(output.text)}</pre>")
        elif output.output_type == "error":
            parts.append(f"<pre>{text(f'{output.ename}: {output.evalue}')}</pre>")
        else:
            pictures = [kind for kind in KINDS if kind in output.get("data", {})]
            for kind in pictures:
                data = re.sub(r"[^A-Za-z0-9+/=]", "", str(output.data[kind]))
                about = "what this cell has drawn"
                parts.append(f'<p><img alt="{about}" src="data:{kind};base64,{data}"></p>')
            if not pictures and "text/plain" in output.get("data", {}):
                parts.append(f"<pre>{text(output.data['text/plain'])}</pre>")
    return parts


def text(said):
    """Any text as HTML that shows it and does nothing."""
    said = "".join(said) if isinstance(said, list) else str(said)
    cut = said[:TEXT] + "\n[the rest is left out]" if len(said) > TEXT else said
    return html.escape(cut)


def number(points):
    """Points without useless zeros."""
    return f"{float(points or 0):.4g}"


class Page(Exporter):
    """The exporter, for nbgrader's GenerateFeedback after its GetGrades."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb, resources=None, **kw):
        """(the page, resources)"""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources.get("nbgrader", {})
        title = about.get("notebook", "Feedback")
        score, late = about.get("score", 0), about.get("late_penalty", 0)
        most = about.get("max_score", 0)
        return page(nb, title, about.get("student", ""), score, most, late), resources
