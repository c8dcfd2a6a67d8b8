/* What the front ends of all widgets share: controls, colours, canvases, and when to draw.
 *
 * This file and NAME.js are joined into one module (see base.py), so nothing is imported or
 * exported here. Nothing assumes a host: Jupyter, Colab and the website all call `render`.
 * Every function that makes something takes the document, since a host may draw into a frame.
 */

// ------------------------------------------------------------------------------ elements

/** An element with attributes (a function is a listener, `text` the text) and children. */
function make(doc, tag, attributes = {}, ...children) {
  const node = doc.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

// JupyterLab takes the arrow keys, Enter and more from whatever has the focus, unless that very
// element says no; on a parent this attribute does nothing.
const KEYS_ARE_OURS = { "data-lm-suppress-shortcuts": "true" };

/** Write only what changed: each write costs a layout, and may be spoken. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
function setLabel(node, text) {
  if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
}

/** Icons as outlines in a 16 × 16 box: a font may lack the media symbols, or show them as emoji. */
function icon(doc, path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = doc.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const shape = doc.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A button; with an icon, `label` is its name for those who can't see it. */
function button(doc, label, onPress, path) {
  const node = make(doc, "button", { type: "button", class: "axw-button", click: onPress, ...KEYS_ARE_OURS });
  if (path) {
    node.append(icon(doc, path));
    node.setAttribute("aria-label", label);
    node.title = label;
  } else node.textContent = label;
  return node;
}

/** A labelled slider with its number. `show(value)` moves it without calling `onChange`.
 *
 * `text(value)` is the number as people write it, for the eye and for a screen reader.
 */
function slider(doc, label, min, max, onChange, { step = 1, text = pretty } = {}) {
  const input = make(doc, "input", {
    type: "range", min, max, step, "aria-label": label, ...KEYS_ARE_OURS,
    input: () => onChange(Number(input.value)),
  });
  const number = make(doc, "span", { class: "axw-number" });
  const node = make(doc, "label", { class: "axw-slider" }, make(doc, "span", { text: label }), input, number);
  const show = (value) => {
    input.value = value;
    setText(number, text(value));
    if (text !== pretty && input.getAttribute("aria-valuetext") !== text(value)) input.setAttribute("aria-valuetext", text(value));
  };
  return { node, input, show };
}

/** A labelled choice. `show(value, options)`: options are [value, text] pairs. */
function choice(doc, label, onChange) {
  const select = make(doc, "select", { "aria-label": label, ...KEYS_ARE_OURS, change: () => onChange(select.value) });
  const node = make(doc, "label", { class: "axw-choice" }, make(doc, "span", { text: label }), select);
  let known = "";
  const show = (value, options) => {
    const now = JSON.stringify(options);
    if (now !== known) { // a list that is replaced while open closes: only when it changed
      select.replaceChildren(...options.map(([key, text]) => make(doc, "option", { value: key, text })));
      known = now;
    }
    if (select.value !== value) select.value = value;
  };
  return { node, select, show };
}

/** A few choices side by side, of which one holds: radio buttons, with their arrow keys. */
function segments(doc, label, options, onChange) {
  const name = `axw-${Math.random().toString(36).slice(2)}`; // of this group, in this view
  const inputs = options.map(([value]) => make(doc, "input", {
    type: "radio", name, value, ...KEYS_ARE_OURS, change: () => onChange(value),
  }));
  const labels = options.map(([, text], i) =>
    make(doc, "label", { class: "axw-segment" }, inputs[i], make(doc, "span", { text })));
  const node = make(doc, "div", { class: "axw-choice", role: "radiogroup", "aria-label": label },
    make(doc, "span", { text: label }), make(doc, "div", { class: "axw-segments" }, ...labels));
  const show = (value) => inputs.forEach((input) => { input.checked = input.value === value; });
  return { node, inputs, show };
}

/** A labelled field to type a number into; what is none is marked and handed to `onRefuse`.
 *
 * `show(value)` writes the number, unless the reader is typing just there.
 */
function numberField(doc, label, onChange, onRefuse) {
  // type=text: a number field lacks 1/9 and 0,5, and a phone's decimal keypad lacks the minus
  const input = make(doc, "input", {
    type: "text", class: "axw-cell", autocomplete: "off", spellcheck: "false", "aria-label": label, ...KEYS_ARE_OURS,
  });
  let shown = "";
  input.addEventListener("input", () => {
    const value = typedNumber(input.value);
    if (value === null) return input.setAttribute("aria-invalid", "true");
    input.removeAttribute("aria-invalid");
    onChange(value);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    if (input.hasAttribute("aria-invalid")) onRefuse(input.value);
    input.removeAttribute("aria-invalid");
    input.value = shown;
  });
  const show = (value) => {
    shown = String(Number(value.toPrecision(6))).replace("-", "−");
    if (input !== doc.activeElement && input.value !== shown) input.value = shown;
  };
  return { node: input, input, show };
}

/** The number that was typed: 2, -0.5, 0,5, −1 or 1/9; null if it is none. */
function typedNumber(text) {
  const [top, bottom, ...more] = text.trim().replace(/\u2212/g, "-").replace(/,/g, ".").split("/");
  const valid = (part) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part.trim());
  if (more.length || !valid(top) || (bottom !== undefined && !valid(bottom))) return null;
  const value = Number(top) / (bottom === undefined ? 1 : Number(bottom));
  return Number.isFinite(value) ? value : null;
}

/** The line that says in words what the picture shows: for all to read, and spoken.
 *
 * A screen reader speaks each change, so the line waits until the reader's hand is still
 * (`pause` ms without a new sentence), or says the latest every `longest` ms of motion.
 */
function statusLine(doc) {
  const win = doc.defaultView;
  const node = make(doc, "p", { class: "axw-status", role: "status", "aria-live": "polite" });
  let timer = null, since = 0, next = "";
  const speak = () => {
    win.clearTimeout(timer);
    timer = null;
    if (node.textContent !== next) node.textContent = next;
  };
  const write = (sentence, { pause = 250, longest = 3000 } = {}) => {
    next = sentence;
    const now = win.performance.now();
    if (timer === null) since = now;
    win.clearTimeout(timer);
    timer = win.setTimeout(speak, Math.max(0, Math.min(pause, since + longest - now)));
  };
  let described = "", refused = false;
  /** What the picture shows. What was refused stays until something else is to be said. */
  const say = (sentence, when) => {
    if (refused && sentence === described) return;
    refused = false;
    described = sentence;
    write(sentence, when);
  };
  /** Why what the reader asked for can't be: at once, and so that a redraw doesn't wipe it off. */
  const refuse = (sentence) => {
    refused = true;
    write(sentence, { pause: 0 });
  };
  /** What was refused is over: call it where a wish is granted. */
  const settle = () => { refused = false; };
  return { node, say, refuse, settle, speak, said: () => next, stop: () => win.clearTimeout(timer) };
}

/** Names and what belongs to them, under the picture. `show({ key: text })` writes the latter. */
function factList(doc, names) {
  const facts = Object.fromEntries(Object.keys(names).map((key) => [key, make(doc, "dd")]));
  // the list itself has no class: the book's theme indents lists that have one
  const node = make(doc, "div", { class: "axw-facts" }, make(doc, "dl", {},
    ...Object.entries(facts).flatMap(([key, dd]) => [make(doc, "dt", { text: names[key] }), dd])));
  const show = (texts) => Object.entries(texts).forEach(([key, text]) => setText(facts[key], text));
  return { node, show };
}

/** A few words beside or under something. */
const words = (doc, text = "", kind = "axw-small") => make(doc, "span", { class: kind, text });

/** A canvas with its name above it, and `below` what explains it.
 *
 * Arrow keys and the pointer work in it (see `onWalk`), so it takes the focus.
 */
function figure(doc, ...below) {
  const name = make(doc, "strong"), readout = words(doc);
  const canvas = make(doc, "canvas", { tabindex: 0, role: "application", ...KEYS_ARE_OURS });
  const node = make(doc, "figure", {}, make(doc, "figcaption", { class: "axw-caption" }, name, readout), canvas, ...below);
  return { node, name, readout, canvas };
}

const PAGE = 10; // places that Page Up and Page Down move

/** Call `go(rows, columns)` with the step that a key in `canvas` asks for; `far` is beyond any end. */
function onWalk(canvas, go, far = 1e6) {
  canvas.addEventListener("keydown", (event) => {
    const move = {
      ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
      PageUp: [-PAGE, 0], PageDown: [PAGE, 0],
      Home: [event.ctrlKey ? -far : 0, -far], End: [event.ctrlKey ? far : 0, far],
    }[event.key];
    if (!move || event.altKey || event.metaKey || go(...move) === false) return;
    event.preventDefault();
  });
}

/** `value`, or the nearest of the places 0 … n − 1. */
const within = (value, n) => Math.max(0, Math.min(n - 1, value));

// Outlines in a 16 × 16 box.
const ICONS = {
  first: "M2 2h2v12H2zM14 2v12L5 8z",
  previous: "M10.5 1.5l2 2L8 8l4.500 4.500-2 2L4 8z",
  next: "M5.500 1.500l-2 2L8 8l-4.500 4.500 2 2L12 8z",
  play: "M3 1v14l11-7z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
};
const FULL_PLAY = 30; // seconds at most from the first place to the last
const SLOWEST = 0.5; // seconds a place, where there are few

/** Buttons that go through the places 0 … count() − 1: first, previous, play, next.
 *
 * texts    { first, previous, next, play, pause, lessMotion }
 * count    how many places there are; 0 blocks the buttons
 * current  where we are
 * go       goes to a place, and asks for a redraw
 * pace     seconds a place at most, while it plays
 */
function stepper(doc, life, calm, { texts, count, current, go, redraw, pace = SLOWEST }) {
  const win = doc.defaultView;
  let playing = 0; // the frame that plays next
  const jump = (at) => {
    const n = count();
    if (n) go(((at % n) + n) % n); // after the last comes the first
  };
  const press = (where) => () => { stop(); jump(where()); };
  const playIcon = make(doc, "span", {}, icon(doc, ICONS.play)), playText = words(doc, texts.play, "");
  const play = make(doc, "button", {
    type: "button", class: "axw-button axw-play", click: () => (playing ? stop() : start()), ...KEYS_ARE_OURS,
  }, playIcon, playText);
  const where = words(doc);
  const node = make(doc, "div", { class: "axw-steps" },
    button(doc, texts.first, press(() => 0), ICONS.first),
    button(doc, texts.previous, press(() => current() - 1), ICONS.previous),
    play,
    button(doc, texts.next, press(() => current() + 1), ICONS.next),
    where);

  /** Play: a place every `pace` seconds, or so many a frame that all of them take half a minute. */
  function start() {
    if (!count()) return;
    if (calm.matches) return jump(current() + 1);
    if (current() === count() - 1) jump(0);
    let last = win.performance.now();
    const tick = (now) => {
      if (!count()) return stop(); // the settings may change meanwhile
      const each = Math.min(pace, FULL_PLAY / count()) * 1000;
      const due = Math.floor((now - last) / each), end = count() - 1;
      if (due > 0) {
        last += due * each;
        jump(Math.min(current() + due, end));
      }
      if (current() === end) stop();
      else playing = win.requestAnimationFrame(tick);
    };
    playing = win.requestAnimationFrame(tick);
    redraw();
  }
  function stop() {
    win.cancelAnimationFrame(playing);
    playing = 0;
    redraw();
  }
  life.add(() => win.cancelAnimationFrame(playing));

  /** Write where we are, and what the play button does now. */
  function show(text) {
    for (const one of node.querySelectorAll("button")) one.disabled = !count();
    setText(where, [text, calm.matches && texts.lessMotion].filter(Boolean).join(". "));
    if (playText.textContent !== (playing ? texts.pause : texts.play)) {
      setText(playText, playing ? texts.pause : texts.play);
      playIcon.replaceChildren(icon(doc, playing ? ICONS.pause : ICONS.play));
    }
  }
  return { node, show, stop, playing: () => Boolean(playing) };
}

// ------------------------------------------------------------------------------ the stage

/** What every widget does beside its own: it stands on the page, and is drawn when that is due.
 *
 * Drawn anew, at most once a frame, when a trait changes, the page changes between light and dark,
 * a watched node its size, or the reader's wish for less motion.
 */
function stage(model, el, name) {
  const doc = el.ownerDocument, win = doc.defaultView, life = lifetime();
  const calm = win.matchMedia("(prefers-reduced-motion: reduce)");
  const root = make(doc, "div", { class: `axw axw-${name}` });
  const status = statusLine(doc);
  let draw = () => {};
  const now = () => {
    const began = win.performance.now();
    draw();
    el.alexnetWidget.drawMs = win.performance.now() - began;
    el.alexnetWidget.draws += 1;
  };
  const redraw = onceAFrame(win, now);
  const { refuse } = status;
  status.refuse = (sentence) => { // what is still to be drawn comes first, or it would have the last word
    if (redraw.due()) {
      redraw.stop();
      now();
    }
    refuse(sentence);
  };

  /** Begin. Returns what takes the widget away again.
   *
   * children  all there is to see, from top to bottom; the status line comes last
   * traits    the names to follow
   * draw      draws all that there is, with the look and the sizes last taken
   * colours   called with the INKS that suit the ground, before the first drawing and at each change
   * sizes     called when a node of `watch` may have another size
   * probe     for tests and the curious: what `el.alexnetWidget` can tell
   */
  function begin({ children, traits, draw: drawing, colours = () => {}, sizes = () => {}, watch = [], probe = {} }) {
    draw = drawing;
    el.alexnetWidget = { drawMs: 0, draws: 0, said: status.said, ...probe }; // said: without the wait for a still hand
    root.append(make(doc, "div", { class: "axw-layout" }, ...children, status.node));
    el.append(root);
    const takeColours = () => {
      root.dataset.ground = groundOf(root);
      colours(INKS[root.dataset.ground]);
    };
    takeColours();
    sizes();
    now();
    status.speak();
    life.add(status.stop);
    life.follow(model, traits, redraw);
    life.listen(calm, "change", redraw);
    watchTheme(doc, life, () => { takeColours(); redraw(); });
    const observer = new win.ResizeObserver(() => { sizes(); takeColours(); redraw(); }); // also: now it is on the page
    for (const node of [root, ...watch]) observer.observe(node);
    life.add(() => observer.disconnect());
    life.add(redraw.stop);
    life.add(() => root.remove());
    return life.end;
  }
  return { doc, win, life, calm, root, status, redraw, begin };
}

// ------------------------------------------------------------------------------ numbers

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** A number for people: 1,234,567 and −0.111: whole, or to three digits, with a real minus sign. */
function pretty(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0"; // what rounding left of a sum that is 0
  if (value >= 0 && size < 1000 && Number.isInteger(value)) return String(value); // the many, fast
  return (Number.isInteger(value) || size >= 100 ? WHOLE : SHORT).format(value).replace("-", "−");
}

// ------------------------------------------------------------------------------ when to draw

/** `fn` at most once a frame, however often it is asked for. */
function onceAFrame(win, fn) {
  let frame = 0;
  const ask = () => { frame ||= win.requestAnimationFrame(() => { frame = 0; fn(); }); };
  ask.stop = () => { win.cancelAnimationFrame(frame); frame = 0; };
  ask.due = () => frame !== 0;
  return ask;
}

/** `fn`, remembering its last answer for as long as it is asked the same. */
function remember(fn) {
  let last = null, answer;
  return (...args) => {
    if (!last || args.length !== last.length || args.some((arg, i) => !Object.is(arg, last[i]))) {
      answer = fn(...args);
      last = args;
    }
    return answer;
  };
}

/** Listeners and other things to undo when the widget leaves the page. */
function lifetime() {
  const undo = [];
  return {
    add: (fn) => undo.push(fn),
    listen(target, type, fn, options) {
      target.addEventListener(type, fn, options);
      undo.push(() => target.removeEventListener(type, fn, options));
    },
    follow(model, names, fn) {
      for (const name of names) {
        model.on(`change:${name}`, fn);
        undo.push(() => model.off(`change:${name}`, fn));
      }
    },
    end: () => undo.splice(0).reverse().forEach((fn) => fn()),
  };
}

/** Bytes as a host hands them over (DataView in all that we know). */
function bytesOf(value) {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value ?? 0);
}

