"""``book/practice/NAME``: every exercise of ``book/course.yml`` as a page in which Python runs.

Before Sphinx looks for its sources, each release notebook is written as a page: its text, and a
frame around each cell, which ``static/practice.js`` brings to life. The site's Contents get the
pages below the page of exercises. A page loads its notebook as a script, and the editor; Python
itself, the files of ``python/`` and a zip of the package, waits until the reader asks for it.
"""

import base64
import hashlib
import importlib.util
import io
import json
import re
import zipfile
from pathlib import Path
from textwrap import shorten

import yaml
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx_external_toc.api import Document, FileItem, TocTree

import course_pages

HERE = Path(__file__).parent
FOLDER = course_pages.PRACTICE.rstrip("/")
EXERCISES = "book/exercises"  # the page whose children these pages are
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", re.DOTALL)

# --- the pages -----------------------------------------------------------------------------


def write_pages(app, config):
    """Write the source of each page, and put the pages into the table of contents."""
    # Those of an earlier build are not in _toc.yml, so its reader has left them out.
    config.exclude_patterns = [p for p in config.exclude_patterns if not p.startswith(FOLDER)]
    site_map = getattr(config, "external_site_map", None)
    folder = Path(app.srcdir, FOLDER)
    names = []
    if site_map and EXERCISES in site_map:
        course = yaml.safe_load(Path(app.srcdir, "book/course.yml").read_text("utf-8"))
        for name in course["exercises"]:
            # Where the notebook is missing, the list of exercises stops the build.
            if release_path(app.srcdir, name).is_file():
                text = page_text(name, app.srcdir, config, course)
                write_if_new(folder / f"{name}.md", text)
                names.append(name)
    for old in folder.glob("*.md"):
        if old.stem not in names:
            old.unlink()
    if names:
        pages = [FileItem(f"{FOLDER}/{name}") for name in names]
        site_map[EXERCISES].subtrees.append(TocTree(pages))
        for name, page in zip(names, pages, strict=True):
            title = course["exercises"][name]["title"].removeprefix("Exercise: ")
            site_map[page] = Document(page, title=title[0].upper() + title[1:])


def release_path(root, name):
    """Return the path of a student's notebook."""
    return Path(root, f"exercises/release/{name}/{name}.ipynb")


def source_path(root, name):
    """Return the path of an author's notebook."""
    return Path(root, f"exercises/source/{name}/{name}.ipynb")


def write_if_new(path, text):
    """Write a file unless it has this text, so that an unchanged page isn't built again."""
    if not path.is_file() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def page_text(name, root, config, course):
    """Return the Markdown of one exercise's page."""
    notebook = json.loads(release_path(root, name).read_text("utf-8"))
    models = model_answers(source_path(root, name))
    summary = " ".join(course["exercises"][name]["summary"].replace("`", "").split())
    description = shorten(f"{IN_PAGE} {summary}", 200, placeholder=" …")
    head = {"myst": {"html_meta": {"description": description}}}
    parts = [f"---\n{yaml.safe_dump(head, width=10_000, allow_unicode=True)}---"]
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        kind = kind_of(cell)
        if kind == "text" and len(parts) == 1:
            parts.append(opening(text, config, root))
        elif kind == "text":
            parts.append(inside_links(text, config, root))
        elif kind != "setup":
            parts.append(frame(cell, kind, text))
        if (model := models.get(grade_id(cell))) and kind == "words":
            parts.append(f'<div class="practice-model" hidden>\n\n{model}\n\n</div>')
    return "\n\n".join(parts) + "\n"


def grade_id(cell):
    """Return the name that nbgrader knows a cell by."""
    return cell["metadata"]["nbgrader"]["grade_id"]


def kind_of(cell):
    """Return what a cell is in the page.

    "text" to read, "setup" for the notebook alone, "code" that is given, a "gap" to fill, a "check"
    of gaps, or an answer in "words".
    """
    mark = cell["metadata"]["nbgrader"]
    if cell["cell_type"] == "markdown":
        return "words" if mark["solution"] else "text"
    if mark["solution"]:
        return "gap"
    if mark["grade"]:
        return "check"
    return "setup" if mark["grade_id"] == "setup" else "code"


