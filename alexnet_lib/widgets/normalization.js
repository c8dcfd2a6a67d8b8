/* The normalization widget: a table of pictures and maps, normalized along a row (LRN) or down a
 * column (batch normalization); make all numbers larger or smaller, and see what is left of that.
 *
 * The traits are those of normalization.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = [
  "table",
  "method",
  "power",
  "row",
  "col",
  "n",
  "alpha",
  "beta",
  "k",
  "form",
  "pictures",
  "mode",
  "scale",
  "shift",
];

const EPSILON = 1e-5; // keeps batch normalization from dividing by 0
const ALPHAS = [0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]; // the places of the slider
const LIMIT = 99; // of a number in the table
const ALEXNET = { n: 5, alpha: 1e-4, beta: 0.75, k: 2, form: "paper" };
const PANEL = 104; // height of a row of bars, in CSS pixels
const LABEL = 15; // height of a number above a bar

// Every text of the widget.
const TEXT = {
  method: "Layer",
  methods: [
    ["lrn", "LRN"],
    ["bn", "batch normalization"],
  ],
  power: "All numbers ×",
  powerText: (power) => pretty(10 ** power),
  n: "n",
  alpha: "α",
  beta: "β",
  k: "k",
  form: "Formula",
  forms: [
    ["paper", "the paper’s: α"],
    ["program", "the program’s: α/n"],
  ],
  byHand: "By hand: α = 1",
  alexnet: "AlexNet: α = 0.0001",
  reset: "Reset",
  mode: "Mode",
  modes: [
    ["training", "training"],
    ["testing", "testing"],
  ],
  pictures: "Pictures",
  scale: "Scale",
  shift: "Shift",
  before: "Before",
  after: "After",
  sized: (name, rows, cols) => `${name}: ${rows} picture${rows === 1 ? "" : "s"} × ${cols} maps`,
  keys: (name, rows, cols) =>
    `${name}, ${rows} by ${cols}: a row for each picture, a column for each map. Arrow keys move ` +
    "the frame, plus and minus change the number in it.",
  noOutput: "After: none for this setting.",
  number: "Number in the frame, before",
  notANumber: (typed) => `“${typed}” is not a number, so nothing has changed.`,
  tooLarge: `In the table, before they are multiplied, numbers go from −${LIMIT} to ${LIMIT}.`,
  isNumber: "the number in the frame",
  isLine: { lrn: "what LRN looks at", bn: "what batch normalization looks at" },
  isAlone: "divided by k alone, without the squares",
  isMean: "mean",
  line: {
    lrn: (row) => `The maps of picture ${row}`,
    bn: (col) => `The pictures of map ${col}`,
  },
  barsAlt: (name, before, after) => `${name}. Before: ${before}. After: ${after}.`,
  names: { lrn: "LRN", bn: "Batch normalization" },
  facts: { line: "Looks at", work: "Computes", alone: "By k alone", size: "Size of all" },
  maps: (first, last, squares) =>
    `${first === last ? `map ${first}` : `maps ${first} to ${last}`} of this picture; ` +
    `the squares add up to ${squares}`,
  batch: (count, col, mean, deviation) =>
    `map ${col} in ${count} picture${count === 1 ? "" : "s"}: ` +
    `mean ${mean}, standard deviation ${deviation}`,
  stored: (col, mean, deviation) =>
    `what was kept from the training for map ${col}: ` +
    `mean ${mean}, standard deviation ${deviation}; not at the other pictures`,
  divided: (k, a, squares, beta, divisor, x, y) =>
    `(${k} + ${a} × ${squares})^${beta} = ${divisor}, and ${x} ÷ ${divisor} = ${y}`,
  standard: (x, mean, deviation, z) => `(${x} − ${mean}) ÷ ${deviation} = ${z}`,
  scaled: (z, scale, shift, y) => `, then ${z} × ${scale} + ${shift} = ${y}`,
  tiny: " (0.00001 is added to the variance, and counts here)",
  aloneText: (divisor, share) => `÷ ${divisor}; the squares make that ${share} % more`,
  sizes: (before, after) => `${before} before, ${after} after`,
  lrnStatus: (x, col, row, divisor, y) =>
    `Local response normalization: the ${x} of map ${col} in picture ${row} is divided by ` +
    `${divisor}, and ${y} comes out.`,
  bnStatus: (mode, x, col, row, mean, deviation, y) =>
    `Batch normalization in ${mode}: the ${x} of map ${col} in picture ${row} lies beside a mean ` +
    `of ${mean} and a standard deviation of ${deviation}, and ${y} comes out.`,
  sizeStatus: (before, after) => `All numbers have the size ${before} before and ${after} after.`,
  problem:
    "One picture alone has no spread: each number is its own mean, and every map would become 0. " +
    "Training needs two pictures or more; testing can do with one.",
};

// ------------------------------------------------------------------------------ arithmetic

/** Return what LRN divides each number by, and the sums of squares behind it; row by row. */
function lrnDivisors(x, rows, cols, { n, alpha, beta, k, form }) {
  const a = form === "program" ? alpha / n : alpha;
  const before = Math.floor(n / 2);
  const squares = new Float64Array(x.length);
  const divisors = new Float64Array(x.length);
  for (let at = 0; at < rows * cols; at++) {
    const col = at % cols;
    const first = Math.max(0, col - before);
    const last = Math.min(cols - 1, col - before + n - 1);
    for (let j = first; j <= last; j++) squares[at] += x[at - col + j] ** 2;
    divisors[at] = (k + a * squares[at]) ** beta;
  }
  return { squares, divisors };
}

