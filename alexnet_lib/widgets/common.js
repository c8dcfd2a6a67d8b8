/* What the front ends of all widgets share: controls, colours, canvases, and when to draw.
 *
 * base.py joins this file and NAME.js into one module, so nothing here is imported or exported.
 * Nothing assumes a host: Jupyter, Colab and the website all call `render`. Every function that
 * makes an element takes the document, since a host may draw into a frame.
 */

// ------------------------------------------------------------------------------ elements

/** Make an element with attributes (a function is a listener, `text` the text) and children. */
function make(doc, tag, attributes, ...children) {
  return fillNode(doc.createElement(tag), attributes, children);
}

/** Make an element of a drawing, likewise. */
function makeSvg(doc, tag, attributes, ...children) {
  return fillNode(doc.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fillNode(node, attributes = {}, children = []) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** Make a div with a class and children. */
const box = (doc, kind, ...children) => make(doc, "div", { class: kind }, ...children);

// JupyterLab takes the arrow keys, Enter and others from the focused element unless that very
// element has this attribute; on a parent it does nothing.
const KEYS_ARE_OURS = { "data-lm-suppress-shortcuts": "true" };

/** Write a text only if it changed: each write costs a layout, and may be spoken. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
function setLabel(node, text) {
  if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
}

/** Make an icon, an outline in a 16 × 16 box: fonts may lack the media symbols, or show emoji. */
function icon(doc, path) {
  const settings = { viewBox: "0 0 16 16", "aria-hidden": "true" };
  return makeSvg(doc, "svg", settings, makeSvg(doc, "path", { d: path }));
}

/** Make a button; with an icon, `label` is its name for screen readers. */
function button(doc, label, onPress, path) {
  const node = make(doc, "button", {
    type: "button",
    class: "axw-button",
    click: onPress,
    ...KEYS_ARE_OURS,
  });
  if (path) {
    node.append(icon(doc, path));
    node.setAttribute("aria-label", label);
    node.title = label;
  } else node.textContent = label;
  return node;
}

/** Make a labelled slider with its number. `show(value)` moves it without calling `onChange`.
 *
 * `text(value)` is the number as people write it, on the page and for a screen reader.
 */
function slider(doc, label, min, max, onChange, { step = 1, text = pretty } = {}) {
  const input = make(doc, "input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": label,
    ...KEYS_ARE_OURS,
    input: () => onChange(Number(input.value)),
  });
  const number = make(doc, "span", { class: "axw-number" });
  const node = make(
    doc,
    "label",
    { class: "axw-slider" },
    make(doc, "span", { text: label }),
    input,
    number,
  );
  const show = (value) => {
    input.value = value;
    setText(number, text(value));
    if (text !== pretty && input.getAttribute("aria-valuetext") !== text(value))
      input.setAttribute("aria-valuetext", text(value));
  };
  return { node, input, show };
}

/** Make a labelled select. `show(value, options)`: options are [value, text] pairs. */
function choice(doc, label, onChange) {
  const select = make(doc, "select", {
    "aria-label": label,
    ...KEYS_ARE_OURS,
    change: () => onChange(select.value),
  });
  const node = make(
    doc,
    "label",
    { class: "axw-choice" },
    make(doc, "span", { text: label }),
    select,
  );
  let known = "";
  const show = (value, options) => {
    const now = JSON.stringify(options);
    if (now !== known) {
      // only when it changed: replacing the options closes an open list
      select.replaceChildren(
        ...options.map(([key, text]) => make(doc, "option", { value: key, text })),
      );
      known = now;
    }
    if (select.value !== value) select.value = value;
  };
  return { node, select, show };
}

/** Return a new name for a group of radio buttons, unlike that of any other view. */
const radioName = () => `axw-${Math.random().toString(36).slice(2)}`;

/** Make radio buttons side by side, with their arrow keys. */
function segments(doc, label, options, onChange) {
  const name = radioName();
  const inputs = options.map(([value]) =>
    make(doc, "input", {
      type: "radio",
      name,
      value,
      ...KEYS_ARE_OURS,
      change: () => onChange(value),
    }),
  );
  const labels = options.map(([, text], i) =>
    make(doc, "label", { class: "axw-segment" }, inputs[i], make(doc, "span", { text })),
  );
  const node = make(
    doc,
    "div",
    { class: "axw-choice", role: "radiogroup", "aria-label": label },
    make(doc, "span", { text: label }),
    box(doc, "axw-segments", ...labels),
  );
  const show = (value) =>
    inputs.forEach((input) => {
      input.checked = input.value === value;
    });
  return { node, inputs, show };
}

/** Make a labelled field for a number; text that is no number is marked and goes to `onRefuse`.
 *
 * `show(value)` writes the number, unless the reader is typing in the field.
 */
function numberField(doc, label, onChange, onRefuse) {
  const input = numberInput(doc, label);
  let current = "";
  input.addEventListener("input", () => {
    const value = readNumber(input);
    if (value !== null) onChange(value);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    leaveField(input, onRefuse);
    input.value = current;
  });
  const show = (value) => {
    current = exactText(value);
    if (input !== doc.activeElement && input.value !== current) input.value = current;
  };
  return { node: input, input, show };
}

/** Make the bare field of `numberField`. */
function numberInput(doc, label) {
  // type=text: a number field refuses 1/9 and 0,5, and a phone's decimal keypad lacks the minus
  return make(doc, "input", {
    type: "text",
    class: "axw-cell",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": label,
    ...KEYS_ARE_OURS,
  });
}

/** Return the number typed into a field; null, and the field marked, if it is none. */
function readNumber(input) {
  const value = typedNumber(input.value);
  if (value === null) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return value;
}

/** Refuse text that is no number, when the reader leaves the field. */
function leaveField(input, onRefuse) {
  if (input.hasAttribute("aria-invalid")) onRefuse(input.value);
  input.removeAttribute("aria-invalid");
}

/** Parse a typed number: 2, -0.5, 0,5, −1 or 1/9; null if it is none. */
function typedNumber(text) {
  const [top, bottom, ...more] = text
    .trim()
    .replace(/\u2212/g, "-")
    .replace(/,/g, ".")
    .split("/");
  const valid = (part) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part.trim());
  if (more.length || !valid(top) || (bottom !== undefined && !valid(bottom))) return null;
  const value = Number(top) / (bottom === undefined ? 1 : Number(bottom));
  return Number.isFinite(value) ? value : null;
}

