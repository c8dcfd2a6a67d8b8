/* The convolution widget: a kernel slides over a picture, and every product of a window shows.
 *
 * It computes as deep learning frameworks do: the kernel is not flipped (cross-correlation), and a
 * window that would hang over the far edge is left out (the floor in the formula).
 * The traits are those of convolution.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = [
  "source",
  "grid",
  "photo",
  "photo_size",
  "photo_crop",
  "kernel_size",
  "stride",
  "padding",
  "dilation",
  "kernel_name",
  "kernel",
  "row",
  "col",
];

const LARGEST = 11; // kernel: that of AlexNet's first layer
const KERNELS = ["vertical edge", "horizontal edge", "outline", "blur", "sharpen", "identity"];

// Every text of the widget.
const TEXT = {
  input: "Input",
  output: "Output",
  kernel: "Kernel",
  weights: "Kernel weights",
  window: "Window",
  kernelSize: "Kernel size",
  stride: "Stride",
  padding: "Padding",
  dilation: "Dilation",
  preset: "AlexNet conv1",
  reset: "Reset",
  first: "First window",
  previous: "Previous window",
  next: "Next window",
  play: "Play",
  pause: "Pause",
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
  isWindow: "window",
  isPadding: "padding: zeros",
  isUnread: "never read",
  readAt: (row, col, value, times) =>
    `input[${row}, ${col}] = ${value}, ${times ? `read ${times}×` : "never read"}`,
  paddingAt: "padding: 0",
  outputAt: (row, col, value) => `output[${row}, ${col}] = ${value}`,
  about: {
    "vertical edge": "Right half minus left half: large where it gets brighter from left to right.",
    "horizontal edge":
      "Lower half minus upper half: large where it gets brighter from top to bottom.",
    outline: "The pixel against each of its neighbours: 0 where the picture is flat.",
    blur: "The mean of the window.",
    sharpen: "The pixel, plus what sets it off from the window’s mean.",
    identity: "The pixel itself: the output copies the input.",
    custom: "Your own weights.",
  },
  onePixel: "One pixel has no sides and no neighbours, so this kernel is 0.",
  facts: {
    size: "Output size",
    rest: "Left over",
    parameters: "Parameters of this kernel",
    cost: "Multiply-adds of this kernel",
  },
  formula: (span) => `⌊(size + 2·padding − ${span})/stride⌋ + 1`,
  live: (n, p, span, s, out) => `⌊(${n} + 2·${p} − ${span})/${s}⌋ + 1 = ${out}`,
  noRoom: (n, p, span, room) =>
    `${n} + 2·${p} − ${span} = ${room}, less than 0: not one window fits`,
  span: (d, k, span) => `span = ${d}·(${k} − 1) + 1 = ${span}`,
  weights1: (k, n) => `${k}·${k} weights + 1 bias = ${n}`,
  // the layer has 96 kernels, and each looks at three channels; one of each is shown
  layer: (n) => `AlexNet’s conv1: 96 kernels, each for 3 channels: ${n}`,
  products: (rows, cols, k, n) => `${rows}·${cols} windows × ${k}·${k} weights = ${n}`,
};

// ------------------------------------------------------------------------------ arithmetic

/** Return the kernel called `name`, k × k, row by row; as named_kernel in convolution.py. */
function namedKernel(name, k) {
  const centre = (k - 1) >> 1;
  const mean = 1 / (k * k);
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

/** Cut a table of numbers, or fill it with zeros, to k × k, row by row. */
function resizeKernel(table, k) {
  return Float64Array.from({ length: k * k }, (_, at) => table[Math.floor(at / k)]?.[at % k] ?? 0);
}

/** Return k × k numbers as a list of rows, which the trait is. */
const asTable = (kernel, k) =>
  Array.from({ length: k }, (_, i) => Array.from(kernel.subarray(i * k, (i + 1) * k)));

/** Put p zeros all around values (rows × cols). */
function padPicture(values, rows, cols, p) {
  const width = cols + 2 * p;
  const out = new Float64Array((rows + 2 * p) * width);
  for (let y = 0; y < rows; y++)
    out.set(values.subarray(y * cols, (y + 1) * cols), (y + p) * width + p);
  return out;
}

/** Slide the kernel over the padded picture: outRows × outCols sums, row by row.
 *
 * Two things make it fast enough to follow a slider. Equal rows of the kernel share their
 * products: the picture's rows under them are added first (all 11 rows of a vertical edge need 11
 * products a window, not 121). And eight windows are summed at once, side by side, so that each
 * weight is fetched once for all eight. 217 × 217 windows of 11 × 11 unequal weights, 5.7
 * million products, take about 10 ms.
 */
function convolve(picture, width, kernel, k, s, d, outRows, outCols) {
  const shared = new Map(); // a row of weights -> the kernel's rows equal to it
  for (let i = 0; i < k; i++) {
    const key = kernel.subarray(i * k, (i + 1) * k).join();
    shared.set(key, [...(shared.get(key) ?? []), i]);
  }
  const groups = [...shared.values()];
  const offsets = new Int32Array(k * k); // of each weight but 0: where in `lines` …
  const taps = new Float64Array(k * k); // … and how much
  let count = 0;
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
        const from = (r * s + i * d) * width;
        const to = line * width;
        for (let x = 0; x < width; x++) lines[to + x] += picture[from + x];
      }
    }
    for (let c = 0; c < outCols; c += 8) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let s4 = 0;
      let s5 = 0;
      let s6 = 0;
      let s7 = 0;
      for (let t = 0; t < count; t++) {
        const tap = taps[t];
        const at = offsets[t] + c * s;
        s0 += tap * lines[at];
        s1 += tap * lines[at + s];
        s2 += tap * lines[at + 2 * s];
        s3 += tap * lines[at + 3 * s];
        s4 += tap * lines[at + 4 * s];
        s5 += tap * lines[at + 5 * s];
        s6 += tap * lines[at + 6 * s];
        s7 += tap * lines[at + 7 * s];
      }
      sums[c] = s0;
      sums[c + 1] = s1;
      sums[c + 2] = s2;
      sums[c + 3] = s3;
      sums[c + 4] = s4;
      sums[c + 5] = s5;
      sums[c + 6] = s6;
      sums[c + 7] = s7;
    }
    out.set(sums.subarray(0, outCols), r * outCols);
  }
  return out;
}

