"""The built site as files, and a build that must stop: no browser needed."""

import gzip
import json
import re
import shutil
import struct
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote, urljoin, urlsplit

import alexnet_site
import course_pages
import nbformat
import pytest
import site_files
import yaml
from docutils import nodes
from docutils.utils import new_document
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.errors import ExtensionError

from alexnet_lib import data
from alexnet_lib.data import network_sizes, quizzes
from alexnet_lib.networks import web
from alexnet_lib.widgets import Quiz

from .conftest import CONFIG, CONTENT, COURSE, LESSONS, NOTEBOOKS, PAGES, ROOT, jupyter_book

REPOSITORY = CONFIG["repository"]["url"]
OWNER, NAME = REPOSITORY.split("/")[-2:]


class Page(HTMLParser):
    """The tags of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags = []
        self.feed(path.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        """Keep the tag."""
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def all(self, tag, **attrs):
        """Return the attributes of every such tag."""
        return [a for t, a in self.tags if t == tag and attrs.items() <= a.items()]


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site by its address in it."""
    return {
        p.relative_to(site).as_posix(): Page(p)
        for p in site.rglob("*.html")
        if "_static" not in p.parts
    }


def test_the_site_has_the_pages_of_the_contents(pages):
    assert sorted(pages) == sorted([*PAGES, "index.html"])


def test_pages_of_an_earlier_build_are_removed(tmp_path):
    kept = ["index.html", "book/here.html", "_static/macros.html"]
    for name in [*kept, "book/gone.html"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    site_files.remove_old_pages(tmp_path, {"index", "book/here"})
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.html")}
    assert left == set(kept)


def test_every_link_inside_the_site_leads_somewhere(site, pages):
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    ids = {name: {a["id"] for _, a in page.tags if "id" in a} for name, page in pages.items()}

    def leads_nowhere(name, link):
        url = urlsplit(urljoin(name, link))
        if url.scheme or url.netloc or not (url.path or url.fragment):
            return False
        target = unquote(url.path) or name
        if target in files and url.fragment and target in ids:
            return unquote(url.fragment) not in ids[target]
        return target not in files

    dead = []
    for name, page in pages.items():
        links = {attrs[key] for _, attrs in page.tags for key in ("href", "src") if key in attrs}
        dead += [(name, link) for link in sorted(links) if leads_nowhere(name, link)]
    assert dead == []


def test_every_link_to_the_repository_leads_to_a_file(pages):
    hosts = r"https://(?:colab\.research\.google\.com/github|github\.com)/"
    seen = set()
    for name, page in pages.items():
        for attrs in page.all("a"):
            match = re.match(
                hosts + r"([^/]+/[^/]+)/(?:blob|tree)/([^/]+)/([^#?]+)", attrs.get("href", "")
            )
            if match and match[1] == f"{OWNER}/{NAME}":
                assert match[2] == CONFIG["repository"]["branch"]
                assert (ROOT / unquote(match[3])).is_file(), (name, attrs["href"])
                seen.add(unquote(match[3]))
            elif attrs.get("href", "").startswith("https://colab."):
                pytest.fail(f"{name} opens another repository: {attrs['href']}")
    wanted = {f"book/{path}.ipynb" for path in COURSE["lessons"] | COURSE["pages"]}
    wanted |= {f"exercises/release/{e}/{e}.ipynb" for e in COURSE["exercises"]}
    assert wanted <= seen


@pytest.mark.parametrize("name", [*CONTENT, "index.html"])
def test_a_link_to_the_page_has_a_preview(site, pages, name):
    page = pages[name]
    tags = {
        m["property"]: m["content"] for m in page.all("meta") if m.get("property", "")[:3] == "og:"
    }
    (description,) = [m["content"] for m in page.all("meta", name="description")]
    base = f"https://{OWNER}.github.io/{NAME}/"
    assert tags["og:title"] and tags["og:type"] == "article" and tags["og:image:alt"]
    assert tags["og:description"] == description and 40 <= len(description) <= 200
    assert tags["og:url"] == base + (CONTENT[0] if name == "index.html" else name)
    picture = site / tags["og:image"].removeprefix(base)
    assert picture.stat().st_size < 60_000
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1200, 630)
    assert page.all("meta", name="twitter:card")


