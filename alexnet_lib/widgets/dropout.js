/* The dropout widget: units are switched off by chance, draw after draw, and their sum is watched.
 *
 * A few steps of arithmetic on seed, draw and unit decide whether a unit is kept, so Python has the
 * same masks. The traits are those of dropout.py. Uses common.js, which comes before it in the
 * module.
 */

const TRAITS = ["values", "rate", "form", "mode", "seed", "draws", "by_hand"];

const MOST_DRAWS = 5000;
const MANY = 100; // draws at one press
const MOST_DOTS = 1000; // more can't be told apart

// Every text of the widget.
const TEXT = {
  mode: "Mode",
  training: "Training",
  testing: "Testing",
  form: "Form",
  paper: "the paper’s",
  inverted: "inverted",
  slip: "common slip",
  rate: "p",
  rateText: (p) => p.toFixed(2),
  redraw: "Redraw",
  many: `${MANY} more`,
  again: "Start again",
  preset: "AlexNet",
  units: (n) => `${n} units`,
  unitsKeys: (n, names) =>
    `${n} units and their sum: ${names}. Arrow keys choose a unit, Space switches it.`,
  off: "off",
  unitAt: (at, value, given) => `unit ${at}: ${value}, passes on ${given}`,
  sum: "sum",
  mean: (n) => `Mean over ${n} draw${n === "1" ? "" : "s"}`,
  meanAlt: (n, mean, test) =>
    `The running mean of the sum over ${n} draws of the training ends at ${mean}; ` +
    `the level line of the test lies at ${test}.`,
  isOn: "on",
  isOff: "switched off",
  isDraw: "sum of a draw",
  isMean: "running mean",
  isTest: "in testing",
  draw: "draw",
  facts: { training: "In training", testing: "In testing", masks: "All masks" },
  kept: (factor) => `a unit that is kept is multiplied by ${factor}`,
  keptAsIs: "a unit that is kept passes its number on",
  all: (way, factor) => `every unit is multiplied by ${way} = ${factor}`,
  allAsIs: "every unit passes its number on",
  ways: { paper: "1 − p", slip: "p" },
  masks: (power, count, mean) =>
    `${power} = ${count} of them. Weighted by their probabilities, their sums average to ${mean}`,
  agrees: ", the sum in testing.",
  differs: (test) => `; in testing it is ${test}.`,
  formName: { paper: "the paper’s form", inverted: "the inverted form", slip: "the common slip" },
  head: (mode, form, p) => `${mode}, ${form}, p = ${p}`,
  drawn: (draw, off, n) =>
    `, draw ${draw}: ${off} of ${n} units ${off === 1 ? "is" : "are"} switched off`,
  handmade: (off, n) =>
    ", a mask set by hand, which doesn’t count: " +
    `${off} of ${n} units ${off === 1 ? "is" : "are"} switched off`,
  allOn: (n, factor) => `: all ${n} units are on, each times ${factor}`,
  sumIs: (sum) => `and the sum is ${sum}.`,
  means: (n, mean, test) =>
    `The running mean over ${n} draw${n === "1" ? "" : "s"} of the training is ${mean}; ` +
    `the test value is ${test}.`,
  warn: (expected) => `On average the training gives ${expected}, so the two part.`,
  nothingDrawn:
    "In testing nothing is drawn: every unit works, and the sum is the same each time. " +
    "Choose Training to draw.",
  nothingOff: "In testing no unit is switched off. Choose Training to switch one.",
  enough: (n) => `${n} draws are the most; press Start again.`,
};

// ------------------------------------------------------------------------------ arithmetic

const drawnNumbers = memoize(uniform);

