"""Our Sphinx extension: what a page of the book says and loads beyond what Jupyter Book gives it.

* a widget lives on the page without a kernel (static/widget-host.js);
* a lesson opens with a line of facts from ``book/course.yml``, and the directives
  ``{course-map}`` and ``{exercise-list}`` show the course and its exercises;
* a picture has its alt text and its size, or the build stops;
* a page has a description and a picture for link previews (``link_preview.py``);
* the built folder is light and loads nothing from another origin (``site_files.py``).
"""

import hashlib
import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from markupsafe import escape
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import link_preview
import site_files

HERE = Path(__file__).parent
LESSONS = "book/"  # where course.yml's lesson paths begin
EXERCISES_PAGE = "book/exercises"
COLAB = "https://colab.research.google.com/github"

logger = logging.getLogger(__name__)


# --- settings ------------------------------------------------------------------------------


def settings(app, config):
    """Derive every address from the repository's, and take MathJax from the site itself."""
    config.html_static_path.append(str(HERE / "static"))
    config.templates_path.append(str(HERE / "templates"))
    owner, repository = repository_name(config)
    config.html_baseurl = f"https://{owner}.github.io/{repository}/"
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {"loader": {"load": site_files.MATHJAX_COMPONENTS}}


def repository_name(config):
    """Return (owner, repository) of the address in ``_config.yml``."""
    url = config.html_theme_options["repository_url"]
    match = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", url)
    if not match:
        raise ExtensionError(
            f"repository.url in _config.yml is {url!r}; Colab opens notebooks from GitHub only, "
            "so write it as https://github.com/OWNER/REPOSITORY."
        )
    return match.groups()


def repository_link(config, kind, path):
    """Return the address of a file of the repository: kind is ``colab`` or ``github``."""
    owner, repository = repository_name(config)
    host = {"colab": COLAB, "github": "https://github.com"}[kind]
    branch = config.html_theme_options["repository_branch"]
    return f"{host}/{owner}/{repository}/blob/{branch}/{path}"


# --- widgets -------------------------------------------------------------------------------

WIDGET = re.compile(r'data-alexnet-widget="([^"]*)"')


def front_ends(names):
    """Return {name: the generated script} of the named widgets, as their files are now."""
    from alexnet_lib.widgets import WIDGETS  # needs anywidget: only pages with a widget pay

    scripts = {}
    for name in sorted(names):
        # "<" could open a tag should the script ever stand inside a page.
        source = json.dumps(WIDGETS[name].front_end(), sort_keys=True).replace("<", "\\u003c")
        scripts[name] = f"alexnetWidgets.register({json.dumps(name)}, {source});\n"
    return scripts


def find_widgets(app, doctree):
    """Note which widgets a page shows; refuse a name that no widget has."""
    html = " ".join(n.astext() for n in doctree.findall(nodes.raw) if n.get("format") == "html")
    names = set(WIDGET.findall(html))
    if names:
        from alexnet_lib.widgets import WIDGETS

        for name in sorted(names - set(WIDGETS)):
            raise ExtensionError(
                f"{app.env.docname} shows the widget {name!r}, which alexnet_lib.widgets does not "
                f"have (it has {', '.join(sorted(WIDGETS))}); correct the name, or run "
                "`make lessons` again if the widget was renamed."
            )
        page_widgets(app.env)[app.env.docname] = names


def page_widgets(env):
    """Return {page: names of its widgets}, kept from build to build."""
    if not hasattr(env, "alexnet_widgets"):
        env.alexnet_widgets, env.alexnet_front_ends = {}, {}
    return env.alexnet_widgets


def forget_page(app, env, docname):
    """Drop what a removed or changed page showed."""
    page_widgets(env).pop(docname, None)