def test_a_page_that_is_a_notebook_states_its_facts(site):
    for path, page in COURSE["pages"].items():
        text = (site / f"book/{path}.html").read_text("utf-8")
        facts = re.search(r'<ul class="[^"]*lesson-facts.*?</ul>', text, re.DOTALL)[0]
        assert course_pages.duration(page["minutes"]) in facts
        assert f"blob/main/book/{path}.ipynb" in facts
        assert "Assumes" not in facts and "exercise" not in facts


def test_a_lesson_states_its_facts(site):
    for path, lesson in COURSE["lessons"].items():
        text = (site / f"book/{path}.html").read_text("utf-8")
        facts = re.search(r'<ul class="[^"]*lesson-facts.*?</ul>', text, re.DOTALL)[0]
        assert text.index("<h1>") < text.index(facts)
        for fact in ("minutes" if lesson["minutes"] < 60 else "h", lesson["assumes"]):
            assert fact in facts
        assert ("Needs a GPU" in facts) == lesson["needs_gpu"]
        exercise = nodes.make_id(f"exercise-{lesson['exercise']}")  # _ becomes -
        assert (f'#{exercise}"' in facts) == bool(lesson["exercise"])


def plain_text(page):
    """The text of some HTML or Markdown, with straight quotation marks and code unmarked."""
    text = unescape(re.sub(r"<[^>]+>", "", page)).replace("`", "")
    return text.translate(str.maketrans("‘’“”", "''\"\""))


def test_the_lists_show_the_whole_course(site):
    listing = (site / "book/index.html").read_text("utf-8")
    text = plain_text(listing)
    for lesson in COURSE["lessons"].values():
        for words in (lesson["title"], *lesson["objectives"]):
            assert plain_text(words) in text
            for code in re.findall("`([^`]+)`", words):
                assert f'<span class="pre">{code}</span></code>' in listing
    exercises = (site / "book/exercises.html").read_text("utf-8")
    for name, exercise in COURSE["exercises"].items():
        assert f'id="{nodes.make_id(f"exercise-{name}")}"' in exercises
        assert f"{exercise['points']} points" in exercises
        (copy,) = re.findall(
            rf'href="([^"]*/{name}\.ipynb)"[^>]*download', exercises
        ) or re.findall(rf'download[^>]*href="([^"]*/{name}\.ipynb)"', exercises)
        release = ROOT / f"exercises/release/{name}/{name}.ipynb"
        assert (site / "book" / copy).resolve().read_bytes() == release.read_bytes()


@pytest.mark.parametrize("name", LESSONS)
def test_every_picture_of_a_lesson_is_described(pages, name):
    pictures = [a for a in pages[name].all("img") if "_images" in a["src"]]
    assert pictures
    for attrs in pictures:
        assert attrs.get("alt", "") and not attrs["alt"].startswith(("<", "..", "_images"))
        assert attrs["width"].isdigit() and attrs["height"].isdigit()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_answers_to_predictions_are_folded_and_their_buttons_have_names(site, name):
    notebook = json.loads((ROOT / name).with_suffix(".ipynb").read_text("utf-8"))
    tags = [cell["metadata"].get("tags", []) for cell in notebook["cells"]]
    html = (site / name).read_text("utf-8")
    assert html.count("Show the answer") == sum("predict" in of_cell for of_cell in tags)
    assert html.count("<details") == html.count("<summary")
    assert "Toggle hidden content" not in html


def test_pages_load_only_the_widgets_they_show(site, pages):
    for page in pages.values():
        shown = {a["data-alexnet-widget"] for _, a in page.tags if "data-alexnet-widget" in a}
        loaded = {
            a["src"].split("/")[-1].split(".js")[0]
            for a in page.all("script")
            if "/widgets/" in a.get("src", "")
        }
        assert shown == loaded
        assert any("widget-host" in a.get("src", "") for a in page.all("script")) == bool(shown)


