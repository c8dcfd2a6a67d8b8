/* The convolution widget: a kernel slides over a picture; every product of the window can be seen.
 *
 * It computes as deep learning frameworks do: the kernel is not flipped (cross-correlation), and a
 * window that would hang over the far edge is left out (the floor in the formula).
 * The model's traits are those of convolution.py. Uses common.js, which stands before it.
 */

const TRAITS = ["source", "grid", "photo", "photo_size", "photo_crop", "kernel_size", "stride", "padding",
  "dilation", "kernel_name", "kernel", "row", "col"];

const LARGEST = 11; // kernel: AlexNet's first
const KERNELS = ["vertical edge", "horizontal edge", "outline", "blur", "sharpen", "identity"];

// Every word the widget says.
const TEXT = {
  input: "Input", output: "Output", kernel: "Kernel", weights: "Kernel weights", window: "Window",
  kernelSize: "Kernel size", stride: "Stride", padding: "Padding", dilation: "Dilation",
  preset: "AlexNet conv1", reset: "Reset",
  first: "First window", previous: "Previous window", next: "Next window", play: "Play", pause: "Pause",
  lessMotion: "Your system asks for less motion: Play moves one window at a time.",
  place: (at, n) => `window ${at} of ${n}`,
  gridOption: (rows, cols) => `Numbers, ${rows} × ${cols}`,
  photoOption: (rows, cols) => `Photo, ${rows} × ${cols}`,
  sized: (name, rows, cols) => `${name}, ${rows} × ${cols}`,
  keys: (name, rows, cols) => `${name}, ${rows} by ${cols}. Arrow keys move the window.`,
  noOutput: "Output: none for this setting.",
  windowAlt: (k) => `The ${k} by ${k} numbers in the window`,
  cell: (i, j) => `Weight, row ${i}, column ${j}`,
  notANumber: (typed) => `“${typed}” is not a number; the weight stays as it was.`,
  isWindow: "window", isPadding: "padding: zeros", isUnread: "never read",
  readAt: (row, col, value, times) => `input[${row}, ${col}] = ${value}, ${times ? `read ${times}×` : "never read"}`,
  paddingAt: "padding: 0",
  outputAt: (row, col, value) => `output[${row}, ${col}] = ${value}`,
  about: {
    "vertical edge": "Right half minus left half: large where it gets brighter from left to right.",
    "horizontal edge": "Lower half minus upper half: large where it gets brighter from top to bottom.",
    outline: "The pixel against each of its neighbours: 0 where the picture is flat.",
    blur: "The mean of the window.",
    sharpen: "The pixel, plus what sets it off from the window’s mean.",
    identity: "The pixel itself: the output copies the input.",
    custom: "Your own weights.",
  },
  onePixel: "One pixel has no sides and no neighbours, so this kernel is 0.",
  facts: { size: "Output size", rest: "Left over", parameters: "Parameters", cost: "Multiply-adds" },
  formula: (span) => `⌊(size + 2·padding − ${span})/stride⌋ + 1`,
  live: (n, p, span, s, out) => `⌊(${n} + 2·${p} − ${span})/${s}⌋ + 1 = ${out}`,
  noRoom: (n, p, span, room) => `${n} + 2·${p} − ${span} = ${room}, less than 0: not one window fits`,
  span: (d, k, span) => `span = ${d}·(${k} − 1) + 1 = ${span}`,
  weights1: (k, n) => `${k}·${k} weights + 1 bias = ${n}`,
  products: (rows, cols, k, n) => `${rows}·${cols} windows × ${k}·${k} weights = ${n}`,
  both: ["row and column", "rows and columns"], row: ["row", "rows"], col: ["column", "columns"],
};

// ------------------------------------------------------------------------------ arithmetic

/** The kernel called `name`, k × k, row by row; the same numbers as named_kernel in convolution.py. */
function namedKernel(name, k) {
  const centre = (k - 1) >> 1, mean = 1 / (k * k);
  const tap = {
    "vertical edge": (i, j) => Math.sign(2 * j - (k - 1)),
    "horizontal edge": (i) => Math.sign(2 * i - (k - 1)),
    outline: (i, j) => (i === centre && j === centre ? k * k : 0) - 1,
    blur: () => mean,
    sharpen: (i, j) => (i === centre && j === centre ? 2 : 0) - mean,
    identity: (i, j) => (i === centre && j === centre ? 1 : 0),
  }[name];
  return Float64Array.from({ length: k * k }, (_, at) => tap(Math.floor(at / k), at % k));
}