// ------------------------------------------------------------------------------ colours

// The colours that a canvas needs, by ground. Text on the ground has at least 4.5 : 1, marks 3 : 1.
const INKS = {
  light: { ink: "#1c2330", soft: "#525c6b", line: "#8a94a3", ground: "#ffffff", mark: "#c2185b", lost: "#b45309" },
  dark: { ink: "#e8ecf3", soft: "#b4becc", line: "#7c8798", ground: "#12161d", mark: "#ff6fa5", lost: "#fbbf24" },
};

/** "dark" or "light": what the host's colours make of `node` ("light" until it is on the page). */
function groundOf(node) {
  const colour = node.ownerDocument.defaultView.getComputedStyle(node).backgroundColor.match(/[\d.]+/g);
  return colour && luminance(...colour.slice(0, 3).map(Number)) < 0.18 ? "dark" : "light";
}

/** Call `fn` whenever the host may have changed between light and dark. */
function watchTheme(doc, life, fn) {
  const win = doc.defaultView;
  const observer = new win.MutationObserver(fn);
  const attributes = ["data-theme", "theme", "class", "style"]; // the book; Colab; others
  observer.observe(doc.documentElement, { attributes: true, attributeFilter: attributes });
  observer.observe(doc.body, { attributes: true, attributeFilter: ["data-jp-theme-name", "class"] }); // JupyterLab
  life.add(() => observer.disconnect());
  life.listen(win.matchMedia("(prefers-color-scheme: dark)"), "change", fn);
}

