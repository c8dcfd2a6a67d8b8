"""The built folder: complete it, make it small, and check that it loads nothing from elsewhere.

The theme ships all of Font Awesome. A lesson may weigh 0.6 MB on the wire, so a page gets only the
icons it shows.
"""

import hashlib
import logging
import re
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

# Font Awesome as a script; the theme also loads the same icons as fonts.
ICON_SCRIPT = re.compile(r'\s*<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>')
# Sphinx's own search, which the theme loads on each page; the search page has ours.
SEARCH_FILES = ["searchtools.js", "language_data.js", "sphinx_highlight.js"]
SEARCH_SCRIPT = re.compile(
    r'\s*<script src="[^"]*(?:searchindex|searchtools|language_data|sphinx_highlight)\.js[^"]*">'
    "</script>"
)
# The theme's scripts only react to the reader, so site.js loads them after the first frame.
THEME_SCRIPT = re.compile(
    r'<script defer src="([^"]*scripts/(?:bootstrap|pydata-sphinx-theme)\.js[^"]*)">'
)
# The figures of notebooks; myst-nb names them by their hash.
FIGURE = re.compile(r"_images/([0-9a-f]{64})\.png")
ICON_FONT = re.compile(
    r'src:url\((\.\./vendor/fontawesome/webfonts/)(fa-[a-z]+-\d+)\.woff2\) format\("woff2"\)'
    r',url\([^)]*\) format\("truetype"\)'
)
# The arrow that unfolds a chapter's pages in the sidebar has no name for a screen reader.
FOLDED = re.compile(r'(>([^<>]+)</a><details(?: open="open")?>)<summary>')
# The name of a page in Chinese, in menus: a screen reader should speak it so.
CHINESE_NAME = re.compile(r"(<(?:a|p|span)\b(?:(?! lang=)[^<>])*)>(\s*[\u4e00-\u9fff]+\s*</)")


def lighten(out):
    """Remove what the pages load for nothing, and mend what screen readers would say wrongly."""
    for page in out.rglob("*.html"):
        before = page.read_text("utf-8")
        after = FIGURE.sub(lambda m: f"_images/{smaller_picture(out, m[1])}", before)
        after = ICON_SCRIPT.sub("", after)
        after = THEME_SCRIPT.sub(r'<script type="text/plain" data-later="\1">', after)
        after = SEARCH_SCRIPT.sub("", after)
        # The logo waits in a closed menu.
        after = after.replace('<img alt="Colab logo" ', '<img loading="lazy" alt="Colab logo" ')
        after = CHINESE_NAME.sub(r'\1 lang="zh-Hans">\2', after)
        after = FOLDED.sub(r'\1<summary aria-label="Pages under \2">', after)
        if after != before:
            page.write_text(after, "utf-8")
    for name in ["scripts/fontawesome.js", *SEARCH_FILES]:
        (out / "_static" / name).unlink(missing_ok=True)
    for source_map in out.glob("_static/**/*.map"):
        source_map.unlink()
    words = used_words(out)
    for style in out.glob("_static/**/*.css"):
        if style.name == "practice.css":  # the editor's classes are in the editor
            continue
        before = style.read_text("utf-8")
        after = used_rules(before, words)
        if after != before:
            style.write_text(after, "utf-8")
    keep_used_icons(out)


def smaller_picture(out, name):
    """Return the smaller file of a notebook's PNG and its lossless WebP."""
    png = out / "_images" / f"{name}.png"
    webp = png.with_suffix(".webp")
    if not webp.exists():  # the name is the picture's hash, so an existing file is right
        with Image.open(png) as picture:
            picture.save(webp, lossless=True, method=4)
    return webp.name if webp.stat().st_size < png.stat().st_size else png.name


def used_words(out):
    """Return every word in the site's pages and scripts that could be the name of a class."""
    files = [*out.rglob("*.html"), *out.glob("_static/*.js"), *out.glob("_static/scripts/*.js")]
    files += out.glob("_static/widgets/*.js")
    return set().union(*(re.findall(r"[\w-]+", f.read_text("utf-8")) for f in files))


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


def keep_used_icons(out):
    """Reduce Font Awesome's fonts to the icons that the style sheets still show."""
    style = out / "_static/styles/pydata-sphinx-theme.css"
    css = style.read_text("utf-8")
    everything = "".join(f.read_text("utf-8") for f in out.glob("_static/**/*.css"))
    # Icons, and nothing else, are in the private use area, as a character or as its number.
    shown = {ord(c) for c in everything if "\ue000" <= c <= "\uf8ff"}
    shown |= {int(h, 16) for h in re.findall(r"\\([ef][0-9a-f]{3})", everything)}
    style.write_text(ICON_FONT.sub(lambda m: cut_font(style.parent, m, shown), css), "utf-8")
    for font in (out / "_static/vendor/fontawesome/webfonts").glob("*.*"):
        if font.suffix != ".woff":
            font.unlink()


def cut_font(folder, match, codes):
    """Write a font with only the given characters; return its rule for the style sheet."""
    where = match[1]
    name = match[2]
    digest = hashlib.sha256(f"{sorted(codes)}".encode()).hexdigest()[:8]
    target = folder / where / f"{name}-{digest}.woff"
    if not target.exists():
        for old in target.parent.glob(f"{name}-*.woff"):
            old.unlink()
        write_font(folder / where / f"{name}.ttf", codes, target)
    return f'src:url({where}{target.name}) format("woff")'


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
        page.feed(text)
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