/** Say why a setting is impossible, in the words of ConvolutionWidget.problem; else null. */
function problemOf({ rows, cols, k, p, d }) {
  const span = d * (k - 1) + 1;
  const room = Math.min(rows, cols) + 2 * p;
  if (span <= room) return null;
  const spread = d > 1 ? ` with dilation ${d} spans ${span} × ${span} pixels and` : "";
  const around = p > 0 ? ` with padding ${p} (${rows + 2 * p} × ${cols + 2 * p} in all)` : "";
  const largest = Math.floor((room - 1) / d) + 1;
  return (
    `The ${k} × ${k} kernel${spread} does not fit into the ${rows} × ${cols} input${around}: ` +
    `the largest that does is ${largest} × ${largest}.`
  );
}

/** Make a function from settings to state that keeps each step until its inputs change. */
function calculator() {
  const pixels = memoize((photo, rows, cols, width) => {
    const bytes = bytesOf(photo);
    const out = new Float64Array(rows * cols);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < cols; x++) out[y * cols + x] = bytes[y * width + x];
    return out;
  });
  const numbers = memoize((grid) => Float64Array.from(grid.flat()));
  const kernelNamed = memoize(namedKernel);
  const kernelTyped = memoize(resizeKernel);
  const pad = memoize(padPicture);
  const slide = memoize(convolve);
  const reads = [memoize(readsAlong), memoize(readsAlong)];

  return (model) => {
    const photo = model.get("source") === "photo";
    const [height, width] = photo
      ? model.get("photo_size")
      : [model.get("grid").length, model.get("grid")[0].length];
    const crop = (photo && model.get("photo_crop")) || Infinity;
    const rows = Math.min(height, crop);
    const cols = Math.min(width, crop);
    const k = model.get("kernel_size");
    const s = model.get("stride");
    const p = model.get("padding");
    const d = model.get("dilation");
    const name = model.get("kernel_name");
    // Python may set the size first and the kernel a moment later: a name is enough
    const kernel = name === "custom" ? kernelTyped(model.get("kernel"), k) : kernelNamed(name, k);
    const input = photo
      ? pixels(model.get("photo"), rows, cols, width)
      : numbers(model.get("grid"));
    const problem = problemOf({ rows, cols, k, p, d });
    const outRows = problem ? 0 : outputSize(rows, k, s, p, d);
    const outCols = problem ? 0 : outputSize(cols, k, s, p, d);
    const picture = pad(input, rows, cols, p);
    return {
      photo,
      rows,
      cols,
      kernelSize: k,
      stride: s,
      padding: p,
      dilation: d,
      name,
      kernel,
      input,
      picture,
      problem,
      outRows,
      outCols,
      span: d * (k - 1) + 1,
      width: cols + 2 * p,
      output: slide(picture, cols + 2 * p, kernel, k, s, d, outRows, outCols),
      readRows: reads[0](rows, outRows, k, s, p, d), // all 0 for an impossible setting
      readCols: reads[1](cols, outCols, k, s, p, d),
      row: clamp(model.get("row"), outRows),
      col: clamp(model.get("col"), outCols),
    };
  };
}