def test_each_lesson_has_the_questions_of_its_quiz(pages):
    for name in quizzes.quiz_names():
        (page,) = (page for page in LESSONS if page.endswith(f"/{name}.html"))
        states = [
            json.loads(a["data-state"])
            for _, a in pages[page].tags
            if a.get("data-alexnet-widget") == "quiz"
        ]
        whole = [state["questions"] for state in states if not state["question"]]
        assert [q["id"] for q in whole[-1]] == [q.id for q in quizzes.read_quiz(name)]


def test_a_page_loads_one_style_sheet_and_one_script_of_the_themes(site, pages):
    ours = ("widget-host.js", "widgets/", "live.js", "practice", "python", "editor/", "search.js")
    for name, page in pages.items():
        styles = [a["href"] for a in page.all("link", rel="stylesheet")]
        scripts = [a for a in page.all("script") if "src" in a]
        files = [file.partition("_static/")[2].partition("?")[0] for file in styles]
        assert [file for file in files if file != "practice.css"] == ["page.css"] * bool(styles)
        assert all("defer" in script for script in scripts)
        if name in PAGES:
            files = [a["src"].partition("_static/")[2].partition("?")[0] for a in scripts]
            assert [f for f in files if f and not f.startswith(ours)] == ["page.js"]
    loaded = [
        site / "_static/page.css",
        site / "_static/page.js",
        site / "_static/maths/maths.woff2",
    ]
    assert sum(len(gzip.compress(file.read_bytes())) for file in loaded) < 55_000


def test_what_no_page_loads_is_gone(site):
    gone = ("*.map", "fontawesome*", "bootstrap*", "pydata*", "locales", "mathjax", "*.ttf")
    assert [path for name in gone for path in site.glob(f"_static/**/{name}")] == []


def test_the_place_of_every_picture_is_kept(pages):
    for name in CONTENT:
        for picture in pages[name].all("img"):
            if "_images" in picture["src"] and not picture["src"].endswith(".svg"):
                assert picture["width"].isdigit() and picture["height"].isdigit(), name


def test_many_files_become_one():
    head = (
        '<link rel="preload" as="script" href="../_static/scripts/bootstrap.js?digest=5" />\n'
        '<link rel="stylesheet" href="../_static/styles/theme.css?digest=5" />\n'
        '<link rel="stylesheet" href="../_static/mystnb.0f.css" />\n'
        '<script src="../_static/doctools.js?v=9"></script>\n'
        '<script defer="defer" src="../_static/widgets/x.js"></script>\n'
        '<script defer="defer" src="../_static/site.js?v=1"></script>\n'
        '<script src="../_static/searchtools.js"></script>\n'
        '<script src="../searchindex.js"></script>\n'
    )
    widget = '<script defer="defer" src="../_static/widgets/x.js"></script>\n'
    style = '<link rel="stylesheet" type="text/css" href="../_static/page.css?v=2" />\n'
    script = '<script defer="defer" src="../_static/page.js?v=3"></script>\n'
    once = site_files.load_at_once(head, "page.css?v=2", "page.js?v=3")
    assert once.rstrip() == f"{style}{widget}{script}".rstrip()
    # The next build finds what this one has written.
    again = site_files.load_at_once(once, "page.css?v=4", "page.js?v=5")
    assert again == once.replace("v=2", "v=4").replace("v=3", "v=5")
    assert site_files.load_at_once("<p>text</p>", "page.css", "page.js") == "<p>text</p>"


def test_variables_that_nothing_asks_for_go():
    css = "p{--a:1;--b:var(--a);--c:url('x;y');color:red}q{--d:2}r{c:var( --d)}"
    assert site_files.used_variables(css, {"--c"}) == (
        "p{--c:url('x;y');color:red}q{--d:2}r{c:var( --d)}"
    )