function luminance(r, g, b) { // relative luminance, as WCAG 2 defines it
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/* Signed values: from dark blue through grey to light yellow. The lightness rises all the way, so
 * the sign also shows in grey and to those who see blue and yellow alike. */
const SIGNED = [[10, 28, 90], [52, 92, 158], [128, 128, 128], [221, 172, 86], [255, 240, 178]];
const GREY = [[0, 0, 0], [255, 255, 255]];

function ramp(stops) { // 256 colours between the stops
  return Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at));
    return stops[k].map((v, c) => Math.round(v + (at - k) * (stops[k + 1][c] - v)));
  });
}

function palette(stops) {
  const rgb = ramp(stops);
  return {
    css: rgb.map((c) => `rgb(${c})`),
    // black or white, whichever reads better: never under 4.58 : 1
    text: rgb.map((c) => (luminance(...c) > 0.179 ? "#000" : "#fff")),
    pixel: Uint32Array.from(rgb, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r), // little-endian RGBA
    gradient: `linear-gradient(90deg, ${stops.map((c) => `rgb(${c})`)})`,
  };
}
const PALETTES = { signed: palette(SIGNED), grey: palette(GREY) };

/** How `values` are coloured: signed about 0 if a good part is negative, else grey from low to high. */
function shading(values) {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low < -0.2 * high) {
    const most = Math.max(-low, high);
    return { ...PALETTES.signed, signed: true, low: -most, high: most };
  }
  if (low > 0 || low === high) low = Math.min(0, low); // so that black is 0, and one value is not all
  return { ...PALETTES.grey, signed: false, low, high: high > low ? high : low + 1 };
}