/** The rows of numbers `table` cut, or filled with zeros, to k × k, row by row. */
function resized(table, k) {
  return Float64Array.from({ length: k * k }, (_, at) => table[Math.floor(at / k)]?.[at % k] ?? 0);
}

/** k × k numbers as a list of rows, as the trait has them. */
const asTable = (kernel, k) => Array.from({ length: k }, (_, i) => Array.from(kernel.subarray(i * k, (i + 1) * k)));

/** How many windows fit along an axis of n pixels; 0 if not even one. */
function outputSize(n, k, s, p, d) {
  const room = n + 2 * p - (d * (k - 1) + 1);
  return room < 0 ? 0 : Math.floor(room / s) + 1;
}

/** How many windows read each of n pixels along one axis. */
function readsAlong(n, out, k, s, p, d) {
  const reads = new Int32Array(n);
  for (let o = 0; o < out; o++)
    for (let i = 0; i < k; i++) {
      const at = o * s - p + i * d;
      if (at >= 0 && at < n) reads[at]++;
    }
  return reads;
}

/** `values` (rows × cols) with p zeros all around. */
function padded(values, rows, cols, p) {
  const width = cols + 2 * p;
  const out = new Float64Array((rows + 2 * p) * width);
  for (let y = 0; y < rows; y++) out.set(values.subarray(y * cols, (y + 1) * cols), (y + p) * width + p);
  return out;
}

/** Slide the kernel over the padded picture: outRows × outCols sums, row by row.
 *
 * Two things make it fast enough to follow a slider. Rows of the kernel that are equal share
 * their products: the picture's rows under them are added first (all 11 rows of a vertical edge
 * need 11 products a window, not 121). And eight windows are summed at once, side by side, so
 * that each weight is fetched once for eight. 217 × 217 windows of 11 × 11 unequal weights, 5.7
 * million products, take about 10 ms.
 */
function convolve(picture, width, kernel, k, s, d, outRows, outCols) {
  const shared = new Map(); // a row of weights -> the kernel's rows that are like it
  for (let i = 0; i < k; i++) {
    const key = kernel.subarray(i * k, (i + 1) * k).join();
    shared.set(key, [...(shared.get(key) ?? []), i]);
  }
  const groups = [...shared.values()];
  const offsets = new Int32Array(k * k), taps = new Float64Array(k * k); // of each weight but 0:
  let count = 0; //                                                       where in `lines`, how much
  groups.forEach(([i], line) => {
    for (let j = 0; j < k; j++) {
      if (kernel[i * k + j] === 0) continue;
      offsets[count] = line * width + j * d;
      taps[count++] = kernel[i * k + j];
    }
  });
  const lines = new Float64Array(groups.length * width + 8 * s); // the last eight may run over
  const sums = new Float64Array(8 * Math.ceil(outCols / 8));
  const out = new Float64Array(outRows * outCols);
  for (let r = 0; r < outRows; r++) {
    lines.fill(0);
    for (let line = 0; line < groups.length; line++) {
      for (const i of groups[line]) {
        const from = (r * s + i * d) * width, to = line * width;
        for (let x = 0; x < width; x++) lines[to + x] += picture[from + x];
      }
    }
    for (let c = 0; c < outCols; c += 8) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
      for (let t = 0; t < count; t++) {
        const tap = taps[t], at = offsets[t] + c * s;
        s0 += tap * lines[at];
        s1 += tap * lines[at + s];
        s2 += tap * lines[at + 2 * s];
        s3 += tap * lines[at + 3 * s];
        s4 += tap * lines[at + 4 * s];
        s5 += tap * lines[at + 5 * s];
        s6 += tap * lines[at + 6 * s];
        s7 += tap * lines[at + 7 * s];
      }
      sums[c] = s0; sums[c + 1] = s1; sums[c + 2] = s2; sums[c + 3] = s3;
      sums[c + 4] = s4; sums[c + 5] = s5; sums[c + 6] = s6; sums[c + 7] = s7;
    }
    out.set(sums.subarray(0, outCols), r * outCols);
  }
  return out;
}