// ------------------------------------------------------------------------------ words

/** Write the window's products: all, a kernel row to a line, or the first few and the last. */
function productsText({ picture, width, kernel, kernelSize: k, stride, dilation, row, col }) {
  const product = (i, j) => {
    const y = row * stride + i * dilation;
    const x = col * stride + j * dilation;
    return `${factorText(picture[y * width + x])}·${factorText(kernel[i * k + j])}`;
  };
  const line = (i, n) => Array.from({ length: n }, (_, j) => product(i, j)).join(" + ");
  if (k * k <= 25) return `= ${Array.from({ length: k }, (_, i) => line(i, k)).join("\n+ ")}`;
  return `= ${line(0, 4)}\n+ … + ${product(k - 1, k - 1)}\n(${k * k} products)`;
}

/** Describe the whole picture in words. */
function statusText(state) {
  const { problem, rows, cols, row, col, outRows, outCols, kernelSize: k } = state;
  if (problem) return problem;
  const at = row * outCols + col;
  const read = (times) => times.filter(Boolean).length;
  const lost = rows * cols - read(state.readRows) * read(state.readCols);
  const dilation = state.dilation > 1 ? `, dilation ${state.dilation}` : "";
  return (
    `Window ${pretty(at + 1)} of ${pretty(outRows * outCols)}: output[${row}, ${col}] = ` +
    `${pretty(state.output[at])}, the sum of ${k * k} ${k > 1 ? "products" : "product"}. ` +
    `Input ${rows} × ${cols}, kernel ${k} × ${k} (${state.name}), stride ${state.stride}, ` +
    `padding ${state.padding}${dilation}: output ${outRows} × ${outCols}. ` +
    (lost
      ? `${pretty(lost)} ${lost > 1 ? "pixels are" : "pixel is"} never read.`
      : "Every pixel is read.")
  );
}

/** Write a weight that fits its cell: −1, .111, −.04; in a small cell −.008, not −.00826. */
function weightText(value, cell) {
  const digits = cell < 36 && Math.abs(value) < 0.1 ? 1 : 3;
  return pretty(Number(value.toPrecision(digits))).replace(/^(−?)0\./, "$1.");
}

// ------------------------------------------------------------------------------ drawing