/** Where `value` lies in a shading's 256 colours. */
function shade(shading, value) {
  const at = (255 * (value - shading.low)) / (shading.high - shading.low);
  return at <= 0 ? 0 : at >= 255 ? 255 : (at + 0.5) | 0;
}

// ------------------------------------------------------------------------------ canvases

/** Give `canvas` a size in CSS pixels, sharp on this screen; returns its context in CSS pixels. */
function fit(canvas, width, height) {
  const ratio = canvas.ownerDocument.defaultView.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio)), h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.cssText = `width:${width}px;height:${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A picture of values, one pixel each, on a canvas of its own that is used again. */
function valuePicture(doc) {
  const canvas = doc.createElement("canvas");
  let image = null;
  return (values, rows, cols, shading) => {
    if (!image || image.width !== cols || image.height !== rows) {
      canvas.width = cols;
      canvas.height = rows;
      image = new ImageData(cols, rows);
    }
    const pixels = new Uint32Array(image.data.buffer), { pixel, low } = shading;
    const scale = 255 / (shading.high - low); // shade(), written out: a call a pixel is too slow
    for (let i = 0; i < pixels.length; i++) {
      const at = (values[i] - low) * scale;
      pixels[i] = pixel[at <= 0 ? 0 : at >= 255 ? 255 : (at + 0.5) | 0];
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  };
}

/** A canvas pattern of diagonal lines; `lean` +1 rises to the right, −1 falls. */
function hatch(doc, colour, lean, step = 6, ground = null) {
  const tile = doc.createElement("canvas"), ratio = 2;
  tile.width = tile.height = step * ratio;
  const context = tile.getContext("2d");
  context.scale(ratio, ratio);
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, step, step);
  }
  context.strokeStyle = colour;
  context.lineWidth = step / 5;
  for (const shift of [-step, 0, step]) { // thrice, so that the corners join
    context.moveTo(shift, lean > 0 ? step : 0);
    context.lineTo(shift + step, lean > 0 ? 0 : step);
  }
  context.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** Numbers in the middle of their cells, all in one size: the largest that fits the longest.
 *
 * `write(text, x, y, colour)` collects; `draw` leaves all out if they would be under 8 pixels high.
 */
function cellTexts(cell) {
  const texts = [];
  let longest = 1;
  return {
    write(text, x, y, colour) {
      texts.push([text, x, y, colour]);
      longest = Math.max(longest, text.length);
    },
    draw(context) {
      const size = fontSize(cell, longest);
      if (size < 8) return;
      context.font = `${size}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [text, x, y, colour] of texts) {
        context.fillStyle = colour;
        context.fillText(text, x + cell / 2, y + cell / 2 + size * 0.06);
      }
    },
  };
}