/** Make the line that describes the picture in words, for everyone to read and hear.
 *
 * A screen reader speaks each change, so the line waits until the reader's hand is still
 * (`pause` ms without a new sentence), or says the latest every `longest` ms of motion.
 */
function statusLine(doc) {
  const win = doc.defaultView;
  const node = make(doc, "p", { class: "axw-status", role: "status", "aria-live": "polite" });
  let timer = null;
  let since = 0;
  let next = "";
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
  let described = "";
  let refused = false;
  /** Describe the picture. A refusal stays until there is something else to say. */
  const say = (sentence, when) => {
    if (refused && sentence === described) return;
    refused = false;
    described = sentence;
    write(sentence, when);
  };
  /** Say at once why a wish can't be granted; a redraw doesn't wipe it off. */
  const refuse = (sentence) => {
    refused = true;
    write(sentence, { pause: 0 });
  };
  /** Forget the refusal: call it where a wish is granted. */
  const settle = () => {
    refused = false;
  };
  return {
    node,
    say,
    refuse,
    settle,
    speak,
    said: () => next,
    stop: () => win.clearTimeout(timer),
  };
}

/** Make a list of named facts, under the picture. `show({ key: text })` writes the facts. */
function factList(doc, names) {
  const facts = Object.fromEntries(Object.keys(names).map((key) => [key, make(doc, "dd")]));
  const rows = Object.keys(facts).flatMap((key) => [
    make(doc, "dt", { text: names[key] }),
    facts[key],
  ]);
  // the book's theme indents a dl with a class
  const node = box(doc, "axw-facts", make(doc, "dl", {}, ...rows));
  const show = (texts) => Object.entries(texts).forEach(([key, text]) => setText(facts[key], text));
  return { node, show };
}