/** Why a setting is impossible, in the words of ConvolutionWidget.problem; null if it is possible. */
function problemOf({ rows, cols, k, p, d }) {
  const span = d * (k - 1) + 1, room = Math.min(rows, cols) + 2 * p;
  if (span <= room) return null;
  const spread = d > 1 ? ` with dilation ${d} spans ${span} × ${span} pixels and` : "";
  const around = p > 0 ? ` with padding ${p} (${rows + 2 * p} × ${cols + 2 * p} in all)` : "";
  const largest = Math.floor((room - 1) / d) + 1;
  return `The ${k} × ${k} kernel${spread} does not fit into the ${rows} × ${cols} input${around}: ` +
    `the largest that does is ${largest} × ${largest}.`;
}

/** All that follows from the settings, each step remembered until what it rests on changes. */
function calculator() {
  const pixels = remember((photo, rows, cols, width) => {
    const bytes = bytesOf(photo), out = new Float64Array(rows * cols);
    for (let y = 0; y < rows; y++) for (let x = 0; x < cols; x++) out[y * cols + x] = bytes[y * width + x];
    return out;
  });
  const numbers = remember((grid) => Float64Array.from(grid.flat()));
  const kernelNamed = remember(namedKernel);
  const kernelTyped = remember(resized);
  const pad = remember(padded);
  const slide = remember(convolve);
  const reads = [remember(readsAlong), remember(readsAlong)];

  return (model) => {
    const photo = model.get("source") === "photo";
    const [height, width] = photo ? model.get("photo_size") : [model.get("grid").length, model.get("grid")[0].length];
    const crop = (photo && model.get("photo_crop")) || Infinity;
    const rows = Math.min(height, crop), cols = Math.min(width, crop);
    const k = model.get("kernel_size"), s = model.get("stride"), p = model.get("padding"), d = model.get("dilation");
    const name = model.get("kernel_name");
    // Python may set the size first and the kernel a moment later: a name says it all already
    const kernel = name === "custom" ? kernelTyped(model.get("kernel"), k) : kernelNamed(name, k);
    const input = photo ? pixels(model.get("photo"), rows, cols, width) : numbers(model.get("grid"));
    const problem = problemOf({ rows, cols, k, p, d });
    const outRows = problem ? 0 : outputSize(rows, k, s, p, d), outCols = problem ? 0 : outputSize(cols, k, s, p, d);
    const picture = pad(input, rows, cols, p);
    return {
      photo, rows, cols, k, s, p, d, name, kernel, input, picture, problem, outRows, outCols,
      span: d * (k - 1) + 1,
      width: cols + 2 * p,
      output: slide(picture, cols + 2 * p, kernel, k, s, d, outRows, outCols),
      readRows: reads[0](rows, outRows, k, s, p, d), // all 0 for an impossible setting
      readCols: reads[1](cols, outCols, k, s, p, d),
      row: Math.max(0, Math.min(model.get("row"), outRows - 1)),
      col: Math.max(0, Math.min(model.get("col"), outCols - 1)),
    };
  };
}

// ------------------------------------------------------------------------------ words

/** What the floor throws away along an axis of n pixels; `names` are one and many of them. */
function leftOver({ p, s, span }, n, reads, [one, many]) {
  const room = n + 2 * p - span, rest = room % s;
  const unread = reads.reduce((sum, times) => sum + (times === 0), 0);
  const tail = Math.max(0, rest - p); // the padding is left over first
  const division = `${room}/${s} leaves ${rest || "nothing"}`;
  if (unread > tail) return `${division}. With gaps in between, ${unread} of ${n} ${many} are never read.`;
  if (tail > 1) return `${division}: the last ${tail} ${many} are never read.`;
  if (tail) return `${division}: the last ${one} ${one === TEXT.both[0] ? "are" : "is"} never read.`;
  return `${division}: ${rest ? "only padding, so every pixel is read" : "the last window ends at the edge"}.`;
}

/** The products of the current window: all, a kernel row to a line, or the first and the last. */
function productsText(S) {
  const factor = (v) => (v < 0 ? `(${pretty(v)})` : pretty(v));
  const product = (i, j) => {
    const value = S.picture[(S.row * S.s + i * S.d) * S.width + S.col * S.s + j * S.d];
    return `${factor(value)}·${factor(S.kernel[i * S.k + j])}`;
  };
  const line = (i, n) => Array.from({ length: n }, (_, j) => product(i, j)).join(" + ");
  if (S.k * S.k <= 25) return `= ${Array.from({ length: S.k }, (_, i) => line(i, S.k)).join("\n+ ")}`;
  return `= ${line(0, 4)}\n+ … + ${product(S.k - 1, S.k - 1)}\n(${S.k * S.k} products)`;
}