/** Return mean and variance of each column of a table, row by row. */
function columnStatistics(x, rows, cols) {
  const mean = new Float64Array(cols);
  const variance = new Float64Array(cols);
  x.forEach((value, at) => {
    mean[at % cols] += value / rows;
  });
  x.forEach((value, at) => {
    variance[at % cols] += (value - mean[at % cols]) ** 2 / rows;
  });
  return { mean, variance };
}

/** Return the size of some numbers: the root of their mean square. */
const sizeOf = (x) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);

/** Return everything that the picture shows, from the model's traits. */
function calculate(model) {
  const settings = traitValues(model, TRAITS);
  const { table, method, power, n, k, beta, mode, pictures, scale, shift } = settings;
  const cols = table[0].length;
  const allRows = table.length;
  const rows = method === "bn" && pictures ? Math.min(pictures, allRows) : allRows;
  const flat = Float64Array.from(table.flat());
  const x = flat.slice(0, rows * cols).map((value) => value * 10 ** power);
  const row = clamp(settings.row, rows);
  const col = clamp(settings.col, cols);
  const at = row * cols + col;
  const problem = method === "bn" && mode === "training" && rows < 2 ? TEXT.problem : "";
  const lrn = lrnDivisors(x, rows, cols, settings);
  const testing = mode === "testing";
  const statistics = columnStatistics(testing ? flat : x, testing ? allRows : rows, cols);
  const standard = x.map((value, i) => {
    const deviation = Math.sqrt(statistics.variance[i % cols] + EPSILON);
    return (value - statistics.mean[i % cols]) / deviation;
  });
  const y = problem
    ? new Float64Array(0)
    : method === "lrn"
      ? x.map((value, i) => value / lrn.divisors[i])
      : standard.map((value) => scale * value + shift);
  const before = Math.floor(n / 2);
  const [first, last] =
    method === "lrn"
      ? [Math.max(0, col - before), Math.min(cols - 1, col - before + n - 1)]
      : [0, rows - 1];
  // the places, in x and y, of the line that is drawn as bars
  const line =
    method === "lrn"
      ? Array.from({ length: cols }, (_, j) => row * cols + j)
      : Array.from({ length: rows }, (_, i) => i * cols + col);
  return {
    ...settings,
    rows,
    allRows,
    cols,
    row,
    col,
    at,
    problem,
    flat,
    inputs: x,
    outputs: y,
    squares: lrn.squares[at],
    divisor: lrn.divisors[at],
    divisors: lrn.divisors,
    alone: k ** beta,
    mean: statistics.mean[col],
    deviation: Math.sqrt(statistics.variance[col]),
    standard: standard[at],
    first,
    last,
    line,
    place: method === "lrn" ? col : row,
    before: sizeOf(x),
    after: problem ? 0 : sizeOf(y),
  };
}

/** Describe the whole picture in words. */
function statusText(state) {
  const { method, mode, row, col, at, inputs, outputs, problem } = state;
  if (problem) return problem;
  const [x, y] = [pretty(inputs[at]), pretty(outputs[at])];
  const first =
    method === "lrn"
      ? TEXT.lrnStatus(x, col + 1, row + 1, pretty(state.divisor), y)
      : TEXT.bnStatus(mode, x, col + 1, row + 1, pretty(state.mean), pretty(state.deviation), y);
  return `${first} ${TEXT.sizeStatus(pretty(state.before), pretty(state.after))}`;
}