def frame(cell, kind, text):
    """Return a cell as HTML around its text, which can be read without JavaScript too."""
    block = text if kind == "words" else f"```python\n{text}\n```"
    return f'<div class="practice-{kind}" data-cell="{grade_id(cell)}">\n\n{block}\n\n</div>'


def model_answers(source):
    """Return {grade_id: model answer} of the answers in words; nothing without the source."""
    if not source.is_file():
        return {}
    cells = json.loads(source.read_text("utf-8"))["cells"]
    models = {grade_id(c): SOLUTION.search("".join(c["source"])) for c in cells}
    words = {grade_id(c) for c in cells if kind_of(c) == "words"}
    return {name: found[1] for name, found in models.items() if found and name in words}


IN_PAGE = "An exercise that runs in the page, with nothing to install."
PANEL = """\
<div class="practice-panel" role="group" aria-label="Python in this page">
<p>Here Python runs in the page itself, on your computer. Write into the gaps and press
<em>Check</em>. Nothing that you write is sent anywhere, and nothing has to be installed.</p>
<p class="practice-off">This needs JavaScript. Without it, open the exercise in Colab, or download
the notebook and open it with Jupyter.</p>
</div>"""

HOW = """\
**How it works**

1. Each task has a gap. Put your code in place of the line `raise NotImplementedError()`.
2. Press *Check* under it. Each line that comes back begins with ✓ (right) or ✗ (not yet, and the
   likeliest reason). A check stops at its first ✗.
3. A check always begins anew: it runs what stands above it in the page, from top to bottom.

**To hand it in**, press *Download my notebook*. The file is this exercise's notebook with your
answers in it, and Jupyter and Colab open it too.
"""


def opening(text, config, root):
    """Return the first cell with what is true of the page in place of what is of a notebook."""
    blocks = re.split(r"\n\n+", inside_links(text, config, root))
    kept, skips = [], False
    for block in blocks:
        if block.startswith("**How it works**"):
            kept += [PANEL, HOW]
            skips = True
        elif block.startswith("**How to hand it in"):
            skips = True
        elif not (skips and re.match(r"\d\. ", block)):
            kept.append(block)
            skips = False
    return "\n\n".join(kept if HOW in kept else [*blocks, PANEL, HOW])


def inside_links(text, config, root):
    """Return a text in which links to the book's own site lead to its pages."""
    pattern = re.escape(f"{config.html_baseurl}book/") + r"([\w/-]+)\.html"
    return re.sub(pattern, lambda found: f"../{found[1]}{ending(root, found[1])}", text)


def ending(root, page):
    """Return how the name of a page's source ends; the build checks links to sources."""
    return ".ipynb" if Path(root, f"book/{page}.ipynb").is_file() else ".md"


# --- what a page loads ---------------------------------------------------------------------


def exercise_of(pagename):
    """Return the exercise that a page is for, or None."""
    folder, _, name = pagename.rpartition("/")
    return name if folder == FOLDER else None


def load_practice(app, pagename, templatename, context, doctree):
    """Make an exercise's page load its notebook, the editor and what starts Python."""
    name = exercise_of(pagename)
    if not name or doctree is None:
        return
    notebook = release_path(app.srcdir, name).read_text("utf-8")
    data = json.dumps({"name": name, "notebook": json.loads(notebook)}, ensure_ascii=False)
    script = Path(app.outdir, "_static/practice", f"{name}.js")
    write_if_new(script, f"window.alexnetExercise = {data};\n")
    app.add_css_file("practice.css", priority=901)
    for priority, file in enumerate(
        ["python.js", "python/parts.js", "editor/codemirror.js", f"practice/{name}.js"], 600
    ):
        app.add_js_file(file, priority=priority, loading_method="defer")
    app.add_js_file("practice.js", priority=610, loading_method="defer")