/** Return the pixels that no window reads, whole rows and columns, as one path. */
function unreadPath(state, { cell, left, top }) {
  const path = new Path2D();
  // a row of a photo is about a pixel high: at the far edge it grows outwards to be visible
  const thick = (at, n) => (at === n - 1 ? Math.max(cell, EDGE) : cell);
  state.readRows.forEach((times, y) => {
    if (!times) path.rect(left, top + y * cell, state.cols * cell, thick(y, state.rows));
  });
  state.readCols.forEach((times, x) => {
    if (!times) path.rect(left + x * cell, top, thick(x, state.cols), state.rows * cell);
  });
  return path;
}

function drawInput(context, state, side, ratio, image, colors, { inks, padding, unread }) {
  const rows = state.rows + 2 * state.padding;
  const cols = state.cols + 2 * state.padding;
  // a kernel that does not fit is drawn whole, and sets the scale
  const whole = gridLayout(side, Math.max(rows, state.span), Math.max(cols, state.span), ratio);
  const { cell, left, top } = whole;
  const inner = { cell, left: left + state.padding * cell, top: top + state.padding * cell };
  if (state.padding) {
    context.fillStyle = padding;
    context.fillRect(left, top, cols * cell, rows * cell);
  }
  drawPicture(context, image, inner);
  if (!state.problem) {
    const path = unreadPath(state, inner);
    context.globalAlpha = cell >= 3 ? 0.8 : 0.4; // a photo still shows through
    context.fillStyle = inks.ground;
    context.fill(path);
    context.globalAlpha = cell >= 20 ? 0.4 : 1; // numbers stay readable
    context.fillStyle = unread;
    context.fill(path);
    context.globalAlpha = 1;
  }
  if (cell >= 10) drawLines(context, whole, rows, cols, inks.line);
  else if (state.padding) drawLines(context, { cell: 1, left, top }, 0, 0, inks.line);
  if (cell >= 20) {
    const texts = cellTexts(cell);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < cols; x++) {
        // neither padding nor unread
        const read =
          state.problem || (state.readRows[y - state.padding] && state.readCols[x - state.padding]);
        const value = state.picture[y * cols + x];
        texts.write(
          pretty(value),
          left + x * cell,
          top + y * cell,
          read ? colors.text[shadeIndex(colors, value)] : inks.ink,
        );
      }
    texts.draw(context);
  }
  const x = left + state.col * state.stride * cell;
  const y = top + state.row * state.stride * cell;
  drawMark(context, inks, x, y, state.span * cell, state.span * cell, state.problem ? [6, 4] : []);
  if (state.dilation > 1 && cell >= 3) {
    // only these cells of the span are read
    const inset = cell >= 10 ? 3 : 0.5;
    context.strokeStyle = inks.mark;
    context.lineWidth = cell >= 10 ? 2 : 1;
    for (let i = 0; i < state.kernelSize; i++)
      for (let j = 0; j < state.kernelSize; j++)
        context.strokeRect(
          x + j * state.dilation * cell + inset,
          y + i * state.dilation * cell + inset,
          cell - 2 * inset,
          cell - 2 * inset,
        );
  }
  return whole;
}

/** Draw the output; the windows after number `upTo` are veiled. */
function drawOutput(context, state, side, ratio, image, colors, { inks }, upTo) {
  const whole = gridLayout(side, state.outRows, state.outCols, ratio);
  const { cell, left, top } = whole;
  drawPicture(context, image, whole);
  if (cell >= 10) drawLines(context, whole, state.outRows, state.outCols, inks.line);
  drawNumbers(context, whole, state.outRows, state.outCols, state.output, colors);
  drawVeil(context, whole, state.outRows, state.outCols, upTo, inks);
  const size = Math.max(cell, 7); // a single pixel of a photo would be invisible
  const shift = (cell - size) / 2;
  const x = left + state.col * cell + shift;
  const y = top + state.row * cell + shift;
  drawMark(context, inks, x, y, size, size);
  return whole;
}

