"""Check the house rules for notebooks, and print one line per problem.

    python tools/hygiene.py FILES…

The pre-commit hook and the tests call this. All rules apply to a lesson (book/**.ipynb, listed
under `lessons` in course.yml), and all but the lesson template to a page (listed under `pages`). An
exercise source (exercises/source) follows the rules about outputs, text and addresses, and a
release (exercises/release), which has no outputs, the last two. In other files only addresses are
checked.

A rule is true or false of a notebook. What can only be counted (words, cells, points, minutes) is
`advice`, which `make lessons` prints and which never fails anything.
"""

import itertools
import json
import math
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml
from nbformat import NotebookNode
from repository import ROOT, address, site

SETUP = """try:
    import alexnet_lib
except ImportError:  # in Colab, or alone in a folder
    %pip install -q "alexnet-lib{extra} @ git+{address}\""""

VIEW = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = ("deletable", "editable", "nbgrader", "tags")  # editors add the rest
# How JupyterLab and Colab fold a cell with this tag; book/_ext/folded_cells.py does it on the site.
FOLDS = {
    "predict": {"collapsed": True, "jupyter": {"outputs_hidden": True}},
    "hide-cell": {"cellView": "form", "jupyter": {"outputs_hidden": True, "source_hidden": True}},
    "hide-input": {"cellView": "form", "jupyter": {"source_hidden": True}},
}

MEGABYTES = 1.5
ALT_CHARACTERS = 20

# What reads well, as (least, most): advice, not rules.
CODE_CELLS = (10, 25)
CELL_LINES = 15
WORDS = (1000, 2500)
OPENING_WORDS = 20
OBJECTIVES = (2, 4)
PREDICTIONS = (3, 10)
GAINS = (3, 5)  # points under You have
QUESTIONS = (2, 3)
CORE_MINUTES = 60

# Reading speed.
WORDS_A_MINUTE = 110
LINES_A_MINUTE = 5
WIDGET_MINUTES = 6

# Headings of a lesson, in this order; there may be others before and between them.
HEADINGS = ["Try it", "At AlexNet's size", "Where it goes wrong", "You have", "Questions", "Next"]

# What stands before the quiz of a lesson.
QUIZ = """## Quiz

What has stayed with you? Every answer gets its reason, right or wrong. The quiz is in English and \
in Chinese, and this browser keeps your answers."""

# What a lesson sets in bold besides its terms.
LABELS = {"You will", "Before you move anything"}

MACHINE = re.compile(
    r"""
    (?<![\w./:<~)\]}*$-])/(?:[\w.+-]+/)+[\w.+-]+  # not in an address, a/b/c or </p>
    | (?<![\w./:<~)\]}*$-])/(?:home|root|tmp|work|Users)\b
    | (?<!\w)~/\w[\w./-]*
    | \b[A-Za-z]:\\\w[\w\\.-]*
    | \b(?:site|dist)-packages\b
    | \bfile:///[\w./-]*
    | \b0x[0-9a-fA-F]{8,16}\b  # the address of an object in memory
    """,
    re.VERBOSE,
)


def machine_trace(text: str) -> str | None:
    """Return the first path or memory address of some machine in a text, or None."""
    match = MACHINE.search(text)
    return match[0] if match else None


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def output_texts(output: NotebookNode) -> list[str]:
    """Return all readable text of an output: streams, errors, and textual data."""
    texts = [output.get("text", ""), output.get("ename", ""), output.get("evalue", "")]
    texts += output.get("traceback", [])
    texts += [
        value if isinstance(value, str) else json.dumps(value)
        for kind, value in sorted(output.get("data", {}).items())
        if kind != VIEW and (kind == "image/svg+xml" or not kind.startswith("image/"))
    ]
    return [text for text in texts if text]