def facts(app, doctree):
    """Insert the facts of the exercise below the title of its page."""
    name = exercise_of(app.env.docname)
    if not name:
        return
    course = course_pages.course(app.env)
    exercise = course["exercises"][name]
    path = f"exercises/release/{name}/{name}.ipynb"
    app.env.note_dependency(str(Path(app.srcdir, path)))
    lessons = [
        course_pages.list_item(
            "Lesson: ", course_pages.page_link(course_pages.LESSONS + page, lesson["title"])
        )
        for page, lesson in course["lessons"].items()
        if lesson["exercise"] == name
    ]
    colab = course_pages.repository_link(app.config, "colab", path)
    items = [
        course_pages.list_item(course_pages.duration(exercise["minutes"])),
        course_pages.list_item(f"{exercise['points']} points"),
        *lessons,
        course_pages.list_item(course_pages.outside_link(colab, "Open in Colab")),
    ]
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, course_pages.bullets(items, "lesson-facts"))


# --- Python itself -------------------------------------------------------------------------

PIECE = 600_000  # bytes of a script's file, before they become text: a step of the progress bar
# Rooms that need more than NumPy, or that no exercise is about.
LEFT_OUT = ("commands", "grading", "plots", "training", "widgets", "cli.py")
CARRIED = (".py", ".toml", ".json")


def package_zip():
    """Return a zip of what exercises can import from the package, and of cell_runner.py."""
    spec = importlib.util.find_spec("alexnet_lib")
    root = Path(spec.submodule_search_locations[0])
    files = {"cell_runner.py": HERE / "cell_runner.py"}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.suffix in CARRIED and inside.parts[0] not in LEFT_OUT:
            files[f"alexnet_lib/{inside.as_posix()}"] = path
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            target.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return result.getvalue()


def python_files():
    """Return {name: content} of all that Python in the page consists of."""
    folder = HERE / "python"
    stated = json.loads((folder / "files.json").read_text("utf-8"))
    files = {}
    for name, facts_of_file in stated.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != facts_of_file["sha256"]:
            raise ExtensionError(
                f"book/_ext/python/{name} is not the file that files.json states; "
                "get it again from the repository, or run tools/page_python.py."
            )
        files[name] = content
    return files | {"alexnet.zip": package_zip()}


def write_python(out):
    """Write Python as scripts, and their list; return that. Files of an earlier build go."""
    folder = out / "_static/python"
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, content in python_files().items():
        for index, start in enumerate(range(0, len(content), PIECE)):
            piece = content[start : start + PIECE]
            digest = hashlib.sha256(f"{name} {index} ".encode() + piece).hexdigest()[:12]
            script = folder / f"{digest}.js"
            if not script.exists():
                text = base64.b64encode(piece).decode()
                script.write_text(f'alexnetPython.part("{name}",{index},"{text}");\n', "utf-8")
            parts.append([f"python/{script.name}", len(piece)])
    kept = {file for file, _ in parts}
    for script in folder.glob("*.js"):
        if f"python/{script.name}" not in kept and script.name != "parts.js":
            script.unlink()
    write_if_new(folder / "LICENSES.txt", (HERE / "python/LICENSES.txt").read_text("utf-8"))
    write_if_new(folder / "parts.js", f"alexnetPython.parts = {json.dumps(parts)};\n")
    return parts


def pages_with_another_python(app, env, added, changed, removed):
    """Write Python; return the pages to build again, since they name its list by its checksum."""
    pages = [page for page in env.found_docs if exercise_of(page)]
    if app.builder.format != "html" or not pages:
        return []
    before = getattr(env, "alexnet_python", None)
    env.alexnet_python = write_python(Path(app.outdir))
    return pages if before != env.alexnet_python else []


def connect(app):
    """Register the pages and what they load."""
    app.connect("config-inited", write_pages, priority=950)  # after the table of contents is read
    app.connect("doctree-read", facts)
    app.connect("env-get-outdated", pages_with_another_python)
    app.connect("html-page-context", load_practice, priority=400)
