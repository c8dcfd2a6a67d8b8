"""A reader finds what they came for: from the landing page, in English and Chinese, by links."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from .conftest import CONTENT, COURSE, LESSONS, ROOT

LANDING = "book/index.html"
# What a reader looks for -> how the landing page says it in English and in Chinese, the page that
# the link beside it opens, and what must be there.
WANTED = {
    "structure": ("structure", "结构", "network/architecture", 'id="layer-by-layer"'),
    "drawing": ("drawing", "架构图", "network/architecture", 'id="a-picture-of-it"'),
    "process": ("process", "过程", "network/features", 'data-alexnet-widget="explorer"'),
    "animation": ("animation", "动画", "network/explorer", 'data-alexnet-widget="explorer"'),
    "who": ("who", "前世今生", "story/history", 'id="two-students-and-a-professor"'),
    "why": ("why", "前世今生", "story/history", 'id="three-things-that-came-together"'),
    "uses": ("used", "用处", "story/legacy", 'id="where-you-meet-it-today"'),
    "what came after": ("came after", "后来", "story/legacy", 'data-alexnet-widget="legacy"'),
    "photographs": ("photographs", "识别", "network/transfer", 'id="name-what-is-in-a-photograph"'),
    "algorithm": ("learns", "算法", "learning/gradient_descent", 'id="by-hand"'),
    "training": ("learns", "训练", "network/training", 'id="the-loop"'),
    "how to modify": ("change", "修改", "network/modify", 'id="change-this-there"'),
    "questions": ("question", "问答", "appendix/faq", '<section class="question"'),
    "exercises": ("exercises", "练习", "exercises", 'id="exercise-convolution"'),
    "in Chinese": ("中文", "怎样开始", "index-zh", 'lang="zh-Hans"'),
}


class Article(HTMLParser):
    """The links of a page's article, and the text of each paragraph and item with its links."""

    def __init__(self, name, html):
        super().__init__()
        self.name, self.links, self.blocks = name, set(), [["", set()]]
        self.inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        """Begin a block, or note a link."""
        attributes = dict(attributes)
        self.inside = self.inside or tag == "article"
        if tag in ("li", "p"):
            self.blocks.append(["", set()])
        if self.inside and tag == "a" and "href" in attributes:
            target = unquote(urldefrag(urljoin(self.name, attributes["href"]))[0])
            self.links.add(target)
            self.blocks[-1][1].add(target)

    def handle_endtag(self, tag):
        """Note the end of the article."""
        self.inside = self.inside and tag != "article"

    def handle_data(self, data):
        """Add to the block's text."""
        self.blocks[-1][0] += data


@pytest.fixture(scope="module")
def article(site):
    """Return the article of a page of the site, read once."""
    seen = {}

    def read(name):
        if name not in seen:
            seen[name] = Article(name, (site / name).read_text("utf-8"))
        return seen[name]

    return read


@pytest.mark.parametrize("what", WANTED)
def test_it_is_one_click_from_the_landing_page_in_both_languages(article, site, what):
    english, chinese, page, sign = WANTED[what]
    blocks = [block for block in article(LANDING).blocks if chinese in block[0]]
    assert [block for block in blocks if english in block[0] and f"book/{page}.html" in block[1]]
    assert sign in (site / f"book/{page}.html").read_text("utf-8")


def test_every_page_is_within_two_clicks_of_the_landing_page(article, site):
    reached = {LANDING} | article(LANDING).links
    for name in sorted(reached):
        if name.endswith(".html") and (site / name).is_file():
            reached |= article(name).links
    assert [page for page in CONTENT if page not in reached] == []


def test_the_page_in_chinese_introduces_every_lesson_in_order(article, site):
    text = (ROOT / "book/index-zh.md").read_text("utf-8")
    opened = re.findall(r"→ \[[^]]+\]\(([\w/]+)\.ipynb\)", text)
    order = [page.removeprefix("book/").removesuffix(".html") for page in CONTENT]
    assert opened == sorted(COURSE["lessons"], key=order.index)
    assert set(LESSONS) <= article("book/index-zh.html").links
    html = (site / "book/index-zh.html").read_text("utf-8")
    assert re.search(r'<section[^>]* lang="zh-Hans"[^>]*>\s*<h1>中文导读', html)
    latin = re.findall(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", text)
    assert latin == []  # a space stands between Chinese and other letters
    assert re.findall(r"[\u4e00-\u9fff] ?[,;!?]|[\u4e00-\u9fff]\.", text) == []
