"""Our Sphinx extension: what it adds to the pages that Jupyter Book makes.

* a widget runs on the page without a kernel (static/widget-host.js); the directive
  ``{widget} NAME`` shows one on a page that is no notebook;
* a quiz gets its questions, from ``book/quizzes``;
* a notebook opens with a line of facts from ``book/course.yml``, and the directives
  ``{course-map}``, ``{course-routes}`` and ``{exercise-list}`` show the course, routes through it
  and its exercises (``course_pages.py``);
* ``{course-syllabus}`` and ``{course-plans}`` are for instructors (``course_plans.py``);
* ``{api}`` shows a module of the package (``api_reference.py``, ``docstrings.py``);
* ``{course-glossary}`` shows the terms of ``book/glossary.yml`` (``glossary_page.py``);
* ``{references}`` shows the sources of ``book/appendix/references.bib`` (``references.py``);
* a lesson's short programs can be changed and run in the page (``live_cells.py``);
* every exercise is a page in which Python runs (``practice_pages.py``, ``cell_runner.py``);
* the search knows sections, terms and numbers, in English and Chinese (``search_index.py``);
* a formula is MathML, which browsers draw without a script (``maths.py``);
* a picture gets its alt text and its size; without alt text the build stops;
* a page has a description and a picture for link previews (``link_preview.py``);
* the built folder is small and loads nothing from another origin (``site_files.py``).
"""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

from docutils import nodes
from markupsafe import escape
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import api_reference
import course_pages
import course_plans
import folded_cells
import glossary_page
import link_preview
import live_cells
import maths
import practice_pages
import questions_page
import references
import search_index
import site_files

HERE = Path(__file__).parent

logger = logging.getLogger(__name__)


# --- settings ------------------------------------------------------------------------------


def settings(app, config):
    """Derive every address from the repository's, and let the build draw the formulas."""
    config.html_static_path.append(str(HERE / "static"))
    config.templates_path.append(str(HERE / "templates"))
    owner, repository = course_pages.repository_name(config)
    config.html_baseurl = f"https://{owner}.github.io/{repository}/"
    config.html_math_renderer = "mathml"  # maths.py
    config.myst_update_mathjax = False


# --- widgets -------------------------------------------------------------------------------

WIDGET = re.compile(r'data-alexnet-widget="([^"]*)"')
QUIZ = re.compile(r'data-alexnet-widget="quiz" data-state="([^"]*)"')


def front_ends(names):
    """Return {name: the generated script} for the named widgets, from their current files."""
    from alexnet_lib.widgets import WIDGETS  # needs anywidget, as do pages with a widget alone

    return {name: widget_script(name, **WIDGETS[name].front_end()) for name in sorted(names)}


def widget_script(name, esm, css, assets):
    """Return the classic script that registers a front end with widget-host.js.

    A classic script can't contain an ES module, but a function that returns the module's export.
    """
    body, exports = re.subn(r"^export default ", "return ", esm, flags=re.MULTILINE)
    if exports != 1 or re.search(r"^(import|export)\b", body, re.MULTILINE):
        raise ExtensionError(
            f"The front end of the widget {name!r} must have one `export default` and no other "
            "import or export, since a page opened from a folder can't load a second module."
        )
    data = f"css: {json.dumps(css)}, assets: {json.dumps(assets, sort_keys=True)}"
    # Round brackets make browsers compile the function while they load the script.
    return (
        f"alexnetWidgets.register({json.dumps(name)}, {{{data}, module: (function () {{\n"
        f'"use strict";\n{body}\n}})}});\n'
    )


class WidgetHere(SphinxDirective):
    """``{widget} NAME``: the widget, as it is at first."""

    required_arguments = 1

    def run(self):
        """Return what a notebook's output would have."""
        from alexnet_lib.widgets import WIDGETS

        name = self.arguments[0]
        if name not in WIDGETS:
            raise self.error(
                f"No widget is called {name!r}; there are {', '.join(sorted(WIDGETS))}."
            )
        return [nodes.raw("", WIDGETS[name]()._html(), format="html")]


