"""The built folder: complete it, make it small, and check that it loads nothing from elsewhere.

The theme ships all of Font Awesome. A lesson may weigh 0.6 MB on the wire, so a page gets only the
icons it shows.
"""

import base64
import hashlib
import logging
import re
import shutil
from fnmatch import fnmatch
from html.parser import HTMLParser

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.errors import ExtensionError

logging.getLogger("fontTools").setLevel(logging.WARNING)  # else a line for each table it cuts


def write_font(source, codes, target):
    """Write a font with the given characters, and without the tables for printers and editors."""
    with TTFont(source) as font:
        options = subset.Options(
            layout_features=[], hinting=False, notdef_outline=False, drop_tables=["FFTM"]
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        font.flavor = "woff"  # woff2 would need a compiled package
        font.save(target)


def remove_old_pages(out, pages):
    """Remove pages of an earlier build that are no longer in the book."""
    for path in out.rglob("*.html"):
        name = path.relative_to(out).with_suffix("").as_posix()
        if name not in pages and not name.startswith("_static/"):
            path.unlink()


# --- weight --------------------------------------------------------------------------------

# What a page loads of the theme's and of Sphinx's: one style sheet and one script, made of these.
STYLES = (
    "basic.css",
    "styles/theme.css",  # imports basic.css
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "sphinx-design.min.css",
    "site.css",
)
SCRIPTS = ("theme.js", "site.js")
# The theme's scripts: Font Awesome as a script, which the theme also has as fonts, and what
# theme.js does for these pages; and Sphinx's own search, since the search page has ours.
LEFT_OUT = (
    "scripts/fontawesome.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
    "documentation_options.js",
    "doctools.js",
    "language_data.js",
    "searchtools.js",
    "sphinx_highlight.js",
)
# A tag that loads a file of the folder _static: (the way to that folder, the file).
TAG = re.compile(
    r'[ \t]*<(?:script|link)\b[^>]*\b(?:src|href)="([^"]*)_static/([^"?]*)(?:\?[^"]*)?"[^>]*>'
    r"(?:</script>)?\n?"
)
# What nothing loads: the theme's texts in other languages, templates, pictures for old styles.
UNUSED = ("mathjax", "locales", "styles", "scripts", "vendor", "*.html", "*us.png", "file.png")
# The theme loads the search's index on each page; only the search page needs it.
SEARCH_SCRIPT = re.compile(r'\s*<script src="[^"]*searchindex\.js[^"]*"></script>')
# The theme's first lines leave the choice between light and dark to a script that comes later.
FIRST_THEME = 'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";'
BETTER_THEME = (
    'document.documentElement.dataset.theme = { light: "light", dark: "dark" }'
    "[document.documentElement.dataset.mode] || "
    '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");'
)
PICTURE = re.compile(r"_images/([\w.-]+)\.png\b")
# A picture that a page doesn't say the size of.
UNSIZED = re.compile(r'<img (?![^>]*\bwidth=)(?=[^>]*\bsrc="[^"]*_images/([\w.-]+)")')
ICON_FONT = re.compile(
    r'src:url\((vendor/fontawesome/webfonts/)(fa-[a-z]+-\d+)\.woff2\) format\("woff2"\)'
    r',url\([^)]*\) format\("truetype"\)'
)
# The arrow that unfolds a chapter's pages in the sidebar has no name for a screen reader.
FOLDED = re.compile(r'(>([^<>]+)</a><details(?: open="open")?>)<summary>')
# The name of a page in Chinese, in menus: a screen reader should speak it so.
CHINESE_NAME = re.compile(r"(<(?:a|p|span)\b(?:(?! lang=)[^<>])*)>(\s*[\u4e00-\u9fff]+\s*</)")


def lighten(out):
    """Remove what the pages load for nothing, and load the remainder at once."""
    if not (out / "_static" / STYLES[0]).exists():
        return  # no page was written, or Sphinx would have copied what remove_unused removed
    pages = [page for page in out.rglob("*.html") if "_static" not in page.parts]
    texts = {page: page.read_text("utf-8") for page in pages}
    style = join_styles(out, used_words(out, texts.values()))
    script = join_files(out, "page.js", [out / "_static" / name for name in SCRIPTS])
    for page, before in texts.items():
        after = PICTURE.sub(lambda m: f"_images/{smaller_picture(out, m[1])}", before)
        after = UNSIZED.sub(lambda m: f"<img {picture_size(out / '_images' / m[1])} ", after)
        after = load_at_once(after, style, script)
        # The logo waits in a closed menu.
        after = after.replace('<img alt="Colab logo" ', '<img loading="lazy" alt="Colab logo" ')
        after = CHINESE_NAME.sub(r'\1 lang="zh-Hans">\2', after)
        after = FOLDED.sub(r'\1<summary aria-label="Pages under \2">', after)
        after = after.replace(FIRST_THEME, BETTER_THEME)
        if after != before:
            page.write_text(after, "utf-8")
    remove_unused(out / "_static")


def remove_unused(static):
    """Remove what no page loads; Sphinx copies it again at the next build."""
    for name in UNUSED:
        for path in static.glob(name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in (*STYLES, *SCRIPTS, *LEFT_OUT):
        for path in static.glob(name):
            path.unlink()


def load_at_once(html, style, script):
    """Return a page that loads one style sheet and one script in place of many."""
    tags = list(TAG.finditer(html))
    if not tags:  # index.html has none
        return html
    root = f"{tags[0][1]}_static/"
    whole = {
        "page.css": f'<link rel="stylesheet" type="text/css" href="{root}{style}" />\n',
        "page.js": f'<script defer="defer" src="{root}{script}"></script>\n',
    }
    joined = {"page.css": STYLES, "page.js": SCRIPTS}
    kinds = {}  # the place of a tag -> the file in which its file is, or None: it goes
    for tag in tags:
        if tag[2] in LEFT_OUT:
            kinds[tag] = None
        for name, parts in joined.items():
            if any(fnmatch(tag[2], part) for part in (*parts, name)):
                kinds[tag] = name
    last = {name: tag for tag, name in kinds.items()}
    pieces, end = [], 0
    for tag, name in kinds.items():
        pieces += [html[end : tag.start()], whole[name] if name and last[name] is tag else ""]
        end = tag.end()
    return SEARCH_SCRIPT.sub("", "".join([*pieces, html[end:]]))


def join_files(out, name, files, text=None):
    """Write files as one; return its name with its checksum, by which browsers keep it."""
    text = text or "".join(f"{file.read_text('utf-8').rstrip()}\n" for file in files)
    (out / "_static" / name).write_text(text, "utf-8")
    return f"{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def join_styles(out, words):
    """Write the style sheets as one, without the rules that no page uses; return its name."""
    static = out / "_static"
    files = []
    for name in STYLES:
        matches = sorted(static.glob(name))
        if not matches:
            raise ExtensionError(f"The theme has no {name} any more: look at STYLES in {__file__}.")
        files += matches
    css = ""
    for file in files:
        up = "../" * (len(file.relative_to(static).parts) - 1)
        text = re.sub("@import [^;]*;", "", used_rules(file.read_text("utf-8"), words))
        css += f"{text.replace('url(../', 'url(') if up else text}\n"
    css = used_variables(used_animations(css), words)
    return join_files(out, "page.css", [], keep_used_icons(static, css))


def smaller_picture(out, name):
    """Return the name of the smaller file of a PNG and its lossless WebP."""
    png = out / "_images" / f"{name}.png"
    if not png.exists():
        return png.name
    webp = png.with_suffix(".webp")
    if not webp.exists() or webp.stat().st_mtime < png.stat().st_mtime:
        with Image.open(png) as picture:
            picture.save(webp, lossless=True, method=4)
    return webp.name if webp.stat().st_size < png.stat().st_size else png.name


def picture_size(path):
    """Return the attributes that keep a picture's place in the page until it is there."""
    if path.suffix == ".svg":
        return 'loading="lazy"'
    with Image.open(path) as picture:
        return f'width="{picture.width}" height="{picture.height}" loading="lazy"'


def used_words(out, pages):
    """Return what could be a name in a style sheet: classes of pages, and any word of a script."""
    words = set()
    for page in pages:
        words |= set(re.findall(r"--[\w-]+", page))
        for classes in set(re.findall(r"""\bclass=["']([^"']*)["']""", page)):
            words |= set(classes.split())
    files = [*out.glob("_static/*.js"), *out.glob("_static/widgets/*.js")]
    files += out.glob("_static/practice.css")  # a sheet of its own, which asks for variables
    return words.union(*(re.findall(r"[\w-]+", f.read_text("utf-8")) for f in files))


RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")


def used_rules(css, words):
    """Return the style sheet without the rules for classes that are not among the words.

    A word that ends in a hyphen may be the beginning of a class that a script completes.
    """
    beginnings = tuple(w for w in words if w.endswith("-") and len(w) > 3)

    def is_used(selector):
        selector = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)  # :not(.x) needs no x
        classes = re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector)
        return all(c in words or c.startswith(beginnings) for c in classes)

    def used_rule(match):
        # A comma inside brackets, as in :is(a, b), doesn't separate two selectors.
        selectors = re.split(r",(?![^()]*\))", match[1])
        kept = [s for s in selectors if is_used(s)]
        return f"{','.join(kept)}{{{match[2]}}}" if kept else ""

    notices = "\n".join(re.findall(r"/\*!.*?\*/", css, re.DOTALL))  # licences stay
    css = RULE.sub(used_rule, re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    # Finally, the empty shell of a @media that has no used rule.
    return notices + re.sub(r"@(?:media|supports)[^{};]*\{\s*\}", "", css)


ANIMATION = re.compile(r"@keyframes ([\w-]+)\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")


def used_animations(css):
    """Return the style sheet without the animations that no rule names."""
    rules = ANIMATION.sub("", css)
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"animation(?:-name)?:([^;}]*)", rules))))
    return ANIMATION.sub(lambda found: found[0] if found[1] in named else "", css)