class Section(NamedTuple):
    """What is under one `## ` heading; the part before the first has the heading ""."""

    heading: str
    parts: list  # str (text) and NotebookNode (a code cell), in order

    @property
    def text(self) -> str:
        """All text of the section."""
        return "\n".join(part for part in self.parts if isinstance(part, str))

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells of the section."""
        return [part for part in self.parts if not isinstance(part, str)]


def fold_metadata(tags: list[str]) -> dict:
    """Return the metadata with which JupyterLab and Colab fold a cell, by its tags."""
    return next((fold for tag, fold in FOLDS.items() if tag in tags), {})


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_lines(cell: NotebookNode) -> list[str]:
    """Return the lines of a code cell that aren't blank."""
    return [line for line in cell.source.splitlines() if line.strip()]


def markdown(notebook: NotebookNode) -> list[str]:
    """Return the sources of the text cells, in order."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def without_code(text: str) -> str:
    """Return a text without its fenced and inline code."""
    text = re.sub(r"(?ms)^(```+|~~~+).*?^\1", " ", text)
    return re.sub(r"(`+)[^`](?:.*?[^`])?\1(?!`)", " ", text)


def without_maths(text: str) -> str:
    """Return a text without what is between dollar signs."""
    return re.sub(r"(?s)\$\$.*?\$\$|\$[^$\n]+\$", " ", text)


def prose(text: str) -> str:
    """Return the words of a Markdown text: no code, maths, HTML tags or link targets."""
    text = re.sub(r"<[^>]*>", " ", without_maths(without_code(text)))
    return re.sub(r"\]\([^)\s]*\)", "] ", text)


def word_count(text: str) -> int:
    """Return the number of words in a Markdown text; code, maths and addresses don't count."""
    return len(re.findall(r"[^\W\d_][\w'’]*", prose(text)))