/** The whole picture in words. */
function statusText(S) {
  if (S.problem) return S.problem;
  const n = S.outRows * S.outCols, at = S.row * S.outCols + S.col;
  const lost = S.rows * S.cols - S.readRows.filter(Boolean).length * S.readCols.filter(Boolean).length;
  const dilation = S.d > 1 ? `, dilation ${S.d}` : "";
  return `Window ${pretty(at + 1)} of ${pretty(n)}: output[${S.row}, ${S.col}] = ${pretty(S.output[at])}, ` +
    `the sum of ${S.k * S.k} ${S.k > 1 ? "products" : "product"}. ` +
    `Input ${S.rows} × ${S.cols}, kernel ${S.k} × ${S.k} (${S.name}), stride ${S.s}, padding ${S.p}${dilation}: ` +
    `output ${S.outRows} × ${S.outCols}. ` +
    (lost ? `${pretty(lost)} ${lost > 1 ? "pixels are" : "pixel is"} never read.` : "Every pixel is read.");
}

/** A weight short enough for its cell: −1, .111, −.04; in a small cell −.008, not −.00826. */
function compact(value, cell) {
  const digits = cell < 36 && Math.abs(value) < 0.1 ? 1 : 3;
  return pretty(Number(value.toPrecision(digits))).replace(/^(−?)0\./, "$1.");
}

// ------------------------------------------------------------------------------ drawing

/** The pixels that no window reads, as one path: whole rows and columns. */
function unreadPath(S, { cell, left, top }) {
  const path = new Path2D();
  // one row of a photo is about a pixel high: at the far edge it is drawn outwards, to be seen
  const thick = (at, n) => (at === n - 1 ? Math.max(cell, EDGE) : cell);
  S.readRows.forEach((times, y) => {
    if (!times) path.rect(left, top + y * cell, S.cols * cell, thick(y, S.rows));
  });
  S.readCols.forEach((times, x) => {
    if (!times) path.rect(left + x * cell, top, thick(x, S.cols), S.rows * cell);
  });
  return path;
}

function drawInput(context, S, side, ratio, image, colours, { inks, padding, unread }) {
  const rows = S.rows + 2 * S.p, cols = S.cols + 2 * S.p;
  // a kernel that does not fit is drawn whole: then it sets the scale
  const whole = place(side, Math.max(rows, S.span), Math.max(cols, S.span), ratio);
  const { cell, left, top } = whole;
  const inner = { cell, left: left + S.p * cell, top: top + S.p * cell };
  if (S.p) {
    context.fillStyle = padding;
    context.fillRect(left, top, cols * cell, rows * cell);
  }
  drawPicture(context, image, inner);
  if (!S.problem) {
    const path = unreadPath(S, inner);
    context.globalAlpha = cell >= 3 ? 0.8 : 0.4; // a photo still shows through
    context.fillStyle = inks.ground;
    context.fill(path);
    context.globalAlpha = cell >= 20 ? 0.4 : 1; // numbers stay readable
    context.fillStyle = unread;
    context.fill(path);
    context.globalAlpha = 1;
  }
  if (cell >= 10) drawLines(context, whole, rows, cols, inks.line);
  else if (S.p) drawLines(context, { cell: 1, left, top }, 0, 0, inks.line);
  if (cell >= 20) {
    const texts = cellTexts(cell);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < cols; x++) {
        const read = S.problem || (S.readRows[y - S.p] && S.readCols[x - S.p]); // not: padding and unread
        const value = S.picture[y * cols + x];
        texts.write(pretty(value), left + x * cell, top + y * cell, read ? colours.text[shade(colours, value)] : inks.ink);
      }
    texts.draw(context);
  }
  const x = left + S.col * S.s * cell, y = top + S.row * S.s * cell;
  drawMark(context, inks, x, y, S.span * cell, S.span * cell, S.problem ? [6, 4] : []);
  if (S.d > 1 && cell >= 3) { // of the span, only these are read
    const inset = cell >= 10 ? 3 : 0.5;
    context.strokeStyle = inks.mark;
    context.lineWidth = cell >= 10 ? 2 : 1;
    for (let i = 0; i < S.k; i++)
      for (let j = 0; j < S.k; j++)
        context.strokeRect(x + j * S.d * cell + inset, y + i * S.d * cell + inset, cell - 2 * inset, cell - 2 * inset);
  }
  return whole;
}