/** Draw the k × k numbers under the kernel, the padding hatched. */
function drawWindow(context, state, cell, colors, { inks, padding }) {
  const { kernelSize: k, padding: p } = state;
  const texts = cellTexts(cell);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) {
      const y = state.row * state.stride + i * state.dilation;
      const x = state.col * state.stride + j * state.dilation;
      const inside = y >= p && y < state.rows + p && x >= p && x < state.cols + p;
      const value = state.picture[y * state.width + x];
      const at = shadeIndex(colors, value);
      context.fillStyle = inside ? colors.css[at] : padding;
      context.fillRect(j * cell, i * cell, cell, cell);
      texts.write(pretty(value), j * cell, i * cell, inside ? colors.text[at] : inks.ink);
    }
  drawLines(context, { cell, left: 0, top: 0 }, k, k, inks.line);
  texts.draw(context);
}

// ------------------------------------------------------------------------------ the kernel's cells

/** Make the table of weights to type in: one stop for the Tab key, arrow keys go between cells.
 *
 * All 11 × 11 fields are made once, and those beyond the kernel hidden: to make a hundred fields
 * at each move of the slider takes longer than a frame.
 */
function kernelCells(doc, { onType, onRefuse }) {
  const node = make(doc, "div", { class: "axw-kernel", role: "group", "aria-label": TEXT.weights });
  const fields = Array.from({ length: LARGEST * LARGEST }, (_, at) =>
    numberInput(doc, TEXT.cell(Math.floor(at / LARGEST), at % LARGEST)),
  );
  node.append(...fields);
  let k = 0;
  let kernel = [];
  let side = 0;
  let drawn = ""; // what the cells show now

  const placeOf = (field) => {
    const at = fields.indexOf(field);
    return [Math.floor(at / LARGEST), at % LARGEST];
  };
  const fieldAt = (i, j) => (i >= 0 && i < k && j >= 0 && j < k ? fields[i * LARGEST + j] : null);
  /** Make a cell the only one that the Tab key reaches. */
  function setTabStop(field) {
    for (const each of fields) {
      const index = each === field ? 0 : -1;
      if (each.tabIndex !== index) each.tabIndex = index;
    }
  }
  node.addEventListener("input", ({ target }) => {
    const value = readNumber(target);
    if (value === null) return;
    const [i, j] = placeOf(target);
    kernel = kernel.slice(); // at once, or fast typing would lose a weight before the next frame
    kernel[i * k + j] = value;
    onType(asTable(kernel, k));
  });
  node.addEventListener("focusin", ({ target }) => {
    const [i, j] = placeOf(target);
    setTabStop(target);
    target.value = exactText(kernel[i * k + j]);
    target.select();
  });
  node.addEventListener("focusout", ({ target }) => {
    const [i, j] = placeOf(target);
    leaveField(target, onRefuse);
    if (fieldAt(i, j)) target.value = weightText(kernel[i * k + j], side);
  });
  node.addEventListener("keydown", (event) => {
    const { target } = event;
    const [i, j] = placeOf(target);
    const all = target.selectionStart !== target.selectionEnd; // selected by focus: no edit yet
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
    if (now === drawn) return;
    drawn = now;
    kernel = weights;
    side = cell;
    if (size !== k) {
      k = size;
      fields.forEach((field, at) => {
        field.hidden = at % LARGEST >= k || at >= k * LARGEST;
      });
      if (!fields.some((field) => field.tabIndex === 0 && !field.hidden)) setTabStop(fields[0]);
    }
    const most = kernel.reduce((max, v) => Math.max(max, Math.abs(v)), 0) || 1;
    const colors = { ...PALETTES.signed, low: -most, high: most };
    const texts = Array.from(kernel, (value) => weightText(value, cell));
    const font = Math.min(16, fontSize(cell, Math.max(...texts.map((text) => text.length))));
    const layout = `--axw-k:${k};--axw-cell:${cell}px;font-size:${font.toFixed(1)}px`;
    if (node.getAttribute("style") !== layout) node.setAttribute("style", layout);
    texts.forEach((text, at) => {
      const field = fieldAt(Math.floor(at / k), at % k);
      const tone = shadeIndex(colors, kernel[at]);
      const style = `background:${colors.css[tone]};color:${colors.text[tone]}`;
      if (field.getAttribute("style") !== style) field.setAttribute("style", style);
      if (field !== doc.activeElement && field.value !== text) field.value = text;
    });
  }
  return { node, show };
}

// ------------------------------------------------------------------------------ the widget

const PICTURE = 460; // CSS pixels a side at most
const CELL = 44; // CSS pixels a side: a target for a thumb
const LEAST_CELL = 24; // the least for a finger

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, win, life, reducedMotion, root, status, redraw, begin } = stage(
    model,
    el,
    "convolution",
  );
  const calculate = calculator();
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let layouts = {}; // where the pictures lie in their canvases

  /** Set what the reader chose, and what follows from it, in one message to Python. */
  function change(settings) {
    status.settle();
    setTraits(model, settings);
    state = calculate(model);
    if ("kernel_size" in settings || "kernel_name" in settings)
      model.set("kernel", asTable(state.kernel, state.kernelSize));
    if (!state.problem) {
      model.set("row", state.row);
      model.set("col", state.col);
    }
    model.save_changes();
  }

  // -- controls
  const inputChoice = choice(doc, TEXT.input, (value) => {
    const [source, crop] = value.split(":");
    change(source === "grid" ? { source } : { source, photo_crop: Number(crop) });
  });
  const kernelChoice = choice(doc, TEXT.kernel, (name) => change({ kernel_name: name }));
  const sliders = {
    kernelSize: slider(doc, TEXT.kernelSize, 1, LARGEST, (value) => change({ kernel_size: value })),
    stride: slider(doc, TEXT.stride, 1, 4, (value) => change({ stride: value })),
    padding: slider(doc, TEXT.padding, 0, 5, (value) => change({ padding: value })),
    dilation: slider(doc, TEXT.dilation, 1, 3, (value) => change({ dilation: value })),
  };
  const preset = button(doc, TEXT.preset, () => {
    steps.stop();
    const crop = Math.max(...model.get("photo_size")) > 227 ? 227 : 0;
    const conv1 = { kernel_size: 11, stride: 4, padding: 0, dilation: 1 };
    change({ source: "photo", photo_crop: crop, ...conv1, row: 0, col: 0 });
  });
  const reset = button(doc, TEXT.reset, () => {
    steps.stop();
    change(initial);
  });

  /** List the grid, the photo, and its first 227 or 224 rows and columns: AlexNet's riddle. */
  function inputOptions() {
    const [rows, cols] = model.get("photo_size");
    const grid = model.get("grid");
    const crop = model.get("photo_crop");
    const crops = [0, 227, 224].filter((n) => !n || n < Math.max(rows, cols));
    if (!crops.includes(crop)) crops.push(crop);
    return [
      ["grid:0", TEXT.gridOption(grid.length, grid[0].length)],
      ...crops.map((n) => [
        `photo:${n}`,
        TEXT.photoOption(Math.min(rows, n || rows), Math.min(cols, n || cols)),
      ]),
    ];
  }

  // -- pictures and texts
  const key = legend(doc, {
    window: [TEXT.isWindow, "axw-is-window"],
    padding: [TEXT.isPadding, "axw-is-padding"],
    unread: [TEXT.isUnread, "axw-is-unread"],
  });
  const scale = scaleBar(doc);
  const why = make(doc, "p", { class: "axw-why" });
  const before = figure(doc, key.node);
  const after = figure(doc, why, scale.node);
  const patch = make(doc, "canvas", { role: "img" });
  const cells = kernelCells(doc, {
    onType: (table) => change({ kernel: table, kernel_name: "custom" }),
    onRefuse: (typed) => status.refuse(TEXT.notANumber(typed)),
  });
  const windowPart = make(
    doc,
    "div",
    {},
    make(doc, "div", { class: "axw-small", text: TEXT.window }),
    patch,
  );
  const times = make(doc, "span", { class: "axw-sign", text: "×", "aria-hidden": "true" });
  const sumName = textSpan(doc);
  const products = textSpan(doc, "", "axw-products");
  const total = make(doc, "strong");
  const terms = box(doc, "axw-terms", sumName, products, total);
  const sum = box(
    doc,
    "axw-sum",
    windowPart,
    times,
    make(doc, "div", {}, make(doc, "div", { class: "axw-small", text: TEXT.kernel }), cells.node),
    terms,
  );
  const about = make(doc, "p", { class: "axw-small" });
  const facts = factList(doc, TEXT.facts);

  // -- from window to window
  const current = () => state.row * state.outCols + state.col;
  const steps = stepper(doc, life, reducedMotion, {
    texts: TEXT,
    current,
    redraw,
    count: () => state.output.length,
    go: (at) => change({ row: Math.floor(at / state.outCols), col: at % state.outCols }),
  });

  // -- pointing at the pictures, and walking in them
  const over = onWindows(
    { before, after },
    {
      redraw,
      state: () => state,
      layouts: () => layouts,
      go: (place) => {
        steps.stop();
        change(place);
      },
    },
  );
  /** Describe what lies under the pointer. */
  function readout(picture) {
    const at = over(picture);
    if (!at) return "";
    const [y, x] = at;
    const inside = (row, col, rows, cols) => row >= 0 && row < rows && col >= 0 && col < cols;
    if (picture === "after")
      return inside(y, x, state.outRows, state.outCols)
        ? TEXT.outputAt(y, x, pretty(state.output[y * state.outCols + x]))
        : "";
    const row = y - state.padding;
    const col = x - state.padding;
    if (inside(row, col, state.rows, state.cols))
      return TEXT.readAt(
        row,
        col,
        pretty(state.input[row * state.cols + col]),
        state.readRows[row] * state.readCols[col],
      );
    return inside(y, x, state.rows + 2 * state.padding, state.width) ? TEXT.paddingAt : "";
  }

  // -- drawing
  const inputImage = memoize(valuePicture(doc));
  const outputImage = memoize(valuePicture(doc));
  const inputColors = memoize((values, photo) =>
    photo ? { ...PALETTES.gray, low: 0, high: 255 } : chooseShading(values),
  );
  const outputColors = memoize(chooseShading);
  let look = null; // colours and hatches
  let figureWidth = 320;
  let sumWidth = 640;

  function takeColors(inks) {
    look = {
      inks,
      padding: hatch(doc, inks.line, -1, 6, inks.ground),
      unread: hatch(doc, inks.lost, 1, 5),
    };
  }
  function takeSize() {
    figureWidth = before.node.clientWidth || figureWidth; // 0 before it is on the page
    sumWidth = sum.clientWidth || sumWidth;
  }
  /** Return the side of the cells of window and kernel: side by side, or stacked if too small. */
  function cellSize(k) {
    const beside = Math.floor((sumWidth - 40) / (2 * k));
    const alone = Math.floor((sumWidth - 2) / k);
    return Math.min(CELL, beside >= LEAST_CELL ? beside : alone);
  }

  function draw() {
    state = calculate(model);
    const side = Math.min(PICTURE, figureWidth);
    const ratio = win.devicePixelRatio || 1;
    const cell = cellSize(state.kernelSize);
    const colors = inputColors(state.input, state.photo);
    const beforeContext = sizeCanvas(before.canvas, side, side);
    const afterContext = sizeCanvas(after.canvas, side, side);
    const image = inputImage(state.input, state.rows, state.cols, colors);
    layouts = { before: drawInput(beforeContext, state, side, ratio, image, colors, look) };
    if (!state.problem) {
      const tones = outputColors(state.output);
      const convolved = outputImage(state.output, state.outRows, state.outCols, tones);
      const upTo = steps.playing() ? current() : Infinity;
      layouts.after = drawOutput(afterContext, state, side, ratio, convolved, tones, look, upTo);
      const patchSide = state.kernelSize * cell;
      drawWindow(sizeCanvas(patch, patchSide, patchSide), state, cell, colors, look);
      // canvases first: to set a canvas's font makes the browser restyle all earlier changes
      scale.show(tones);
      setText(sumName, `output[${state.row}, ${state.col}]`);
      setText(products, productsText(state));
      setText(total, `= ${pretty(state.output[current()])}`);
    }
    root.classList.toggle("axw-impossible", Boolean(state.problem));
    cells.show(state.kernelSize, state.kernel, cell);
    showSettings();
    showFacts();
    setText(before.readout, readout("before"));
    setText(after.readout, readout("after"));
    status.say(statusText(state), steps.playing() ? { pause: 3000 } : {});
  }

  function showSettings() {
    inputChoice.show(state.photo ? `photo:${model.get("photo_crop")}` : "grid:0", inputOptions());
    kernelChoice.show(
      state.name,
      [...KERNELS, "custom"].map((name) => [name, name]),
    );
    for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
    setText(before.name, TEXT.sized(TEXT.input, state.rows, state.cols));
    setLabel(before.canvas, TEXT.keys(TEXT.input, state.rows, state.cols));
    setText(
      after.name,
      state.problem ? TEXT.output : TEXT.sized(TEXT.output, state.outRows, state.outCols),
    );
    setLabel(
      after.canvas,
      state.problem ? TEXT.noOutput : TEXT.keys(TEXT.output, state.outRows, state.outCols),
    );
    setLabel(patch, TEXT.windowAlt(state.kernelSize));
    setText(why, state.problem ?? "");
    key.padding.hidden = !state.padding;
    key.unread.hidden =
      Boolean(state.problem) || (state.readRows.every(Boolean) && state.readCols.every(Boolean));
    const nothing = state.kernelSize === 1 && state.name !== "custom" && state.kernel[0] === 0;
    setText(about, nothing ? TEXT.onePixel : TEXT.about[state.name]);
    steps.show(state.problem ? "" : TEXT.place(pretty(current() + 1), pretty(state.output.length)));
  }

  function showFacts() {
    const { kernelSize: k, stride: s, padding: p, dilation: d, span, outRows, outCols } = state;
    const along = (n, out) =>
      out ? TEXT.live(n, p, span, s, out) : TEXT.noRoom(n, p, span, pretty(n + 2 * p - span));
    const axes = axesOf(state);
    const isConv1 = model.get("source") === "photo" && k === 11 && s === 4 && p === 0 && d === 1;
    const layer = (count) => (isConv1 ? [TEXT.layer(pretty(count))] : []);
    const named = ([names, n, out]) => (axes.length > 1 ? `${names[1]}: ` : "") + along(n, out);
    const lines = [
      TEXT.formula(d > 1 ? "span" : "kernel"),
      ...(d > 1 ? [TEXT.span(d, k, span)] : []),
      ...axes.map(named),
    ];
    facts.show({
      size: lines.join("\n"),
      rest: state.problem ? "–" : axes.map((axis) => leftOver(axis, span, s, p)).join("\n"),
      parameters: [TEXT.weights1(k, pretty(k * k + 1)), ...layer((k * k * 3 + 1) * 96)].join("\n"),
      cost: state.problem
        ? "–"
        : [
            TEXT.products(outRows, outCols, k, pretty(state.output.length * k * k)),
            ...layer(state.output.length * k * k * 3 * 96),
          ].join("\n"),
    });
  }

  // for tests and the curious: el.alexnetWidget.output().values
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
      box(doc, "axw-choices", inputChoice.node, kernelChoice.node, preset, reset),
      box(doc, "axw-sliders", ...Object.values(sliders).map((one) => one.node)),
      box(doc, "axw-pictures", before.node, after.node),
      steps.node,
      sum,
      about,
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: takeColors,
    sizes: takeSize,
    watch: [before.node, sum],
    probe,
  });
}

export default { render };
