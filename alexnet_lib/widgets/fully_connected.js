/* The fully connected widget: layers of units, every connection of the small ones, and what they cost.
 *
 * The model's traits are those of fully_connected.py, and so are the presets, the weights of small
 * networks and the arithmetic. Uses common.js, which stands before it.
 */

const TRAITS = ["sizes", "output", "inputs", "column", "unit"];

const MOST_UNITS = 200000, MOST_COLUMNS = 6;
const SMALL = 5; // up to so many units in each layer, every number of the network is shown
const LIMIT = 99; // of an input, either side of 0
const BYTES = 4; // of a number in single precision, fp32
const YES_NO = "yes or no", CLASSES = "classes";

const PRESETS = {
  triangle: [[2, 3, 1], YES_NO],
  clothes: [[784, 128, 10], CLASSES],
  alexnet: [[9216, 4096, 4096, 1000], CLASSES],
  photograph: [[154587, 4096, 4096, 1000], CLASSES],
};

// Every word the widget says.
const TEXT = {
  network: "Network", output: "Output", yesNo: "Yes or no", classes: "Several classes",
  addLayer: "Add a layer", removeLayer: "Remove a layer", reset: "Reset",
  sizes: "Units in each layer", inputs: "Numbers that go in",
  presets: {
    triangle: "2 - 3 - 1: is a point in the triangle?",
    clothes: "784 - 128 - 10: small pictures",
    alexnet: "AlexNet’s fc6, fc7, fc8",
    photograph: "AlexNet’s three, straight from the photograph",
    custom: "Your own",
  },
  about: {
    triangle: "Yes if the point (x 1, x 2) lies in the triangle with the corners (−1, −1), (1, 3) and (3, 1), or close to it.",
    clothes: "784 = 28 · 28 grey pixels go in, ten scores come out.",
    alexnet: "9,216 = 256 · 6 · 6: what convolution and pooling have left of the photograph.",
    photograph: "154,587 = 227 · 227 · 3: every number of the photograph. AlexNet does not do this.",
    small: "The weights are whole numbers made up for this picture.",
    large: "Numbers show in the circles where no layer has more than 5 units.",
  },
  field: (column) => (column ? `Layer ${column}` : "Input"),
  head: (column, narrow) => (column ? (narrow ? `${column}` : `layer ${column}`) : narrow ? "in" : "input"),
  x: (at) => `x ${at + 1}`,
  sequence: (sizes) => sizes.map(pretty).join(" - "),
  canvas: (sizes) => `Network ${TEXT.sequence(sizes)}. Arrow keys point at a unit.`,
  positive: "weight above 0", negative: "weight below 0", pointed: "the unit pointed at, and its weights", more: "+ n: units not drawn",
  badSize: (typed) => `“${typed}” is no number of units: a layer has 1 to ${pretty(MOST_UNITS)}, a whole number. It stays as it was.`,
  badInput: (typed) => `“${typed}” is not a number from −${LIMIT} to ${LIMIT}; the input stays as it was.`,
  facts: { layers: "Layers", parameters: "Parameters", memory: "Memory, fp32", work: "Multiply-adds", answer: "Answer" },
  layers: (n) => `${n}; the input is not one, since nothing is learned in it`,
  product: (n, m) => `(${pretty(n)} + 1) · ${pretty(m)} = ${pretty((n + 1) * m)}`,
  layerLine: (at, n, m) => `layer ${at}: ${TEXT.product(n, m)}`,
  inAll: (all, weights, biases) => `in all ${pretty(all)}: ${pretty(weights)} weights + ${pretty(biases)} biases`,
  memory: (all, size) => `${pretty(all)} numbers of ${BYTES} bytes: ${size}`,
  work: (terms, total) => `${terms} ${total} for one example, one for each weight`,
  unitName: (column, unit, n) => `${column ? `Layer ${column}, unit` : "Input"} ${pretty(unit + 1)} of ${pretty(n)}`,
  goesTo: (m, value) => `goes to ${m === 1 ? "the one unit" : `all ${pretty(m)} units`} of layer 1, over ${m === 1 ? "a weight" : `${pretty(m)} weights`}${value}`,
  takes: (n) => `takes ${n === 1 ? "the one number" : `all ${pretty(n)} numbers`}: ${pretty(n)} ${n === 1 ? "weight" : "weights"} + 1 bias`,
  ownParameters: (n) => `${pretty(n + 1)} parameters of this unit`,
  afterRelu: (value) => `, after ReLU ${value}`, isScore: ", a score",
  ofLayer: (n, m) => `Its layer has ${TEXT.product(n, m)} parameters.`,
  yes: (score, p) => `score ${score}, sigmoid ${p}: ${score === "0" ? "undecided" : score.startsWith("−") ? "no" : "yes"}`,
  best: (scores, k) => `scores ${scores.join(", ")}: class ${k + 1} has the largest`,
  oneScore: "one score; its sigmoid is the probability of yes, and above 0 means yes",
  manyScores: (n) => `${pretty(n)} scores, one a class; the largest wins`,
  status: (sizes, layers, all) => `Network ${TEXT.sequence(sizes)}: ${layers} ${layers > 1 ? "layers" : "layer"}, ${pretty(all)} parameters.`,
};

