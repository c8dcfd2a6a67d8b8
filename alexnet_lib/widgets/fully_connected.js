/* The fully connected widget: layers of units, their connections, and what they cost.
 *
 * The traits, the presets, the weights of small networks and the arithmetic are those of
 * fully_connected.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = ["sizes", "output", "inputs", "column", "unit"];

const MOST_UNITS = 200000;
const MOST_COLUMNS = 6;
const SMALL = 5; // with at most so many units in each layer, every number shows
const LIMIT = 99; // of an input, on either side of 0
const BYTES = 4; // of a number in single precision, fp32
const YES_NO = "yes or no";
const CLASSES = "classes";

const PRESETS = {
  triangle: [[2, 3, 1], YES_NO],
  clothes: [[784, 128, 10], CLASSES],
  alexnet: [[9216, 4096, 4096, 1000], CLASSES],
  photograph: [[154587, 4096, 4096, 1000], CLASSES],
};

// The part of the plane that is drawn where two numbers go in and a yes or no comes out.
const PLANE = { low: -4, high: 8, cells: 120, step: 0.5 };
const CORNERS = [
  [-1, -1],
  [1, 3],
  [3, 1],
];

// Every text of the widget.
const TEXT = {
  network: "Network",
  output: "Output",
  yesNo: "Yes or no",
  classes: "Several classes",
  addLayer: "Add a layer",
  removeLayer: "Remove a layer",
  reset: "Reset",
  sizes: "Units in each layer",
  inputs: "Numbers that go in",
  presets: {
    triangle: "2 - 3 - 1: is a point in the triangle?",
    clothes: "784 - 128 - 10: small pictures",
    alexnet: "AlexNet’s fc6, fc7, fc8",
    photograph: "AlexNet’s three, straight from the photograph",
    custom: "Your own",
  },
  about: {
    triangle:
      "Yes if the point (x 1, x 2) lies in the triangle with the corners (−1, −1), (1, 3) and " +
      "(3, 1), or close to it.",
    clothes: "784 = 28 · 28 grey pixels go in, ten scores come out.",
    alexnet: "9,216 = 256 · 6 · 6: what convolution and pooling have left of the photograph.",
    photograph:
      "154,587 = 227 · 227 · 3: every number of the photograph. AlexNet does not do this.",
    small: "The weights are whole numbers made up for this picture.",
    large: "Numbers show in the circles where no layer has more than 5 units.",
  },
  field: (column) => (column ? `Layer ${column}` : "Input"),
  head: (column, narrow) =>
    column ? (narrow ? `${column}` : `layer ${column}`) : narrow ? "in" : "input",
  x: (at) => `x ${at + 1}`,
  sequence: (sizes) => sizes.map(pretty).join(" - "),
  canvas: (sizes) => `Network ${TEXT.sequence(sizes)}. Arrow keys point at a unit.`,
  plane: "Every point at once",
  planeCanvas: (x1, x2, answer) =>
    `The plane of x 1, to the right, and x 2, upwards, from ${pretty(PLANE.low)} to ` +
    `${PLANE.high}; the point (${x1}, ${x2}): ${answer}. Arrow keys move it by a half.`,
  shaded: "score above 0: yes",
  point: "the point that goes in",
  outside: (x1, x2) => `The point (${x1}, ${x2}) lies outside this part of the plane.`,
  corners: "the triangle",
  positive: "weight above 0",
  negative: "weight below 0",
  pointed: "the unit pointed at, and its weights",
  more: "+ n: units not drawn",
  badSize: (typed) =>
    `“${typed}” is no number of units: a layer has 1 to ${pretty(MOST_UNITS)}, a whole number. ` +
    "It stays as it was.",
  badInput: (typed) =>
    `“${typed}” is not a number from −${LIMIT} to ${LIMIT}; the input stays as it was.`,
  facts: {
    layers: "Layers",
    parameters: "Parameters",
    memory: "Memory, fp32",
    work: "Multiply-adds",
    answer: "Answer",
  },
  layers: (n) => `${n}; the input is not one, since nothing is learned in it`,
  product: (n, m) => `(${pretty(n)} + 1) · ${pretty(m)} = ${pretty((n + 1) * m)}`,
  layerLine: (at, n, m) => `layer ${at}: ${TEXT.product(n, m)}`,
  inAll: (all, weights, biases) =>
    `in all ${pretty(all)}: ${pretty(weights)} weights + ${pretty(biases)} biases`,
  memory: (all, size) => `${pretty(all)} numbers of ${BYTES} bytes: ${size}`,
  work: (terms, total) => `${terms} ${total} for one example, one for each weight`,
  unitName: (column, unit, n) =>
    `${column ? `Layer ${column}, unit` : "Input"} ${pretty(unit + 1)} of ${pretty(n)}`,
  goesTo: (m) =>
    m === 1
      ? "goes to the one unit of layer 1, over a weight"
      : `goes to all ${pretty(m)} units of layer 1, over ${pretty(m)} weights`,
  takes: (n) =>
    n === 1
      ? "takes the one number: 1 weight + 1 bias"
      : `takes all ${pretty(n)} numbers: ${pretty(n)} weights + 1 bias`,
  ownParameters: (n) => `${pretty(n + 1)} parameters of this unit`,
  afterRelu: (value) => `, after ReLU ${value}`,
  isScore: ", a score",
  ofLayer: (n, m) => `Its layer has ${TEXT.product(n, m)} parameters.`,
  yes: (score, p) => {
    const answer = score === "0" ? "undecided" : score.startsWith("−") ? "no" : "yes";
    return `score ${score}, sigmoid ${p}: ${answer}`;
  },
  best: (scores, k) => `scores ${scores.join(", ")}: class ${k + 1} has the largest`,
  oneScore: "one score; its sigmoid is the probability of yes, and above 0 means yes",
  manyScores: (n) => `${pretty(n)} scores, one a class; the largest wins`,
  status: (sizes, layers, all) =>
    `Network ${TEXT.sequence(sizes)}: ${layers} ${layers > 1 ? "layers" : "layer"}, ` +
    `${pretty(all)} parameters.`,
};

// ------------------------------------------------------------------------------ arithmetic

/** Return fixed whole numbers as weights of a small network; as example_layers in Python. */
function exampleLayers(sizes) {
  if (sizes.join() === "2,3,1")
    return [
      {
        w: [
          [-2, 1],
          [1, -2],
          [1, 1],
        ],
        b: [-1, -1, -4],
      },
      { w: [[-1, -1, -2]], b: [1] },
    ];
  const indices = (n) => [...Array(n).keys()];
  return sizes.slice(1).map((out, at) => {
    const weight = (j, i) => ((7 * (at + 1) + 5 * j + 3 * i + i * j) % 5) - 2;
    return {
      w: indices(out).map((j) => indices(sizes[at]).map((i) => weight(j, i))),
      b: indices(out).map((j) => ((at + 1 + 2 * j) % 3) - 1),
    };
  });
}