def sections(notebook: NotebookNode) -> list[Section]:
    """Return the sections of a notebook, in order."""
    parts = [Section("", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts[-1].parts.append(cell)
        if cell.cell_type == "markdown":
            before, *rest = re.split(r"(?m)^## +(.+?)\s*$", cell.source)
            parts[-1].parts.append(before)
            for heading, text in zip(rest[::2], rest[1::2], strict=True):
                parts.append(Section(heading, [text]))
    return parts


def bullets(text: str) -> list[str]:
    """Return the items of a text's lists, each on one line."""
    points = re.findall(r"(?m)^[-*] +(.+(?:\n +\S.*)*)", text)
    return [" ".join(point.split()) for point in points]


# Rules. Each takes a notebook, and what to compare it to, and yields one sentence per problem.


def format_rules(data: dict) -> Iterator[str]:
    """Require valid nbformat 4.5, without the metadata that editors add."""
    if not isinstance(data, dict) or (data.get("nbformat"), data.get("nbformat_minor")) != (4, 5):
        yield "is not in nbformat 4.5"
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nbformat only warns of missing and repeated cell ids
            nbformat.validate(nbformat.from_dict(data))
    except (nbformat.ValidationError, Warning, KeyError) as error:  # KeyError: no cells
        yield f"is not valid nbformat 4.5: {str(error).strip().splitlines()[0]}"
        return
    if "widgets" in data["metadata"]:
        yield "stores the state of widgets in metadata.widgets"
    for key in sorted(set(data["metadata"]) - set(NOTEBOOK_METADATA) - {"widgets"}):
        yield f"has an editor's metadata: {key}"
    for number, cell in enumerate(data["cells"], 1):
        own = {key: cell["metadata"][key] for key in cell["metadata"] if key in CELL_METADATA}
        if cell["metadata"] != own | fold_metadata(own.get("tags", [])):
            wrong = ", ".join(sorted(set(cell["metadata"]) - set(own))) or "none"
            yield f"cell {number} has an editor's metadata, or isn't folded by its tags: {wrong}"


def output_rules(notebook: NotebookNode) -> Iterator[str]:
    """Require outputs in order, no warnings, only intended errors, and a text for each picture."""
    for number, cell in enumerate(code_cells(notebook), 1):
        where = f"code cell {number}"
        if not cell.source.strip():
            yield f"{where} is empty"
        elif cell.execution_count is None:
            yield f"{where} was not executed"
        elif cell.execution_count != number:
            yield f"{where} was executed as number {cell.execution_count}, out of order"
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield f"{where} stores a warning or other output to stderr"
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                yield f"{where} stores an error: {output.ename}"
            if VIEW in output.get("data", {}):
                yield f"{where} stores a widget's view, whose number changes with every run"
            for text in output_texts(output):
                if trace := machine_trace(text):
                    yield f"{where} shows a trace of one machine: {trace}"
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    alt = output.metadata.get(kind, {}).get("alt", "")
                    if len(alt) < ALT_CHARACTERS or alt.startswith("<"):
                        yield f"{where} shows a picture without a useful alt text: {alt!r}"


def text_rules(notebook: NotebookNode) -> Iterator[str]:
    """Require text that Colab, JupyterLab, GitHub and the website all show the same."""
    for text in [cell.source for cell in notebook.cells]:
        if trace := machine_trace(text):
            yield f"has a trace of one machine: {trace}"
    forbidden = {
        "a directive": r"(?m)^\s*(?::::+|```+\{|~~~+\{).*",
        "a role": r"\{[A-Za-z][\w:+-]*\}`[^`]*`",
        "a target": r"(?m)^\s*\([\w:-]+\)=\s*$",
        "a footnote": r"\[\^[^\]\n]+\]",
        "a reference link": r"\[[^\]\n]+\]\[[^\]\n]*\]|(?m:^ {0,3}\[[^\]\n]+\]:\s)",
    }
    for text in markdown(notebook):
        plain = without_maths(without_code(text))
        for what, pattern in forbidden.items():
            # Directives and roles look like code themselves.
            if match := re.search(pattern, text if what in ("a directive", "a role") else plain):
                yield f"has {what}, which notebooks show raw: {match[0].strip()}"
        for line in without_code(text).splitlines():
            if "$$" in line and not re.fullmatch(r"\$\$|\$\$[^$]+\$\$", line.strip()):
                yield f"has display maths that isn't on lines of its own: {line.strip()}"
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]*)", plain):
            if len(alt.strip()) < ALT_CHARACTERS:
                yield f"shows a picture without a useful alt text: {target}"
        for image in re.findall(r"<img\b[^>]*>", plain):
            if not re.search(r"\balt=[\"'][^\"']{20,}", image):
                yield f"shows a picture without a useful alt text: {image}"


def address_rules(text: str, url: str) -> Iterator[str]:
    """Require the repository of _config.yml wherever a text installs, clones or opens one."""
    slug = url.removeprefix("https://github.com/")
    ways = r"git\+https://github\.com|git clone https://github\.com|colab\.research\.google\.com/github"
    for match in re.finditer(rf"(?:{ways})/([\w.-]+/[\w.-]*\w)", text):
        if match[1].removesuffix(".git") != slug:
            yield f"names another repository than _config.yml ({slug}): {match[0]}"


def setup_rules(notebook: NotebookNode, url: str, extra: str) -> Iterator[str]:
    """Require a first code cell that installs the package, and does nothing else."""
    first = next((cell.source for cell in code_cells(notebook)), "")
    wanted = SETUP.format(extra=extra, address=url)
    if first.strip() != wanted:
        yield f"does not begin its code with the setup cell, which is: {wanted!r}"


def code_rules(notebook: NotebookNode) -> Iterator[str]:
    """Require code without star imports and without semicolons at the ends of lines."""
    for number, cell in enumerate(code_cells(notebook), 1):
        where = f"code cell {number}"
        for line in code_lines(cell):
            if re.match(r"\s*from\s+\S+\s+import\s+\*", line):
                yield f"{where} imports everything from a module: {line.strip()}"
            if re.search(r";\s*(#.*)?$", line):
                yield f"{where} ends a line with a semicolon: {line.strip()}"