VARIABLE = re.compile(r"""(?<=[{;])\s*(--[\w-]+)\s*:(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=\}))""")


def used_variables(css, words):
    """Return the style sheet without the variables that nothing asks for, here or in a script."""
    while True:
        named = words.union(re.findall(r"var\(\s*(--[\w-]+)", css))
        less = VARIABLE.sub(lambda found, named=named: found[0] if found[1] in named else "", css)
        if less == css:
            return css
        css = less  # what only those named may go, too


def keep_used_icons(static, css):
    """Return the style sheet with Font Awesome's fonts in it, cut to the icons that it shows."""
    # Icons, and nothing else, are in the private use area, as a character or as its number.
    shown = {ord(c) for c in css if "\ue000" <= c <= "\uf8ff"}
    shown |= {int(h, 16) for h in re.findall(r"\\([ef][0-9a-f]{3})", css)}
    fonts = static / "vendor/fontawesome/webfonts"

    def cut(match):
        target = fonts / f"{match[2]}.woff"
        write_font(fonts / f"{match[2]}.ttf", shown, target)
        data = base64.b64encode(target.read_bytes()).decode()
        return f'src:url(data:font/woff;base64,{data}) format("woff")'

    return ICON_FONT.sub(cut, css)


# --- nothing from elsewhere ----------------------------------------------------------------

