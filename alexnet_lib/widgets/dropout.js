/* The dropout widget: units are switched off by chance, draw after draw, and their sum is watched.
 *
 * Whether a unit is kept comes from a few steps of arithmetic on seed, draw and unit, so Python has
 * the same masks. The model's traits are those of dropout.py. Uses common.js, which stands before it.
 */

const TRAITS = ["values", "rate", "form", "mode", "seed", "draws", "by_hand"];

const MOST_DRAWS = 5000;
const MANY = 100; // draws at one press
const MOST_DOTS = 1000; // more can't be told apart

// Every word the widget says.
const TEXT = {
  mode: "Mode", training: "Training", testing: "Testing",
  form: "Form", paper: "the paper’s", inverted: "inverted", slip: "common slip",
  rate: "p", rateText: (p) => p.toFixed(2),
  redraw: "Redraw", many: `${MANY} more`, again: "Start again", preset: "AlexNet",
  units: (n) => `${n} units`,
  unitsKeys: (n, names) => `${n} units and their sum: ${names}. Arrow keys choose a unit, Space switches it.`,
  off: "off",
  unitAt: (at, value, given) => `unit ${at}: ${value}, passes on ${given}`,
  sum: "sum",
  mean: (n) => `Mean over ${n} draw${n === "1" ? "" : "s"}`,
  meanAlt: (n, mean, test) => `The running mean of the sum over ${n} draws of the training ends at ${mean}; the level line of the test lies at ${test}.`,
  isOn: "on", isOff: "switched off", isDraw: "sum of a draw", isMean: "running mean", isTest: "in testing",
  draw: "draw",
  facts: { training: "In training", testing: "In testing", masks: "All masks" },
  kept: (factor) => `a unit that is kept is multiplied by ${factor}`,
  keptAsIs: "a unit that is kept passes its number on",
  all: (way, factor) => `every unit is multiplied by ${way} = ${factor}`,
  allAsIs: "every unit passes its number on",
  ways: { paper: "1 − p", slip: "p" },
  masks: (power, count, mean) => `${power} = ${count} of them. Weighted by their probabilities, their sums average to ${mean}`,
  agrees: ", the sum in testing.", differs: (test) => `; in testing it is ${test}.`,
  formName: { paper: "the paper’s form", inverted: "the inverted form", slip: "the common slip" },
  head: (mode, form, p) => `${mode}, ${form}, p = ${p}`,
  drawn: (draw, off, n) => `, draw ${draw}: ${off} of ${n} units ${off === 1 ? "is" : "are"} switched off`,
  handmade: (off, n) => `, a mask set by hand, which doesn’t count: ${off} of ${n} units ${off === 1 ? "is" : "are"} switched off`,
  allOn: (n, factor) => `: all ${n} units are on, each times ${factor}`,
  sumIs: (sum) => `and the sum is ${sum}.`,
  means: (n, mean, test) => `The running mean over ${n} draw${n === "1" ? "" : "s"} of the training is ${mean}; the test value is ${test}.`,
  warn: (expected) => `On average the training gives ${expected}, so the two part.`,
  nothingDrawn: "In testing nothing is drawn: every unit works, and the sum is the same each time. Choose Training to draw.",
  nothingOff: "In testing no unit is switched off. Choose Training to switch one.",
  enough: (n) => `${n} draws are the most; press Start again.`,
};

// ------------------------------------------------------------------------------ arithmetic