def opening(notebook: NotebookNode) -> str:
    """Return the text before the first code cell and the first heading."""
    texts = itertools.takewhile(lambda part: isinstance(part, str), sections(notebook)[0].parts)
    return "\n".join(texts)


def opening_words(notebook: NotebookNode) -> int:
    """Return the number of words between the title and **You will**, which say why to care."""
    return word_count(re.sub(r"(?m)^# .*", "", opening(notebook).partition("**You will**")[0]))


def shows_widget(cell: NotebookNode) -> bool:
    """Return whether a code cell shows a widget, or runs the trainer in place of one."""
    text = "".join(text for output in cell.outputs for text in output_texts(output))
    return "data-alexnet-widget" in text or ".fit(" in cell.source


def page_rules(notebook: NotebookNode, entry: dict) -> Iterator[str]:
    """Require what every notebook of the book begins with; `entry` is its entry in course.yml."""
    text = "\n".join(without_code(text) for text in markdown(notebook))
    titles = re.findall(r"(?m)^# +(.+?)\s*$", text)
    if titles != [entry["title"]]:
        yield f"has the titles {titles}; course.yml has {entry['title']!r}"
    if not opening_words(notebook):
        yield "does not say in a paragraph under its title why anyone should care"
    if not re.search(rf"(?<!\d){entry['minutes']} minutes\b", opening(notebook)):
        yield f"does not say before its setup cell that it takes {entry['minutes']} minutes"


def lesson_rules(notebook: NotebookNode, entry: dict) -> Iterator[str]:
    """Require the template of a lesson; `entry` is its entry in course.yml."""
    points = bullets(opening(notebook).partition("**You will**")[2])
    objectives = [" ".join(objective.split()) for objective in entry["objectives"]]
    for objective in objectives:
        if not any(point.startswith(objective) for point in points):
            yield f"does not promise under **You will** what course.yml has: {objective}"
    for point in points:
        if not point.startswith(tuple(objectives)):
            yield f"promises under **You will** what course.yml does not have: {point}"

    minutes = reading_minutes(notebook)
    if minutes > CORE_MINUTES:
        yield f"takes {minutes} minutes to read; move all beyond {CORE_MINUTES} under ## Further"
    if minutes != entry["minutes"]:
        yield f"promises {entry['minutes']} minutes in course.yml but takes {minutes} to read"
    parts = sections(notebook)
    headings = [part.heading for part in parts if part.heading in HEADINGS]
    if headings != HEADINGS:
        yield f"has the headings {headings}; it needs {HEADINGS}, each once, in this order"
        return
    by_heading = {part.heading: part for part in parts}
    if not any(shows_widget(cell) for cell in by_heading["Try it"].code):
        yield "neither shows a widget under Try it nor runs the trainer there"
    code = "\n".join(cell.source for cell in code_cells(notebook))
    if "alexnet_lib.widgets" not in code and "alexnet_lib.training" not in code:
        yield "imports neither alexnet_lib.widgets nor alexnet_lib.training"
    questions = by_heading["Questions"].text
    folded = r"(?s)<details>\s*<summary>\s*\S.*?</summary>\s*(?!</details>)\S.*?</details>"
    answers, asked = len(re.findall(folded, questions)), questions.count("<details")
    if not asked or answers != asked:
        yield f"has folded answers to {answers} of its {asked} questions"
    if not re.search(r"\]\(\S+\)", by_heading["Next"].text):
        yield "has no link under Next"


def quiz_rules(notebook: NotebookNode, name: str) -> Iterator[str]:
    """Require the quiz of a lesson, just before `## Next`."""
    pairs = itertools.pairwise(sections(notebook))
    before = [part for part, after in pairs if after.heading == "Next"]
    code = "\n".join(cell.source for part in before for cell in part.code)
    if [part.heading for part in before] != ["Quiz"] or f'Quiz("{name}")' not in code:
        yield f'does not show Quiz("{name}") under ## Quiz, just before ## Next'