/** The font size in which `length` digits fit a cell: a digit is about 0.6 of it wide. */
const fontSize = (cell, length) => Math.min(0.42 * cell, (0.92 * cell) / (0.6 * length), 18);

// ------------------------------------------------------------------------------ grids of numbers

const EDGE = 4; // CSS pixels left free around a picture, for outlines

/** Where a picture of rows × cols cells lies in a square of `side` CSS pixels. */
function place(side, rows, cols, ratio) {
  let cell = (side - 2 * EDGE) / Math.max(rows, cols);
  if (cell >= 10) cell = Math.floor(cell * ratio) / ratio; // whole device pixels: all cells alike
  return { cell, left: Math.round((side - cols * cell) / 2), top: Math.round((side - rows * cell) / 2) };
}

function drawPicture(context, image, { cell, left, top }) {
  context.imageSmoothingEnabled = cell < 2; // small cells without jags, large ones with sharp edges
  context.drawImage(image, left, top, image.width * cell, image.height * cell);
}

function drawLines(context, { cell, left, top }, rows, cols, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let y = 0; y <= rows; y++) {
    context.moveTo(left, top + y * cell);
    context.lineTo(left + cols * cell, top + y * cell);
  }
  for (let x = 0; x <= cols; x++) {
    context.moveTo(left + x * cell, top);
    context.lineTo(left + x * cell, top + rows * cell);
  }
  context.stroke();
}

