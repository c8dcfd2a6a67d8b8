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

/** A labelled slider with its number. `show(value)` moves it without calling `onChange`. */
function slider(doc, label, min, max, onChange) {
  const input = make(doc, "input", {
    type: "range", min, max, step: 1, "aria-label": label, ...KEYS_ARE_OURS,
    input: () => onChange(Number(input.value)),
  });
  const number = make(doc, "span", { class: "axw-number" });
  const node = make(doc, "label", { class: "axw-slider" }, make(doc, "span", { text: label }), input, number);
  const show = (value) => { input.value = value; setText(number, String(value)); };
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
  const say = (sentence, { pause = 250, longest = 3000 } = {}) => {
    next = sentence;
    const now = win.performance.now();
    if (timer === null) since = now;
    win.clearTimeout(timer);
    timer = win.setTimeout(speak, Math.max(0, Math.min(pause, since + longest - now)));
  };
  return { node, say, speak, stop: () => win.clearTimeout(timer) };
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