/** Make a short text beside or under something. */
const textSpan = (doc, text = "", kind = "axw-small") => make(doc, "span", { class: kind, text });

/** Make a legend from { key: [text, class] }; returns its `node` and the entries by key. */
function legend(doc, entries) {
  const spans = Object.entries(entries).map(([key, [text, kind]]) => [
    key,
    textSpan(doc, text, kind),
  ]);
  const node = box(doc, "axw-small axw-legend", ...spans.map(([, span]) => span));
  return { node, ...Object.fromEntries(spans) };
}

/** Make a canvas with its name above it and its explanation, `below`, under it.
 *
 * Arrow keys and the pointer work in it (see `onWalk`), so it takes the focus.
 */
const figure = (doc, ...below) =>
  captionedCanvas(doc, { tabindex: 0, role: "application", ...KEYS_ARE_OURS }, below);

/** Make a canvas with its name above it, only to look at. */
const chartFigure = (doc, ...below) => captionedCanvas(doc, { role: "img" }, below);

function captionedCanvas(doc, attributes, below) {
  const name = make(doc, "strong");
  const readout = textSpan(doc);
  const canvas = make(doc, "canvas", attributes);
  const node = make(
    doc,
    "figure",
    {},
    make(doc, "figcaption", { class: "axw-caption" }, name, readout),
    canvas,
    ...below,
  );
  return { node, name, readout, canvas };
}

const PAGE = 10; // places for Page Up and Page Down

/** Return the place nearest to a pointer, or null if none is within `reach` pixels. */
function placeUnder(places, { offsetX, offsetY }, reach, pointOf) {
  let best = null;
  let least = reach ** 2;
  for (const place of places) {
    const [x, y] = pointOf(place);
    const distance = (x - offsetX) ** 2 + (y - offsetY) ** 2;
    if (distance >= least) continue;
    best = place;
    least = distance;
  }
  return best;
}

/** Call `go(rows, columns)` with the step that a key in `canvas` means; `far` is beyond any end. */
function onWalk(canvas, go, far = 1e6) {
  canvas.addEventListener("keydown", (event) => {
    const move = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      PageUp: [-PAGE, 0],
      PageDown: [PAGE, 0],
      Home: [event.ctrlKey ? -far : 0, -far],
      End: [event.ctrlKey ? far : 0, far],
    }[event.key];
    if (!move || event.altKey || event.metaKey || go(...move) === false) return;
    event.preventDefault();
  });
}

/** Return `value`, or the nearest of the places 0 … n − 1. */
const clamp = (value, n) => Math.max(0, Math.min(n - 1, value));

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

/** Make a row of buttons that go through places, and play them: {node, show}.
 *
 * texts  { first, previous, next, play, pause, lessMotion }
 * on     { first, previous, play, next }: what they do
 *
 * `show(text, playing, disabled)` writes where we are, and what the play button does now.
 */
function playRow(doc, reducedMotion, texts, on) {
  const playIcon = make(doc, "span", {}, icon(doc, ICONS.play));
  const playText = textSpan(doc, texts.play, "");
  const play = make(
    doc,
    "button",
    { type: "button", class: "axw-button axw-play", click: on.play, ...KEYS_ARE_OURS },
    playIcon,
    playText,
  );
  const where = textSpan(doc);
  const node = box(
    doc,
    "axw-steps",
    button(doc, texts.first, on.first, ICONS.first),
    button(doc, texts.previous, on.previous, ICONS.previous),
    play,
    button(doc, texts.next, on.next, ICONS.next),
    where,
  );
  function show(text, playing, disabled) {
    for (const each of node.querySelectorAll("button")) each.disabled = disabled;
    setText(where, [text, reducedMotion.matches && texts.lessMotion].filter(Boolean).join(". "));
    if (playText.textContent !== (playing ? texts.pause : texts.play)) {
      setText(playText, playing ? texts.pause : texts.play);
      playIcon.replaceChildren(icon(doc, playing ? ICONS.pause : ICONS.play));
    }
  }
  return { node, show };
}