def fill_quizzes(app, doctree):
    """Put the questions of each quiz into its page: a notebook has its name alone."""
    for node in [n for n in doctree.findall(nodes.raw) if n.get("format") == "html"]:
        if not (match := QUIZ.search(node.astext())):
            continue
        from traitlets import TraitError

        from alexnet_lib.data.quizzes import quiz_file
        from alexnet_lib.widgets import WIDGETS

        try:
            quiz = WIDGETS["quiz"](**json.loads(html.unescape(match[1])))
        except TraitError as error:  # no such quiz, or a fault in its file
            raise ExtensionError(f"{app.env.docname}: {error}") from error
        app.env.note_dependency(str(quiz_file(quiz.quiz)))
        node.replace_self(nodes.raw("", quiz.page_html(), format="html"))


def find_widgets(app, doctree):
    """Record which widgets a page shows; stop the build at an unknown name."""
    html = " ".join(n.astext() for n in doctree.findall(nodes.raw) if n.get("format") == "html")
    names = set(WIDGET.findall(html))
    if names:
        from alexnet_lib.widgets import WIDGETS

        for name in sorted(names - set(WIDGETS)):
            raise ExtensionError(
                f"{app.env.docname} shows the widget {name!r}, which alexnet_lib.widgets doesn't "
                f"have (it has {', '.join(sorted(WIDGETS))}); correct the name, or run "
                "`make lessons` again if the widget was renamed."
            )
        page_widgets(app.env)[app.env.docname] = names


def page_widgets(env):
    """Return {page: names of its widgets}, which is kept from build to build."""
    if not hasattr(env, "alexnet_widgets"):
        env.alexnet_widgets, env.alexnet_front_ends = {}, {}
    return env.alexnet_widgets


def forget_page(app, env, docname):
    """Drop the widgets of a removed or changed page."""
    page_widgets(env).pop(docname, None)


def pages_with_new_front_ends(app, env, added, changed, removed):
    """Return the pages to rebuild because a widget's JavaScript, CSS or data changed."""
    from alexnet_lib.widgets import WIDGETS

    pages = page_widgets(env)
    before = env.alexnet_front_ends
    names = set().union(*pages.values())
    gone = names - set(WIDGETS)  # renamed, and so may be the page's: it is read again
    env.alexnet_front_ends = {
        name: hashlib.sha256(script.encode()).hexdigest()
        for name, script in front_ends(names - gone).items()
    }
    changed = {
        name for name, digest in env.alexnet_front_ends.items() if digest != before.get(name)
    }
    return [page for page, names in pages.items() if names & (changed | gone)]


def load_widgets(app, pagename):
    """Make this page alone load the host and its widgets' scripts; networks come when asked for."""
    names = page_widgets(app.env).get(pagename, ())
    if names and needs_networks(names):
        write_networks(Path(app.outdir, "_static/networks"))
    for name, script in front_ends(names).items() if names else ():
        path = Path(app.outdir, "_static/widgets", f"{name}.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, "utf-8")
        # 400 and 401 come before 500, everything else: the reader may be looking at a widget.
        app.add_js_file(f"widgets/{name}.js", priority=401, loading_method="defer")
    if names:
        app.add_js_file("widget-host.js", priority=400, loading_method="defer")


def needs_networks(names):
    """Return whether one of these widgets can ask for a network."""
    from alexnet_lib.widgets import WIDGETS

    return any("network" in WIDGETS[name].shared for name in names)


def write_networks(folder):
    """Write NAME.js for each bundled network, which widget-host.js loads when a reader asks.

    Reading the weights takes PyTorch, and so seconds: what is up to date stays.
    """
    from alexnet_lib import data, networks

    sources = [*Path(networks.__file__).parent.glob("*.py")]
    sources += Path(data.__file__).parent.glob("networks/*")
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(sources))).hexdigest()
    mark = f"// {digest}\n"
    for name in data.network_sizes():
        path = folder / f"{name}.js"
        if path.exists() and path.read_text("utf-8").startswith(mark):
            continue
        from alexnet_lib.networks.web import bundled_web_plan

        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mark + network_script(*bundled_web_plan(name)), "utf-8")


