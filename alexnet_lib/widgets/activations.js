/* The activations widget: a function and its slope, a chain of ten units that hands a small change
 * on, and one unit that learns, or dies.
 *
 * The traits and the arithmetic are those of activations.py. Uses common.js, which comes before it
 * in the module.
 */

const TRAITS = ["function", "input", "weight", "unit", "rate", "w", "b", "steps"];

const UNITS = 10;
const LEAK = 0.1;
const GIVEN = [0, 1, 2, 3, 4];
const WANTED = [0, 0, 0.3, 0.6, 0.9];
const BEGINNING = { w: 0.5, b: 0.3, steps: 0 };
const LARGEST = 1e6;
const MANY = 20; // steps at once
const MOST_STEPS = 100000;

/* Each function: its value, its slope, and what its graph shows: the lowest and highest number. */
const FUNCTIONS = {
  ReLU: { of: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0), range: [-1, 5] },
  "leaky ReLU": {
    of: (x) => (x > 0 ? x : LEAK * x),
    slope: (x) => (x > 0 ? 1 : LEAK),
    range: [-1, 5],
  },
  tanh: { of: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2, range: [-1.25, 1.25] },
  sigmoid: { of: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)), range: [-0.25, 1.25] },
  GELU: {
    of: (x) => x * normalShare(x),
    slope: (x) => normalShare(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
    range: [-1, 5],
  },
};

// Every text of the widget.
const TEXT = {
  function: "Function",
  input: "Input",
  weight: "Weight",
  reset: "Reset",
  graph: (name) => `${name} and its slope`,
  graphLabel: (name, unit) =>
    `Graph of ${name} and its slope from −6 to 6, with a mark at the sum of unit ${unit}.`,
  value: "value",
  slope: "slope",
  here: "this unit",
  chain: "A small change",
  chainLabel: "The chain, a bar for each of ten units. Arrow keys choose a unit.",
  after: (unit, left, all) =>
    `after unit ${unit}: ${left} times` + (unit < UNITS ? `; after all ten: ${all}` : ""),
  key:
    "What is left of a small change of the input. Bars down: it has shrunk. Up: it has grown. " +
    "A minus: its sign is turned. 0: gone.",
  unit: (unit) => `Unit ${unit} of ${UNITS}`,
  sum: (weight, got, sum) => `sum ${weight} · ${got} = ${sum}`,
  answer: (name, value, slope) => `${name} of it = ${value}, slope there ${slope}`,
  hands: (weight, slope, product) => `hands on ${weight} · ${slope} = ${product} of a change`,
  learning: "One unit learns",
  learningLabel: (name) =>
    `Graph of the unit's answers, ${name} of w · x + b, over its inputs 0 to 4, with five crosses ` +
    "at what is wanted.",
  rate: "Rate",
  learn: "Learn",
  learnMany: `Learn ${MANY} times`,
  again: "Start over",
  given: "a cross: what is wanted; a dot: the unit's answer",
  facts: { unit: "Weight and bias", sums: "Its five sums", slopes: "Slopes there", error: "Error" },
  moved: (w, b, steps) => `w = ${w}, b = ${b}, after ${steps} ${steps === 1 ? "step" : "steps"}`,
  dead: "Dead: all slopes are 0, so no step moves it any more.",
  stuck: "The unit is dead: all five slopes are 0, so the step is 0, too.",
  wild:
    "A step would lead to numbers too large to go on with: each overshoots more than the last. " +
    "Take a smaller rate, and start over.",
  enough: "That is as many steps as the widget counts: start over.",
  chainSaid: (s) =>
    `${s.name}: unit ${s.unit} gets the sum ${tinyText(s.at.sum)}, answers ` +
    `${tinyText(s.at.value)}, and its slope is ${tinyText(s.at.slope)}. With the weight ` +
    `${tinyText(s.weight)}, the chain of ten hands on ${tinyText(s.arrives)} times a small change.`,
  unitSaid: (s) =>
    `The unit with ${s.name} has made ${s.steps} ${s.steps === 1 ? "step" : "steps"}: ` +
    `w = ${tinyText(s.w)}, b = ${tinyText(s.b)}, error ${tinyText(s.error)}. ` +
    (s.dead ? TEXT.dead : `Its slopes at the five inputs are ${listText(s.slopes.map(tinyText))}.`),
};