/** Make buttons that go through the places 0 … count() − 1: first, previous, play, next.
 *
 * texts    { first, previous, next, play, pause, lessMotion }
 * count    returns the number of places; 0 disables the buttons
 * current  returns the current place
 * go       goes to a place, and asks for a redraw
 * pace     at most so many seconds a place, while it plays
 */
function stepper(doc, life, reducedMotion, { texts, count, current, go, redraw, pace = SLOWEST }) {
  const win = doc.defaultView;
  let playing = 0; // the frame that plays next
  const jump = (at) => {
    const n = count();
    if (n) go(((at % n) + n) % n); // after the last comes the first
  };
  const press = (where) => () => {
    stop();
    jump(where());
  };
  const row = playRow(doc, reducedMotion, texts, {
    first: press(() => 0),
    previous: press(() => current() - 1),
    play: () => (playing ? stop() : start()),
    next: press(() => current() + 1),
  });

  /** Play: a place every `pace` seconds, or faster, so that all of them take half a minute. */
  function start() {
    if (!count()) return;
    if (reducedMotion.matches) return jump(current() + 1);
    if (current() === count() - 1) jump(0);
    let last = win.performance.now();
    const tick = (now) => {
      if (!count()) return stop(); // the settings may change meanwhile
      const each = Math.min(pace, FULL_PLAY / count()) * 1000;
      const due = Math.floor((now - last) / each);
      const end = count() - 1;
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

  const show = (text) => row.show(text, Boolean(playing), !count());
  return { node: row.node, show, stop, playing: () => Boolean(playing) };
}

// ------------------------------------------------------------------------------ the stage

/** Set a widget up on the page, and draw it when that is due.
 *
 * It is drawn again, at most once a frame, when a trait changes, when the page changes between
 * light and dark, when a watched node changes its size, or the reader asks for less motion.
 */
function stage(model, el, name) {
  const doc = el.ownerDocument;
  const win = doc.defaultView;
  const life = lifetime();
  const reducedMotion = win.matchMedia("(prefers-reduced-motion: reduce)");
  const root = make(doc, "div", { class: `axw axw-${name}` });
  const status = statusLine(doc);
  let draw = () => {};
  const now = () => {
    const began = win.performance.now();
    draw();
    el.alexnetWidget.drawMs = win.performance.now() - began;
    el.alexnetWidget.draws += 1;
  };
  const redraw = oncePerFrame(win, now);
  const { refuse } = status;
  status.refuse = (sentence) => {
    // a pending drawing comes first, or its description would replace the refusal
    if (redraw.due()) {
      redraw.stop();
      now();
    }
    refuse(sentence);
  };

  /** Begin. Returns the function that takes the widget away again.
   *
   * children  the parts of the widget, from top to bottom; the status line comes last
   * traits    the names to follow
   * draw      draws everything, with the colours and the sizes last taken
   * colors    called with the INKS for the ground, before the first drawing and at each change
   * sizes     called when a node of `watch` may have another size
   * probe     for tests and the curious: what `el.alexnetWidget` answers
   */
  function begin({
    children,
    traits,
    draw: drawing,
    colors = () => {},
    sizes = () => {},
    watch = [],
    probe = {},
  }) {
    draw = drawing;
    // said: the sentence, without the wait for a still hand
    el.alexnetWidget = { drawMs: 0, draws: 0, said: status.said, ...probe };
    root.append(box(doc, "axw-layout", ...children, status.node));
    el.append(root);
    const takeColors = () => {
      root.dataset.ground = groundOf(root);
      colors(INKS[root.dataset.ground]);
    };
    takeColors();
    sizes();
    now();
    status.speak();
    life.add(status.stop);
    life.follow(model, traits, redraw);
    life.listen(reducedMotion, "change", redraw);
    watchTheme(doc, life, () => {
      takeColors();
      redraw();
    });
    // also called when the widget comes onto the page
    const observer = new win.ResizeObserver(() => {
      sizes();
      takeColors();
      redraw();
    });
    for (const node of [root, ...watch]) observer.observe(node);
    life.add(() => observer.disconnect());
    life.add(redraw.stop);
    life.add(() => root.remove());
    return life.end;
  }
  return { doc, win, life, reducedMotion, root, status, redraw, begin };
}

/** Read traits: { name: value }. */
const traitValues = (model, names) =>
  Object.fromEntries(names.map((name) => [name, model.get(name)]));

/** Set traits from { name: value }; `save_changes` sends them to Python, if there is one. */
function setTraits(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
}

// ------------------------------------------------------------------------------ numbers and words

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** Write a number for people: 1,234,567 or −0.111. Whole, or three digits, with a real minus. */
function pretty(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0"; // a sum that is 0 but for rounding
  // most numbers, fast
  if (value >= 0 && size < 1000 && Number.isInteger(value)) return String(value);
  return (Number.isInteger(value) || size >= 100 ? WHOLE : SHORT).format(value).replace("-", "−");
}

/** Write a number to six digits, to type over. */
const exactText = (value) => String(Number(value.toPrecision(6))).replace("-", "−");

/** Write a whole number as an exponent: ⁻¹². */
const superscript = (n) =>
  String(n).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));