/** A whole number of 32 bits, mixed until neighbours have nothing in common; as in dropout.py. */
function mixed(x) {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers from 0 to just under 1 as if drawn by chance, draws × units, row by row. */
function uniform(seed, draws, units) {
  const start = mixed(seed + 0x9e3779b9), out = new Float64Array(draws * units);
  for (let draw = 1, at = 0; draw <= draws; draw++)
    for (let unit = 0; unit < units; unit++) out[at++] = mixed((start + draw * 16 + unit) | 0) / 2 ** 32;
  return out;
}
const drawnNumbers = remember(uniform);

/** All that the picture shows, from the model's traits. */
function calculate(model) {
  const values = model.get("values"), n = values.length, p = model.get("rate"), draws = model.get("draws");
  const form = model.get("form"), testing = model.get("mode") === "testing", byHand = model.get("by_hand");
  const trainingFactor = form === "inverted" ? 1 / (1 - p) : 1;
  const testingFactor = { paper: 1 - p, inverted: 1, slip: p }[form];
  const total = values.reduce((sum, value) => sum + value, 0);
  const chance = drawnNumbers(model.get("seed"), draws, n);
  const sums = new Float64Array(draws), means = new Float64Array(draws);
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
  const outputs = values.map((value, i) => (testing ? value * testingFactor : mask[i] ? value * trainingFactor : 0));
  return {
    values, n, p, draws, form, testing, handmade, mask, outputs, sums, means, trainingFactor, testingFactor,
    off: mask.filter((on) => !on).length,
    sum: outputs.reduce((sum, value) => sum + value, 0),
    test: total * testingFactor,
    expected: total * (1 - p) * trainingFactor,
  };
}

/** 2⁸, as it is written by hand. */
const power = (base, exponent) => base + String(exponent).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

/** Do training and testing agree on average? */
const agree = (S) => Math.abs(S.expected - S.test) < 1e-9;

function statusText(S) {
  const head = TEXT.head(S.testing ? TEXT.testing : TEXT.training, TEXT.formName[S.form], pretty(S.p));
  const many = S.draws.toLocaleString("en-US");
  const shown = S.testing ? TEXT.allOn(S.n, pretty(S.testingFactor))
    : S.handmade ? TEXT.handmade(S.off, S.n) : TEXT.drawn(many, S.off, S.n);
  const parts = [`${head}${shown}, ${TEXT.sumIs(pretty(S.sum))}`, TEXT.means(many, pretty(S.means[S.draws - 1]), pretty(S.test))];
  if (!agree(S)) parts.push(TEXT.warn(pretty(S.expected)));
  return parts.join(" ");
}

// ------------------------------------------------------------------------------ drawing

/** Where the n units and their sum lie on a canvas that is `width` wide. */
function unitPlaces(width, n) {
  const step = (width - 2 * EDGE) / n, radius = Math.min(24, 0.44 * step);
  return {
    radius, height: 2 * radius + 150, y: radius + 30,
    x: Array.from({ length: n }, (_, i) => EDGE + (i + 0.5) * step),
    sum: [width / 2, 2 * radius + 122],
  };
}

/** Above each unit the number that it has, in it the one that it passes on, below them their sum. */
function drawUnits(context, S, P, look, chosen) {
  const { inks } = look, { radius, x, y } = P, [sumX, sumY] = P.sum;
  const most = Math.max(...S.values.map(Math.abs)) || 1;
  const on = (i) => S.testing || S.mask[i];
  context.strokeStyle = inks.soft;
  S.values.forEach((value, i) => { // a line as thick as what flows through it
    if (!on(i)) return;
    context.lineWidth = 1 + 3 * Math.min(1, Math.abs(S.outputs[i]) / most);
    context.beginPath();
    context.moveTo(x[i], y + radius);
    context.lineTo(sumX, sumY - 22);
    context.stroke();
  });
  const texts = S.outputs.map((value, i) => (on(i) ? pretty(value) : TEXT.off));
  const size = Math.min(15, (1.75 * radius) / (0.6 * Math.max(...texts.map((text) => text.length), 2)));
  context.textAlign = "center";
  context.textBaseline = "middle";
  S.values.forEach((value, i) => {
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
    if (!on(i)) { // the hatching stays off the word
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
  context.fillText(pretty(S.sum), sumX, sumY + 8);
}

/** Round numbers from `low` to `high`, `most` of them or fewer. */
function roundNumbers(low, high, most) {
  const span = high - low || 1, ten = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((s) => s * ten).find((s) => span / s <= most);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at++) found.push(at * step);
  return found;
}

/** The sum of each draw as a dot, their mean so far as a line, and the sum in testing as a level. */
function drawMeans(context, S, width, height, look) {
  const { inks } = look, left = 40, right = width - 16, top = 10, bottom = height - 34;
  let low = S.test, high = S.test;
  for (const sum of S.sums) {
    if (sum < low) low = sum;
    if (sum > high) high = sum;
  }
  const room = 0.06 * (high - low) || 1;
  low -= room;
  high += room;
  const last = Math.max(10, S.draws);
  const across = (draw) => left + ((right - left) * (draw - 0.5)) / last;
  const down = (value) => bottom - ((bottom - top) * (value - low)) / (high - low);
  context.font = "12px system-ui, sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = inks.line;
  context.fillStyle = inks.soft;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of roundNumbers(low, high, 6)) {
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
  for (const draw of roundNumbers(1, last, 5)) if (Number.isInteger(draw)) context.fillText(pretty(draw), across(draw), bottom + 4);
  context.fillText(TEXT.draw, (left + right) / 2, bottom + 19);
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left, bottom);
  context.lineTo(right, bottom);
  context.stroke();
  const every = Math.ceil(S.draws / MOST_DOTS), few = S.draws <= 60;
  const drawDots = () => {
    context.fillStyle = inks.soft;
    context.beginPath();
    for (let draw = 1; draw <= S.draws; draw += every) {
      const x = across(draw), y = down(S.sums[draw - 1]);
      if (few) {
        context.moveTo(x + 3, y);
        context.arc(x, y, 3, 0, 2 * Math.PI);
      } else context.rect(x - 1, y - 1, 2, 2); // a thousand circles would take too long
    }
    context.fill();
  };
  if (!few) drawDots();
  const mean = [];
  for (let draw = 1; draw <= S.draws; draw++)
    if (draw <= MOST_DOTS || draw % every === 0 || draw === S.draws) mean.push([across(draw), down(S.means[draw - 1])]);
  const level = [[left, down(S.test)], [right, down(S.test)]];
  for (const [points, colour, dash] of [[level, inks.mark, [7, 4]], [mean, look.mean, []]]) {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    if (points.length === 1) context.lineTo(points[0][0] + 4, points[0][1]); // one draw has no line yet
    for (const [ink, wide, dashes] of [[inks.ground, few ? 0 : 5, []], [colour, 2.5, dash]]) { // a rim, to stand out
      if (!wide) continue;
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

function render({ model, el }) {
  const { doc, life, status, redraw, begin } = stage(model, el, "dropout");
  let S = calculate(model);
  let chosen = 0, focused = false, hovered = null, width = 320, look = null, places = null;

  function change(settings) {
    status.settle();
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    model.save_changes();
    S = calculate(model); // the next key may come before the next frame
  }

  // -- what there is to set
  const mode = segments(doc, TEXT.mode, [["training", TEXT.training], ["testing", TEXT.testing]], (value) => change({ mode: value }));
  const form = segments(doc, TEXT.form,
    [["paper", TEXT.paper], ["inverted", TEXT.inverted], ["slip", TEXT.slip]], (value) => change({ form: value }));
  const rate = slider(doc, TEXT.rate, 0, 0.9, (value) => change({ rate: value, by_hand: [] }), { step: 0.05, text: TEXT.rateText });

  function draw(count) {
    if (S.testing) return status.refuse(TEXT.nothingDrawn);
    const draws = model.get("draws");
    if (draws === MOST_DRAWS) return status.refuse(TEXT.enough(MOST_DRAWS.toLocaleString("en-US")));
    change({ draws: Math.min(MOST_DRAWS, draws + count), by_hand: [] });
  }
  const buttons = [
    button(doc, TEXT.redraw, () => draw(1)),
    button(doc, TEXT.many, () => draw(MANY)),
    button(doc, TEXT.again, () => change({ draws: 1, by_hand: [], seed: (model.get("seed") + 1) % 10000 })),
    button(doc, TEXT.preset, () => change({ rate: 0.5, form: "paper", mode: "training", by_hand: [] })),
  ];

  // -- what there is to see
  const legendOf = (...names) => make(doc, "div", { class: "axw-small axw-legend" },
    ...names.map(([text, kind]) => words(doc, text, kind)));
  const off = words(doc, TEXT.isOff, "axw-is-off");
  const unitsLegend = make(doc, "div", { class: "axw-small axw-legend" }, words(doc, TEXT.isOn, "axw-is-on"), off);
  const units = figure(doc, unitsLegend);
  const chartName = make(doc, "strong");
  const chartCanvas = make(doc, "canvas", { role: "img" });
  const chart = make(doc, "figure", {}, make(doc, "figcaption", { class: "axw-caption" }, chartName), chartCanvas,
    legendOf([TEXT.isDraw, "axw-is-draw"], [TEXT.isMean, "axw-is-mean"], [TEXT.isTest, "axw-is-test"]));
  const facts = factList(doc, TEXT.facts);

  // -- switching a unit by hand
  function flip(at) {
    if (S.testing) return status.refuse(TEXT.nothingOff);
    change({ by_hand: S.mask.map((on, i) => Number(on !== (i === at))) });
  }
  const unitUnder = (event) => {
    const at = places.x.findIndex((x) => Math.hypot(event.offsetX - x, event.offsetY - places.y) <= Math.max(places.radius, 11));
    return at < 0 ? null : at;
  };
  onWalk(units.canvas, (rows, cols) => {
    if (!cols) return false;
    chosen = within(chosen + cols, S.n);
    redraw();
    return true;
  });
  units.canvas.addEventListener("keydown", (event) => {
    if (![" ", "Enter"].includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
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
  units.canvas.addEventListener("focus", () => { focused = true; redraw(); });
  units.canvas.addEventListener("blur", () => { focused = false; redraw(); });

  // -- drawing
  function drawAll() {
    S = calculate(model);
    chosen = within(chosen, S.n);
    const many = S.draws.toLocaleString("en-US");
    places = unitPlaces(width, S.n);
    drawUnits(fit(units.canvas, width, places.height), S, places, look, focused ? chosen : null);
    drawMeans(fit(chartCanvas, width, places.height), S, width, places.height, look);
    mode.show(S.testing ? "testing" : "training");
    form.show(S.form);
    rate.show(S.p);
    setText(units.name, TEXT.units(S.n));
    const named = S.values.map((value, i) => (S.testing || S.mask[i] ? pretty(S.outputs[i]) : TEXT.off)).join(", ");
    setLabel(units.canvas, TEXT.unitsKeys(S.n, named));
    const at = hovered ?? (focused ? chosen : null);
    setText(units.readout, at === null ? "" : TEXT.unitAt(at + 1, pretty(S.values[at]), pretty(S.outputs[at])));
    off.hidden = S.testing || !S.off;
    setText(chartName, TEXT.mean(many));
    setLabel(chartCanvas, TEXT.meanAlt(many, pretty(S.means[S.draws - 1]), pretty(S.test)));
    const asIs = S.trainingFactor === 1;
    facts.show({
      training: asIs ? TEXT.keptAsIs : TEXT.kept(`1/(1 − p) = ${pretty(S.trainingFactor)}`),
      testing: S.form === "inverted" ? TEXT.allAsIs : TEXT.all(TEXT.ways[S.form], pretty(S.testingFactor)),
      masks: TEXT.masks(power(2, S.n), pretty(2 ** S.n), pretty(S.expected)) + (agree(S) ? TEXT.agrees : TEXT.differs(pretty(S.test))),
    });
    status.say(statusText(S));
  }

  return begin({
    children: [
      make(doc, "div", { class: "axw-choices" }, mode.node, form.node),
      rate.node,
      make(doc, "div", { class: "axw-choices" }, ...buttons),
      make(doc, "div", { class: "axw-pictures" }, units.node, chart),
      facts.node,
    ],
    traits: TRAITS,
    draw: drawAll,
    colours(inks) {
      const dark = inks.ground === INKS.dark.ground;
      look = { inks, off: hatch(doc, inks.lost, 1, 5), mean: dark ? "#7fb0ff" : "#1f5fbf" };
    },
    sizes() { width = Math.min(460, units.node.clientWidth || width); },
    watch: [units.node],
    probe: {
      state() {
        const { mask, outputs, sums, means, sum, test, expected } = calculate(model);
        return { mask, outputs, sums: Array.from(sums), means: Array.from(means), sum, test, expected, status: statusText(calculate(model)) };
      },
    },
  });
}

export default { render };
