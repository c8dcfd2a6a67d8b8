"""A page with one widget in it, as a host would have it."""

import json
from base64 import b64encode

import pytest

from alexnet_lib.widgets import WIDGETS

# The smallest host: what the website's widget-host.js and anywidget both give to render().
HOST = """
class Model {
  constructor(state) { this.state = { ...state }; this.listeners = {}; this.saves = 0; }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (Object.is(this.state[name], value)) return;
    this.state[name] = value;
    for (const fn of [...(this.listeners[`change:${name}`] ?? [])]) fn();
  }
  on(name, fn) { (this.listeners[name] ??= new Set()).add(fn); }
  off(name, fn) { this.listeners[name]?.delete(fn); }
  save_changes() { this.saves += 1; }
  async network(name) {
    if (!window.given?.[name]) throw Error(`The network "${name}" could not be loaded.`);
    const { plan, weights } = window.given[name];
    return { plan, weights: bytes(weights).buffer };
  }
  get listening() { return Object.values(this.listeners).reduce((n, set) => n + set.size, 0); }
}
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const spec = JSON.parse(document.getElementById("spec").textContent);
const modelOf = (given) => {
  const state = {};
  for (const [key, text] of Object.entries(spec.assets)) state[key] = bytes(text);
  for (const [key, value] of Object.entries(given))
    state[key] = value?.$bytes ? bytes(value.$bytes) : value;
  return new Model(state);
};
window.model = modelOf(spec.state);
window.mount = async (el, model = window.model) => {
  const url = URL.createObjectURL(new Blob([spec.esm], { type: "text/javascript" }));
  const module = (await import(url)).default;
  return { el, end: await module.render({ model, el }) };
};
window.frame = () => new Promise((done) => requestAnimationFrame(() => done()));
window.drawn = async () => { await frame(); await frame(); }; // a redraw asked for now is done
// What the widget gives after each of many changes; it is drawn after some of them.
window.answers = async (changes, read) => {
  const given = [];
  for (const [i, settings] of changes.entries()) {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    if (i % 8 === 0) await frame();
    given.push(structuredClone(await read(view.el.alexnetWidget)));
  }
  return given;
};
const show = async () => { window.view = await mount(document.getElementById("one")); };
window.ready = show();
window.change = async (state) => { // as on a new page
  view.end();
  localStorage.clear();
  window.model = modelOf(state);
  await show();
};
"""


class Pages:
    """Pages of a browser with a widget each, and the errors on them.

    kept  a page to use for the first widget, unless it needs settings of its own: to load a file
          into a page takes a fraction of what a new page takes
    """

    def __init__(self, browser, folder, kept=None):
        self.browser, self.folder, self.kept = browser, folder, kept
        self.contexts, self.errors = [], []
        self.shown, self.kept_is_used = 0, False

    def show(self, widget, *, networks=(), theme="light", width=760, height=1400, **context):
        """Return a new page that shows the widget.

        networks  the (plan, weights) that the widget may ask its host for
        """
        front_end = WIDGETS[widget.name].front_end()
        spec = json.dumps({**front_end, "css": "", "state": widget.state()}).replace("<", "\\u003c")
        file = self.folder / f"page{self.shown}.html"
        file.write_text(
            f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>A widget</title>'
            f"<style>html[data-theme=dark] {{ background: #14181e; color: #ddd }}"
            f"body {{ margin: 1rem; max-width: 60rem }} {front_end['css']}</style></head>"
            f'<body><main><h1>A widget</h1><div id="one"></div><div id="two"></div></main>'
            f'<script type="application/json" id="spec">{spec}</script>'
            f'<script src="{file.stem}.js"></script><script>{HOST}</script></body></html>',
            "utf8",
        )
        given = {
            plan["name"]: {"plan": plan, "weights": b64encode(weights).decode()}
            for plan, weights in networks
        }
        file.with_suffix(".js").write_text(f"window.given = {json.dumps(given)};", "utf8")
        viewport = {"width": width, "height": height}
        if self.kept and not self.shown and not context:
            page, self.kept_is_used = self.kept, True
            page.set_viewport_size(viewport)
        else:
            self.contexts.append(self.browser.new_context(viewport=viewport, **context))
            page = self.contexts[-1].new_page()
        page.on("pageerror", self.note_error)
        page.on("console", self.note_message)
        self.shown += 1
        page.goto(file.as_uri())
        page.evaluate("ready")
        return page

    def note_error(self, error):
        """Keep an error of a page."""
        self.errors.append(str(error))

    def note_message(self, message):
        """Keep an error that a page has written to the console."""
        if message.type == "error":
            self.errors.append(message.text)

    def close(self):
        """Close the pages, but empty the kept one; an error on one of them fails."""
        for context in self.contexts:
            context.close()
        if self.kept_is_used:
            self.kept.goto("about:blank")
            self.kept.mouse.move(0, 0)
            self.kept.remove_listener("pageerror", self.note_error)
            self.kept.remove_listener("console", self.note_message)
        assert not self.errors


@pytest.fixture(scope="module")
def kept_page(browser):
    """A page that the tests of a module use one after the other."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def open_widget(browser, kept_page, tmp_path):
    """`open_widget(widget, **context)` -> a page that shows it; an error on the page fails.

    What the browser keeps for a page (localStorage) may be from another test of the module.
    """
    pages = Pages(browser, tmp_path, kept_page)
    yield pages.show
    pages.close()


@pytest.fixture(scope="module")
def make_pages(browser, tmp_path_factory):
    """`make_pages(name)` -> pages for more than one test; whoever makes them closes them."""
    return lambda name: Pages(browser, tmp_path_factory.mktemp(name))