/** Write a number as a factor or a term: a negative one in brackets. */
const factorText = (value) => (value < 0 ? `(${pretty(value)})` : pretty(value));

/** Join parts into a list in a sentence: a, b and c. */
const listText = (parts) =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

// ------------------------------------------------------------------------------ chance

/** Mix the 32 bits of a whole number until neighbours have nothing in common; as in base.py. */
function mixBits(x) {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Return pseudorandom numbers from 0 to just under 1, draws × units, row by row. */
function uniform(seed, draws, units) {
  const start = mixBits(seed + 0x9e3779b9);
  const out = new Float64Array(draws * units);
  for (let draw = 1, at = 0; draw <= draws; draw++)
    for (let unit = 0; unit < units; unit++)
      out[at++] = mixBits((start + draw * 16 + unit) | 0) / 2 ** 32;
  return out;
}

// ------------------------------------------------------------------------------ when to draw

/** Return a function that asks for `fn`, which runs at most once a frame. */
function oncePerFrame(win, fn) {
  let frame = 0;
  const ask = () => {
    frame ||= win.requestAnimationFrame(() => {
      frame = 0;
      fn();
    });
  };
  ask.stop = () => {
    win.cancelAnimationFrame(frame);
    frame = 0;
  };
  ask.due = () => frame !== 0;
  return ask;
}

/** Return `fn` with its last answer kept for as long as the arguments stay the same. */
function memoize(fn) {
  let last = null;
  let answer;
  return (...args) => {
    if (!last || args.length !== last.length || args.some((arg, i) => !Object.is(arg, last[i]))) {
      answer = fn(...args);
      last = args;
    }
    return answer;
  };
}

/** Collect the listeners and other things to undo when the widget leaves the page. */
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
    end: () =>
      undo
        .splice(0)
        .reverse()
        .forEach((fn) => fn()),
  };
}

/** Return the bytes that a host hands over (a DataView in every host that we know). */
function bytesOf(value) {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value ?? 0);
}

// ------------------------------------------------------------------------------ colours

// The colours of canvases, by ground. Text on the ground has a contrast of at least 4.5, marks 3.
const INKS = {
  light: {
    ink: "#1c2330",
    soft: "#525c6b",
    line: "#8a94a3",
    ground: "#ffffff",
    mark: "#c2185b",
    lost: "#b45309",
  },
  dark: {
    ink: "#e8ecf3",
    soft: "#b4becc",
    line: "#7c8798",
    ground: "#12161d",
    mark: "#ff6fa5",
    lost: "#fbbf24",
  },
};

/** Return whether a node's ground is "dark" or "light" ("light" until it is on the page). */
function groundOf(node) {
  const ground = node.ownerDocument.defaultView
    .getComputedStyle(node)
    .backgroundColor.match(/[\d.]+/g);
  return ground && luminance(...ground.slice(0, 3).map(Number)) < 0.18 ? "dark" : "light";
}