/** `upTo`: while playing, the windows after this one are veiled. */
function drawOutput(context, S, side, ratio, image, colours, { inks }, upTo) {
  const whole = place(side, S.outRows, S.outCols, ratio), { cell, left, top } = whole;
  drawPicture(context, image, whole);
  if (cell >= 10) drawLines(context, whole, S.outRows, S.outCols, inks.line);
  drawNumbers(context, whole, S.outRows, S.outCols, S.output, colours);
  if (upTo < S.output.length - 1) {
    const row = Math.floor(upTo / S.outCols), col = (upTo % S.outCols) + 1;
    context.globalAlpha = 0.85;
    context.fillStyle = inks.ground;
    context.fillRect(left + col * cell, top + row * cell, (S.outCols - col) * cell, cell);
    context.fillRect(left, top + (row + 1) * cell, S.outCols * cell, (S.outRows - row - 1) * cell);
    context.globalAlpha = 1;
  }
  const size = Math.max(cell, 7), shift = (cell - size) / 2; // one pixel of a photo could not be seen
  drawMark(context, inks, left + S.col * cell + shift, top + S.row * cell + shift, size, size);
  return whole;
}

/** The k × k numbers under the kernel, padding hatched. */
function drawWindow(context, S, cell, colours, { inks, padding }) {
  const texts = cellTexts(cell);
  for (let i = 0; i < S.k; i++)
    for (let j = 0; j < S.k; j++) {
      const y = S.row * S.s + i * S.d, x = S.col * S.s + j * S.d;
      const inside = y >= S.p && y < S.rows + S.p && x >= S.p && x < S.cols + S.p;
      const value = S.picture[y * S.width + x], at = shade(colours, value);
      context.fillStyle = inside ? colours.css[at] : padding;
      context.fillRect(j * cell, i * cell, cell, cell);
      texts.write(pretty(value), j * cell, i * cell, inside ? colours.text[at] : inks.ink);
    }
  drawLines(context, { cell, left: 0, top: 0 }, S.k, S.k, inks.line);
  texts.draw(context);
}

// ------------------------------------------------------------------------------ the kernel's cells

/** The weights, to type in: one stop for the Tab key, the arrow keys go from cell to cell.
 *
 * All 11 × 11 fields are made once, and those beyond the kernel hidden: making a hundred fields
 * anew at each move of the slider takes longer than a frame.
 */
