"""The host of the widgets on a page of its own: what it gives a front end, and what it does when
one fails."""

import html
import json

import alexnet_site
import pytest

from .conftest import ROOT, serve

pytestmark = pytest.mark.browser

HOST = (ROOT / "book/_ext/static/widget-host.js").read_text("utf-8")


@pytest.fixture
def host(view, tmp_path):
    """`host(esm, *states, assets=...)` -> a View of a page with one div a state."""

    def open_host(esm, *states, assets=None):
        css = ".made { color: rgb(1, 2, 3) }"
        divs = "".join(
            f'<div data-alexnet-widget="made" data-state="{html.escape(json.dumps(state))}">'
            "<p>The sentence.</p></div>"
            for state in states
        )
        register = alexnet_site.widget_script("made", esm, css, assets or {})
        (tmp_path / "host.js").write_text(HOST, "utf-8")
        (tmp_path / "made.js").write_text(register, "utf-8")
        (tmp_path / "page.html").write_text(
            '<!doctype html><title>t</title><link rel="icon" href="data:,">'
            f'{divs}<script src="host.js"></script><script src="made.js"></script>',
            "utf-8",
        )
        return view((tmp_path / "page.html").as_uri())

    return open_host


SHOWS_A = """export default { render({ model, el }) {
  const show = () => { el.textContent = `a is ${model.get("a")}`; };
  model.on("change:a", show);
  show();
  el.className = "made";
  el.off = () => model.off("change:a", show);
} };"""


def test_a_front_end_shows_the_state_of_its_div(host):
    seen = host(SHOWS_A, {"a": 1}, {"a": 2})
    texts = seen.page.locator(".made")
    texts.nth(1).wait_for()
    assert [texts.nth(i).inner_text() for i in (0, 1)] == ["a is 1", "a is 2"]
    assert texts.first.evaluate("(e) => getComputedStyle(e).color") == "rgb(1, 2, 3)"
    assert seen.page.locator("style").count() == 1
    assert not seen.page.get_by_text("The sentence.").first.is_visible()
    assert seen.troubles == []


def test_a_change_reaches_those_who_listen_and_only_them(host):
    seen = host(SHOWS_A, {"a": 1}, {"a": 2})
    made = seen.page.locator(".made")
    made.nth(1).wait_for()
    set_a = """(a) => {
      const model = document.querySelector("div").alexnetModel;
      model.set("a", a); model.save_changes();
    }"""
    seen.page.evaluate(set_a, 7)
    assert [made.nth(i).inner_text() for i in (0, 1)] == ["a is 7", "a is 2"]
    made.first.evaluate("(el) => el.off()")
    seen.page.evaluate(set_a, 8)
    assert made.first.inner_text() == "a is 7"
    counts = seen.page.evaluate(
        """() => {
          const m = document.querySelector('div').alexnetModel; let all = 0, b = 0;
          m.on("change", () => { all += 1; }); m.on("change:b change:c", () => { b += 1; });
          m.set({ b: 1, c: 2 }); m.set("b", 1); m.set("d", 3);
          return [all, b];
        }"""
    )
    assert counts == [2, 2]


def test_bytes_arrive_as_a_data_view(host):
    esm = """export default { render({ model, el }) {
      const views = [model.get("picture"), model.get("own")];
      el.textContent = views.map((v) => `${v.constructor.name} ${v.getUint8(0)}`).join(", ");
      el.className = "made";
    } };"""
    seen = host(esm, {"own": {"$bytes": "Aw=="}}, assets={"picture": "/w==", "own": "AA=="})
    seen.page.locator(".made").wait_for()
    assert seen.page.locator(".made").inner_text() == "DataView 255, DataView 3"


LOADS = """export default { render({ model, el }) {
  el.className = "made";
  const show = (text) => { el.textContent = text; };
  show("nothing yet");
  el.bytes = [];
  el.load = (name) => model.network(name, (n) => el.bytes.push(n)).then(
    ({ plan, weights }) =>
      show(`${plan.title}: ${weights.byteLength} bytes, ${new Uint8Array(weights)[1]}`),
    (error) => show(error.message));
} };"""


def test_a_network_is_loaded_when_a_widget_asks_and_once(host, tmp_path):
    seen = host(LOADS, {"a": 1}, {"a": 2})
    made = seen.page.locator(".made")
    made.nth(1).wait_for()
    script = alexnet_site.network_script({"name": "tiny", "title": "A “tiny” one"}, bytes([1, 255]))
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    made.first.evaluate("(el) => el.load('tiny')")
    assert "could not be loaded" in made.first.inner_text() and "tiny.js" in made.first.inner_text()
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks/tiny.js").write_text(script, "utf-8")
    for i in (0, 1):  # again, after a failure; and from another widget
        made.nth(i).evaluate("(el) => el.load('tiny')")
        assert made.nth(i).inner_text() == "A “tiny” one: 2 bytes, 255"
    assert asked == ["tiny.js", "tiny.js"]
    assert len(seen.troubles) == 2  # the request at first, and what the browser says of it
    assert "tiny.js" in seen.troubles[0] or "tiny.js" in seen.troubles[1], seen.troubles


def test_from_a_server_a_page_counts_what_has_arrived(host, view, tmp_path):
    host(LOADS, {"a": 1})  # writes the page
    (tmp_path / "networks").mkdir()
    script = alexnet_site.network_script({"name": "big", "title": "Big"}, bytes([2]) * 200_000)
    (tmp_path / "networks/big.js").write_text(script, "utf-8")
    with serve(tmp_path) as address:
        seen = view(f"{address}page.html")
        made = seen.page.locator(".made")
        made.evaluate("(el) => el.load('big')")
        assert made.inner_text() == "Big: 200000 bytes, 2"
        counts = made.evaluate("(el) => el.bytes")
        assert counts == sorted(counts) and counts[-1] == len(script)
        assert seen.troubles == []
        made.evaluate("(el) => el.load('none')")
        assert "could not be loaded" in made.inner_text()


@pytest.mark.parametrize(
    "esm",
    [
        "export default { render() { throw new Error('no'); } };",
        "nothing.at.all;\nexport default 1;",
    ],
    ids=["render throws", "the module throws"],
)
def test_a_failed_widget_keeps_its_sentence(host, esm):
    seen = host(esm, {"a": 1})
    seen.page.get_by_text("This widget did not start.").wait_for()
    assert seen.page.get_by_text("The sentence.").is_visible()
    assert any("did not start" in trouble for trouble in seen.troubles)