/** Compute a small network, a list a column: `values` (after ReLU) and `sums` (before it). */
function forwardPass(layers, x) {
  const values = [x];
  const sums = [x];
  layers.forEach(({ w, b }, at) => {
    const last = values[at];
    const y = w.map(
      (weights, j) => weights.reduce((sum, weight, i) => sum + weight * last[i], 0) + b[j],
    );
    sums.push(y);
    values.push(at < layers.length - 1 ? y.map((v) => Math.max(0, v)) : y);
  });
  return { values, sums };
}

/** Return whether the score of each cell of the plane is above 0, row by row from the top.
 *
 * `sizes` is a text, "2,3,1", so that the answer is kept while the network stays the same.
 */
const yesCells = memoize((sizes) => {
  const layers = exampleLayers(sizes.split(",").map(Number));
  const { low, high, cells } = PLANE;
  const middle = (at) => low + ((at + 0.5) * (high - low)) / cells;
  return Array.from({ length: cells * cells }, (_, at) => {
    const point = [middle(at % cells), middle(cells - 1 - Math.floor(at / cells))];
    return forwardPass(layers, point).values.at(-1)[0] > 0;
  });
});

/** Say why the last layer doesn't fit the output, like FullyConnectedWidget.problem; or null. */
function problemOf(last, output) {
  if (output === YES_NO && last !== 1)
    return (
      `Yes or no needs one number, but the last layer gives ${pretty(last)}: give it 1 unit, ` +
      "or choose several classes."
    );
  if (output === CLASSES && last === 1)
    return (
      "Among several classes the largest score wins, but the last layer gives only 1: " +
      "give it a unit for each class, or choose yes or no."
    );
  return null;
}