def problems(path: Path, root: Path = ROOT) -> list[str]:
    """Return all problems of one file, each a sentence after the file's name."""
    path = path.resolve()
    name = path.relative_to(root.resolve()).as_posix()
    text = path.read_text(encoding="utf-8")
    url = address(root)
    found = list(address_rules(text, url))
    if name == "pyproject.toml" and f'Repository = "{url}"' not in text:
        found.append(f"does not have the address of _config.yml: {url}")
    if name == "README.md" and url not in text and site(url) not in text:
        found.append(f"names neither the repository nor its website: {url}, {site(url)}")
    if name.endswith(".ipynb"):
        found += _notebook_problems(path, name, text, url, root)
    return [f"{name}: {problem}" for problem in dict.fromkeys(found)]


def _notebook_problems(path: Path, name: str, text: str, url: str, root: Path) -> Iterator[str]:
    if len(text.encode()) > MEGABYTES * 1e6:
        yield f"has {len(text.encode()) / 1e6:.1f} MB; the limit is {MEGABYTES} MB"
    if text != text.rstrip() + "\n":
        yield "does not end with one newline"
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        yield f"is not a notebook: {error}"
        return
    broken = list(format_rules(data))
    yield from broken
    if any(problem.startswith("is not") for problem in broken):
        return
    notebook = nbformat.reads(text, as_version=4)
    yield from text_rules(notebook)
    in_book = name.startswith("book/")
    yield from setup_rules(notebook, url, "[lessons]" if in_book else "")
    if not name.startswith("exercises/release/"):
        yield from output_rules(notebook)
    if in_book:
        yield from code_rules(notebook)
        course = yaml.safe_load((root / "book" / "course.yml").read_text(encoding="utf-8"))
        key = name.removeprefix("book/").removesuffix(".ipynb")
        if entry := (course["lessons"] | course["pages"]).get(key):
            yield from page_rules(notebook, entry)
        else:
            yield f"is not in book/course.yml, under lessons or pages: {key}"
        if key in course["lessons"]:
            yield from lesson_rules(notebook, course["lessons"][key])
            quiz = key.rpartition("/")[2]
            if (root / "book" / "quizzes" / f"{quiz}.yml").exists():
                yield from quiz_rules(notebook, quiz)


# Advice on what reads well.


def prediction_count(parts: list[Section]) -> int:
    """Return how many predictions are asked for: before the widget moves, and by folded answers."""
    texts = [part for section in parts for part in section.parts if isinstance(part, str)]
    asked = [text.partition("Before you move anything")[2] for text in texts]
    folded = sum("predict" in tags(cell) for section in parts for cell in section.code)
    return folded + sum(len(re.findall(r"(?m)^\d+\. ", text)) for text in asked)


def question_count(parts: list[Section]) -> int:
    """Return the number of questions under Questions."""
    return sum(part.text.count("<details") for part in parts if part.heading == "Questions")


def reading_minutes(notebook: NotebookNode) -> int:
    """Return the minutes to read the core of a lesson: all before `## Further`, but for the quiz.

    Count a minute for every 110 words of text, 5 lines of code, prediction and question, and 6 for
    the widget; round up to a multiple of five.
    """
    before = itertools.takewhile(lambda part: part.heading != "Further", sections(notebook))
    core = [part for part in before if part.heading != "Quiz"]
    code = [cell for part in core for cell in part.code]
    text = "\n".join(f"{part.heading}\n{part.text}" for part in core)
    minutes = word_count(text) / WORDS_A_MINUTE
    minutes += sum(len(code_lines(cell)) for cell in code) / LINES_A_MINUTE
    minutes += prediction_count(core) + question_count(core)
    minutes += WIDGET_MINUTES * any(shows_widget(cell) for cell in code)
    return 5 * math.ceil(minutes / 5)