function kernelCells(doc, { onType, onRefuse }) {
  const node = make(doc, "div", { class: "axw-kernel", role: "group", "aria-label": TEXT.weights });
  const fields = Array.from({ length: LARGEST * LARGEST }, (_, at) => make(doc, "input", {
    // type=text: a number field lacks 1/9 and 0,5, and a phone's decimal keypad lacks the minus
    type: "text", class: "axw-cell", autocomplete: "off", spellcheck: "false",
    "aria-label": TEXT.cell(Math.floor(at / LARGEST), at % LARGEST), ...KEYS_ARE_OURS,
  }));
  node.append(...fields);
  let k = 0, kernel = [], side = 0, shown = "";

  const placeOf = (field) => {
    const at = fields.indexOf(field);
    return [Math.floor(at / LARGEST), at % LARGEST];
  };
  const fieldAt = (i, j) => (i >= 0 && i < k && j >= 0 && j < k ? fields[i * LARGEST + j] : null);
  /** The one cell that Tab comes to. */
  function invite(field) {
    for (const one of fields) if (one.tabIndex !== (one === field ? 0 : -1)) one.tabIndex = one === field ? 0 : -1;
  }
  node.addEventListener("input", ({ target }) => {
    const value = typedNumber(target.value), [i, j] = placeOf(target);
    if (value === null) return target.setAttribute("aria-invalid", "true");
    target.removeAttribute("aria-invalid");
    const typed = kernel.slice();
    typed[i * k + j] = value;
    kernel = typed; // at once: who types faster than a frame is drawn must not lose the last weight
    onType(asTable(typed, k));
  });
  node.addEventListener("focusin", ({ target }) => {
    const [i, j] = placeOf(target);
    invite(target);
    target.value = String(Number(kernel[i * k + j].toPrecision(6))).replace("-", "−");
    target.select();
  });
  node.addEventListener("focusout", ({ target }) => {
    const [i, j] = placeOf(target);
    if (target.hasAttribute("aria-invalid")) onRefuse(target.value);
    target.removeAttribute("aria-invalid");
    if (fieldAt(i, j)) target.value = compact(kernel[i * k + j], side);
  });
  node.addEventListener("keydown", (event) => {
    const { target } = event, [i, j] = placeOf(target);
    const all = target.selectionStart !== target.selectionEnd; // selected on arrival: not yet editing
    const to = {
      ArrowUp: fieldAt(i - 1, j),
      ArrowDown: fieldAt(i + 1, j),
      ArrowLeft: (all || target.selectionStart === 0) && fieldAt(i, j - 1),
      ArrowRight: (all || target.selectionEnd === target.value.length) && fieldAt(i, j + 1),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    to.focus();
  });

  function show(size, weights, cell) {
    const now = `${cell} ${weights.join()}`;
    if (now === shown) return;
    shown = now;
    kernel = weights;
    side = cell;
    if (size !== k) {
      k = size;
      fields.forEach((field, at) => { field.hidden = at % LARGEST >= k || at >= k * LARGEST; });
      if (!fields.some((field) => field.tabIndex === 0 && !field.hidden)) invite(fields[0]);
    }
    const most = kernel.reduce((so, v) => Math.max(so, Math.abs(v)), 0) || 1;
    const colours = { ...PALETTES.signed, low: -most, high: most };
    const texts = Array.from(kernel, (value) => compact(value, cell));
    const font = Math.min(16, fontSize(cell, Math.max(...texts.map((text) => text.length))));
    const layout = `--axw-k:${k};--axw-cell:${cell}px;font-size:${font.toFixed(1)}px`;
    if (node.getAttribute("style") !== layout) node.setAttribute("style", layout);
    texts.forEach((text, at) => {
      const field = fieldAt(Math.floor(at / k), at % k), tone = shade(colours, kernel[at]);
      const style = `background:${colours.css[tone]};color:${colours.text[tone]}`;
      if (field.getAttribute("style") !== style) field.setAttribute("style", style);
      if (field !== doc.activeElement && field.value !== text) field.value = text;
    });
  }
  return { node, show };
}

// ------------------------------------------------------------------------------ the widget

const PICTURE = 460; // CSS pixels a side at most
const CELL = 44, LEAST_CELL = 24; // CSS pixels a side: a thumb's target, and the least for a finger

/** One view of the model, in `el`; returns the function that takes it away again. */
function render({ model, el }) {
  const { doc, win, life, calm, root, status, redraw, begin } = stage(model, el, "convolution");
  const calculate = calculator();
  const initial = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  let S = calculate(model); // all that is shown
  let placed = {}; // where the pictures lie in their canvases

  /** Set what the reader chose, and what must follow from it, in one message to Python. */
  function change(settings) {
    status.settle();
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    S = calculate(model);
    if ("kernel_size" in settings || "kernel_name" in settings) model.set("kernel", asTable(S.kernel, S.k));
    if (!S.problem) {
      model.set("row", S.row);
      model.set("col", S.col);
    }
    model.save_changes();
  }

  // -- what there is to set
  const inputChoice = choice(doc, TEXT.input, (value) => {
    const [source, crop] = value.split(":");
    change(source === "grid" ? { source } : { source, photo_crop: Number(crop) });
  });
  const kernelChoice = choice(doc, TEXT.kernel, (name) => change({ kernel_name: name }));
  const sliders = {
    k: slider(doc, TEXT.kernelSize, 1, LARGEST, (value) => change({ kernel_size: value })),
    s: slider(doc, TEXT.stride, 1, 4, (value) => change({ stride: value })),
    p: slider(doc, TEXT.padding, 0, 5, (value) => change({ padding: value })),
    d: slider(doc, TEXT.dilation, 1, 3, (value) => change({ dilation: value })),
  };
  const preset = button(doc, TEXT.preset, () => {
    steps.stop();
    const crop = Math.max(...model.get("photo_size")) > 227 ? 227 : 0;
    change({ source: "photo", photo_crop: crop, kernel_size: 11, stride: 4, padding: 0, dilation: 1, row: 0, col: 0 });
  });
  const reset = button(doc, TEXT.reset, () => {
    steps.stop();
    change(initial);
  });

  /** The grid, the photo, and its first 227 or 224 rows and columns: AlexNet's riddle. */
  function inputOptions() {
    const [rows, cols] = model.get("photo_size"), grid = model.get("grid"), crop = model.get("photo_crop");
    const crops = [0, 227, 224].filter((n) => !n || n < Math.max(rows, cols));
    if (!crops.includes(crop)) crops.push(crop);
    return [
      ["grid:0", TEXT.gridOption(grid.length, grid[0].length)],
      ...crops.map((n) => [`photo:${n}`, TEXT.photoOption(Math.min(rows, n || rows), Math.min(cols, n || cols))]),
    ];
  }

  // -- what there is to see
  const legend = {
    window: words(doc, TEXT.isWindow, "axw-is-window"),
    padding: words(doc, TEXT.isPadding, "axw-is-padding"),
    unread: words(doc, TEXT.isUnread, "axw-is-unread"),
  };
  const scale = scaleBar(doc);
  const why = make(doc, "p", { class: "axw-why" });
  const before = figure(doc, make(doc, "div", { class: "axw-small axw-legend" }, ...Object.values(legend)));
  const after = figure(doc, why, scale.node);
  const patch = make(doc, "canvas", { role: "img" });
  const cells = kernelCells(doc, {
    onType: (table) => change({ kernel: table, kernel_name: "custom" }),
    onRefuse: (typed) => status.refuse(TEXT.notANumber(typed)),
  });
  const windowPart = make(doc, "div", {}, make(doc, "div", { class: "axw-small", text: TEXT.window }), patch);
  const times = make(doc, "span", { class: "axw-sign", text: "×", "aria-hidden": "true" });
  const sumName = words(doc), products = words(doc, "", "axw-products"), total = make(doc, "strong");
  const terms = make(doc, "div", { class: "axw-terms" }, sumName, products, total);
  const sum = make(doc, "div", { class: "axw-sum" }, windowPart, times,
    make(doc, "div", {}, make(doc, "div", { class: "axw-small", text: TEXT.kernel }), cells.node), terms);
  const about = make(doc, "p", { class: "axw-small" });
  const facts = factList(doc, TEXT.facts);

  // -- from window to window
  const current = () => S.row * S.outCols + S.col;
  const steps = stepper(doc, life, calm, {
    texts: TEXT, current, redraw,
    count: () => S.output.length,
    go: (at) => change({ row: Math.floor(at / S.outCols), col: at % S.outCols }),
  });

  // -- pointing at the pictures, and walking in them
  const over = onWindows({ before, after }, {
    redraw, state: () => S, placed: () => placed,
    go: (place) => { steps.stop(); change(place); },
  });
  /** What lies under the pointer. */
  function readout(picture) {
    const at = over(picture);
    if (!at) return "";
    const [y, x] = at;
    const inside = (row, col, rows, cols) => row >= 0 && row < rows && col >= 0 && col < cols;
    if (picture === "after")
      return inside(y, x, S.outRows, S.outCols) ? TEXT.outputAt(y, x, pretty(S.output[y * S.outCols + x])) : "";
    const row = y - S.p, col = x - S.p;
    if (inside(row, col, S.rows, S.cols))
      return TEXT.readAt(row, col, pretty(S.input[row * S.cols + col]), S.readRows[row] * S.readCols[col]);
    return inside(y, x, S.rows + 2 * S.p, S.width) ? TEXT.paddingAt : "";
  }

  // -- drawing
  const inputImage = remember(valuePicture(doc)), outputImage = remember(valuePicture(doc));
  const inputColours = remember((values, photo) => (photo ? { ...PALETTES.grey, low: 0, high: 255 } : shading(values)));
  const outputColours = remember(shading);
  let look = null; // colours and hatches
  let figureWidth = 320, sumWidth = 640;

  function takeColours(inks) {
    look = { inks, padding: hatch(doc, inks.line, -1, 6, inks.ground), unread: hatch(doc, inks.lost, 1, 5) };
  }
  function takeSize() {
    figureWidth = before.node.clientWidth || figureWidth; // 0: not on the page yet
    sumWidth = sum.clientWidth || sumWidth;
  }
  /** The side of a cell of window and kernel: both side by side, or stacked where they'd be too small. */
  function cellSize(k) {
    const beside = Math.floor((sumWidth - 40) / (2 * k)), alone = Math.floor((sumWidth - 2) / k);
    return Math.min(CELL, beside >= LEAST_CELL ? beside : alone);
  }

  function draw() {
    S = calculate(model);
    const side = Math.min(PICTURE, figureWidth), ratio = win.devicePixelRatio || 1, cell = cellSize(S.k);
    const colours = inputColours(S.input, S.photo);
    const beforeContext = fit(before.canvas, side, side), afterContext = fit(after.canvas, side, side);
    placed = { before: drawInput(beforeContext, S, side, ratio, inputImage(S.input, S.rows, S.cols, colours), colours, look) };
    if (!S.problem) {
      const tones = outputColours(S.output), image = outputImage(S.output, S.outRows, S.outCols, tones);
      placed.after = drawOutput(afterContext, S, side, ratio, image, tones, look, steps.playing() ? current() : Infinity);
      drawWindow(fit(patch, S.k * cell, S.k * cell), S, cell, colours, look);
      // the canvases come first: setting a canvas's font makes the browser restyle all that has changed before
      scale.show(tones);
      setText(sumName, `output[${S.row}, ${S.col}]`);
      setText(products, productsText(S));
      setText(total, `= ${pretty(S.output[current()])}`);
    }
    root.classList.toggle("axw-impossible", Boolean(S.problem));
    cells.show(S.k, S.kernel, cell);
    showSettings();
    showFacts();
    setText(before.readout, readout("before"));
    setText(after.readout, readout("after"));
    status.say(statusText(S), steps.playing() ? { pause: 3000 } : {});
  }

  function showSettings() {
    inputChoice.show(S.photo ? `photo:${model.get("photo_crop")}` : "grid:0", inputOptions());
    kernelChoice.show(S.name, [...KERNELS, "custom"].map((name) => [name, name]));
    for (const [key, one] of Object.entries(sliders)) one.show(S[key]);
    setText(before.name, TEXT.sized(TEXT.input, S.rows, S.cols));
    setLabel(before.canvas, TEXT.keys(TEXT.input, S.rows, S.cols));
    setText(after.name, S.problem ? TEXT.output : TEXT.sized(TEXT.output, S.outRows, S.outCols));
    setLabel(after.canvas, S.problem ? TEXT.noOutput : TEXT.keys(TEXT.output, S.outRows, S.outCols));
    setLabel(patch, TEXT.windowAlt(S.k));
    setText(why, S.problem ?? "");
    legend.padding.hidden = !S.p;
    legend.unread.hidden = Boolean(S.problem) || (S.readRows.every(Boolean) && S.readCols.every(Boolean));
    const nothing = S.k === 1 && S.name !== "custom" && S.kernel[0] === 0;
    setText(about, nothing ? TEXT.onePixel : TEXT.about[S.name]);
    steps.show(S.problem ? "" : TEXT.place(pretty(current() + 1), pretty(S.output.length)));
  }

  function showFacts() {
    const { rows, cols, k, s, p, d, span, outRows, outCols } = S;
    const along = (n, out) => out ? TEXT.live(n, p, span, s, out) : TEXT.noRoom(n, p, span, pretty(n + 2 * p - span));
    const axes = rows === cols
      ? [[TEXT.both, rows, outRows, S.readRows]]
      : [[TEXT.row, rows, outRows, S.readRows], [TEXT.col, cols, outCols, S.readCols]];
    const named = ([names, n, out]) => (axes.length > 1 ? `${names[1]}: ` : "") + along(n, out);
    const lines = [TEXT.formula(d > 1 ? "span" : "kernel"), ...(d > 1 ? [TEXT.span(d, k, span)] : []), ...axes.map(named)];
    facts.show({
      size: lines.join("\n"),
      rest: S.problem ? "–" : axes.map(([names, n, , reads]) => leftOver(S, n, reads, names)).join("\n"),
      parameters: TEXT.weights1(k, pretty(k * k + 1)),
      cost: S.problem ? "–" : TEXT.products(outRows, outCols, k, pretty(S.output.length * k * k)),
    });
  }

  // el.alexnetWidget.output().values: for tests and the curious
  const probe = {
    output() {
      const { outRows, outCols, output, problem } = calculate(model);
      return { rows: outRows, cols: outCols, values: output, error: problem };
    },
    reads() {
      const { readRows, readCols } = calculate(model);
      return { rows: Array.from(readRows), cols: Array.from(readCols) };
    },
  };
  return begin({
    children: [
      make(doc, "div", { class: "axw-choices" }, inputChoice.node, kernelChoice.node, preset, reset),
      make(doc, "div", { class: "axw-sliders" }, ...Object.values(sliders).map((one) => one.node)),
      make(doc, "div", { class: "axw-pictures" }, before.node, after.node),
      steps.node, sum, about, facts.node,
    ],
    traits: TRAITS, draw, colours: takeColours, sizes: takeSize, watch: [before.node, sum], probe,
  });
}

export default { render };