/** Return everything that follows from the traits. */
function calculate(model) {
  const sizes = model.get("sizes");
  const output = model.get("output");
  const given = model.get("inputs");
  const column = clamp(model.get("column"), sizes.length);
  const unit = clamp(model.get("unit"), sizes[column]);
  const layers = sizes
    .slice(1)
    .map((out, at) => ({ in: sizes[at], out, parameters: (sizes[at] + 1) * out }));
  const sum = (count) => layers.reduce((total, layer) => total + count(layer), 0);
  const small = Math.max(...sizes) <= SMALL;
  const inputs = Array.from({ length: SMALL }, (_, at) => given[at] ?? 1);
  const weights = small ? exampleLayers(sizes) : null;
  const preset = Object.keys(PRESETS).find(
    (key) => PRESETS[key][0].join() === sizes.join() && PRESETS[key][1] === output,
  );
  return {
    sizes,
    output,
    column,
    unit,
    layers,
    small,
    inputs,
    weights,
    preset: preset ?? "custom",
    parameters: sum((layer) => layer.parameters),
    products: sum((layer) => layer.in * layer.out),
    biases: sum((layer) => layer.out),
    problem: problemOf(sizes.at(-1), output),
    hasPlane: small && sizes[0] === 2 && sizes.at(-1) === 1 && output === YES_NO,
    ...(small ? forwardPass(weights, inputs.slice(0, sizes[0])) : { values: null, sums: null }),
  };
}

const sigmoid = (s) => 1 / (1 + Math.exp(-s));

// ------------------------------------------------------------------------------ words

/** Write bytes for people: 52 bytes, 224 MiB, 2.36 GiB. */
function byteSize(bytes) {
  const names = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (bytes >= 1024 && power < names.length - 1) {
    bytes /= 1024;
    power++;
  }
  return `${pretty(bytes)} ${names[power]}`;
}

/** Write a unit's sum in full: 2·1 + 3·(−1) + 4. */
function sumText(state) {
  const { w, b } = state.weights[state.column - 1];
  const x = state.values[state.column - 1];
  const product = (weight, i) => `${factorText(x[i])}·${factorText(weight)}`;
  const products = w[state.unit].map(product).join(" + ");
  return `${products} ${b[state.unit] < 0 ? "−" : "+"} ${pretty(Math.abs(b[state.unit]))}`;
}

/** Describe the unit pointed at: its name, what it does, and its result. */
function unitTexts(state) {
  const { column, unit, sizes } = state;
  const name = TEXT.unitName(column, unit, sizes[column]);
  if (!column)
    return [name, TEXT.goesTo(sizes[1]), state.small ? pretty(state.values[0][unit]) : ""];
  if (!state.small)
    return [name, TEXT.takes(sizes[column - 1]), `= ${TEXT.ownParameters(sizes[column - 1])}`];
  const end =
    column < sizes.length - 1 ? TEXT.afterRelu(pretty(state.values[column][unit])) : TEXT.isScore;
  return [name, sumText(state), `= ${pretty(state.sums[column][unit])}${end}`];
}

function answerText(state) {
  if (state.problem) return state.problem;
  if (!state.small)
    return state.output === YES_NO ? TEXT.oneScore : TEXT.manyScores(state.sizes.at(-1));
  const scores = state.values.at(-1);
  if (state.output === YES_NO) return TEXT.yes(pretty(scores[0]), pretty(sigmoid(scores[0])));
  return TEXT.best(scores.map(pretty), scores.indexOf(Math.max(...scores)));
}

/** Describe the whole picture in words. */
function statusText(state) {
  const [name, action, result] = unitTexts(state);
  const { column, sizes } = state;
  const network = TEXT.status(sizes, state.layers.length, state.parameters);
  const unit = [`${name}${column && state.small ? ":" : ""}`, action, result];
  const layer = column ? TEXT.ofLayer(sizes[column - 1], sizes[column]) : "";
  const answer = state.problem ?? `${TEXT.facts.answer}: ${answerText(state)}.`;
  return [network, `${unit.filter(Boolean).join(" ")}.`, layer, answer].filter(Boolean).join(" ");
}

// ------------------------------------------------------------------------------ drawing

const MOST_DRAWN = 7; // circles in a column; of more units, five and the number of the others
const ROW = 46; // CSS pixels
const HEAD = 26;
const FOOT = 26;
const ALONG = 0.27; // a weight stands near the start of its line, where the lines lie apart