def pages_with_new_front_ends(app, env, added, changed, removed):
    """Return the pages to build again because a widget's JavaScript, CSS or data changed."""
    pages, before = page_widgets(env), env.alexnet_front_ends
    env.alexnet_front_ends = {
        name: hashlib.sha256(script.encode()).hexdigest()
        for name, script in front_ends(set().union(*pages.values())).items()
    }
    changed = {
        name for name, digest in env.alexnet_front_ends.items() if digest != before.get(name)
    }
    return [page for page, names in pages.items() if names & changed]


def load_widgets(app, pagename):
    """Make this page, and no other, load the host and its widgets' scripts."""
    names = page_widgets(app.env).get(pagename, ())
    for name, script in front_ends(names).items() if names else ():
        path = Path(app.outdir, "_static/widgets", f"{name}.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, "utf-8")
        # 401 and 400 < MathJax's 500: what moves comes before what is only set.
        app.add_js_file(f"widgets/{name}.js", priority=401, loading_method="defer")
    if names:
        app.add_js_file("widget-host.js", priority=400, loading_method="defer")


# --- pictures ------------------------------------------------------------------------------


class DescribePictures(SphinxPostTransform):
    """Give every picture its alt text; stop the build where there is none."""

    default_priority = 3  # before myst-nb (4) drops the text that stands beside a picture
    formats = ("html",)

    def run(self, **kwargs):
        """Take the alt text of a notebook's picture from the text/plain of the same output."""
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            texts = {c["mime_type"]: c.astext().strip() for c in bundle.children}
            alt = texts.get("text/plain", "")
            for image in bundle.findall(nodes.image):
                image["classes"].append("no-scaled-link")  # a link around it says nothing more
                # <Figure size ...> is Python's name for the object, not what one sees in it.
                if not alt.startswith("<"):
                    image.setdefault("alt", alt)
        for image in self.document.findall(nodes.image):
            if not image.get("alt"):
                cell = (image.line or bundle_line(image)) // 10_000  # how myst-nb counts
                where = f"the output of cell {cell}" if cell else image["uri"]
                raise ExtensionError(
                    f"{self.env.docname}: the picture in {where} has no alt text. Draw it with "
                    "alexnet_lib.plots, or in Markdown write ![what one should see in it](file)."
                )


def bundle_line(node):
    """Return the line of the nearest enclosing node that knows its own."""
    while node is not None and not node.line:
        node = node.parent
    return node.line if node is not None else 0


def picture_sizes(html):
    """Give pictures width and height as attributes, so that the page doesn't jump.

    docutils writes them as a style, which would also squeeze them on a phone.
    """
    return re.sub(
        r'style="width: (\d+)px; height: (\d+)px;"',
        r'width="\1" height="\2" loading="lazy"',
        html,
    )


# --- the course ----------------------------------------------------------------------------


def course(env):
    """Return ``book/course.yml``; the page being read is built again when it changes."""
    path = Path(env.srcdir, "book/course.yml")
    env.note_dependency(str(path))
    return yaml.safe_load(path.read_text("utf-8"))


def hours(minutes):
    """Say a length of time as a person would: 45 minutes, 2 hours, 2 h 15 min."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} minutes"
    return f"{whole} h {rest} min" if rest else f"{whole} hour{'s' if whole > 1 else ''}"


def page_link(docname, text):
    """Return a link to a page that the build checks."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", text),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{docname}",
        refexplicit=True,
        refwarn=True,
    )