def test_animations_that_no_rule_names_go():
    css = "@keyframes a{0%{b:c}to{d:e}}@keyframes f{to{g:h}}p{animation:1s a infinite}"
    left = "@keyframes a{0%{b:c}to{d:e}}p{animation:1s a infinite}"
    assert site_files.used_animations(css) == left


# --- what a page may load ------------------------------------------------------------------

AWAY = "https://cdn.example/x"


@pytest.mark.parametrize(
    "text",
    [
        f'<script src="{AWAY}"></script>',
        f"<SCRIPT SRC={AWAY}></SCRIPT>",
        f'<link rel="stylesheet" href="{AWAY}">',
        f'<link href="{AWAY}" rel="preload icon">',
        f'<img src="{AWAY}">',
        '<img src="//cdn.example/x">',
        f'<img src="here.png" srcset="here.png 1x, {AWAY} 2x">',
        f'<iframe src="{AWAY}"></iframe>',
        f'<video poster="{AWAY}"></video>',
        f'<video><source src="{AWAY}"></video>',
        f'<audio src="{AWAY}"></audio>',
        f'<object data="{AWAY}"></object>',
        f'<svg><image xlink:href="{AWAY}"/></svg>',
        f'<p style="background: url({AWAY})">',
        f"<style>p {{ background: url('{AWAY}') }}</style>",
        f'<style>@import "{AWAY}";</style>',
    ],
)
def test_a_page_that_loads_from_elsewhere_is_seen(text):
    (found,) = site_files.outside_loads("page.html", text)
    assert found.endswith("//cdn.example/x")


@pytest.mark.parametrize(
    "text",
    [
        f'<a href="{AWAY}">a link</a>',
        f'<link rel="canonical" href="{AWAY}">',
        '<img src="data:image/png;base64,AAAA//8="><script src="../_static/x.js"></script>',
        f"<pre>&lt;script src={AWAY}&gt;</pre>",
        f'<meta property="og:image" content="{AWAY}">',
    ],
)
def test_a_page_that_only_points_elsewhere_may(text):
    assert site_files.outside_loads("page.html", text) == []


def test_the_build_stops_at_a_load_from_elsewhere(tmp_path):
    (tmp_path / "good.html").write_text("<p>Well.</p>")
    (tmp_path / "bad.css").write_text(f"@import url({AWAY});")
    with pytest.raises(ExtensionError, match=r"bad\.css would load https://cdn\.example/x from"):
        site_files.check_outside_loads(tmp_path)


def test_rules_that_no_page_uses_go():
    css = (
        "/*! licence */.used,.gone{a:b}.gone{c:d}p .gone,h1{e:f}/* .x{} */"
        "@media (x){.gone{g:h}}.made-up{i:j}p:not(.gone){k:l}.used .gone{m:n}:is(.gone, h2){o:p}"
    )
    left = site_files.used_rules(css, {"used", "made-"})
    assert left == (
        "/*! licence */.used{a:b}h1{e:f}.made-up{i:j}p:not(.gone){k:l}:is(.gone, h2){o:p}"
    )


def test_networks_are_files_of_the_site_that_no_page_loads_by_itself(site, pages):
    scripts = {tag["src"] for page in pages.values() for tag in page.all("script") if "src" in tag}
    assert any("widget-host.js" in src for src in scripts)
    assert not any("networks/" in src for src in scripts)
    for name, size in network_sizes().items():
        text = (site / f"_static/networks/{name}.js").read_text("utf-8")
        mark, call = text.splitlines()
        assert re.fullmatch(r"// [0-9a-f]{64}", mark)
        assert call.startswith(f'alexnetWidgets.receive({{"format":1,"name":"{name}"')
        assert len(call.rpartition(',"')[2]) >= size * 4 / 3


def test_a_network_is_written_again_only_if_something_changed(tmp_path, monkeypatch):
    written = []
    plan = {"name": "tiny"}
    monkeypatch.setattr(data, "network_sizes", lambda: {"tiny": 2})
    monkeypatch.setattr(web, "bundled_web_plan", lambda name: written.append(name) or (plan, b"ab"))
    for _ in range(2):
        alexnet_site.write_networks(tmp_path / "networks")
    assert written == ["tiny"]
    file = tmp_path / "networks/tiny.js"
    file.write_text(file.read_text("utf-8").replace("// ", "// 0"), "utf-8")  # of other sources
    alexnet_site.write_networks(tmp_path / "networks")
    assert written == ["tiny", "tiny"]
    assert file.read_text("utf-8").endswith('\nalexnetWidgets.receive({"name":"tiny"},"YWI=");\n')


