"""The search: sixty questions in two languages, what a result shows, and where each leads."""

import gzip
import json
import re

import glossary_page
import pytest
import search_index
from sphinx.errors import ExtensionError

from .conftest import COURSE, ROOT, View

NAMES = search_index.read_names(ROOT)
TERMS = glossary_page.read_terms(ROOT)
WEIGHT = 300_000  # bytes of the index, compressed; only the search page loads it
# What is asked -> the address of the first result, without book/ and .html.
QUESTIONS = {
    # words that stand in no title
    "diagram": "network/architecture",
    "structure": "network/architecture",
    "pipeline": "network/features",
    "animation": "network/explorer",
    "how to modify": "network/modify",
    "uses": "story/legacy#where-you-meet-it-today",
    "labrador": "network/transfer",
    "who made AlexNet": "story/history",
    "why": "story/history",
    "what came after": "story/legacy",
    "algorithms": "learning/gradient_descent",
    "FAQ": "appendix/faq",
    "homework": "exercises",
    "install": "index#four-ways-to-use-it",
    "natural language": "story/legacy#where-you-meet-it-today",
    # terms, at the place that explains them
    "hyperparameter": "learning/gradient_descent#term-hyperparameter",
    "pretrained": "network/transfer#term-pretrained",
    "fine-tune": "network/transfer#term-fine-tuning",
    "finetuning": "network/transfer",
    "ReLU": "blocks/activations#term-relu",
    "activation function": "blocks/activations#term-activation-function",
    "learning rates": "learning/gradient_descent#term-learning-rate",
    "LRN": "learning/normalization#term-local-response-normalization",
    "RMSProp": "learning/gradient_descent#term-rmsprop",
    "receptive field": "blocks/convolution#how-far-it-sees",
    "batch norm": "learning/normalization#term-batch-normalization",
    # lessons, questions, functions
    "pooling": "blocks/pooling",
    "architecture": "network/architecture",
    "normalisation": "learning/normalization",
    "data augmentation": "learning/augmentation#term-augmentation",
    "convolutoin": "blocks/convolution",
    "backprop": "learning/backprop#term-backpropagation",
    "how many parameters does AlexNet have": "appendix/faq#how-many-parameters-does-alexnet-have",
    "register_forward_hook": "network/features#the-same-from-pytorch",
    "conv2d_backward": "appendix/api/scratch#alexnet_lib.scratch.conv2d_backward",
    # numbers
    "1x1": "blocks/convolution#term-1-1-convolution",
    "1 × 1": "blocks/convolution#term-1-1-convolution",
    "15.3": "story/history",
    "15.3 %": "story/history",
    "60,965,224": "appendix/faq#how-many-parameters-does-alexnet-have",
    "60965224": "appendix/faq#how-many-parameters-does-alexnet-have",
    "224 or 227": "blocks/convolution#or-227",
    # Chinese
    "结构": "network/architecture",
    "架构图": "network/architecture",
    "过程": "network/features",
    "动画": "network/explorer",
    "中文": "index-zh",
    "前世今生": "story/history",
    "谁": "story/history",
    "为什么": "story/history",
    "用处": "story/legacy#where-you-meet-it-today",
    "应用": "story/legacy#where-you-meet-it-today",
    "算法": "learning/gradient_descent",
    "修改": "network/modify",
    "如何修改网络": "network/modify",
    "问答": "appendix/faq",
    "练习": "exercises",
    "激活函数": "blocks/activations#term-activation-function",
    "超参数": "learning/gradient_descent#term-hyperparameter",
    "损失函数": "blocks/softmax#term-loss",
    "步长": "blocks/convolution#term-stride",
    "参数量": "blocks/convolution#many-channels",
    "特征提取": "network/transfer#term-feature-extraction",
    "迁移学习": "network/transfer#term-transfer-learning",
    "微调": "network/transfer#term-fine-tuning",
    "卷积": "blocks/convolution#term-convolution",
    "卷积神经网络": "story/history#term-convolutional-network",
    "卷积层": "blocks/convolution#term-convolution",
    "池化层": "blocks/pooling#term-pooling",
    "最大池化": "blocks/pooling#term-max-pooling",
    "归一化层": "learning/normalization#term-normalization",
    "全连接层": "blocks/fully_connected#term-fully-connected-layer",
    "输出层": "blocks/softmax",
    "感受野": "blocks/convolution#how-far-it-sees",
    "过拟合": "learning/dropout#term-overfitted",
    "学习率": "learning/gradient_descent#term-learning-rate",
    "反向传播": "learning/backprop#term-backpropagation",
    "梯度下降": "learning/gradient_descent#term-gradient-descent",
    "批量大小": "learning/gradient_descent#term-batch-size",
    "神经元": "blocks/fully_connected#term-unit",
    "泛化": "learning/dropout#term-generalization",
    "监督学习": "learning/gradient_descent#term-supervised",
    "逻辑回归": "learning/gradient_descent#term-logistic-regression",
    "非线性": "blocks/activations",
    "训练": "network/training",
    "AlexNet有多少参数": "appendix/faq#how-many-parameters-does-alexnet-have",
}
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def index(site):
    """What the search page knows."""
    text = (site / "searchindex.js").read_text("utf-8")
    return json.loads(re.fullmatch(r"alexnetSearch\.receive\((.*)\);\n", text)[1])