/** Return everything that the picture shows, from the model's traits. */
function calculate(model) {
  const values = model.get("values");
  const n = values.length;
  const p = model.get("rate");
  const draws = model.get("draws");
  const form = model.get("form");
  const testing = model.get("mode") === "testing";
  const byHand = model.get("by_hand");
  const trainingFactor = form === "inverted" ? 1 / (1 - p) : 1;
  const testingFactor = { paper: 1 - p, inverted: 1, slip: p }[form];
  const total = values.reduce((sum, value) => sum + value, 0);
  const chance = drawnNumbers(model.get("seed"), draws, n);
  const sums = new Float64Array(draws);
  const means = new Float64Array(draws);
  let all = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < n; i++) if (chance[draw * n + i] >= p) sum += values[i];
    sums[draw] = sum * trainingFactor;
    all += sums[draw];
    means[draw] = all / (draw + 1);
  }
  const handmade = byHand.length === n;
  const mask = values.map((_, i) => (handmade ? byHand[i] > 0 : chance[(draws - 1) * n + i] >= p));
  const outputs = values.map((value, i) =>
    testing ? value * testingFactor : mask[i] ? value * trainingFactor : 0,
  );
  return {
    values,
    unitCount: n,
    rate: p,
    draws,
    form,
    testing,
    handmade,
    mask,
    outputs,
    sums,
    means,
    trainingFactor,
    testingFactor,
    off: mask.filter((on) => !on).length,
    sum: outputs.reduce((sum, value) => sum + value, 0),
    test: total * testingFactor,
    expected: total * (1 - p) * trainingFactor,
  };
}

/** Return whether training and testing agree on average. */
const formsAgree = (state) => Math.abs(state.expected - state.test) < 1e-9;

/** Describe the whole picture in words. */
function statusText(state) {
  const { testing, form, rate, unitCount: n, off, means } = state;
  const head = TEXT.head(testing ? TEXT.testing : TEXT.training, TEXT.formName[form], pretty(rate));
  const draws = state.draws.toLocaleString("en-US");
  const handmade = state.handmade ? TEXT.handmade(off, n) : TEXT.drawn(draws, off, n);
  const mask = testing ? TEXT.allOn(n, pretty(state.testingFactor)) : handmade;
  const parts = [
    `${head}${mask}, ${TEXT.sumIs(pretty(state.sum))}`,
    TEXT.means(draws, pretty(means.at(-1)), pretty(state.test)),
  ];
  if (!formsAgree(state)) parts.push(TEXT.warn(pretty(state.expected)));
  return parts.join(" ");
}

// ------------------------------------------------------------------------------ drawing

/** Place the n units and their sum on a canvas that is `width` wide. */
function unitPlaces(width, n) {
  const step = (width - 2 * EDGE) / n;
  const radius = Math.min(24, 0.44 * step);
  return {
    radius,
    height: 2 * radius + 150,
    y: radius + 30,
    x: Array.from({ length: n }, (_, i) => EDGE + (i + 0.5) * step),
    sum: [width / 2, 2 * radius + 122],
  };
}