/** List what a column draws, from top to bottom: unit numbers, and { more } for those left out. */
function columnSlots(size, pointed) {
  if (size <= MOST_DRAWN) return Array.from({ length: size }, (_, at) => at);
  const inGap = pointed !== null && pointed > 2 && pointed < size - 2;
  const drawn = inGap ? [0, 1, pointed, size - 1] : [0, 1, 2, size - 2, size - 1];
  return drawn.flatMap((at, i) =>
    i && at - drawn[i - 1] > 1 ? [{ more: at - drawn[i - 1] - 1 }, at] : [at],
  );
}

/** Place everything: circles [[{ unit, x, y }]], gaps [{ more, x, y }], radius, step, height. */
function networkLayout(state, width) {
  const columns = state.sizes.map((size, i) =>
    columnSlots(size, i === state.column ? state.unit : null),
  );
  const rows = Math.max(3, ...columns.map((slots) => slots.length));
  const radius = Math.min(19, Math.max(11, (width / columns.length) * 0.24));
  const side = Math.max(radius + 4, Math.min(60, width * 0.09));
  const step = (width - 2 * side) / (columns.length - 1);
  const circles = [];
  const gaps = [];
  columns.forEach((slots, i) => {
    const x = side + i * step;
    const top = HEAD + (ROW * (rows - slots.length)) / 2;
    circles.push([]);
    slots.forEach((slot, at) => {
      const y = top + ROW * (at + 0.5);
      if (typeof slot === "number") circles[i].push({ unit: slot, x, y });
      else gaps.push({ ...slot, x, y });
    });
  });
  return { circles, gaps, radius, step, height: HEAD + ROW * rows + FOOT };
}