// ------------------------------------------------------------------------------ arithmetic

/** Fixed whole numbers as weights of a small network; the same as example_layers in fully_connected.py. */
function exampleLayers(sizes) {
  if (sizes.join() === "2,3,1")
    return [{ w: [[-2, 1], [1, -2], [1, 1]], b: [-1, -1, -4] }, { w: [[-1, -1, -2]], b: [1] }];
  return sizes.slice(1).map((out, at) => ({
    w: Array.from({ length: out }, (_, j) =>
      Array.from({ length: sizes[at] }, (_, i) => ((7 * (at + 1) + 5 * j + 3 * i + i * j) % 5) - 2)),
    b: Array.from({ length: out }, (_, j) => ((at + 1 + 2 * j) % 3) - 1),
  }));
}

/** Every number of a small network, a list a column: the inputs, after ReLU …, the scores; and the sums. */
function carriedOut(layers, x) {
  const values = [x], sums = [x];
  layers.forEach(({ w, b }, at) => {
    const last = values[at];
    const y = w.map((weights, j) => weights.reduce((sum, weight, i) => sum + weight * last[i], 0) + b[j]);
    sums.push(y);
    values.push(at < layers.length - 1 ? y.map((v) => Math.max(0, v)) : y);
  });
  return { values, sums };
}

/** Why the last layer doesn't fit the output, in the words of FullyConnectedWidget.problem; null if it does. */
function problemOf(last, output) {
  if (output === YES_NO && last !== 1)
    return `Yes or no needs one number, but the last layer gives ${pretty(last)}: give it 1 unit, or choose several classes.`;
  if (output === CLASSES && last === 1)
    return "Among several classes the largest score wins, but the last layer gives only 1: " +
      "give it a unit for each class, or choose yes or no.";
  return null;
}

/** All that follows from the traits. */
function calculated(model) {
  const sizes = model.get("sizes"), output = model.get("output"), given = model.get("inputs");
  const column = within(model.get("column"), sizes.length), unit = within(model.get("unit"), sizes[column]);
  const layers = sizes.slice(1).map((out, at) => ({ in: sizes[at], out, parameters: (sizes[at] + 1) * out }));
  const sum = (count) => layers.reduce((total, layer) => total + count(layer), 0);
  const small = Math.max(...sizes) <= SMALL;
  const inputs = Array.from({ length: SMALL }, (_, at) => given[at] ?? 1);
  const weights = small ? exampleLayers(sizes) : null;
  const preset = Object.keys(PRESETS).find((key) => PRESETS[key][0].join() === sizes.join() && PRESETS[key][1] === output);
  return {
    sizes, output, column, unit, layers, small, inputs, weights,
    preset: preset ?? "custom",
    parameters: sum((layer) => layer.parameters),
    products: sum((layer) => layer.in * layer.out),
    biases: sum((layer) => layer.out),
    problem: problemOf(sizes.at(-1), output),
    ...(small ? carriedOut(weights, inputs.slice(0, sizes[0])) : { values: null, sums: null }),
  };
}