/** Draw the units: above each its number, in it the one that it passes on, below them the sum. */
function drawUnits(context, state, places, look, chosen) {
  const { inks } = look;
  const { radius, x, y } = places;
  const [sumX, sumY] = places.sum;
  const most = Math.max(...state.values.map(Math.abs)) || 1;
  const on = (i) => state.testing || state.mask[i];
  context.strokeStyle = inks.soft;
  state.values.forEach((value, i) => {
    // a line as thick as the number that it passes on
    if (!on(i)) return;
    context.lineWidth = 1 + 3 * Math.min(1, Math.abs(state.outputs[i]) / most);
    context.beginPath();
    context.moveTo(x[i], y + radius);
    context.lineTo(sumX, sumY - 22);
    context.stroke();
  });
  const texts = state.outputs.map((value, i) => (on(i) ? pretty(value) : TEXT.off));
  const longest = Math.max(...texts.map((text) => text.length), 2);
  const size = Math.min(15, (1.75 * radius) / (0.6 * longest));
  context.textAlign = "center";
  context.textBaseline = "middle";
  state.values.forEach((value, i) => {
    context.beginPath();
    context.arc(x[i], y, radius, 0, 2 * Math.PI);
    context.fillStyle = inks.ground;
    context.fill();
    if (!on(i)) {
      context.fillStyle = look.off;
      context.fill();
    }
    context.setLineDash(on(i) ? [] : [4, 3]);
    context.strokeStyle = on(i) ? inks.ink : inks.lost;
    context.lineWidth = on(i) ? 2 : 1.5;
    context.stroke();
    context.setLineDash([]);
    context.font = `${Math.min(14, size + 1)}px system-ui, sans-serif`;
    context.fillStyle = inks.soft;
    context.fillText(pretty(value), x[i], y - radius - 12);
    context.font = `${on(i) ? "600 " : ""}${size}px system-ui, sans-serif`;
    if (!on(i)) {
      // no hatching under the word
      const wide = context.measureText(texts[i]).width + 4;
      context.fillStyle = inks.ground;
      context.fillRect(x[i] - wide / 2, y - size * 0.6, wide, size * 1.2);
    }
    context.fillStyle = inks.ink;
    context.fillText(texts[i], x[i], y + size * 0.06);
  });
  if (chosen !== null) {
    context.strokeStyle = inks.mark;
    context.lineWidth = 2.5;
    context.strokeRect(x[chosen] - radius - 3, y - radius - 3, 2 * radius + 6, 2 * radius + 6);
  }
  context.beginPath();
  context.roundRect(sumX - 44, sumY - 22, 88, 44, 8);
  context.fillStyle = inks.ground;
  context.fill();
  context.strokeStyle = inks.ink;
  context.lineWidth = 2;
  context.stroke();
  context.fillStyle = inks.soft;
  context.font = "12px system-ui, sans-serif";
  context.fillText(TEXT.sum, sumX, sumY - 11);
  context.fillStyle = inks.ink;
  context.font = "600 17px system-ui, sans-serif";
  context.fillText(pretty(state.sum), sumX, sumY + 8);
}

/** Return round numbers from `low` to `high`, at most `most` of them. */
function roundTicks(low, high, most) {
  const span = high - low || 1;
  const ten = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((s) => s * ten).find((s) => span / s <= most);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at++)
    ticks.push(at * step);
  return ticks;
}