/** Return the texts of the list under the picture. */
function factTexts(state) {
  const { method, mode, rows, col, first, last, at, inputs, outputs, problem, beta, k } = state;
  const sizes = problem ? "–" : TEXT.sizes(pretty(state.before), pretty(state.after));
  const [x, y] = [pretty(inputs[at]), problem ? "–" : pretty(outputs[at])];
  if (method === "lrn") {
    const a = state.form === "program" ? state.alpha / state.n : state.alpha;
    const squares = pretty(state.squares);
    const divisor = pretty(state.divisor);
    return {
      line: TEXT.maps(first + 1, last + 1, squares),
      work: TEXT.divided(pretty(k), pretty(a), squares, pretty(beta), divisor, x, y),
      alone: TEXT.aloneText(pretty(state.alone), pretty(100 * (state.divisor / state.alone - 1))),
      size: sizes,
    };
  }
  const [mean, deviation] = [pretty(state.mean), pretty(state.deviation)];
  const z = pretty(state.standard);
  const plain = state.scale === 1 && state.shift === 0;
  const tiny = state.deviation ** 2 < 100 * EPSILON ? TEXT.tiny : "";
  const scaled = TEXT.scaled(factorText(state.standard), pretty(state.scale), "", "");
  const rest = plain
    ? ""
    : scaled.slice(0, scaled.indexOf(" + ")) + ` + ${factorText(state.shift)} = ${y}`;
  return {
    line:
      mode === "training"
        ? TEXT.batch(rows, col + 1, mean, deviation)
        : TEXT.stored(col + 1, mean, deviation),
    work: problem ? "–" : TEXT.standard(x, factorText(state.mean), deviation, z) + rest + tiny,
    alone: "",
    size: sizes,
  };
}

// ------------------------------------------------------------------------------ drawing

/** Draw a table with its numbers, the line that the layer looks at, and the frame. */
function drawTable(context, state, values, layout, colors, inks) {
  const { rows, cols, allRows, method, row, col, first, last } = state;
  const { cell, left, top } = layout;
  values.forEach((value, at) => {
    context.fillStyle = colors.css[shadeIndex(colors, value)];
    context.fillRect(
      left + (at % cols) * cell,
      top + Math.floor(at / cols) * cell,
      cell + 0.5,
      cell + 0.5,
    );
  });
  drawNumbers(context, layout, Math.floor(values.length / cols), cols, values, colors);
  drawLines(context, layout, allRows, cols, inks.line);
  if (values.length > rows * cols) drawVeil(context, layout, allRows, cols, rows * cols - 1, inks);
  const [x, y, wide, high] =
    method === "lrn" ? [first, row, last - first + 1, 1] : [col, 0, 1, rows];
  drawMark(context, inks, left + x * cell, top + y * cell, wide * cell, high * cell, [6, 4]);
  drawMark(context, inks, left + col * cell, top + row * cell, cell, cell);
}

/** Draw a row of bars with their numbers, from (0, top) on.
 *
 * outlines  values that are drawn dashed around the bars, if any
 * level     a value that is drawn as a dashed line behind them, if any
 */