def exercise_link(name, text):
    """Return a link to an exercise's place on the exercises' page."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", text),
        refdomain="std",
        reftype="ref",
        reftarget=f"exercise-{name}",
        refexplicit=True,
        refwarn=True,
    )


def outside_link(url, text):
    """Return a link to another site."""
    return nodes.reference("", text, refuri=url, internal=False)


def entry(*parts):
    """Return a list item of one line, made of strings and nodes."""
    return nodes.list_item(
        "", nodes.paragraph("", "", *(nodes.Text(p) if isinstance(p, str) else p for p in parts))
    )


def lesson_facts(app, doctree):
    """Put under a lesson's title what it takes, and give the page its description."""
    env = app.env
    name = env.docname.removeprefix(LESSONS)
    if not env.docname.startswith(LESSONS):
        return
    chapters = course(env)
    lesson = chapters["lessons"].get(name)
    if lesson is None:
        return
    doctree.insert(0, nodes.meta("", name="description", content=lesson["summary"].strip()))
    facts = [
        entry(hours(lesson["minutes"])),
        entry(f"Assumes {lesson['assumes']}"),
    ]
    if lesson["prerequisites"]:
        links = []
        for other in lesson["prerequisites"]:
            links += [", ", page_link(LESSONS + other, chapters["lessons"][other]["title"])]
        facts.append(entry("First read ", *links[1:]))
    facts.append(entry("Needs a GPU" if lesson["needs_gpu"] else "No GPU needed"))
    colab = repository_link(app.config, "colab", f"{env.docname}.ipynb")
    facts.append(entry(outside_link(colab, "Run it in Colab")))
    if lesson["exercise"]:
        facts.append(entry(exercise_link(lesson["exercise"], "Do the exercise")))
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, bullets(facts, "lesson-facts"))


def bullets(items, *classes):
    """Return a list of the given items."""
    return nodes.bullet_list("", *items, classes=list(classes))


class CourseMap(SphinxDirective):
    """``{course-map}``: every lesson in the book's order, what it takes and what it gives."""

    def run(self):
        """Return one section's worth of nodes: the list of lessons and the time of all."""
        self.env.note_dependency(str(Path(self.env.srcdir, "_toc.yml")))
        chapters = course(self.env)
        lessons = [
            (docname, chapters["lessons"][docname.removeprefix(LESSONS)])
            for docname in self.config.external_site_map
            if docname.removeprefix(LESSONS) in chapters["lessons"]
        ]
        items = []
        for docname, lesson in lessons:
            head = nodes.paragraph("", "", classes=["course-map-title"])
            head += [
                page_link(docname, lesson["title"]),
                nodes.Text(" "),
                nodes.inline("", hours(lesson["minutes"]), classes=["course-map-minutes"]),
            ]
            items.append(
                nodes.list_item(
                    "",
                    head,
                    nodes.paragraph("", lesson["summary"].strip()),
                    nodes.paragraph("", "You will", classes=["course-map-objectives"]),
                    bullets([entry(o) for o in lesson["objectives"]]),
                )
            )
        total = sum(lesson["minutes"] for _, lesson in lessons)
        count = f"{len(lessons)} lesson{'s' if len(lessons) > 1 else ''}"
        listing = nodes.enumerated_list("", *items, classes=["course-map"])
        return [listing, nodes.paragraph("", f"In all: {count}, {hours(total)} of reading.")]


class ExerciseList(SphinxDirective):
    """``{exercise-list}``: every exercise, to open in Colab or to download."""

    def run(self):
        """Return one section per exercise, which other pages link as ``exercise-NAME``."""
        chapters = course(self.env)
        return [
            self.exercise(name, exercise, chapters)
            for name, exercise in chapters["exercises"].items()
        ]

    def exercise(self, name, exercise, chapters):
        """Return the section of one exercise."""
        path = f"exercises/release/{name}/{name}.ipynb"
        if not Path(self.env.srcdir, path).is_file():
            raise ExtensionError(
                f"course.yml has the exercise {name!r}, but {path} is not there; "
                "run `make exercises` to write it from its source."
            )
        self.env.note_dependency(str(Path(self.env.srcdir, path)))
        section = nodes.section("", nodes.title("", exercise["title"]))
        section["names"] = [f"exercise-{name}"]
        self.state.document.note_explicit_target(section)
        lessons = [p for p, lesson in chapters["lessons"].items() if lesson["exercise"] == name]
        links = [
            entry(outside_link(repository_link(self.config, "colab", path), "Open in Colab")),
            entry(
                addnodes.download_reference(
                    "",
                    "",
                    nodes.inline("", f"Download {name}.ipynb"),
                    reftarget=f"/{path}",
                    refdoc=self.env.docname,
                )
            ),
            *(
                entry("Lesson: ", page_link(LESSONS + p, chapters["lessons"][p]["title"]))
                for p in lessons
            ),
        ]
        section += [
            nodes.paragraph("", exercise["summary"].strip()),
            bullets(
                [entry(hours(exercise["minutes"])), entry(f"{exercise['points']} points"), *links],
                "lesson-facts",
            ),
        ]
        return section