def count_advice(count: int, limits: tuple[int, int], plural: str) -> Iterator[str]:
    """Yield a sentence if a count is outside its limits: "has 9 code cells; 10 to 25 read well"."""
    low, high = limits
    if not low <= count <= high:
        noun = re.sub(r"s\b", "", plural, count=1) if count == 1 else plural
        span = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        yield f"has {count:,} {noun}; {span} read well"


def page_advice(notebook: NotebookNode) -> Iterator[str]:
    """Yield what would make a notebook of the book easier to read."""
    words = opening_words(notebook)
    if words < OPENING_WORDS:
        yield f"says in {words} words why anyone should care; {OPENING_WORDS} or more read well"
    for number, cell in enumerate(code_cells(notebook), 1):
        lines = len(code_lines(cell))
        if lines > CELL_LINES:
            yield f"code cell {number} has {lines} lines; {CELL_LINES} are enough for one point"


def lesson_advice(notebook: NotebookNode, entry: dict, terms: dict) -> Iterator[str]:
    """Yield what would make a lesson easier to read; `entry` is its entry in course.yml."""
    parts = sections(notebook)
    gains = [point for part in parts if part.heading == "You have" for point in bullets(part.text)]
    yield from count_advice(len(code_cells(notebook)), CODE_CELLS, "code cells")
    yield from count_advice(word_count("\n".join(markdown(notebook))), WORDS, "words of text")
    yield from count_advice(len(entry["objectives"]), OBJECTIVES, "objectives")
    yield from count_advice(prediction_count(parts), PREDICTIONS, "predictions")
    yield from count_advice(len(gains), GAINS, "points under You have")
    yield from count_advice(question_count(parts), QUESTIONS, "questions")
    if words := bold_words_without_term(notebook, terms):
        yield f"sets words in bold that are not in the glossary: {', '.join(words)}"


def bold_words_without_term(notebook: NotebookNode, terms: dict) -> list[str]:
    """Return the bold words of the text that the glossary doesn't have, even in the singular.

    Labels and sentences, which end in a colon, a full stop or a question mark, are not terms.
    """
    names = {name.casefold() for term in terms for name in [term, *terms[term].get("also", [])]}
    bold = [
        words
        for text in markdown(notebook)
        for words in re.findall(r"\*\*(.+?)\*\*", without_code(text))
        if words not in LABELS and words.rstrip('"”')[-1:] not in (":", ".", "?", "!", "")
    ]
    return [words for words in dict.fromkeys(bold) if not singulars(words.casefold()) & names]


def singulars(words: str) -> set[str]:
    """Return the words, and their possible singulars."""
    endings = (("ies", "y"), ("es", ""), ("s", ""))
    return {words} | {words.removesuffix(end) + one for end, one in endings if words.endswith(end)}


def advice(path: Path, root: Path = ROOT) -> list[str]:
    """Return what would make a lesson or page easier to read, in sentences."""
    book = root.resolve() / "book"
    path = path.resolve()
    if not path.is_relative_to(book):
        return []
    key = path.relative_to(book).with_suffix("").as_posix()
    course = yaml.safe_load((book / "course.yml").read_text(encoding="utf-8"))
    notebook = nbformat.read(path, as_version=4)
    if key in course["pages"]:
        return list(page_advice(notebook))
    if key not in course["lessons"]:
        return []
    terms = yaml.safe_load((book / "glossary.yml").read_text(encoding="utf-8"))
    return [
        *page_advice(notebook),
        *lesson_advice(notebook, course["lessons"][key], terms),
    ]


def main(files: list[str], root: Path = ROOT) -> int:
    """Print all problems of the files; return 1 if there are any."""
    found = [problem for file in files for problem in problems(Path(file), root)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