function drawBars(context, state, values, { outlines, level }, { top, width, name }, look) {
  const { inks } = look;
  const all = [...values, ...(outlines ?? []), level ?? 0];
  const high = Math.max(0, ...all);
  const low = Math.min(0, ...all);
  const step = width / values.length;
  const room = PANEL - 2 * LABEL - (low < 0 ? LABEL : 0);
  const unit = high > low ? room / (high - low) : 0;
  const zero = top + 2 * LABEL + high * unit;
  const wide = Math.min(36, step - 8);
  if (level !== undefined) {
    context.setLineDash([7, 4]);
    context.strokeStyle = inks.soft;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(0, zero - level * unit);
    context.lineTo(width, zero - level * unit);
    context.stroke();
    context.setLineDash([]);
  }
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = inks.soft;
  context.fillText(name, 0, top + LABEL / 2);
  const texts = values.map(pretty);
  const longest = Math.max(...texts.map((text) => text.length));
  const points = Math.min(13, (1.75 * step) / Math.max(3, longest));
  values.forEach((value, i) => {
    const x = (i + 0.5) * step - wide / 2;
    const inside = i >= state.first && i <= state.last;
    const [from, size] = value < 0 ? [zero, -value * unit] : [zero - value * unit, value * unit];
    context.fillStyle = value < 0 ? look.negative : look.positive;
    context.globalAlpha = inside ? 1 : 0.35;
    context.fillRect(x, from, wide, size);
    context.globalAlpha = 1;
    context.strokeStyle = inks.ink;
    context.lineWidth = 1;
    if (size > 1) context.strokeRect(x, from, wide, size);
    if (outlines) {
      const edge = outlines[i] * unit;
      context.setLineDash([3, 3]);
      context.strokeRect(x - 3, edge < 0 ? zero : zero - edge, wide + 6, Math.abs(edge));
      context.setLineDash([]);
    }
    if (i === state.place) drawMark(context, inks, x, from, wide, Math.max(size, 1));
    const most = Math.max(value, outlines ? outlines[i] : 0, 0);
    context.font = `${i === state.place ? "600 " : ""}${points}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.fillStyle = inks.ink;
    const y = value < 0 ? zero - value * unit + LABEL / 2 + 2 : zero - most * unit - LABEL / 2 - 1;
    context.strokeStyle = inks.ground; // a rim, where a line runs behind the number
    context.lineWidth = 4;
    context.strokeText(texts[i], (i + 0.5) * step, y);
    context.fillText(texts[i], (i + 0.5) * step, y);
  });
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, zero);
  context.lineTo(width, zero);
  context.stroke();
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, win, status, begin } = stage(model, el, "normalization");
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let side = 320; // of a table
  let width = 320; // of the bars
  let look = null;
  let layout = null;

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next key may come before the next frame
  }

  // -- controls
  const set = (name) => (value) => change({ [name]: value });
  const method = segments(doc, TEXT.method, TEXT.methods, set("method"));
  const power = slider(doc, TEXT.power, -3, 3, set("power"), { text: TEXT.powerText });
  const n = slider(doc, TEXT.n, 1, 9, set("n"));
  const setAlpha = (place) => change({ alpha: ALPHAS[place] });
  const alpha = slider(doc, TEXT.alpha, 0, ALPHAS.length - 1, setAlpha, {
    text: () => pretty(state.alpha),
  });
  const beta = slider(doc, TEXT.beta, 0, 2, set("beta"), { step: 0.05 });
  const k = slider(doc, TEXT.k, 0.5, 10, set("k"), { step: 0.5 });
  const form = segments(doc, TEXT.form, TEXT.forms, set("form"));
  const mode = segments(doc, TEXT.mode, TEXT.modes, set("mode"));
  const pictures = slider(doc, TEXT.pictures, 1, state.allRows, set("pictures"));
  const scale = slider(doc, TEXT.scale, -3, 3, set("scale"), { step: 0.1 });
  const shift = slider(doc, TEXT.shift, -3, 3, set("shift"), { step: 0.1 });
  const lrnControls = box(
    doc,
    "axw-layout",
    box(doc, "axw-sliders", n.node, alpha.node, beta.node, k.node),
    box(
      doc,
      "axw-choices",
      form.node,
      button(doc, TEXT.byHand, () => change({ ...ALEXNET, alpha: 1 })),
      button(doc, TEXT.alexnet, () => change(ALEXNET)),
    ),
  );
  const bnControls = box(
    doc,
    "axw-layout",
    box(doc, "axw-sliders", pictures.node, scale.node, shift.node),
    box(doc, "axw-choices", mode.node),
  );
  const setNumber = (value) => {
    const typed = Number((value / 10 ** state.power).toPrecision(12));
    if (Math.abs(typed) > LIMIT) return status.refuse(TEXT.tooLarge);
    const { table, row, col } = state;
    const place = (r, c) => r === row && c === col;
    change({ table: table.map((line, r) => line.map((old, c) => (place(r, c) ? typed : old))) });
  };
  const field = numberField(doc, TEXT.number, setNumber, (typed) =>
    status.refuse(TEXT.notANumber(typed)),
  );
  const fieldLabel = make(
    doc,
    "label",
    { class: "axw-choice" },
    make(doc, "span", { text: TEXT.number }),
    field.node,
  );
  const reset = button(doc, TEXT.reset, () => change(initial));

  // -- pictures and texts
  const before = figure(doc);
  const after = chartFigure(doc);
  const key = legend(doc, {
    number: [TEXT.isNumber, "axw-is-number"],
    line: ["", "axw-is-line"],
    alone: [TEXT.isAlone, "axw-is-alone"],
    mean: [TEXT.isMean, "axw-is-mean"],
  });
  const bars = chartFigure(doc, key.node);
  const facts = factList(doc, TEXT.facts);
  const aloneRow = [...facts.node.querySelectorAll("dt, dd")].slice(4, 6);

  // -- moving the frame, and changing the number in it
  const go = (row, col) => change({ row: clamp(row, state.rows), col: clamp(col, state.cols) });
  onWalk(before.canvas, (down, right) => go(state.row + down, state.col + right));
  before.canvas.addEventListener("keydown", (event) => {
    const by = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setNumber(state.inputs[state.at] + by * 10 ** state.power);
  });
  before.canvas.addEventListener("pointerdown", (event) => {
    const [row, col] = cellAt(event, layout);
    if (row >= 0 && row < state.rows && col >= 0 && col < state.cols) go(row, col);
  });

  // -- drawing
  function drawAll() {
    state = calculate(model);
    const { inks } = look;
    const { allRows, rows, cols, problem, inputs, outputs, line } = state;
    const lrn = state.method === "lrn";
    const shown = state.flat.map((value) => value * 10 ** state.power); // the whole table
    const ratio = win.devicePixelRatio || 1;
    const cell = Math.min(56, Math.floor(((side - 2 * EDGE) / cols) * ratio) / ratio);
    layout = { cell, left: EDGE, top: EDGE };
    const [wide, high] = [cols * cell + 2 * EDGE, allRows * cell + 2 * EDGE];
    const shades = chooseShading(shown);
    drawTable(sizeCanvas(before.canvas, wide, high), state, shown, layout, shades, inks);
    const context = sizeCanvas(after.canvas, wide, high);
    const shadesAfter = chooseShading(problem ? [0] : outputs);
    drawTable(context, state, outputs, layout, shadesAfter, inks);
    const barContext = sizeCanvas(bars.canvas, width, (problem ? 1 : 2) * PANEL + 4);
    const values = line.map((at) => inputs[at]);
    const normalized = problem ? [] : line.map((at) => outputs[at]);
    const outlines = lrn ? values.map((value) => value / state.alone) : undefined;
    const extra = lrn ? {} : { level: state.mean };
    drawBars(barContext, state, values, extra, { top: 0, width, name: TEXT.before }, look);
    if (!problem) {
      const panel = { top: PANEL, width, name: TEXT.after };
      drawBars(barContext, state, normalized, { outlines }, panel, look);
    }

    method.show(state.method);
    power.show(state.power);
    n.show(state.n);
    const distance = (place) => Math.abs(Math.log10((ALPHAS[place] + 1e-7) / (state.alpha + 1e-7)));
    const places = ALPHAS.map((_, place) => place);
    alpha.show(places.reduce((best, place) => (distance(place) < distance(best) ? place : best)));
    alpha.node.querySelector(".axw-number").textContent = pretty(state.alpha);
    beta.show(state.beta);
    k.show(state.k);
    form.show(state.form);
    mode.show(state.mode);
    pictures.input.max = allRows;
    pictures.show(rows);
    scale.show(state.scale);
    shift.show(state.shift);
    field.show(Number(inputs[state.at].toPrecision(6)));
    lrnControls.hidden = !lrn;
    bnControls.hidden = lrn;
    for (const node of aloneRow) node.hidden = !lrn;
    key.alone.hidden = !lrn;
    key.mean.hidden = lrn;
    setText(key.line, TEXT.isLine[state.method]);

    setText(before.name, TEXT.sized(TEXT.before, rows, cols));
    setLabel(before.canvas, TEXT.keys(TEXT.before, allRows, cols));
    setText(after.name, problem ? TEXT.noOutput : TEXT.after);
    const grid = problem
      ? TEXT.noOutput
      : `${TEXT.after}: ${Array.from(outputs, pretty).join(" ")}`;
    setLabel(after.canvas, grid);
    const name = TEXT.line[state.method]((lrn ? state.row : state.col) + 1);
    setText(bars.name, name);
    const texts = [values, normalized].map((list) => list.map(pretty).join(", ") || "–");
    setLabel(bars.canvas, TEXT.barsAlt(name, ...texts));
    facts.show(factTexts(state));
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices", method.node, reset),
      power.node,
      lrnControls,
      bnControls,
      box(doc, "axw-pictures", before.node, after.node),
      fieldLabel,
      bars.node,
      facts.node,
    ],
    traits: TRAITS,
    draw: drawAll,
    colors(inks) {
      const dark = inks.ground === INKS.dark.ground;
      look = {
        inks,
        positive: dark ? "rgb(224,156,82)" : "rgb(212,130,50)",
        negative: dark ? "rgb(110,150,215)" : "rgb(52,92,158)",
      };
    },
    sizes() {
      side = Math.min(400, before.node.clientWidth || side);
      width = Math.min(560, bars.node.clientWidth || width);
    },
    watch: [before.node, bars.node],
    probe: {
      state() {
        const now = calculate(model);
        const [inputs, outputs, divisors] = [now.inputs, now.outputs, now.divisors].map((list) =>
          Array.from(list),
        );
        return { ...now, inputs, outputs, divisors, flat: null, status: statusText(now) };
      },
    },
  });
}

export default { render };