# Attributes that make a browser load something as soon as it shows the page.
LOADS = {
    "script": ["src"], "img": ["src", "srcset"], "iframe": ["src"], "embed": ["src"],
    "source": ["src", "srcset"], "video": ["src", "poster"], "audio": ["src"], "track": ["src"],
    "object": ["data"], "input": ["src"], "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
}  # fmt: skip
# <link> loads, unless its rel is one of these.
POINTERS = {
    "canonical",
    "alternate",
    "next",
    "prev",
    "index",
    "search",
    "author",
    "license",
    "help",
}
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


# The parts of a page that can load something: scripts and style sheets with what is in them, the
# tags above, and tags with a style of their own.
IN_TAG = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
CAN_LOAD = re.compile(
    rf"<(?:script|style)\b.*?</(?:script|style)\s*>|<(?:{'|'.join(LOADS)}|link)\b{IN_TAG}>"
    rf"|<\w+\b(?=[^<>]*\bstyle\b){IN_TAG}>",
    re.DOTALL | re.IGNORECASE,
)


class PageLoads(HTMLParser):
    """Every address that a page makes the browser load."""

    def __init__(self):
        super().__init__()
        self.urls = []
        self._in_style = False

    def handle_starttag(self, tag, attrs):
        """Collect the addresses in a tag's attributes."""
        attributes = {k: v or "" for k, v in attrs}
        for name in LOADS.get(tag, []):
            value = attributes.get(name, "")
            # A srcset is a list: "a.png 1x, b.png 2x".
            parts = value.split(",") if name == "srcset" else [value]
            self.urls += [p.split()[0] for p in parts if p.strip()]
        if tag == "link" and not set(attributes.get("rel", "").lower().split()) <= POINTERS:
            self.urls.append(attributes.get("href", ""))
        self.urls += css_loads(attributes.get("style", ""))
        self._in_style = tag == "style"

    def handle_endtag(self, tag):
        """Note that a style sheet has ended."""
        self._in_style = False

    def handle_data(self, data):
        """Collect the addresses in a style sheet inside the page."""
        if self._in_style:
            self.urls += css_loads(data)


def css_loads(css):
    """Return every address that a style sheet loads."""
    return [(a or b).strip() for a, b in CSS_URL.findall(css)]


def outside_loads(name, text):
    """Return the addresses on other origins that a page (.html) or style sheet (.css) loads."""
    if name.endswith(".css"):
        urls = css_loads(text)
    else:
        page = PageLoads()
        for part in CAN_LOAD.findall(text):  # parsing the whole page would take ten times as long
            page.feed(part)
        page.close()
        urls = page.urls
    return [u for u in urls if re.match(r"(?:https?:)?//", u.strip(), re.IGNORECASE)]


def check_outside_loads(out):
    """Raise if a page or style sheet would load anything from another origin."""
    for path in sorted([*out.rglob("*.html"), *out.rglob("*.css")]):
        for url in outside_loads(path.name, path.read_text("utf-8")):
            raise ExtensionError(
                f"{path.relative_to(out)} would load {url} from another site, but the book must "
                "work without a network: put the file into the repository and link to that."
            )