/** Draw the sums as dots, the running mean as a line, and the sum in testing as a level line. */
function drawMeans(context, state, width, height, look) {
  const { inks } = look;
  const left = 40;
  const right = width - 16;
  const top = 10;
  const bottom = height - 34;
  let low = state.test;
  let high = state.test;
  for (const sum of state.sums) {
    if (sum < low) low = sum;
    if (sum > high) high = sum;
  }
  const room = 0.06 * (high - low) || 1;
  low -= room;
  high += room;
  const last = Math.max(10, state.draws);
  const across = (draw) => left + ((right - left) * (draw - 0.5)) / last;
  const down = (value) => bottom - ((bottom - top) * (value - low)) / (high - low);
  context.font = "12px system-ui, sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = inks.line;
  context.fillStyle = inks.soft;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of roundTicks(low, high, 6)) {
    context.globalAlpha = 0.4;
    context.beginPath();
    context.moveTo(left, down(value));
    context.lineTo(right, down(value));
    context.stroke();
    context.globalAlpha = 1;
    context.fillText(pretty(value), left - 6, down(value));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const draw of roundTicks(1, last, 5))
    if (Number.isInteger(draw)) context.fillText(pretty(draw), across(draw), bottom + 4);
  context.fillText(TEXT.draw, (left + right) / 2, bottom + 19);
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left, bottom);
  context.lineTo(right, bottom);
  context.stroke();
  const every = Math.ceil(state.draws / MOST_DOTS);
  const few = state.draws <= 60;
  const drawDots = () => {
    context.fillStyle = inks.soft;
    context.beginPath();
    for (let draw = 1; draw <= state.draws; draw += every) {
      const x = across(draw);
      const y = down(state.sums[draw - 1]);
      if (few) {
        context.moveTo(x + 3, y);
        context.arc(x, y, 3, 0, 2 * Math.PI);
      } else context.rect(x - 1, y - 1, 2, 2); // a thousand circles would take too long
    }
    context.fill();
  };
  if (!few) drawDots();
  const mean = [];
  for (let draw = 1; draw <= state.draws; draw++)
    if (draw <= MOST_DOTS || draw % every === 0 || draw === state.draws)
      mean.push([across(draw), down(state.means[draw - 1])]);
  const level = [
    [left, down(state.test)],
    [right, down(state.test)],
  ];
  for (const [points, color, dash] of [
    [level, inks.mark, [7, 4]],
    [mean, look.mean, []],
  ]) {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    if (points.length === 1) context.lineTo(points[0][0] + 4, points[0][1]); // one draw alone
    // a rim, to stand out from many dots
    const strokes = [...(few ? [] : [[inks.ground, 5, []]]), [color, 2.5, dash]];
    for (const [ink, wide, dashes] of strokes) {
      context.strokeStyle = ink;
      context.lineWidth = wide;
      context.setLineDash(dashes);
      context.stroke();
    }
    context.setLineDash([]);
  }
  if (few) drawDots();
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, status, redraw, begin } = stage(model, el, "dropout");
  let state = calculate(model); // everything that is shown
  let chosen = 0;
  let focused = false;
  let hovered = null;
  let width = 320;
  let look = null;
  let places = null;

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next key may come before the next frame
  }

  // -- controls
  const options = (...values) => values.map((value) => [value, TEXT[value]]);
  const modes = options("training", "testing");
  const mode = segments(doc, TEXT.mode, modes, (value) => change({ mode: value }));
  const forms = options("paper", "inverted", "slip");
  const form = segments(doc, TEXT.form, forms, (value) => change({ form: value }));
  const rate = slider(doc, TEXT.rate, 0, 0.9, (value) => change({ rate: value, by_hand: [] }), {
    step: 0.05,
    text: TEXT.rateText,
  });

  function draw(count) {
    if (state.testing) return status.refuse(TEXT.nothingDrawn);
    const draws = model.get("draws");
    if (draws === MOST_DRAWS) return status.refuse(TEXT.enough(MOST_DRAWS.toLocaleString("en-US")));
    change({ draws: Math.min(MOST_DRAWS, draws + count), by_hand: [] });
  }
  const buttons = [
    button(doc, TEXT.redraw, () => draw(1)),
    button(doc, TEXT.many, () => draw(MANY)),
    button(doc, TEXT.again, () =>
      change({ draws: 1, by_hand: [], seed: (model.get("seed") + 1) % 10000 }),
    ),
    button(doc, TEXT.preset, () =>
      change({ rate: 0.5, form: "paper", mode: "training", by_hand: [] }),
    ),
  ];

  // -- pictures and texts
  const unitKey = legend(doc, {
    on: [TEXT.isOn, "axw-is-on"],
    off: [TEXT.isOff, "axw-is-off"],
  });
  const chartKey = legend(doc, {
    draw: [TEXT.isDraw, "axw-is-draw"],
    mean: [TEXT.isMean, "axw-is-mean"],
    test: [TEXT.isTest, "axw-is-test"],
  });
  const units = figure(doc, unitKey.node);
  const chart = chartFigure(doc, chartKey.node);
  const facts = factList(doc, TEXT.facts);

  // -- switching a unit by hand
  function flip(at) {
    if (state.testing) return status.refuse(TEXT.nothingOff);
    change({ by_hand: state.mask.map((on, i) => Number(on !== (i === at))) });
  }
  const unitUnder = (event) => {
    const at = places.x.findIndex(
      (x) => Math.hypot(event.offsetX - x, event.offsetY - places.y) <= Math.max(places.radius, 11),
    );
    return at < 0 ? null : at;
  };
  onWalk(units.canvas, (rows, cols) => {
    if (!cols) return false;
    chosen = clamp(chosen + cols, state.unitCount);
    redraw();
  });
  units.canvas.addEventListener("keydown", (event) => {
    const command = event.altKey || event.ctrlKey || event.metaKey;
    if (![" ", "Enter"].includes(event.key) || command) return;
    event.preventDefault();
    flip(chosen);
  });
  units.canvas.addEventListener("pointerdown", (event) => {
    const at = unitUnder(event);
    if (at === null) return;
    chosen = at;
    flip(at);
  });
  const point = (event) => {
    const under = event ? unitUnder(event) : null;
    if (under !== hovered) redraw();
    hovered = under;
  };
  units.canvas.addEventListener("pointermove", point);
  units.canvas.addEventListener("pointerleave", () => point(null));
  const setFocus = ({ type }) => {
    focused = type === "focus";
    redraw();
  };
  units.canvas.addEventListener("focus", setFocus);
  units.canvas.addEventListener("blur", setFocus);

  // -- drawing
  function drawAll() {
    state = calculate(model);
    chosen = clamp(chosen, state.unitCount);
    const { values, outputs, unitCount: n } = state;
    const draws = state.draws.toLocaleString("en-US");
    const test = pretty(state.test);
    places = unitPlaces(width, n);
    const { height } = places;
    const unitsContext = sizeCanvas(units.canvas, width, height);
    drawUnits(unitsContext, state, places, look, focused ? chosen : null);
    drawMeans(sizeCanvas(chart.canvas, width, height), state, width, height, look);
    mode.show(state.testing ? "testing" : "training");
    form.show(state.form);
    rate.show(state.rate);
    setText(units.name, TEXT.units(n));
    const on = (i) => state.testing || state.mask[i];
    const texts = outputs.map((output, i) => (on(i) ? pretty(output) : TEXT.off));
    setLabel(units.canvas, TEXT.unitsKeys(n, texts.join(", ")));
    const at = hovered ?? (focused ? chosen : null);
    const readout = at === null ? "" : TEXT.unitAt(at + 1, pretty(values[at]), pretty(outputs[at]));
    setText(units.readout, readout);
    unitKey.off.hidden = state.testing || !state.off;
    setText(chart.name, TEXT.mean(draws));
    setLabel(chart.canvas, TEXT.meanAlt(draws, pretty(state.means.at(-1)), test));
    const keptFactor = `1/(1 − p) = ${pretty(state.trainingFactor)}`;
    const way = TEXT.ways[state.form]; // none in the inverted form
    facts.show({
      training: state.trainingFactor === 1 ? TEXT.keptAsIs : TEXT.kept(keptFactor),
      testing: way ? TEXT.all(way, pretty(state.testingFactor)) : TEXT.allAsIs,
      masks:
        TEXT.masks(`2${superscript(n)}`, pretty(2 ** n), pretty(state.expected)) +
        (formsAgree(state) ? TEXT.agrees : TEXT.differs(test)),
    });
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices", mode.node, form.node),
      rate.node,
      box(doc, "axw-choices", ...buttons),
      box(doc, "axw-pictures", units.node, chart.node),
      facts.node,
    ],
    traits: TRAITS,
    draw: drawAll,
    colors(inks) {
      const dark = inks.ground === INKS.dark.ground;
      look = { inks, off: hatch(doc, inks.lost, 1, 5), mean: dark ? "#7fb0ff" : "#1f5fbf" };
    },
    sizes() {
      width = Math.min(460, units.node.clientWidth || width);
    },
    watch: [units.node],
    probe: {
      state() {
        const now = calculate(model);
        const { sums, means } = now;
        const lists = { sums: Array.from(sums), means: Array.from(means) };
        return { ...now, ...lists, status: statusText(now) };
      },
    },
  });
}

export default { render };