def network_script(plan, weights):
    """Return the classic script that hands a network to widget-host.js."""
    text = json.dumps(plan, separators=(",", ":"))
    return f'alexnetWidgets.receive({text},"{base64.b64encode(weights).decode()}");\n'


# --- pictures ------------------------------------------------------------------------------


class DescribePictures(SphinxPostTransform):
    """Give every picture its alt text, or stop the build."""

    default_priority = 3  # before myst-nb (4) drops the text beside a picture
    formats = ("html",)

    def run(self, **kwargs):
        """Take the alt text of a notebook's picture from the text/plain of the same output."""
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            texts = {c["mime_type"]: c.astext().strip() for c in bundle.children}
            alt = texts.get("text/plain", "")
            for image in bundle.findall(nodes.image):
                image["classes"].append("no-scaled-link")  # the link would lead to the same picture
                # <Figure size ...> is Python's name for the object, not a description.
                if not alt.startswith("<"):
                    image.setdefault("alt", alt)
        for image in self.document.findall(nodes.image):
            if not image.get("alt"):
                cell = (image.line or bundle_line(image)) // 10_000  # how myst-nb counts
                where = f"the output of cell {cell}" if cell else image["uri"]
                raise ExtensionError(
                    f"{self.env.docname}: the picture in {where} has no alt text. Draw it with "
                    "alexnet_lib.plots, or in Markdown write ![what the reader should see](file)."
                )


def bundle_line(node):
    """Return the line of the nearest enclosing node that has one."""
    while node is not None and not node.line:
        node = node.parent
    return node.line if node is not None else 0


def picture_sizes(html):
    """Give pictures width and height as attributes, so that the page doesn't jump.

    docutils writes them as a style, which would squeeze the picture on a phone.
    """
    return re.sub(
        r'style="width: (\d+)px; height: (\d+)px;"',
        r'width="\1" height="\2" loading="lazy"',
        html,
    )


# --- language ------------------------------------------------------------------------------


def mark_language(app, doctree):
    """Mark a page in another language as such: `language: zh-Hans` at its top."""
    language = app.env.metadata[app.env.docname].get("language")
    if language:
        for section in doctree.findall(nodes.section):
            section["classes"].append(f"language-{language}")  # docutils makes it lang="…"


# --- each page -----------------------------------------------------------------------------


def write_page(app, pagename, templatename, context, doctree):
    """Add the page's scripts and its tags for link previews, and drop scripts it doesn't need."""
    load_widgets(app, pagename)
    body = context.get("body", "")  # the search page has none
    for kind in ("script_files", "css_files"):
        context[kind] = [f for f in context[kind] if is_needed(f, body)]
    if pagename == "search":
        context["metatags"] = f'<meta name="description" content="{SEARCH}" />\n'
    if doctree is None:
        return
    context["body"] = picture_sizes(body)
    description = page_description(doctree)
    if not description:
        logger.warning(
            "%s has no description: add one to course.yml (a notebook) or, at the top of the page, "
            "under myst: html_meta: description:",
            pagename,
        )
    context["metatags"] += preview_tags(app, pagename, description)


SEARCH = "Find a word, a number or the name of a function in the book, in English or Chinese."

# Part of a file's name (or of a script's text): what a page that needs the file contains.
NEEDED_BY = {
    "mystnb": 'class="cell',
    "sphinx-design": 'class="sd-',
    "design-tabs": 'class="sd-tab',
}


def is_needed(file, body):
    """Return whether a page with this body needs a script or style sheet."""
    name = f"{file.filename} {file.attributes.get('body', '')}".lower()
    return all(sign in body for part, sign in NEEDED_BY.items() if part in name)