# --- pages that stop the build ---------------------------------------------------------------


def doctree(*children):
    """A small document as the extension meets it."""
    document = new_document("page")
    document.settings.env = SimpleNamespace(docname="book/page")
    document += list(children)
    return document


def output(line, **texts):
    """The output of a cell, with one container for each MIME type."""
    bundle = nodes.container("", nb_element="mime_bundle")
    bundle.line = line
    for mime, text in texts.items():
        child = nodes.image(uri="x.png") if mime == "image" else nodes.paragraph("", text)
        bundle += nodes.container(
            "", child, mime_type={"image": "image/png", "text": "text/plain"}[mime]
        )
    return bundle


def test_code_in_backticks_is_code():
    (item,) = course_pages.list_item("As `x` and ", nodes.strong("", "y"), ": `f(1)`").children
    assert item.astext() == "As x and y: f(1)"
    assert [node.astext() for node in item.findall(nodes.literal)] == ["x", "f(1)"]


def test_a_picture_takes_its_alt_text_from_the_text_beside_it():
    document = doctree(output(30002, image="", text="A grid of 3 by 3 numbers."))
    alexnet_site.DescribePictures(document).run()
    (image,) = document.findall(nodes.image)
    assert image["alt"] == "A grid of 3 by 3 numbers."


@pytest.mark.parametrize("text", ["", "<Figure size 640x480 with 1 Axes>"])
def test_a_picture_without_alt_text_stops_the_build(text):
    document = doctree(output(30002, image="", text=text))
    with pytest.raises(
        ExtensionError, match="book/page: the picture in the output of cell 3 has no"
    ):
        alexnet_site.DescribePictures(document).run()


def test_an_unknown_widget_stops_the_build():
    document = doctree(nodes.raw("", '<div data-alexnet-widget="poetry"></div>', format="html"))
    app = SimpleNamespace(env=document.settings.env)
    with pytest.raises(ExtensionError, match=r"book/page shows the widget 'poetry'.*convolution"):
        alexnet_site.find_widgets(app, document)


def test_a_quiz_gets_its_questions_and_a_fault_in_it_stops_the_build(monkeypatch, tmp_path):
    quiz = Quiz("convolution")
    document = doctree(nodes.raw("", quiz._html(), format="html"), nodes.raw("", "x", format="tex"))
    env = document.settings.env
    env.note_dependency = (dependencies := []).append
    alexnet_site.fill_quizzes(SimpleNamespace(env=env), document)
    assert [n.astext() for n in document.findall(nodes.raw)] == [quiz.page_html(), "x"]
    assert dependencies == [str(quizzes.quiz_file("convolution"))]
    (tmp_path / "convolution.yml").write_text("- id: a\n  kind: riddle\n")
    monkeypatch.setattr(quizzes, "FOLDERS", (tmp_path,))
    document = doctree(nodes.raw("", quiz._html(), format="html"))
    with pytest.raises(
        ExtensionError, match=r"book/page: book/quizzes/convolution.yml, question a"
    ):
        alexnet_site.fill_quizzes(SimpleNamespace(env=env), document)


def test_a_page_whose_widget_is_gone_is_read_again():
    pages = {"book/page": {"poetry"}, "book/other": {"convolution"}, "book/plain": set()}
    env = SimpleNamespace(alexnet_widgets=pages, alexnet_front_ends={})
    changed = alexnet_site.pages_with_new_front_ends(None, env, set(), set(), set())
    assert sorted(changed) == ["book/other", "book/page"]
    pages["book/page"] = {"convolution"}
    assert alexnet_site.pages_with_new_front_ends(None, env, set(), set(), set()) == []