function drawMark(context, inks, x, y, width, height, dash = []) {
  for (const [colour, line, dashes] of [[inks.ground, 5, []], [inks.mark, 2.5, dash]]) {
    context.setLineDash(dashes); // with a rim, so that the mark stands out from any picture
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x, y, width, height);
  }
  context.setLineDash([]);
}

/** Each of rows × cols values in its cell, in a colour that can be read on that of the shading. */
function drawNumbers(context, { cell, left, top }, rows, cols, values, colours) {
  if (cell < 20) return;
  const texts = cellTexts(cell);
  for (let at = 0; at < rows * cols; at++)
    texts.write(pretty(values[at]), left + (at % cols) * cell, top + Math.floor(at / cols) * cell,
      colours.text[shade(colours, values[at])]);
  texts.draw(context);
}

/** The row and column under the pointer, in a grid that lies at `placed`. */
const cellAt = (event, { cell, left, top }) =>
  [Math.floor((event.offsetY - top) / cell), Math.floor((event.offsetX - left) / cell)];

/** Pointing at two pictures, before and after a window slid over them, and walking in them.
 *
 * pictures  { before, after }, of `figure`
 * state     gives { problem, row, col, outRows, outCols, s } and `span`, the side of the window
 * placed    gives where the two lie in their canvases, { before, after }
 * go        goes to the window { row, col } of the output
 * Returns the place under the pointer: `over("before")` is [row, column] there, or null.
 */