// ------------------------------------------------------------------------------ arithmetic

/** 1 / (1 + e^−x), without overflow. */
function sigmoid(x) {
  const small = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

/** The share of the normal distribution below x. */
function normalShare(x) {
  const z = Math.abs(x) / Math.SQRT2;
  if (z > 6) return x > 0 ? 1 : 0; // all but 10⁻¹⁷ of it
  let term = z;
  let sum = z;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  const erf = (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  return (1 + Math.sign(x) * erf) / 2;
}

/** Follow a number and a small change of it through the chain: a row for each unit. */
function chainOf({ of, slope }, input, weight) {
  const rows = [];
  let got = input;
  let change = 1;
  for (let i = 0; i < UNITS; i++) {
    const sum = weight * got;
    const row = { got, sum, value: of(sum), slope: slope(sum) };
    change *= weight * row.slope;
    rows.push({ ...row, change });
    got = row.value;
  }
  return rows;
}

/** Compute the unit that learns: its sums, answers and slopes, its error, and the way downhill. */
function unitOf({ of, slope }, w, b) {
  const sums = GIVEN.map((x) => w * x + b);
  const answers = sums.map(of);
  const slopes = sums.map(slope);
  const off = answers.map((answer, i) => answer - WANTED[i]);
  const average = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return {
    sums,
    answers,
    slopes,
    error: average(off.map((one) => one * one)),
    alongW: average(off.map((one, i) => 2 * one * slopes[i] * GIVEN[i])),
    alongB: average(off.map((one, i) => 2 * one * slopes[i])),
    dead: slopes.every((one) => one === 0),
  };
}

/** Make steps against the slopes of the error: the new { w, b, steps }, as far as they go. */
function learned(f, { w, b, steps, rate }, count) {
  const now = { w, b, steps };
  for (let i = 0; i < count && now.steps < MOST_STEPS; i++) {
    const { alongW, alongB } = unitOf(f, now.w, now.b);
    const [nextW, nextB] = [now.w - rate * alongW, now.b - rate * alongB];
    if (!(Math.abs(nextW) <= LARGEST && Math.abs(nextB) <= LARGEST)) return { ...now, wild: true };
    Object.assign(now, { w: nextW, b: nextB, steps: now.steps + 1 });
  }
  return now;
}

/** Return everything that is shown, from the model's traits. */
function calculate(model) {
  const { function: name, ...rest } = traitValues(model, TRAITS);
  const f = FUNCTIONS[name];
  const chain = chainOf(f, rest.input, rest.weight);
  return {
    name,
    f,
    ...rest,
    chain,
    at: chain[rest.unit - 1],
    arrives: chain.at(-1).change,
    ...unitOf(f, rest.w, rest.b),
  };
}

/** Write a number to three digits: 4.54·10⁻⁵ if it is tiny or very large. */
function tinyText(value) {
  if (value === 0) return "0"; // not −0
  const size = Math.abs(value);
  if (size >= 0.0005 && size < 100000)
    return size >= 1000
      ? WHOLE.format(value).replace("-", "−")
      : SHORT.format(value).replace("-", "−");
  const [digits, power] = value.toExponential(2).split("e");
  return `${Number(digits)}·10${superscript(Number(power))}`.replace("-", "−");
}

// ------------------------------------------------------------------------------ drawing

const WIDE = 6; // the graph of the function goes from −6 to 6
const TALL = 230; // pixels of a drawing
const EDGES = { left: 40, right: 12, top: 12, bottom: 26 };
const DECADES = [-12, 8]; // of the chain's bars

/** Return functions from numbers to pixels, for a drawing of `width` pixels. */
function axes(width, [x0, x1], [y0, y1]) {
  const right = width - EDGES.right;
  const bottom = TALL - EDGES.bottom;
  return {
    across: (x) => EDGES.left + ((right - EDGES.left) * (x - x0)) / (x1 - x0),
    down: (y) => bottom - ((bottom - EDGES.top) * (y - y0)) / (y1 - y0),
    right,
    bottom,
  };
}

/** Draw a curve through of(x), clipped to the drawing. */
function drawCurve(context, { across, down, right, bottom }, [x0, x1], of, color, width, dash) {
  context.save();
  context.beginPath();
  context.rect(EDGES.left, EDGES.top, right - EDGES.left, bottom - EDGES.top);
  context.clip();
  context.beginPath();
  for (let i = 0; i <= 240; i++) {
    const x = x0 + ((x1 - x0) * i) / 240;
    context.lineTo(across(x), down(of(x)));
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.restore();
}

function drawText(context, text, x, y, color, align = "center") {
  context.font = "12px system-ui, sans-serif";
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Draw the frame of a graph: lines at `rows`, and numbers under `columns`. */
function drawFrame(context, { across, down, right, bottom }, inks, rows, columns) {
  context.lineWidth = 1;
  for (const y of rows) {
    context.strokeStyle = inks.line;
    context.globalAlpha = y === 0 ? 1 : 0.35;
    context.beginPath();
    context.moveTo(EDGES.left, down(y));
    context.lineTo(right, down(y));
    context.stroke();
    context.globalAlpha = 1;
    drawText(context, pretty(y), EDGES.left - 6, down(y), inks.soft, "right");
  }
  for (const x of columns) drawText(context, pretty(x), across(x), bottom + 13, inks.soft);
}

/** Draw the function, its slope, and the tangent at the sum of the chosen unit. */
function drawGraph(context, width, state, inks) {
  const { f, at } = state;
  const place = axes(width, [-WIDE, WIDE], f.range);
  const rows = [-1, 0, 1, 2, 3, 4, 5].filter((y) => y >= f.range[0] && y <= f.range[1]);
  drawFrame(context, place, inks, rows, [-6, -4, -2, 0, 2, 4, 6]);
  const span = [-WIDE, WIDE];
  drawCurve(context, place, span, f.slope, inks.lost, 2, [6, 4]);
  drawCurve(context, place, span, f.of, inks.ink, 2.5, []);
  if (Math.abs(at.sum) <= WIDE) {
    const tangent = (x) => at.value + at.slope * (x - at.sum);
    drawCurve(context, place, [at.sum - 1.5, at.sum + 1.5], tangent, inks.mark, 2, []);
  }
  // a sum beyond the graph is marked at its edge
  const x = place.across(Math.max(-WIDE, Math.min(WIDE, at.sum)));
  const y = place.down(Math.max(f.range[0], Math.min(f.range[1], at.value)));
  drawDot(context, x, y, inks.mark, inks.ground);
}

function drawDot(context, x, y, color, ground) {
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = ground;
  context.stroke();
}

/** Where unit number i of the chain, from 1, is drawn: [its left edge, its width]. */
function barPlace(width, i) {
  const each = (width - EDGES.left - EDGES.right) / UNITS;
  return [EDGES.left + (i - 1) * each + each * 0.14, each * 0.72];
}

/** Draw a bar for each unit of the chain: how much of a change is left, in powers of ten. */
function drawChain(context, width, state, inks) {
  const { down } = axes(width, [0, 1], DECADES);
  for (let power = DECADES[0]; power <= DECADES[1]; power += 4) {
    context.strokeStyle = inks.line;
    context.lineWidth = 1;
    context.globalAlpha = power === 0 ? 1 : 0.35;
    context.beginPath();
    context.moveTo(EDGES.left, down(power));
    context.lineTo(width - EDGES.right, down(power));
    context.stroke();
    context.globalAlpha = 1;
    const text = power === 0 ? "1" : `10${superscript(power)}`;
    drawText(context, text, EDGES.left - 6, down(power), inks.soft, "right");
  }
  state.chain.forEach(({ change }, at) => {
    const [left, wide] = barPlace(width, at + 1);
    const chosen = at + 1 === state.unit;
    const power = Math.log10(Math.abs(change));
    const end = Math.max(DECADES[0], Math.min(DECADES[1], power));
    const beyond = end !== power;
    const top = Math.min(down(0), down(end));
    const height = Math.max(2, Math.abs(down(end) - down(0)));
    if (change === 0) {
      drawText(context, "0", left + wide / 2, down(0) + 12, inks.ink);
    } else {
      context.fillStyle = chosen ? inks.mark : power > 0 ? inks.lost : inks.soft;
      context.fillRect(left, top, wide, height);
      const outside = power > 0 ? top - 7 : top + height + 8;
      if (beyond) drawText(context, power > 0 ? "↑" : "↓", left + wide / 2, outside, inks.ink);
      else if (change < 0) drawText(context, "−", left + wide / 2, outside, inks.ink);
    }
    const color = chosen ? inks.mark : inks.soft;
    drawText(context, String(at + 1), left + wide / 2, TALL - EDGES.bottom + 13, color);
    if (chosen) {
      context.strokeStyle = inks.mark;
      context.lineWidth = 2;
      context.strokeRect(left - 3, EDGES.top - 6, wide + 6, TALL - EDGES.top - 2);
    }
  });
}

/** Draw the answers of the unit that learns: its curve, its five dots, and the crosses. */
function drawLearner(context, width, state, inks) {
  const [low, high] = [-0.8, 2.6];
  const span = [-0.4, 4.4];
  const place = axes(width, span, [low, high]);
  drawFrame(context, place, inks, [0, 1, 2], GIVEN);
  const answer = (x) => state.f.of(state.w * x + state.b);
  drawCurve(context, place, span, answer, state.dead ? inks.soft : inks.ink, 2.5, []);
  GIVEN.forEach((given, i) => {
    const x = place.across(given);
    const y = place.down(WANTED[i]);
    context.strokeStyle = inks.lost;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const sign of [-1, 1]) {
      context.moveTo(x - 6, y - sign * 6);
      context.lineTo(x + 6, y + sign * 6);
    }
    context.stroke();
    const inside = Math.max(low, Math.min(high, state.answers[i]));
    drawDot(context, x, place.down(inside), inks.mark, inks.ground);
  });
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, root, status, redraw, begin } = stage(model, el, "activations");
  const initial = traitValues(model, TRAITS);
  let state = calculate(model);
  let spoken = "chain"; // what the status line is about

  function change(settings, about) {
    status.settle();
    spoken = about;
    setTraits(model, settings);
    model.save_changes();
    redraw();
  }

  // -- controls
  const names = Object.keys(FUNCTIONS).map((name) => [name, name]);
  const functions = segments(doc, TEXT.function, names, (name) =>
    change({ function: name }, spoken),
  );
  const fine = { step: 0.1, text: tinyText };
  const input = slider(doc, TEXT.input, -5, 5, (value) => change({ input: value }, "chain"), fine);
  const weight = slider(
    doc,
    TEXT.weight,
    -5,
    5,
    (value) => change({ weight: value }, "chain"),
    fine,
  );
  const rate = slider(doc, TEXT.rate, 0.01, 0.5, (value) => change({ rate: value }, "unit"), {
    step: 0.01,
    text: tinyText,
  });
  const reset = button(doc, TEXT.reset, () => change(initial, "chain"));
  function learn(count) {
    const { dead, steps, f } = calculate(model);
    if (dead) return status.refuse(TEXT.stuck);
    if (steps >= MOST_STEPS) return status.refuse(TEXT.enough);
    const { wild, ...after } = learned(f, traitValues(model, TRAITS), count);
    change(after, "unit");
    if (wild) status.refuse(TEXT.wild);
  }
  const buttons = box(
    doc,
    "axw-steps",
    button(doc, TEXT.learn, () => learn(1)),
    button(doc, TEXT.learnMany, () => learn(MANY)),
    button(doc, TEXT.again, () => change(BEGINNING, "unit")),
  );

  // -- pictures and texts
  const graphKey = legend(doc, {
    value: [TEXT.value, "axw-is-value"],
    slope: [TEXT.slope, "axw-is-slope"],
    here: [TEXT.here, "axw-is-here"],
  });
  const graph = chartFigure(doc, graphKey.node);
  const chain = figure(doc, make(doc, "p", { class: "axw-small", text: TEXT.key }));
  const learner = chartFigure(doc, make(doc, "p", { class: "axw-small", text: TEXT.given }));
  const terms = {
    unit: make(doc, "strong"),
    sum: textSpan(doc, "", "axw-products"),
    answer: textSpan(doc, "", "axw-products"),
    hands: textSpan(doc, "", "axw-products"),
  };
  const facts = factList(doc, TEXT.facts);
  const dead = make(doc, "p", { class: "axw-dead" });

  // -- choosing a unit of the chain
  const choose = (unit) => change({ unit: Math.max(1, Math.min(UNITS, unit)) }, "chain");
  onWalk(chain.canvas, (down, right) => {
    if (down && !right) return false; // a page scrolls as usual
    choose(state.unit + right);
  });
  chain.canvas.addEventListener("pointerdown", (event) => {
    const each = (width - EDGES.left - EDGES.right) / UNITS;
    choose(1 + Math.floor((event.offsetX - EDGES.left) / each));
  });

  // -- drawing
  let inks = null;
  let width = 320;

  function takeSize() {
    width = Math.min(460, graph.node.clientWidth || width); // 0 before it is on the page
  }

  function draw() {
    state = calculate(model);
    const { name, unit, at } = state;
    drawGraph(sizeCanvas(graph.canvas, width, TALL), width, state, inks);
    drawChain(sizeCanvas(chain.canvas, width, TALL), width, state, inks);
    drawLearner(sizeCanvas(learner.canvas, width, TALL), width, state, inks);
    functions.show(name);
    input.show(state.input);
    weight.show(state.weight);
    rate.show(state.rate);
    setText(graph.name, TEXT.graph(name));
    setLabel(graph.canvas, TEXT.graphLabel(name, unit));
    setText(chain.name, TEXT.chain);
    setText(chain.readout, TEXT.after(unit, tinyText(at.change), tinyText(state.arrives)));
    setLabel(chain.canvas, TEXT.chainLabel);
    setText(learner.name, TEXT.learning);
    setLabel(learner.canvas, TEXT.learningLabel(name));
    setText(terms.unit, TEXT.unit(unit));
    const factor = (value) => (value < 0 ? `(${tinyText(value)})` : tinyText(value));
    setText(terms.sum, TEXT.sum(factor(state.weight), factor(at.got), tinyText(at.sum)));
    setText(terms.answer, TEXT.answer(name, tinyText(at.value), tinyText(at.slope)));
    const product = tinyText(state.weight * at.slope);
    setText(terms.hands, TEXT.hands(factor(state.weight), factor(at.slope), product));
    facts.show({
      unit: TEXT.moved(tinyText(state.w), tinyText(state.b), state.steps),
      sums: state.sums.map(tinyText).join(", "),
      slopes: state.slopes.map(tinyText).join(", "),
      error: tinyText(state.error),
    });
    setText(dead, state.dead ? TEXT.dead : "");
    root.classList.toggle("axw-is-dead", state.dead);
    status.say(spoken === "chain" ? TEXT.chainSaid(state) : TEXT.unitSaid(state));
  }

  // for tests and the curious
  const probe = {
    chain: () => calculate(model).chain,
    unit() {
      const { sums, answers, slopes, error, alongW, alongB, dead: gone } = calculate(model);
      return { sums, answers, slopes, error, alongW, alongB, dead: gone };
    },
    learned: (count) =>
      learned(FUNCTIONS[model.get("function")], traitValues(model, TRAITS), count),
  };
  return begin({
    children: [
      box(doc, "axw-choices", functions.node, reset),
      box(doc, "axw-sliders", input.node, weight.node),
      box(doc, "axw-pictures", graph.node, chain.node),
      box(doc, "axw-terms", ...Object.values(terms)),
      box(
        doc,
        "axw-pictures axw-learner",
        learner.node,
        box(doc, "axw-beside", rate.node, buttons, dead, facts.node),
      ),
    ],
    traits: TRAITS,
    draw,
    colors: (taken) => {
      inks = taken;
    },
    sizes: takeSize,
    watch: [graph.node],
    probe,
  });
}

export default { render };