const sigmoid = (s) => 1 / (1 + Math.exp(-s));

// ------------------------------------------------------------------------------ words

/** Bytes for people: 52 bytes, 224 MiB, 2.36 GiB. */
function byteSize(bytes) {
  const names = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (bytes >= 1024 && power < names.length - 1) {
    bytes /= 1024;
    power++;
  }
  return `${pretty(bytes)} ${names[power]}`;
}

/** A unit's sum in full: 2·1 + 3·(−1) + 4. */
function sumText(S) {
  const { w, b } = S.weights[S.column - 1], x = S.values[S.column - 1];
  const factor = (v) => (v < 0 ? `(${pretty(v)})` : pretty(v));
  const products = w[S.unit].map((weight, i) => `${factor(x[i])}·${factor(weight)}`).join(" + ");
  return `${products} ${b[S.unit] < 0 ? "−" : "+"} ${pretty(Math.abs(b[S.unit]))}`;
}

/** The unit pointed at: its name, what it does, and what comes out of it. */
function unitTexts(S) {
  const { column, unit, sizes } = S, name = TEXT.unitName(column, unit, sizes[column]);
  if (!column) return [name, TEXT.goesTo(sizes[1], ""), S.small ? pretty(S.values[0][unit]) : ""];
  if (!S.small) return [name, TEXT.takes(sizes[column - 1]), `= ${TEXT.ownParameters(sizes[column - 1])}`];
  const end = column < sizes.length - 1 ? TEXT.afterRelu(pretty(S.values[column][unit])) : TEXT.isScore;
  return [name, sumText(S), `= ${pretty(S.sums[column][unit])}${end}`];
}

function answerText(S) {
  if (S.problem) return S.problem;
  if (!S.small) return S.output === YES_NO ? TEXT.oneScore : TEXT.manyScores(S.sizes.at(-1));
  const scores = S.values.at(-1);
  if (S.output === YES_NO) return TEXT.yes(pretty(scores[0]), pretty(sigmoid(scores[0])));
  return TEXT.best(scores.map(pretty), scores.indexOf(Math.max(...scores)));
}

/** The whole picture in words. */
function statusText(S) {
  const [name, does, gives] = unitTexts(S), { column, sizes } = S;
  const own = column ? ` ${TEXT.ofLayer(sizes[column - 1], sizes[column])}` : "";
  const comes = gives ? ` ${gives}` : "";
  const answer = S.problem ?? `${TEXT.facts.answer}: ${answerText(S)}.`;
  return `${TEXT.status(sizes, S.layers.length, S.parameters)} ${name}${column && S.small ? ":" : ""} ${does}${comes}.${own} ${answer}`;
}

// ------------------------------------------------------------------------------ drawing

const MOST_DRAWN = 7; // circles in a column; of more units, five and how many are left out
const ROW = 46, HEAD = 26, FOOT = 26; // CSS pixels
const ALONG = 0.27; // where a weight stands on its line: near its start, where the lines lie apart

/** What a column draws from top to bottom: unit numbers, and { more } for those left out. */
function slotsOf(size, pointed) {
  if (size <= MOST_DRAWN) return Array.from({ length: size }, (_, at) => at);
  const far = pointed !== null && pointed > 2 && pointed < size - 2;
  const drawn = far ? [0, 1, pointed, size - 1] : [0, 1, 2, size - 2, size - 1];
  return drawn.flatMap((at, i) => (i && at - drawn[i - 1] > 1 ? [{ more: at - drawn[i - 1] - 1 }, at] : [at]));
}