/** Call `fn` whenever the host may have changed between light and dark. */
function watchTheme(doc, life, fn) {
  const win = doc.defaultView;
  const observer = new win.MutationObserver(fn);
  const attributes = ["data-theme", "theme", "class", "style"]; // the book; Colab; others
  observer.observe(doc.documentElement, { attributes: true, attributeFilter: attributes });
  const inJupyterLab = ["data-jp-theme-name", "class"];
  observer.observe(doc.body, { attributes: true, attributeFilter: inJupyterLab });
  life.add(() => observer.disconnect());
  life.listen(win.matchMedia("(prefers-color-scheme: dark)"), "change", fn);
}

/** Return the relative luminance that WCAG 2 defines. */
function luminance(r, g, b) {
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/* Signed values: from dark blue through grey to light orange. The lightness rises all the way, so
 * the sign also shows in grey, and to readers who can't tell blue from orange. */
const SIGNED = [
  [10, 28, 90],
  [52, 92, 158],
  [128, 128, 128],
  [224, 156, 82],
  [255, 214, 160],
];
const GRAY = [
  [0, 0, 0],
  [255, 255, 255],
];

/** Return 256 colours between the stops. */
function ramp(stops) {
  return Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(at));
    return stops[k].map((v, c) => Math.round(v + (at - k) * (stops[k + 1][c] - v)));
  });
}

function palette(stops) {
  const rgb = ramp(stops);
  return {
    css: rgb.map((c) => `rgb(${c})`),
    // black or white, whichever reads better: never under 4.58 : 1
    text: rgb.map((c) => (luminance(...c) > 0.179 ? "#000" : "#fff")),
    // little-endian RGBA
    pixel: Uint32Array.from(rgb, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r),
    gradient: `linear-gradient(90deg, ${stops.map((c) => `rgb(${c})`)})`,
  };
}
const PALETTES = { signed: palette(SIGNED), gray: palette(GRAY) };

/** Choose colours for values: signed about 0 if a good part is negative, else grey. */
function chooseShading(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low < -0.2 * high) {
    const most = Math.max(-low, high);
    return { ...PALETTES.signed, signed: true, low: -most, high: most };
  }
  if (low > 0 || low === high) low = Math.min(0, low); // black is 0, also for one value alone
  return { ...PALETTES.gray, signed: false, low, high: high > low ? high : low + 1 };
}

/** Return the index of a value's colour among a shading's 256. */
function shadeIndex(shading, value) {
  const at = (255 * (value - shading.low)) / (shading.high - shading.low);
  return at <= 0 ? 0 : at >= 255 ? 255 : (at + 0.5) | 0;
}

// ------------------------------------------------------------------------------ canvases