@pytest.fixture(scope="module")
def seen(browser, site):
    """The search page, opened once from the folder."""
    view = View(browser, (site / "search.html").as_uri(), viewport={"width": 375, "height": 740})
    yield view
    view.close()


def test_every_place_that_a_result_opens_is_there(site, index):
    terms = {(row[3], row[4]) for row in index["terms"]}
    terms |= {("book/appendix/glossary", row[5]) for row in index["terms"]}
    for name, _, kind, sections in index["pages"]:
        anchors = {section[0] for section in sections} - {""}
        anchors |= {anchor for page, anchor in terms if page == name} - {""}
        html = (site / f"{name}.html").read_text("utf-8")
        assert anchors <= set(re.findall(r'\bid="([^"]+)"', html)), name
        assert kind == "lesson" or name.removeprefix("book/") not in COURSE["lessons"]
    assert len(index["pages"]) > 50 and len(index["terms"]) > 100


def test_most_terms_open_the_word_itself(index):
    own = [row for row in index["terms"] if row[4].startswith("term-")]
    assert len(own) > 0.8 * len(index["terms"])


def test_the_index_is_light_and_sphinx_makes_none(site):
    assert len(gzip.compress((site / "searchindex.js").read_bytes())) < WEIGHT
    for name in ("searchtools", "language_data", "sphinx_highlight"):
        assert not (site / f"_static/{name}.js").exists()
        assert f"{name}.js" not in (site / "search.html").read_text("utf-8")


def test_each_name_is_given_once():
    names = [str(name).casefold() for place in NAMES.values() for name in place]
    assert len(names) == len(set(names))


def test_a_name_for_a_place_that_is_not_there_stops_the_build():
    pages = {"book/a": {"sections": [["", "", "", [], ""], ["b", "B", "", [], ""]]}}
    search_index.add_names(pages, {"a": ["one"], "a#b": [2]})
    assert [row[3] for row in pages["book/a"]["sections"]] == [["one"], ["2"]]
    for place in ("b", "a#c"):
        with pytest.raises(ExtensionError, match="is no page or section"):
            search_index.add_names(pages, {place: ["three"]})


@pytest.mark.browser
def test_the_first_result_answers(seen):
    assert len(QUESTIONS) >= 60 and sum(bool(CHINESE.search(q)) for q in QUESTIONS) >= 25
    first = seen.page.evaluate(
        "(all) => all.map((question) => alexnetSearch.find(question).results[0]?.href)",
        list(QUESTIONS),
    )
    shown = [re.sub(r"^book/|\.html", "", href or "nothing") for href in first]
    assert dict(zip(QUESTIONS, shown, strict=True)) == QUESTIONS


@pytest.mark.browser
def test_every_name_of_every_term_finds_it_first_or_just_after_a_page(seen, index):
    wanted = {
        name: f"{page}.html{anchor and '#'}{anchor}"
        for names, chinese, _, page, anchor, _ in index["terms"]
        for name in names + chinese
    }
    found = seen.page.evaluate(
        "(all) => all.map((name) => alexnetSearch.find(name).results.map(({ href }) => href))",
        list(wanted),
    )
    assert len(wanted) > 400
    pairs = zip(wanted.items(), found, strict=True)
    lost = [name for (name, href), hrefs in pairs if href not in hrefs[:2]]
    assert lost == []


@pytest.mark.browser
def test_a_result_shows_the_term_in_two_languages_and_says_how_many_there_are(seen):
    page = seen.page
    field = page.locator(".bd-search-container input")
    assert field.evaluate("(field) => field === document.activeElement")
    status, first = page.locator("#search-status"), page.locator("#search-results li").first
    for asked, said in (
        ("receptive field", r"\d+ results for “receptive field”"),
        ("感受野", r"“感受野”：找到 \d+ 条结果"),
    ):
        page.keyboard.press("Control+A")
        page.keyboard.type(asked)
        page.keyboard.press("Enter")
        assert re.fullmatch(said, status.inner_text())
        assert first.locator("a").first.inner_text() == "receptive field 感受野"
        assert first.locator("a [lang=zh-Hans]").inner_text() == "感受野"
        assert " ".join(TERMS["receptive field"]["means"].split()) in first.inner_text()
    assert int(re.search(r"\d+", status.inner_text())[0]) == page.locator(".search-title").count()
    page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.getAttribute('href')")
    assert reached == "book/blocks/convolution.html#how-far-it-sees"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert seen.troubles == []


@pytest.mark.browser
def test_a_slip_is_taken_for_the_nearest_word_and_nothing_gets_a_sentence(seen):
    page = seen.page
    field, status = page.locator(".bd-search-container input"), page.locator("#search-status")
    for asked, said in (
        ("convolutoin", "Nothing has “convolutoin”; this is for “convolution”."),
        ("xyzzyx", "Nothing found for “xyzzyx”."),
        ("魑魅", "没有找到“魑魅”。"),
    ):
        field.fill(asked)
        field.press("Enter")
        assert status.inner_text().startswith(said)
        assert page.locator("#search-hints").is_visible() == ("convol" not in asked)
    field.fill("")
    field.press("Enter")
    assert status.inner_text() == "" and page.locator("#search-results li").count() == 0