@pytest.mark.parametrize(
    "esm", ["const a = 1;", "import x from 'y';\nexport default x;", "export const render = 1;"]
)
def test_a_front_end_that_is_no_single_module_stops_the_build(esm):
    with pytest.raises(ExtensionError, match="'small' must have one `export default` and no other"):
        alexnet_site.widget_script("small", esm, "", {})


# --- what changes, changes the site ----------------------------------------------------------

SHOWS_SMALL = '<div data-alexnet-widget="small" data-state="{}"><p>A sentence.</p></div>'
WIDGETS = """
class W:
    shared = ()

    @classmethod
    def front_end(cls):
        esm = "export default {render() {}}; // VERSION"
        return {"esm": esm, "css": "", "assets": {}}
WIDGETS = {"small": W}
"""


@pytest.mark.slow
def test_changes_reach_the_site(tmp_path):
    book = tmp_path / "book"
    (book / "blocks").mkdir(parents=True)
    for name in ("_config.yml", "book/favicon.svg"):
        shutil.copy(ROOT / name, tmp_path / name)
    course = yaml.safe_load((ROOT / "book/course.yml").read_text("utf-8"))
    for part, name in (("lessons", "blocks/convolution"), ("exercises", "convolution")):
        course[part] = {name: course[part][name]}
    (book / "course.yml").write_text(yaml.safe_dump(course), "utf-8")
    chapters = "".join(f"  - file: book/{name}\n" for name in ("blocks/convolution", "exercises"))
    contents = f"format: jb-book\nroot: book/index\nchapters:\n{chapters}"
    (tmp_path / "_toc.yml").write_text(contents)
    shutil.copytree(ROOT / "book/_ext", book / "_ext")
    shutil.copytree(ROOT / "exercises/release", tmp_path / "exercises/release")
    head = "---\nmyst:\n  html_meta:\n    description: A small book.\n---\n# Page\n\n"
    (book / "index.md").write_text(head + "```{course-map}\n```\n")
    (book / "exercises.md").write_text(head + "```{exercise-list}\n```\n")
    for name in ("glossary", "search"):
        (book / f"{name}.yml").write_text("{}\n")
    shown = new_output("display_data", {"text/html": SHOWS_SMALL})
    lesson_cells = [new_markdown_cell("# A lesson"), new_code_cell("small", outputs=[shown])]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    notebook = new_notebook(cells=lesson_cells, metadata=metadata)
    nbformat.write(notebook, book / "blocks/convolution.ipynb")
    library = tmp_path / "library"
    widgets = library / "alexnet_lib/widgets/__init__.py"
    widgets.parent.mkdir(parents=True)
    (widgets.parents[1] / "__init__.py").write_text("")
    widgets.write_text(WIDGETS.replace("VERSION", "first"))
    script = tmp_path / "_build/html/_static/widgets/small.js"
    lesson = tmp_path / "_build/html/book/blocks/convolution.html"

    def build():
        return jupyter_book(tmp_path, PYTHONPATH=str(library))

    first = build()
    assert first.returncode == 0, first.stdout
    assert "first" in script.read_text()
    before = re.search(r"widgets/small\.js\?v=\w+", lesson.read_text("utf-8"))[0]

    # A front end and the course map change; no page does.
    widgets.write_text(WIDGETS.replace("VERSION", "second"))
    course = (book / "course.yml").read_text("utf-8")
    (book / "course.yml").write_text(course.replace("minutes: 60", "minutes: 59"), "utf-8")
    second = build()
    assert second.returncode == 0, second.stdout
    assert "second" in script.read_text()
    assert before not in lesson.read_text("utf-8")  # or browsers would show the one they have kept
    for page in (lesson, tmp_path / "_build/html/book/index.html"):
        assert "59 minutes" in page.read_text("utf-8")

    # The exercise's notebook goes.
    shutil.rmtree(tmp_path / "exercises")
    third = build()
    assert third.returncode != 0
    assert "exercises/release/convolution/convolution.ipynb does not exist" in third.stdout