def page_description(doctree):
    """Return the page's description in one line, or an empty string."""
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            return " ".join(meta["content"].split())
    return ""


def preview_title(env, pagename):
    """Return the title that a page's picture has: in letters that its font has."""
    return env.metadata[pagename].get("preview") or env.titles[pagename].astext()


def preview_tags(app, pagename, description):
    """Return the tags from which other sites make a link preview."""
    drawn = preview_title(app.env, pagename)
    picture = link_preview.file_name(pagename, drawn, app.config.html_title)
    base = app.config.html_baseurl
    tags = {
        "og:title": app.env.titles[pagename].astext(),
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:description": description,
        "og:url": f"{base}{pagename}.html",
        "og:image": f"{base}_static/preview/{picture}",
        "og:image:width": str(link_preview.WIDTH),
        "og:image:height": str(link_preview.HEIGHT),
        "og:image:alt": link_preview.alt(drawn),
    }
    html = "".join(f'<meta property="{k}" content="{escape(v)}" />\n' for k, v in tags.items())
    return html + '<meta name="twitter:card" content="summary_large_image" />\n'


def write_front_door(app):
    """Write ``index.html``, the address that people share; it redirects to the book."""
    root = app.config.master_doc
    description = page_description(app.env.get_doctree(root))
    title = escape(app.config.html_title)
    canonical = f"{app.config.html_baseurl}{root}.html"
    Path(app.outdir, "index.html").write_text(
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{title}</title>
<meta name="description" content="{escape(description)}" />
{preview_tags(app, root, description)}<link rel="canonical" href="{canonical}" />
<link rel="icon" href="data:," />
<meta http-equiv="refresh" content="0; url={root}.html" />
</head>
<body><main><h1>{title}</h1><p><a href="{root}.html">Open the book</a></p></main></body>
</html>
""",
        "utf-8",
    )


def finish(app, error):
    """Make the built folder complete, small and self-contained."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    write_front_door(app)
    link_preview.draw_all(
        out / "_static/preview",
        {page: preview_title(app.env, page) for page in app.env.titles},
        app.config.html_title,
    )
    site_files.remove_old_pages(out, {*app.env.found_docs, "index", "search"})
    site_files.lighten(out)
    search_index.write(app)
    site_files.check_outside_loads(out)


def setup(app):
    """Connect the parts above to the events of a build."""
    # When the extension changes, every page is rebuilt.
    files = sorted([*HERE.rglob("*.py"), *HERE.glob("static/*.*")])
    source = b"".join(file.read_bytes() for file in files)
    app.add_config_value("alexnet_site_source", hashlib.sha256(source).hexdigest(), "env", str)
    app.connect("config-inited", settings)
    app.connect("env-purge-doc", forget_page)
    app.connect("env-get-outdated", pages_with_new_front_ends)
    app.connect("doctree-read", fill_quizzes)
    app.connect("doctree-read", find_widgets)
    app.connect("doctree-read", mark_language)
    app.connect("doctree-read", course_pages.notebook_facts)
    app.connect("html-page-context", write_page)
    app.connect("build-finished", finish, priority=900)  # after every extension that writes files
    app.add_directive("widget", WidgetHere)
    app.add_directive("course-map", course_pages.CourseMap)
    app.add_directive("course-routes", course_pages.CourseRoutes)
    app.add_directive("exercise-list", course_pages.ExerciseList)
    api_reference.connect(app)
    glossary_page.connect(app)
    questions_page.connect(app)
    references.connect(app)
    course_plans.connect(app)
    folded_cells.connect(app)
    live_cells.connect(app)
    maths.connect(app)
    practice_pages.connect(app)
    search_index.connect(app)
    app.add_post_transform(DescribePictures)
    app.add_css_file("site.css", priority=900)  # after the styles that it corrects
    app.add_js_file("theme.js", loading_method="defer")
    app.add_js_file("site.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