/** Size a canvas in CSS pixels, sharp on this screen; returns its context in CSS pixels. */
function sizeCanvas(canvas, width, height) {
  const ratio = canvas.ownerDocument.defaultView.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
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

/** Make a function that paints values, one pixel each, on a canvas that it keeps. */
function valuePicture(doc) {
  const canvas = doc.createElement("canvas");
  let image = null;
  return (values, rows, cols, shading) => {
    if (!image || image.width !== cols || image.height !== rows) {
      canvas.width = cols;
      canvas.height = rows;
      image = new ImageData(cols, rows);
    }
    const pixels = new Uint32Array(image.data.buffer);
    const { pixel, low } = shading;
    const scale = 255 / (shading.high - low); // shadeIndex inlined: a call a pixel is too slow
    for (let i = 0; i < pixels.length; i++) {
      const at = (values[i] - low) * scale;
      pixels[i] = pixel[at <= 0 ? 0 : at >= 255 ? 255 : (at + 0.5) | 0];
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  };
}

/** Make a canvas pattern of diagonal lines: with `lean` +1 they rise to the right, with −1 fall. */
function hatch(doc, color, lean, step = 6, ground = null) {
  const tile = doc.createElement("canvas");
  const ratio = 2;
  tile.width = tile.height = step * ratio;
  const context = tile.getContext("2d");
  context.scale(ratio, ratio);
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, step, step);
  }
  context.strokeStyle = color;
  context.lineWidth = step / 5;
  for (const shift of [-step, 0, step]) {
    // three times, so that the lines join at the corners
    context.moveTo(shift, lean > 0 ? step : 0);
    context.lineTo(shift + step, lean > 0 ? 0 : step);
  }
  context.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** Collect texts for the middle of cells, all in one size: the largest that fits the longest.
 *
 * `write(text, x, y, color)` collects; `draw` draws nothing if they would be under 8 pixels high.
 */
function cellTexts(cell) {
  const texts = [];
  let longest = 1;
  return {
    write(text, x, y, color) {
      texts.push([text, x, y, color]);
      longest = Math.max(longest, text.length);
    },
    draw(context) {
      const size = fontSize(cell, longest);
      if (size < 8) return;
      context.font = `${size}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const [text, x, y, color] of texts) {
        context.fillStyle = color;
        context.fillText(text, x + cell / 2, y + cell / 2 + size * 0.06);
      }
    },
  };
}

/** Return the font size for `length` digits in a cell: a digit is about 0.6 of it wide. */
const fontSize = (cell, length) => Math.min(0.42 * cell, (0.92 * cell) / (0.6 * length), 18);

// ------------------------------------------------------------------------------ windows on a grid

// n: numbers along an axis; k, s, p, d: kernel or window size, stride, padding, dilation.

/** Return how many windows fit along an axis; 0 if not even one. */
function outputSize(n, k, s, p = 0, d = 1) {
  const room = n + 2 * p - (d * (k - 1) + 1);
  return room < 0 ? 0 : Math.floor(room / s) + 1;
}

/** Count the windows that read each of the n numbers along an axis. */
function readsAlong(n, out, k, s, p = 0, d = 1) {
  const reads = new Int32Array(n);
  for (let o = 0; o < out; o++)
    for (let i = 0; i < k; i++) {
      const at = o * s - p + i * d;
      if (at >= 0 && at < n) reads[at]++;
    }
  return reads;
}

// An axis, or both at once if they are equal: the name of one place along it, and of many.
const AXES = {
  both: ["row and column", "rows and columns"],
  row: ["row", "rows"],
  col: ["column", "columns"],
};

/** Return the axes to explain, [names, n, out, reads] each: one where both are equal. */
function axesOf({ rows, cols, outRows, outCols, readRows, readCols }) {
  if (rows === cols) return [[AXES.both, rows, outRows, readRows]];
  return [
    [AXES.row, rows, outRows, readRows],
    [AXES.col, cols, outCols, readCols],
  ];
}

/** Say what the floor of the formula leaves out along an axis. */
function leftOver([[one, many], n, , reads], span, s, p = 0) {
  const room = n + 2 * p - span;
  const rest = room % s;
  const unread = reads.reduce((sum, times) => sum + (times === 0), 0);
  const tail = Math.max(0, rest - p); // the padding is left over first
  const division = `${room}/${s} leaves ${rest || "nothing"}`;
  if (unread > tail)
    return `${division}. With gaps in between, ${unread} of ${n} ${many} are never read.`;
  if (tail > 1) return `${division}: the last ${tail} ${many} are never read.`;
  if (tail)
    return `${division}: the last ${one} ${one === AXES.both[0] ? "are" : "is"} never read.`;
  const end = rest ? "only padding, so every pixel is read" : "the last window ends at the edge";
  return `${division}: ${end}.`;
}

// ------------------------------------------------------------------------------ grids of numbers

const EDGE = 4; // CSS pixels around a picture, for outlines

/** Place a picture of rows × cols cells in a square of `side` CSS pixels. */
function gridLayout(side, rows, cols, ratio) {
  let cell = (side - 2 * EDGE) / Math.max(rows, cols);
  if (cell >= 10) cell = Math.floor(cell * ratio) / ratio; // whole device pixels: all cells alike
  return {
    cell,
    left: Math.round((side - cols * cell) / 2),
    top: Math.round((side - rows * cell) / 2),
  };
}

function drawPicture(context, image, { cell, left, top }) {
  context.imageSmoothingEnabled = cell < 2; // smooth small cells, sharp large ones
  context.drawImage(image, left, top, image.width * cell, image.height * cell);
}

function drawLines(context, { cell, left, top }, rows, cols, color) {
  context.strokeStyle = color;
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

/** Draw a frame with a rim, so that it stands out from any picture. */
function drawMark(context, inks, x, y, width, height, dash = []) {
  for (const [color, line, dashes] of [
    [inks.ground, 5, []],
    [inks.mark, 2.5, dash],
  ]) {
    context.setLineDash(dashes);
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(x, y, width, height);
  }
  context.setLineDash([]);
}

/** Draw rows × cols values in their cells, in a colour that can be read on the shading's. */
function drawNumbers(context, { cell, left, top }, rows, cols, values, colors) {
  if (cell < 20) return;
  const texts = cellTexts(cell);
  for (let at = 0; at < rows * cols; at++)
    texts.write(
      pretty(values[at]),
      left + (at % cols) * cell,
      top + Math.floor(at / cols) * cell,
      colors.text[shadeIndex(colors, values[at])],
    );
  texts.draw(context);
}

/** Veil the cells after number `upTo`, which are still to come while the windows play. */
function drawVeil(context, { cell, left, top }, rows, cols, upTo, inks) {
  if (upTo >= rows * cols - 1) return;
  const row = Math.floor(upTo / cols);
  const col = (upTo % cols) + 1;
  context.globalAlpha = 0.85;
  context.fillStyle = inks.ground;
  context.fillRect(left + col * cell, top + row * cell, (cols - col) * cell, cell);
  context.fillRect(left, top + (row + 1) * cell, cols * cell, (rows - row - 1) * cell);
  context.globalAlpha = 1;
}

/** Return the row and column under the pointer. */
const cellAt = (event, { cell, left, top }) => [
  Math.floor((event.offsetY - top) / cell),
  Math.floor((event.offsetX - left) / cell),
];

/** Let the reader point at, and walk in, two pictures: before and after a window slid over them.
 *
 * pictures  { before, after }, of `figure`
 * state     returns { problem, row, col, outRows, outCols, stride, span }; span: the window's side
 * layouts   returns where the two lie in their canvases, { before, after }
 * go        goes to the window { row, col } of the output
 * Returns `over`: `over("before")` is the [row, column] under the pointer there, or null.
 */
function onWindows(pictures, { state, layouts, go, redraw }) {
  let hover = null;
  const to = (row, col) =>
    go({ row: clamp(row, state().outRows), col: clamp(col, state().outCols) });
  function pick(event, picture) {
    const { problem, span, stride } = state();
    if (problem) return;
    const place = cellAt(event, layouts()[picture]);
    const nearest = (at) => Math.round((at - (span - 1) / 2) / stride); // by the window's middle
    to(...(picture === "before" ? place.map(nearest) : place));
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
    canvas.addEventListener("pointerleave", () => {
      hover = null;
      redraw();
    });
  }
  return (picture) =>
    hover?.picture === picture && layouts()[picture]
      ? cellAt(hover.event, layouts()[picture])
      : null;
}

/** Make the bar that says which colour is which number. `show(shading)`. */
function scaleBar(doc) {
  const bar = textSpan(doc, "", "axw-bar");
  const low = textSpan(doc);
  const zero = textSpan(doc);
  const high = textSpan(doc);
  const node = box(doc, "axw-scale", bar, low, zero, high);
  const show = (shading) => {
    bar.style.background = shading.gradient;
    setText(low, pretty(shading.low));
    setText(zero, shading.signed ? "0" : "");
    setText(high, pretty(shading.high));
  };
  return { node, show };
}

/** Cross a picture out: a cross in its upper right corner, and a frame; the picture stays seen. */
function crossOut(context, x, y, side, inks) {
  const corner = Math.min(22, side / 3);
  const right = x + side - corner;
  context.fillStyle = inks.ground;
  context.fillRect(right, y, corner, corner);
  context.strokeStyle = inks.lost;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(right + 5, y + 5);
  context.lineTo(right + corner - 5, y + corner - 5);
  context.moveTo(right + corner - 5, y + 5);
  context.lineTo(right + 5, y + corner - 5);
  context.stroke();
  context.lineWidth = 2.5;
  context.strokeRect(x + 1, y + 1, side - 2, side - 2);
}