/** Where everything lies: { circles: [[{ unit, x, y }]], gaps: [{ more, x, y }], radius, height, step }. */
function laidOut(S, width) {
  const columns = S.sizes.map((size, i) => slotsOf(size, i === S.column ? S.unit : null));
  const rows = Math.max(3, ...columns.map((slots) => slots.length));
  const radius = Math.min(19, Math.max(11, (width / columns.length) * 0.24));
  const side = Math.max(radius + 4, Math.min(60, width * 0.09));
  const step = (width - 2 * side) / (columns.length - 1);
  const circles = [], gaps = [];
  columns.forEach((slots, i) => {
    const x = side + i * step, top = HEAD + (ROW * (rows - slots.length)) / 2;
    circles.push([]);
    slots.forEach((slot, at) => {
      const y = top + ROW * (at + 0.5);
      if (typeof slot === "number") circles[i].push({ unit: slot, x, y });
      else gaps.push({ ...slot, x, y });
    });
  });
  return { circles, gaps, radius, step, height: HEAD + ROW * rows + FOOT };
}

function drawConnections(context, S, { circles, radius, step }, inks) {
  const pointedIn = (i, to) => i + 1 === S.column && to.unit === S.unit;
  const pointedOut = (i, from) => S.column === 0 && i === 0 && from.unit === S.unit;
  const labels = [];
  for (const strong of [false, true]) { // the strong ones over the others
    for (let i = 0; i + 1 < circles.length; i++)
      for (const from of circles[i])
        for (const to of circles[i + 1]) {
          if ((pointedIn(i, to) || pointedOut(i, from)) !== strong) continue;
          const weight = S.small ? S.weights[i].w[to.unit][from.unit] : 1;
          context.strokeStyle = strong ? inks.mark : inks.line;
          context.lineWidth = strong ? 2.5 : 1;
          context.globalAlpha = strong ? 1 : 0.7;
          context.setLineDash(weight < 0 ? [5, 4] : []);
          context.beginPath();
          context.moveTo(from.x + radius, from.y);
          context.lineTo(to.x - radius, to.y);
          context.stroke();
          if (strong && S.small && step - 2 * radius > 44) {
            const along = pointedOut(i, from) ? 1 - ALONG : ALONG;
            labels.push([pretty(weight), from.x + radius + along * (to.x - from.x - 2 * radius), from.y + along * (to.y - from.y)]);
          }
        }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.font = "600 13px system-ui, sans-serif";
  for (const [text, x, y] of labels) {
    context.lineWidth = 5; // a rim, so that the number can be read on its line
    context.strokeStyle = inks.ground;
    context.strokeText(text, x, y);
    context.fillStyle = inks.ink;
    context.fillText(text, x, y);
  }
}

/** A font in which `text` is no wider than `room`, from 9 to `most` pixels: a digit is about 0.6 of it wide. */
const fitted = (text, room, most) => `${Math.max(9, Math.min(most, room / (0.6 * text.length)))}px system-ui, sans-serif`;

function drawNetwork(context, S, placed, inks) {
  const { circles, gaps, radius, step, height } = placed;
  context.fillStyle = inks.ground;
  context.fillRect(0, 0, context.canvas.width, height);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  drawConnections(context, S, placed, inks);
  circles.forEach((column, i) => {
    const texts = S.small ? S.values[i].map(pretty) : [];
    for (const { unit, x, y } of column) {
      const pointed = i === S.column && unit === S.unit;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = inks.ground;
      context.fill();
      context.strokeStyle = pointed ? inks.mark : inks.ink;
      context.lineWidth = pointed ? 3.5 : 1.25;
      context.stroke();
      if (!S.small) continue;
      context.font = fitted(texts[unit], 1.7 * radius, 14);
      context.fillStyle = inks.ink;
      context.fillText(texts[unit], x, y + 1);
    }
    context.fillStyle = inks.soft;
    context.font = "12px system-ui, sans-serif";
    context.fillText(TEXT.head(i, step < 60), column[0].x, HEAD / 2);
    context.fillStyle = inks.ink;
    context.font = `600 ${fitted(pretty(S.sizes[i]), step - 6, 13)}`;
    context.fillText(pretty(S.sizes[i]), column[0].x, height - FOOT / 2);
  });
  for (const { more, x, y } of gaps) {
    const text = `+${step < 60 ? "" : " "}${pretty(more)}`;
    context.font = fitted(text, step - 6, 12);
    context.lineWidth = 5;
    context.strokeStyle = inks.ground;
    context.strokeText(text, x, y);
    context.fillStyle = inks.soft;
    context.fillText(text, x, y);
  }
}

// ------------------------------------------------------------------------------ the widget

/** One view of the model, in `el`; returns the function that takes it away again. */
function render({ model, el }) {
  const { doc, status, redraw, begin } = stage(model, el, "fully_connected");
  const initial = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  let S = calculated(model); // all that is shown
  let placed = null, inks = null, width = 320;

  /** Set what the reader chose, and keep the unit pointed at inside, in one message to Python. */
  function change(settings) {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    S = calculated(model);
    status.settle();
    model.set("column", S.column);
    model.set("unit", S.unit);
    model.save_changes();
  }

  // -- what there is to set
  const network = choice(doc, TEXT.network, (key) => {
    if (key !== "custom") change({ sizes: [...PRESETS[key][0]], output: PRESETS[key][1], column: 1, unit: 0 });
  });
  const output = segments(doc, TEXT.output, [[YES_NO, TEXT.yesNo], [CLASSES, TEXT.classes]], (value) => {
    const before = S.sizes.slice(0, -1), last = S.sizes.at(-1);
    const classes = last > 1 ? last : S.small ? 3 : 10;
    change({ output: value, sizes: [...before, value === YES_NO ? 1 : classes] });
  });
  const add = button(doc, TEXT.addLayer, () => { // a hidden layer like the last of those there are
    const sizes = [...S.sizes], hidden = sizes.length > 2 ? sizes.at(-2) : Math.min(sizes[0], 3);
    sizes.splice(-1, 0, hidden);
    change({ sizes });
  });
  const remove = button(doc, TEXT.removeLayer, () => {
    const sizes = [...S.sizes];
    sizes.splice(-2, 1);
    change({ sizes });
  });
  const reset = button(doc, TEXT.reset, () => change(initial));

  /** A field under its name; `accepts(value)` is what a number must be. */
  function named(label, accepts, onChange, sentence) {
    const field = numberField(doc, label, (value) => {
      if (accepts(value)) return onChange(value);
      field.input.setAttribute("aria-invalid", "true");
      status.refuse(sentence(field.input.value));
    }, (typed) => status.refuse(sentence(typed)));
    const node = make(doc, "label", { class: "axw-choice" }, words(doc, label, ""), field.input);
    return { node, show: field.show };
  }
  const isSize = (value) => Number.isInteger(value) && value >= 1 && value <= MOST_UNITS;
  const isInput = (value) => Math.abs(value) <= LIMIT;
  const sizeFields = Array.from({ length: MOST_COLUMNS }, (_, at) =>
    named(TEXT.field(at), isSize, (value) => change({ sizes: S.sizes.map((size, i) => (i === at ? value : size)) }), TEXT.badSize));
  const inputFields = Array.from({ length: SMALL }, (_, at) =>
    named(TEXT.x(at), isInput, (value) => change({ inputs: S.inputs.map((x, i) => (i === at ? value : x)) }), TEXT.badInput));
  const sizeRow = make(doc, "div", { class: "axw-fc-fields", role: "group", "aria-label": TEXT.sizes }, ...sizeFields.map((one) => one.node));
  const inputRow = make(doc, "div", { class: "axw-fc-fields", role: "group", "aria-label": TEXT.inputs }, ...inputFields.map((one) => one.node));

  // -- what there is to see
  const legend = {
    pointed: words(doc, TEXT.pointed, "axw-fc-pointed"),
    positive: words(doc, TEXT.positive, "axw-fc-positive"),
    negative: words(doc, TEXT.negative, "axw-fc-negative"),
    more: words(doc, TEXT.more, "axw-fc-more"),
  };
  const picture = figure(doc, make(doc, "div", { class: "axw-small axw-legend" }, ...Object.values(legend)));
  const unitName = words(doc), unitDoes = words(doc, "", "axw-products"), unitGives = make(doc, "strong");
  const terms = make(doc, "div", { class: "axw-terms" }, unitName, unitDoes, unitGives);
  const about = make(doc, "p", { class: "axw-small" });
  const facts = factList(doc, TEXT.facts);

  // -- pointing at a unit, and walking from one to the next
  onWalk(picture.canvas, (down, right) => {
    const column = within(S.column + right, S.sizes.length);
    change({ column, unit: within(S.unit + down, S.sizes[column]) });
  });
  picture.canvas.addEventListener("pointerdown", (event) => {
    const distance = ({ x, y }) => Math.hypot(event.offsetX - x, event.offsetY - y);
    const all = placed.circles.flatMap((column, at) => column.map((circle) => ({ ...circle, column: at })));
    const { column, unit } = all.reduce((best, one) => (distance(one) < distance(best) ? one : best));
    change({ column, unit });
  });

  function draw() {
    S = calculated(model);
    placed = laidOut(S, width);
    drawNetwork(fit(picture.canvas, width, placed.height), S, placed, inks);

    network.show(S.preset, [...Object.keys(PRESETS), ...(S.preset === "custom" ? ["custom"] : [])].map((key) => [key, TEXT.presets[key]]));
    output.show(S.output);
    add.disabled = S.sizes.length === MOST_COLUMNS;
    remove.disabled = S.sizes.length === 2;
    sizeFields.forEach(({ node, show }, at) => {
      node.hidden = at >= S.sizes.length;
      if (!node.hidden) show(S.sizes[at]);
    });
    inputRow.hidden = !S.small;
    inputFields.forEach(({ node, show }, at) => {
      node.hidden = at >= S.sizes[0];
      show(S.inputs[at]);
    });
    setText(picture.name, TEXT.sequence(S.sizes));
    setLabel(picture.canvas, TEXT.canvas(S.sizes));
    legend.positive.hidden = legend.negative.hidden = !S.small;
    legend.more.hidden = !placed.gaps.length;
    const [name, does, gives] = unitTexts(S);
    setText(unitName, name);
    setText(unitDoes, does);
    setText(unitGives, gives);
    setText(about, TEXT.about[S.preset] ?? TEXT.about[S.small ? "small" : "large"]);
    facts.show({
      layers: TEXT.layers(S.layers.length),
      parameters: [
        ...S.layers.map((layer, at) => TEXT.layerLine(at + 1, layer.in, layer.out)),
        TEXT.inAll(S.parameters, S.products, S.biases),
      ].join("\n"),
      memory: TEXT.memory(S.parameters, byteSize(BYTES * S.parameters)),
      work: TEXT.work(`${S.layers.map((layer) => `${pretty(layer.in)}·${pretty(layer.out)}`).join(" + ")} =`, pretty(S.products)),
      answer: answerText(S),
    });
    status.say(statusText(S));
  }

  return begin({
    children: [
      make(doc, "div", { class: "axw-choices" }, network.node, output.node, add, remove, reset),
      sizeRow, inputRow, picture.node, terms, about, facts.node,
    ],
    traits: TRAITS,
    draw,
    colours: (those) => { inks = those; },
    sizes: () => { width = picture.node.clientWidth || width; }, // 0: not on the page yet
    watch: [picture.node],
    probe: {
      counts: () => {
        const { layers, parameters, products, problem } = calculated(model);
        return { layers: layers.map((layer) => layer.parameters), parameters, multiplyAdds: products, memory: BYTES * parameters, problem };
      },
      values: () => calculated(model).values,
      weights: () => calculated(model).weights,
    },
  });
}

export default { render };
