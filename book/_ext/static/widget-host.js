/* Brings the widgets of a page to life without a kernel.
 *
 * A page holds   <div data-alexnet-widget="NAME" data-state="{...}"><p>a sentence</p></div>
 * and loads this script, then one generated script per widget, which calls
 *   alexnetWidgets.register(NAME, {esm, css, assets})
 * with the front end that Jupyter shows too. Each div near the viewport then gets a model (what
 * the front end reads and sets) and calls the front end's render(); until then, and without
 * JavaScript, the sentence stands there.
 * A classic script, and the front end imported from a blob: module files don't load from file://.
 */
(() => {
  "use strict";

  class Model {
    #state;
    #listeners = new Map();
    constructor(state) { this.#state = state; }
    get(name) { return this.#state[name]; }
    set(name, value) {
      const given = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(given).filter((k) => !Object.is(this.#state[k], given[k]));
      for (const k of changed) this.#state[k] = given[k];
      for (const k of changed) this.#emit(`change:${k}`, this, this.#state[k]);
      if (changed.length) this.#emit("change", this);
    }
    save_changes() {} // there is no kernel to save to
    on(names, listener) {
      for (const n of names.split(/\s+/)) {
        if (!this.#listeners.has(n)) this.#listeners.set(n, new Set());
        this.#listeners.get(n).add(listener);
      }
    }
    off(names, listener) {
      if (names == null) return this.#listeners.clear();
      for (const n of names.split(/\s+/)) {
        if (listener) this.#listeners.get(n)?.delete(listener);
        else this.#listeners.delete(n);
      }
    }
    #emit(name, ...args) {
      for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...args);
    }
  }

  // Bytes travel as base64, and arrive as they do from a kernel: as a DataView.
  const bytes = (base64) =>
    new DataView(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);

  function stateOf(div, assets) {
    const state = Object.fromEntries(Object.entries(assets).map(([k, v]) => [k, bytes(v)]));
    for (const [k, v] of Object.entries(JSON.parse(div.dataset.state || "{}")))
      state[k] = v !== null && typeof v === "object" && "$bytes" in v ? bytes(v.$bytes) : v;
    return state;
  }

  // Begun before a widget is near; if it fails, each mount() says so.
  function load(frontEnd) {
    const module = importFrontEnd(frontEnd);
    module.catch(() => {});
    return module;
  }
  async function importFrontEnd({ esm, css }) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    try {
      return (await import(url)).default;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  const frontEnds = new Map(); // name -> {esm, css, assets, module}

  async function mount(div) {
    waiting.unobserve(div);
    if (div.alexnetModel) return;
    const name = div.dataset.alexnetWidget;
    const frontEnd = frontEnds.get(name);
    const sentence = [...div.children];
    const el = document.createElement("div");
    try {
      div.alexnetModel = new Model(stateOf(div, frontEnd.assets));
      const { render } = await frontEnd.module;
      div.append(el);
      await render({ model: div.alexnetModel, el });
      for (const child of sentence) child.hidden = true;
      div.dataset.live = "";
      // A task begun in the next frame runs when that frame has been painted.
      requestAnimationFrame(() =>
        setTimeout(() => performance.mark(`alexnet-widget-visible:${name}`)));
    } catch (error) {
      el.remove();
      const note = document.createElement("p");
      note.textContent = "This widget did not start.";
      div.append(note);
      console.error(`The widget "${name}" did not start:`, error);
    }
  }

  // Two screens ahead, so that a reader who scrolls never meets the sentence.
  const waiting = new IntersectionObserver(
    (entries) => entries.forEach((e) => e.isIntersecting && mount(e.target)),
    { rootMargin: "200% 0px" },
  );
  const divs = (name) => document.querySelectorAll(`[data-alexnet-widget="${name}"]`);

  // A link into the page scrolls there only after all scripts have run: look from its target.
  function isNear(div) {
    const target = scrollY === 0 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const eye = target ? target.getBoundingClientRect().top : 0;
    const { top, bottom } = div.getBoundingClientRect();
    return bottom - eye > -innerHeight && top - eye < 2 * innerHeight;
  }

  window.alexnetWidgets = {
    register(name, frontEnd) {
      frontEnds.set(name, { ...frontEnd, module: load(frontEnd) });
      for (const div of divs(name)) isNear(div) ? mount(div) : waiting.observe(div);
    },
  };
  addEventListener("beforeprint", () => {
    for (const name of frontEnds.keys()) divs(name).forEach(mount);
  });
})();