function drawConnections(context, state, { circles, radius, step }, inks) {
  const pointedIn = (i, to) => i + 1 === state.column && to.unit === state.unit;
  const pointedOut = (i, from) => state.column === 0 && i === 0 && from.unit === state.unit;
  const labels = [];
  // the strong ones over the others
  for (const strong of [false, true]) {
    for (let i = 0; i + 1 < circles.length; i++)
      for (const from of circles[i])
        for (const to of circles[i + 1]) {
          if ((pointedIn(i, to) || pointedOut(i, from)) !== strong) continue;
          const weight = state.small ? state.weights[i].w[to.unit][from.unit] : 1;
          context.strokeStyle = strong ? inks.mark : inks.line;
          context.lineWidth = strong ? 2.5 : 1;
          context.globalAlpha = strong ? 1 : 0.7;
          context.setLineDash(weight < 0 ? [5, 4] : []);
          context.beginPath();
          context.moveTo(from.x + radius, from.y);
          context.lineTo(to.x - radius, to.y);
          context.stroke();
          if (strong && state.small && step - 2 * radius > 44) {
            const along = pointedOut(i, from) ? 1 - ALONG : ALONG;
            labels.push([
              pretty(weight),
              from.x + radius + along * (to.x - from.x - 2 * radius),
              from.y + along * (to.y - from.y),
            ]);
          }
        }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.font = "600 13px system-ui, sans-serif";
  for (const [text, x, y] of labels) drawRimmedText(context, text, x, y, inks.ink, inks.ground);
}

/** Draw a text with a rim, so that it can be read on a line. */
function drawRimmedText(context, text, x, y, color, rim) {
  context.lineWidth = 5;
  context.strokeStyle = rim;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Return a font of 9 to `most` pixels that fits a text into `room`: a digit is 0.6 of it wide. */
const fittedFont = (text, room, most) =>
  `${Math.max(9, Math.min(most, room / (0.6 * text.length)))}px system-ui, sans-serif`;

function drawNetwork(context, state, layout, inks) {
  const { circles, gaps, radius, step, height } = layout;
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, context.canvas.width, height);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  drawConnections(context, state, layout, inks);
  circles.forEach((column, i) => {
    const texts = state.small ? state.values[i].map(pretty) : [];
    for (const { unit, x, y } of column) {
      const pointed = i === state.column && unit === state.unit;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = inks.ground;
      context.fill();
      context.strokeStyle = pointed ? inks.mark : inks.ink;
      context.lineWidth = pointed ? 3.5 : 1.25;
      context.stroke();
      if (!state.small) continue;
      context.font = fittedFont(texts[unit], 1.7 * radius, 14);
      context.fillStyle = inks.ink;
      context.fillText(texts[unit], x, y + 1);
    }
    context.fillStyle = inks.soft;
    context.font = "12px system-ui, sans-serif";
    context.fillText(TEXT.head(i, step < 60), column[0].x, HEAD / 2);
    context.fillStyle = inks.ink;
    context.font = `600 ${fittedFont(pretty(state.sizes[i]), step - 6, 13)}`;
    context.fillText(pretty(state.sizes[i]), column[0].x, height - FOOT / 2);
  });
  for (const { more, x, y } of gaps) {
    const text = `+${step < 60 ? "" : " "}${pretty(more)}`;
    context.font = fittedFont(text, step - 6, 12);
    drawRimmedText(context, text, x, y, inks.soft, inks.ground);
  }
}

/** Place the plane in a square of `side` CSS pixels: from a number to a pixel and back. */
function planeLayout(side) {
  const { low, high } = PLANE;
  const unit = side / (high - low);
  return {
    side,
    unit,
    across: (x) => (x - low) * unit,
    down: (y) => (high - y) * unit,
    /** Return the number at a pixel, in steps, inside the plane. */
    numbersAt: (x, y) => [low + x / unit, high - y / unit].map(planeNumber),
  };
}

/** Return the nearest number of the plane that lies on a step. */
const planeNumber = (value) =>
  Math.min(PLANE.high, Math.max(PLANE.low, Math.round(value / PLANE.step) * PLANE.step));

function drawPlane(context, state, { side, unit, across, down }, inks, pattern) {
  const { low, high, cells } = PLANE;
  const cell = side / cells;
  const yes = yesCells(state.sizes.join());
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, side, side);
  context.beginPath();
  yes.forEach((above, at) => {
    if (above) context.rect((at % cells) * cell, Math.floor(at / cells) * cell, cell, cell);
  });
  context.fillStyle = pattern;
  context.fill();
  // its border, where yes and no meet
  context.beginPath();
  yes.forEach((above, at) => {
    const [x, y] = [(at % cells) * cell, Math.floor(at / cells) * cell];
    if ((at + 1) % cells && above !== yes[at + 1]) {
      context.moveTo(x + cell, y);
      context.lineTo(x + cell, y + cell);
    }
    if (at + cells < yes.length && above !== yes[at + cells]) {
      context.moveTo(x, y + cell);
      context.lineTo(x + cell, y + cell);
    }
  });
  context.strokeStyle = inks.ink;
  context.lineWidth = 2;
  context.stroke();
  // axes, with a number at every other whole one
  context.lineWidth = 1;
  context.strokeStyle = context.fillStyle = inks.soft;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.beginPath();
  context.moveTo(0, down(0));
  context.lineTo(side, down(0));
  context.moveTo(across(0), 0);
  context.lineTo(across(0), side);
  context.stroke();
  for (let at = low + 2; at < high; at += 2) {
    if (!at) continue;
    drawRimmedText(context, pretty(at), across(at), down(0) + 9, inks.soft, inks.ground);
    drawRimmedText(context, pretty(at), across(0) - 10, down(at), inks.soft, inks.ground);
  }
  if (state.preset === "triangle") {
    context.beginPath();
    for (const [x, y] of CORNERS) context.lineTo(across(x), down(y));
    context.closePath();
    context.setLineDash([5, 4]);
    context.strokeStyle = inks.ink;
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
  }
  const [x1, x2] = state.inputs;
  context.beginPath();
  context.arc(across(x1), down(x2), Math.max(5, unit / 4), 0, 2 * Math.PI);
  context.fillStyle = inks.mark;
  context.strokeStyle = inks.ground;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, status, begin } = stage(model, el, "fully_connected");
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let layout = null;
  let inks = null;
  let shading = null;
  let plane = null; // where the plane lies in its canvas
  let width = 320;

  /** Set what the reader chose, and keep the unit pointed at inside, in one message to Python. */
  function change(settings) {
    setTraits(model, settings);
    state = calculate(model);
    status.settle();
    model.set("column", state.column);
    model.set("unit", state.unit);
    model.save_changes();
  }

  // -- controls
  const network = choice(doc, TEXT.network, (key) => {
    if (key !== "custom")
      change({ sizes: [...PRESETS[key][0]], output: PRESETS[key][1], column: 1, unit: 0 });
  });
  const outputs = Object.entries({ [YES_NO]: TEXT.yesNo, [CLASSES]: TEXT.classes });
  const output = segments(doc, TEXT.output, outputs, (value) => {
    const before = state.sizes.slice(0, -1);
    const last = state.sizes.at(-1);
    const classes = last > 1 ? last : state.small ? 3 : 10;
    change({ output: value, sizes: [...before, value === YES_NO ? 1 : classes] });
  });
  const add = button(doc, TEXT.addLayer, () => {
    // a hidden layer like the last one
    const sizes = [...state.sizes];
    const hidden = sizes.length > 2 ? sizes.at(-2) : Math.min(sizes[0], 3);
    sizes.splice(-1, 0, hidden);
    change({ sizes });
  });
  const remove = button(doc, TEXT.removeLayer, () => {
    const sizes = [...state.sizes];
    sizes.splice(-2, 1);
    change({ sizes });
  });
  const reset = button(doc, TEXT.reset, () => change(initial));

  /** Make a field under its name; `accepts(value)` says whether a number will do. */
  function namedField(label, accepts, onChange, sentence) {
    const field = numberField(
      doc,
      label,
      (value) => {
        if (accepts(value)) return onChange(value);
        field.input.setAttribute("aria-invalid", "true");
        status.refuse(sentence(field.input.value));
      },
      (typed) => status.refuse(sentence(typed)),
    );
    const node = make(doc, "label", { class: "axw-choice" }, textSpan(doc, label, ""), field.input);
    return { node, show: field.show };
  }
  const isSize = (value) => Number.isInteger(value) && value >= 1 && value <= MOST_UNITS;
  const isInput = (value) => Math.abs(value) <= LIMIT;
  const replaceAt = (list, at, value) => list.map((old, i) => (i === at ? value : old));
  const sizeFields = Array.from({ length: MOST_COLUMNS }, (_, at) => {
    const set = (value) => change({ sizes: replaceAt(state.sizes, at, value) });
    return namedField(TEXT.field(at), isSize, set, TEXT.badSize);
  });
  const inputFields = Array.from({ length: SMALL }, (_, at) => {
    const set = (value) => change({ inputs: replaceAt(state.inputs, at, value) });
    return namedField(TEXT.x(at), isInput, set, TEXT.badInput);
  });
  const fieldRow = (label, fields) => {
    const attributes = { class: "axw-fc-fields", role: "group", "aria-label": label };
    return make(doc, "div", attributes, ...fields.map(({ node }) => node));
  };
  const sizeRow = fieldRow(TEXT.sizes, sizeFields);
  const inputRow = fieldRow(TEXT.inputs, inputFields);

  // -- pictures and texts
  const key = legend(doc, {
    pointed: [TEXT.pointed, "axw-fc-pointed"],
    positive: [TEXT.positive, "axw-fc-positive"],
    negative: [TEXT.negative, "axw-fc-negative"],
    more: [TEXT.more, "axw-fc-more"],
  });
  const picture = figure(doc, key.node);
  const planeKey = legend(doc, {
    shaded: [TEXT.shaded, "axw-fc-shaded"],
    point: [TEXT.point, "axw-fc-point"],
    corners: [TEXT.corners, "axw-fc-negative"],
  });
  const planePicture = figure(doc, planeKey.node);
  planePicture.node.classList.add("axw-fc-plane");
  const unitLines = [textSpan(doc), textSpan(doc, "", "axw-products"), make(doc, "strong")];
  const terms = box(doc, "axw-terms", ...unitLines);
  const about = make(doc, "p", { class: "axw-small" });
  const facts = factList(doc, TEXT.facts);

  // -- pointing at a unit, and walking from one to the next
  onWalk(picture.canvas, (down, right) => {
    const column = clamp(state.column + right, state.sizes.length);
    change({ column, unit: clamp(state.unit + down, state.sizes[column]) });
  });
  picture.canvas.addEventListener("pointerdown", (event) => {
    const distance = ({ x, y }) => Math.hypot(event.offsetX - x, event.offsetY - y);
    const all = layout.circles.flatMap((column, at) =>
      column.map((circle) => ({ ...circle, column: at })),
    );
    const { column, unit } = all.reduce((best, one) =>
      distance(one) < distance(best) ? one : best,
    );
    change({ column, unit });
  });

  // -- moving the point in the plane
  const moveTo = (point) => change({ inputs: [...point, ...state.inputs.slice(2)] });
  onWalk(planePicture.canvas, (down, right) => {
    const [x1, x2] = state.inputs;
    moveTo([planeNumber(x1 + right * PLANE.step), planeNumber(x2 - down * PLANE.step)]);
  });
  const moveToPointer = (event) => moveTo(plane.numbersAt(event.offsetX, event.offsetY));
  planePicture.canvas.addEventListener("pointerdown", moveToPointer);
  planePicture.canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 1) moveToPointer(event);
  });

  function showPlane() {
    planePicture.node.hidden = !state.hasPlane;
    if (!state.hasPlane) return;
    const [x1, x2] = state.inputs;
    const inside = [x1, x2].every((x) => x >= PLANE.low && x <= PLANE.high);
    plane = planeLayout(Math.min(width, 300));
    const context = sizeCanvas(planePicture.canvas, plane.side, plane.side);
    drawPlane(context, state, plane, inks, shading);
    setText(planePicture.name, TEXT.plane);
    setText(planePicture.readout, inside ? "" : TEXT.outside(pretty(x1), pretty(x2)));
    planeKey.corners.hidden = state.preset !== "triangle";
    const answer = answerText(state);
    setLabel(planePicture.canvas, TEXT.planeCanvas(pretty(x1), pretty(x2), answer));
  }

  function draw() {
    state = calculate(model);
    showPlane();
    layout = networkLayout(state, width);
    drawNetwork(sizeCanvas(picture.canvas, width, layout.height), state, layout, inks);
    const presets = [...new Set([...Object.keys(PRESETS), state.preset])]; // custom only if it is
    const options = presets.map((name) => [name, TEXT.presets[name]]);
    network.show(state.preset, options);
    output.show(state.output);
    add.disabled = state.sizes.length === MOST_COLUMNS;
    remove.disabled = state.sizes.length === 2;
    sizeFields.forEach(({ node, show }, at) => {
      node.hidden = at >= state.sizes.length;
      if (!node.hidden) show(state.sizes[at]);
    });
    inputRow.hidden = !state.small;
    inputFields.forEach(({ node, show }, at) => {
      node.hidden = at >= state.sizes[0];
      show(state.inputs[at]);
    });
    setText(picture.name, TEXT.sequence(state.sizes));
    setLabel(picture.canvas, TEXT.canvas(state.sizes));
    key.positive.hidden = key.negative.hidden = !state.small;
    key.more.hidden = !layout.gaps.length;
    unitTexts(state).forEach((text, i) => setText(unitLines[i], text));
    setText(about, TEXT.about[state.preset] ?? TEXT.about[state.small ? "small" : "large"]);
    const { layers, parameters, products, biases } = state;
    const perLayer = layers.map((layer, at) => TEXT.layerLine(at + 1, layer.in, layer.out));
    const work = layers.map((layer) => `${pretty(layer.in)}·${pretty(layer.out)}`).join(" + ");
    facts.show({
      layers: TEXT.layers(layers.length),
      parameters: [...perLayer, TEXT.inAll(parameters, products, biases)].join("\n"),
      memory: TEXT.memory(parameters, byteSize(BYTES * parameters)),
      work: TEXT.work(`${work} =`, pretty(products)),
      answer: answerText(state),
    });
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices", network.node, output.node, add, remove, reset),
      sizeRow,
      inputRow,
      picture.node,
      terms,
      planePicture.node,
      about,
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: (current) => {
      inks = current;
      shading = hatch(doc, current.lost, 1);
    },
    sizes: () => {
      width = picture.node.clientWidth || width; // 0 before it is on the page
    },
    watch: [picture.node],
    probe: {
      counts: () => {
        const { layers, parameters, products, problem } = calculate(model);
        return {
          layers: layers.map((layer) => layer.parameters),
          parameters,
          multiplyAdds: products,
          memory: BYTES * parameters,
          problem,
        };
      },
      values: () => calculate(model).values,
      yes: () => {
        const yes = yesCells(model.get("sizes").join());
        return yes.filter(Boolean).length / yes.length;
      },
      weights: () => calculate(model).weights,
    },
  });
}

export default { render };