# --- each page as it is written ------------------------------------------------------------


def write_page(app, pagename, templatename, context, doctree):
    """Add to a page what it loads and what others see of it."""
    load_widgets(app, pagename)
    body = context.get("body", "")  # the search page has none of its own
    for kind in ("script_files", "css_files"):
        context[kind] = [f for f in context[kind] if needed(f, body)]
    if doctree is None:
        return
    context["body"] = picture_sizes(body)
    description = page_description(doctree)
    if not description:
        logger.warning(
            "%s has no description: add one to course.yml (a lesson) or, at the top of the page, "
            "under myst: html_meta: description:",
            pagename,
        )
    context["metatags"] += preview_tags(app, pagename, description)


# Part of a file's name (or of a script's text): what stands in each page that needs the file.
NEEDED_BY = {
    "mathjax": 'class="math',
    "mystnb": 'class="cell',
    "sphinx-design": 'class="sd-',
    "design-tabs": 'class="sd-tab',
}


def needed(file, body):
    """Say whether a page with this body needs a script or style sheet."""
    name = f"{file.filename} {file.attributes.get('body', '')}".lower()
    return all(sign in body for part, sign in NEEDED_BY.items() if part in name)


def page_description(doctree):
    """Return the page's description in one line, or an empty string."""
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            return " ".join(meta["content"].split())
    return ""


def preview_tags(app, pagename, description):
    """Return the tags from which other sites make a link's preview."""
    title = app.env.titles[pagename].astext()
    picture = link_preview.file_name(pagename, title, app.config.html_title)
    base = app.config.html_baseurl
    tags = {
        "og:title": title,
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:description": description,
        "og:url": f"{base}{pagename}.html",
        "og:image": f"{base}_static/preview/{picture}",
        "og:image:width": str(link_preview.WIDTH),
        "og:image:height": str(link_preview.HEIGHT),
        "og:image:alt": link_preview.alt(title),
    }
    html = "".join(f'<meta property="{k}" content="{escape(v)}" />\n' for k, v in tags.items())
    return html + '<meta name="twitter:card" content="summary_large_image" />\n'


def write_front_door(app):
    """Write ``index.html``: the address people share, with its own preview, leading to the book."""
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
    """Make the built folder complete, light and self-contained."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    write_front_door(app)
    link_preview.draw_all(
        out / "_static/preview",
        {page: title.astext() for page, title in app.env.titles.items()},
        app.config.html_title,
    )
    site_files.copy_mathjax(out)
    site_files.lighten(out)
    site_files.refuse_outside_loads(out)


def setup(app):
    """Connect the parts above to the moments of a build."""
    # A changed extension builds every page again.
    source = b"".join(p.read_bytes() for p in sorted(HERE.rglob("*.py")))
    app.add_config_value("alexnet_site_source", hashlib.sha256(source).hexdigest(), "env", str)
    app.connect("config-inited", settings)
    app.connect("env-purge-doc", forget_page)
    app.connect("env-get-outdated", pages_with_new_front_ends)
    app.connect("doctree-read", find_widgets)
    app.connect("doctree-read", lesson_facts)
    app.connect("html-page-context", write_page)
    app.connect("build-finished", finish, priority=900)  # after all who still write files
    app.add_directive("course-map", CourseMap)
    app.add_directive("exercise-list", ExerciseList)
    app.add_post_transform(DescribePictures)
    app.add_css_file("site.css", priority=900)  # after every style it corrects
    app.add_js_file("site.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
