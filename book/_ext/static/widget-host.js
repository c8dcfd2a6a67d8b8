/* Brings the widgets of a page to life without a kernel.
 *
 * A page holds   <div data-alexnet-widget="NAME" data-state="{...}"><p>a sentence</p></div>
 * and loads this script, then one generated script per widget, which calls
 *   alexnetWidgets.register(NAME, {module, css, assets})
 * with the front end that Jupyter shows too: module() gives its {render}. Each div near the
 * viewport then gets a model (what the front end reads and sets) and is given to render(); until
 * then, and without JavaScript, the sentence stands there.
 * Classic scripts, since module files don't load from file://, and nothing to wait for: a widget
 * that the reader will see first is there before the theme's scripts have run.
 */
(() => {
  "use strict";

  class Model {
    #state;
    #listeners = new Map();
    constructor(state) {
      this.#state = state;
    }
    get(name) {
      return this.#state[name];
    }
    set(name, value) {
      const given = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(given).filter((k) => !Object.is(this.#state[k], given[k]));
      for (const k of changed) this.#state[k] = given[k];
      for (const k of changed) this.#emit(`change:${k}`, this, this.#state[k]);
      if (changed.length) this.#emit("change", this);
    }
    save_changes() {} // there is no kernel to save to
    /** Load a network of the site: {plan, weights}. `onBytes(n)` says how much has arrived. */
    network(name, onBytes = () => {}) {
      if (!networks.has(name)) {
        const loading = loadNetwork(name, onBytes);
        networks.set(name, loading);
        loading.catch(() => networks.delete(name)); // the reader may try again
      }
      return networks.get(name);
    }
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
      for (const listener of Array.from(this.#listeners.get(name) ?? [])) listener(...args);
    }
  }

  // Networks are large, and loaded when a reader asks: `_static/networks/NAME.js` hands one over.
  const here = document.currentScript.src;
  const networks = new Map(); // name -> a promise of {plan, weights}
  const received = new Map(); // name -> {plan, weights}

  async function loadNetwork(name, onBytes) {
    const url = new URL(`networks/${name}.js`, here);
    try {
      const script = document.createElement("script");
      // a page from a folder can't fetch; one from a server can, and so count what has arrived
      script.src = url.protocol === "file:" ? url : await fetchScript(url, onBytes);
      await new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = reject;
        document.head.append(script);
      });
      script.remove();
      if (script.src !== url.href) URL.revokeObjectURL(script.src);
      return received.get(name) ?? Promise.reject(Error());
    } catch {
      throw Error(`The network "${name}" could not be loaded from ${url}: try again later.`);
    }
  }

  async function fetchScript(url, onBytes) {
    const response = await fetch(url);
    if (!response.ok) throw Error(response.statusText);
    const reader = response.body.getReader();
    const parts = [];
    let count = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      count += value.length;
      onBytes(count);
    }
    return URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  }

  // Bytes travel as base64, and arrive as they do from a kernel: as a DataView.
  function bytes(base64) {
    if (Uint8Array.fromBase64) return new DataView(Uint8Array.fromBase64(base64).buffer);
    const text = atob(base64);
    const result = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
    return new DataView(result.buffer);
  }

  function stateOf(div, assets) {
    const state = Object.fromEntries(Object.entries(assets).map(([k, v]) => [k, bytes(v)]));
    for (const [k, v] of Object.entries(JSON.parse(div.dataset.state || "{}")))
      state[k] = v !== null && typeof v === "object" && "$bytes" in v ? bytes(v.$bytes) : v;
    return state;
  }

  function start({ module, css }) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    return module();
  }

  // Run something as a task of its own: a message that is sent to oneself arrives before a timeout,
  // and, sent while a frame is prepared, when the frame has been painted.
  function inTask(callback) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  }

  const frontEnds = new Map(); // name -> {module, css, assets}, and `started` once it has been

  // One long task would keep a reader waiting who presses something meanwhile, so there are two.
  function prepare(frontEnd, then) {
    try {
      frontEnd.started ??= start(frontEnd);
    } catch {} // mount says what is wrong
    inTask(then);
  }

  function mount(div) {
    waiting.unobserve(div);
    if (div.alexnetModel) return;
    const name = div.dataset.alexnetWidget;
    const frontEnd = frontEnds.get(name);
    const sentence = [...div.children];
    const el = document.createElement("div");
    try {
      div.alexnetModel = new Model(stateOf(div, frontEnd.assets));
      frontEnd.started ??= start(frontEnd);
      div.append(el);
      frontEnd.started.render({ model: div.alexnetModel, el });
      for (const child of sentence) child.hidden = true;
      div.dataset.live = "";
      requestAnimationFrame(() => inTask(() => performance.mark(`alexnet-widget-visible:${name}`)));
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
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const eye = target && scrollY === 0 ? target.getBoundingClientRect().top : 0;
    const { top, bottom } = div.getBoundingClientRect();
    return bottom - eye > -innerHeight && top - eye < 2 * innerHeight;
  }

  window.alexnetWidgets = {
    receive(plan, weights) {
      received.set(plan.name, { plan, weights: bytes(weights).buffer });
    },
    register(name, frontEnd) {
      frontEnds.set(name, frontEnd);
      for (const div of divs(name)) {
        if (isNear(div)) inTask(() => prepare(frontEnd, () => mount(div)));
        else waiting.observe(div);
      }
    },
  };
  addEventListener("beforeprint", () => {
    for (const name of frontEnds.keys()) divs(name).forEach(mount);
  });
})();