function onWindows(pictures, { state, placed, go, redraw }) {
  let hover = null;
  const to = (row, col) => go({ row: within(row, state().outRows), col: within(col, state().outCols) });
  function pick(event, picture) {
    const { problem, span, s } = state();
    if (problem) return;
    let [row, col] = cellAt(event, placed()[picture]);
    if (picture === "before") // the window whose middle is nearest
      [row, col] = [row, col].map((at) => Math.round((at - (span - 1) / 2) / s));
    to(row, col);
  }
  function walk(down, right) {
    const { problem, row, col } = state();
    if (problem) return false;
    to(row + down, col + right);
  }
  for (const [picture, { canvas }] of Object.entries(pictures)) {
    onWalk(canvas, walk);
    canvas.addEventListener("pointerdown", (event) => pick(event, picture));
    canvas.addEventListener("pointermove", (event) => {
      hover = { event, picture };
      if (event.pointerType === "mouse" && event.buttons === 1) pick(event, picture);
      redraw();
    });
    canvas.addEventListener("pointerleave", () => { hover = null; redraw(); });
  }
  return (picture) =>
    (hover?.picture === picture && placed()[picture] ? cellAt(hover.event, placed()[picture]) : null);
}

/** The bar that says which colour is which number. `show(shading)`. */
function scaleBar(doc) {
  const bar = words(doc, "", "axw-bar"), low = words(doc), zero = words(doc), high = words(doc);
  const node = make(doc, "div", { class: "axw-scale" }, bar, low, zero, high);
  const show = (shading) => {
    bar.style.background = shading.gradient;
    setText(low, pretty(shading.low));
    setText(zero, shading.signed ? "0" : "");
    setText(high, pretty(shading.high));
  };
  return { node, show };
}
