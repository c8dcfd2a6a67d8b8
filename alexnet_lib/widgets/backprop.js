/* The backpropagation widget: a small computation as a graph, one operation at a time, first
 * forward to the loss and then back to all that it was computed from.
 *
 * The model's traits are those of backprop.py, and so are the graphs and what the operations
 * compute. Uses common.js, which stands before it.
 */

const TRAITS = ["graph", "inputs", "rate", "at", "losses"];

const TYPED = 10; // the largest number that can be typed
const LARGEST = 1e6; // the largest that updates may lead to
const KEPT = 50; // losses that are remembered, and
const SHOWN = 12; // that are drawn

/* What is computed from what; the last number is the loss. `places` are those of the drawing:
 * steps from what is given to the loss, and lanes beside each other. */
const GRAPHS = {
  neuron: {
    inputs: { w: 2, x: 3, b: -1, t: 4 }, learned: ["w", "b"],
    nodes: { p: ["multiply", "w", "x"], s: ["add", "p", "b"], a: ["relu", "s"], d: ["subtract", "a", "t"], L: ["square", "d"] },
    places: { w: [0, 0], x: [0, 1], p: [1, 0.5], b: [1, 1.5], s: [2, 1], a: [3, 0.5], t: [3, 1.5], d: [4, 1], L: [5, 0.5] },
  },
  twice: {
    inputs: { x1: 3, w: 2, x2: 1, t: 7 }, learned: ["w"],
    nodes: {
      p: ["multiply", "w", "x1"], q: ["multiply", "w", "x2"], a: ["relu", "p"], c: ["relu", "q"],
      y: ["add", "a", "c"], d: ["subtract", "y", "t"], L: ["square", "d"],
    },
    places: {
      x1: [0, 0], w: [0, 1], x2: [0, 2], p: [1, 0.5], q: [1, 1.5], a: [2, 0], c: [2, 2],
      y: [3, 1], t: [3, 2], d: [4, 1.5], L: [5, 1],
    },
  },
  maximum: {
    inputs: { x1: 3, w: 2, x2: 1, t: 5 }, learned: ["w"],
    nodes: { p: ["multiply", "w", "x1"], q: ["multiply", "w", "x2"], y: ["max", "p", "q"], d: ["subtract", "y", "t"], L: ["square", "d"] },
    places: { x1: [0, 0], w: [0, 1], x2: [0, 2], p: [1, 0.5], q: [1, 1.5], y: [2, 1], t: [2, 2], d: [3, 1.5], L: [4, 1] },
  },
  softmax: {
    inputs: { w1: 0.5, x: 2, w2: 1 }, learned: ["w1", "w2"],
    nodes: {
      s1: ["multiply", "w1", "x"], s2: ["multiply", "w2", "x"], e1: ["exp", "s1"], e2: ["exp", "s2"],
      z: ["add", "e1", "e2"], p: ["divide", "e1", "z"], L: ["minus_log", "p"],
    },
    places: {
      w1: [0, 0], x: [0, 1], w2: [0, 2], s1: [1, 0.5], s2: [1, 1.5], e1: [2, 0], e2: [2, 2],
      z: [3, 1.25], p: [4, 0.5], L: [5, 1],
    },
  },
};

/* Each operation: what it gives, its slopes along what it takes, and its sign in the drawing. */
const OPERATIONS = {
  multiply: { of: (a, b) => a * b, slopes: (a, b) => [b, a], sign: "×" },
  add: { of: (a, b) => a + b, slopes: () => [1, 1], sign: "+" },
  subtract: { of: (a, b) => a - b, slopes: () => [1, -1], sign: "−" },
  relu: { of: (a) => Math.max(a, 0), slopes: (a) => [a > 0 ? 1 : 0], sign: "ReLU" },
  square: { of: (a) => a * a, slopes: (a) => [2 * a], sign: "square" },
  max: { of: (a, b) => Math.max(a, b), slopes: (a, b) => (a >= b ? [1, 0] : [0, 1]), sign: "max" },
  exp: { of: (a) => Math.exp(a), slopes: (a) => [Math.exp(a)], sign: "exp" },
  divide: { of: (a, b) => a / b, slopes: (a, b) => [1 / b, -a / (b * b)], sign: "÷" },
  minus_log: { of: (a) => -Math.log(a), slopes: (a) => [-1 / a], sign: "−ln" },
};

/** A number in a sum: negative ones in brackets. */
const term = (value) => (value < 0 ? `(${pretty(value)})` : pretty(value));
const listed = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

// Every word the widget says.
const TEXT = {
  graph: "Graph", rate: "Rate", update: "Update", reset: "Reset",
  graphs: {
    neuron: "one unit", twice: "a weight used twice", maximum: "the maximum of two places",
    softmax: "softmax of two scores",
  },
  first: "Back to the start", previous: "One step back", next: "Next step", play: "Play", pause: "Pause",
  lessMotion: "Your system asks for less motion: Play makes one step at a time.",
  place: (at, n) => (at === 0 ? "start" : at <= n ? `forward, ${at} of ${n}` : `back, ${at - n} of ${n}`),
  field: (name, learned) => (learned ? `${name}, learned` : name),
  unknown: "?", gradient: (value) => `grad ${value}`, slope: (value) => `·${value}`,
  legend: "Square: given, with a thick edge if Update moves it. Round: computed. “grad” is the gradient, the slope of the loss L along the number; on an arrow stands the slope of one operation alone.",
  notANumber: (name, typed) => `“${typed}” is not a number; ${name} stays as it was.`,
  outside: (name, low, high) => `${name} stays as it was: type a number from ${low} to ${high}.`,
  tooLarge: "An update would lead to numbers too large to go on with: each step overshoots more than the last. Reset, and take a smaller rate.",
  problem: "These numbers lead to others that are too large or too small to compute with.",
  facts: { loss: "Loss", next: "Next update" },
  moves: (names, values, loss) => `${listed(names.map((name, i) => `${name} = ${pretty(values[i])}`))}; loss ${pretty(loss)}`,
  noLoss: "not computed yet",
  history: (losses) => `Loss before each update, and now: ${losses.map(pretty).join(" → ")}`,
  noHistory: "Each update adds a point here: the loss that it led to.",
  start: (given, sign) => `Given: ${given}. Nothing is computed yet. Press Next step: the first operation is ${sign}.`,
  done: (moves) => `Every number has its gradient. Update would move ${moves}.`,
  picture: (parts) => `The graph. ${parts.join("; ")}.`,
  part: (name, sign, taken, value, gradient) =>
    [`${name}${sign ? `, ${sign} of ${listed(taken)}` : ""}: ${value}`, gradient].filter(Boolean).join(", "),
  forward: {
    multiply: (y, v, a, b) => `The product ${y} is ${a} · ${b} = ${term(v[a])} · ${term(v[b])} = ${pretty(v[y])}.`,
    add: (y, v, a, b) => `The sum ${y} is ${a} + ${b} = ${pretty(v[a])} + ${term(v[b])} = ${pretty(v[y])}.`,
    subtract: (y, v, a, b) => `The difference ${y} is ${a} − ${b} = ${pretty(v[a])} − ${term(v[b])} = ${pretty(v[y])}.`,
    relu: (y, v, a) => (v[a] > 0
      ? `ReLU keeps ${a}, which is positive: ${y} = ${pretty(v[y])}.`
      : `ReLU gives 0, since ${a} = ${pretty(v[a])} is not positive: ${y} = 0.`),
    square: (y, v, a) => `${y} is the square of ${a}: ${term(v[a])}² = ${pretty(v[y])}. That is the loss.`,
    max: (y, v, a, b) => `The maximum ${y} of ${a} = ${pretty(v[a])} and ${b} = ${pretty(v[b])} is ${pretty(v[y])}.`,
    exp: (y, v, a) => `${y} is e to the power of ${a} = ${pretty(v[a])}: ${pretty(v[y])}.`,
    divide: (y, v, a, b) => `The probability ${y} is ${a} ÷ ${b} = ${pretty(v[a])} ÷ ${pretty(v[b])} = ${pretty(v[y])}.`,
    minus_log: (y, v, a) => `${y} is −ln ${a} = −ln ${pretty(v[a])} = ${pretty(v[y])}. That is the loss.`,
  },
  received: (y, g, loss) => (loss ? `The loss ${y} has the gradient 1.` : `${y} received the gradient ${pretty(g)}.`),
  hands: (g, slope, to, product) => `${term(g)} · ${term(slope)} = ${pretty(product)} to ${to}`,
  because: {
    multiply: (y, v, a, b) => `because the slope of a product along one factor is the other: ${b} = ${pretty(v[b])}, ${a} = ${pretty(v[a])}`,
    add: (y, v, a, b) => `because a sum grows as fast as each of its parts`,
    subtract: (y, v, a, b) => `because ${y} grows as fast as ${a} and falls as fast as ${b} grows`,
    relu: (y, v, a) => (v[a] > 0 ? "because ReLU’s gate is open" : `because ${a} is not positive, so ReLU’s gate is closed`),
    square: (y, v, a) => `because the slope of ${a}² is 2 · ${a} = ${pretty(2 * v[a])}`,
    max: (y, v, a, b) => `because ${v[a] >= v[b] ? a : b} is the winner, and a small change of the other changes nothing`,
    exp: (y) => `because the slope of e to a power is ${y} itself`,
    divide: (y, v, a, b) => `because the slopes of ${a} ÷ ${b} are 1 ÷ ${b} and −${a} ÷ ${b}²`,
    minus_log: (y, v, a) => `because the slope of −ln ${a} is −1 ÷ ${a}`,
  },
  passes: (received, hands, why) => `${received} It hands ${listed(hands)}, ${why}.`,
  adds: (name, before, sum) => ` ${name} had received ${pretty(before)} on another way: together ${pretty(sum)}.`,
};

// ------------------------------------------------------------------------------ arithmetic

/** Every number of the graph, and its gradient: { values, gradients } by name. */
function solve(graph, inputs) {
  const values = { ...inputs };
  const nodes = Object.entries(graph.nodes);
  for (const [name, [operation, ...taken]] of nodes) values[name] = OPERATIONS[operation].of(...taken.map((of) => values[of]));
  const gradients = Object.fromEntries(Object.keys(values).map((name) => [name, 0]));
  gradients[nodes.at(-1)[0]] = 1;
  const back = []; // of each operation, from the loss back: what it hands to whom
  for (const [name, [operation, ...taken]] of [...nodes].reverse()) {
    const slopes = OPERATIONS[operation].slopes(...taken.map((of) => values[of]));
    const handed = taken.map((of, i) => {
      const before = gradients[of];
      gradients[of] += gradients[name] * slopes[i];
      return { of, slope: slopes[i], product: gradients[name] * slopes[i], before };
    });
    back.push({ name, operation, taken, handed });
  }
  return { values, gradients, back };
}

/** The inputs after a step of the learned ones against their gradients. */
function updated(graph, inputs, gradients, rate) {
  const after = { ...inputs };
  for (const name of graph.learned) after[name] -= rate * gradients[name];
  return after;
}

/** All that is shown, from the model's traits. */
function situation(model) {
  const name = model.get("graph"), graph = GRAPHS[name], order = Object.keys(graph.nodes), n = order.length;
  const given = model.get("inputs"), rate = model.get("rate"), at = Math.min(model.get("at"), 2 * n);
  const inputs = Object.fromEntries(Object.entries(graph.inputs).map(([key, usual]) => [key, given[key] ?? usual]));
  const { values, gradients, back } = solve(graph, inputs);
  const fine = [...Object.values(values), ...Object.values(gradients)].every(Number.isFinite);
  const loss = order.at(-1);
  const known = new Set([...Object.keys(inputs), ...order.slice(0, at)]);
  const arrived = at > n ? { [loss]: 1 } : {}; // gradients, as far as they have come
  for (const { handed } of back.slice(0, Math.max(0, at - n)))
    for (const { of, product } of handed) arrived[of] = (arrived[of] ?? 0) + product;
  const after = updated(graph, inputs, gradients, rate);
  return {
    name, graph, order, n, inputs, rate, at, values, gradients, back, loss, known, arrived, after,
    losses: model.get("losses"), problem: fine ? null : TEXT.problem,
  };
}

/** The sentence about the step that was made last. */
function sentence(S) {
  const { graph, order, n, at, values: v, back, inputs, gradients } = S;
  if (S.problem) return S.problem;
  if (at === 0) {
    const given = listed(Object.entries(inputs).map(([name, value]) => `${name} = ${pretty(value)}`));
    return TEXT.start(given, OPERATIONS[graph.nodes[order[0]][0]].sign);
  }
  if (at <= n) {
    const [operation, ...taken] = graph.nodes[order[at - 1]];
    return TEXT.forward[operation](order[at - 1], v, ...taken);
  }
  const { name, operation, taken, handed } = back[at - n - 1];
  const hands = handed.map(({ of, slope, product }) => TEXT.hands(gradients[name], slope, of, product));
  const earlier = back.slice(0, at - n - 1).flatMap((one) => one.taken);
  const sums = handed.filter(({ of }) => earlier.includes(of)).map(({ of, before, product }) => TEXT.adds(of, before, before + product));
  const told = TEXT.passes(TEXT.received(name, gradients[name], name === S.loss), hands, TEXT.because[operation](name, v, ...taken)) + sums.join("");
  if (at < 2 * n) return told;
  return `${told} ${TEXT.done(listed(graph.learned.map((w) => `${w} to ${pretty(S.after[w])}`)))}`;
}

// ------------------------------------------------------------------------------ the drawing

const BOX = { wide: 80, tall: 60 };
const STEP = 88; // pixels from a step down to the next
const LANE = 112; // from a lane to the next, where there is room

/** An element of a drawing, with attributes and children; `text` is its text. */
function shape(doc, tag, attributes = {}, ...children) {
  const node = doc.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes))
    if (key === "text") node.textContent = value;
    else node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** Where everything lies in so many pixels: { width, height, middle(name) }. */
function layout(graph, room) {
  const places = Object.values(graph.places);
  const steps = Math.max(...places.map(([step]) => step)), lanes = Math.max(...places.map(([, lane]) => lane));
  const lane = Math.min(LANE, (room - BOX.wide - 4) / lanes);
  const left = (room - lanes * lane - BOX.wide) / 2;
  const middle = (name) => {
    const [step, beside] = graph.places[name];
    return [left + BOX.wide / 2 + beside * lane, 2 + BOX.tall / 2 + step * STEP];
  };
  return { width: room, height: steps * STEP + BOX.tall + 4, middle };
}

/** An arrow's path with its head at the end, and the same with its head at the start. */
function arrow([x, y], [toX, toY]) {
  const length = Math.hypot(toX - x, toY - y), ux = (toX - x) / length, uy = (toY - y) / length;
  const head = (px, py, sign) => {
    const [bx, by] = [px - sign * 9 * ux, py - sign * 9 * uy];
    return `M${px} ${py}L${bx - 4.5 * uy} ${by + 4.5 * ux}L${bx + 4.5 * uy} ${by - 4.5 * ux}Z`;
  };
  return { line: `M${x} ${y}L${toX} ${toY}`, forth: head(toX, toY, 1), back: head(x, y, -1) };
}

/** The size in which a text fits a box, in pixels. */
const textSize = (text, most) => Math.min(most, (BOX.wide - 6) / (0.58 * text.length));

/** The graph as a drawing: `show(S, room)` writes the numbers, and builds it anew where it must. */
function graphDrawing(doc) {
  const node = shape(doc, "svg", { class: "axw-graph", role: "img" });
  let built = "", boxes = {}, edges = [];

  function build(S, room) {
    const { width, height, middle } = layout(S.graph, room);
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    node.setAttribute("style", `width:${width}px;height:${height}px`);
    edges = Object.entries(S.graph.nodes).flatMap(([to, [, ...taken]]) => taken.map((from) => {
      const [[x, y], [toX, toY]] = [middle(from), middle(to)];
      const start = [x, y + BOX.tall / 2], end = [toX, toY - BOX.tall / 2];
      const path = arrow(start, end);
      const [line, head] = [shape(doc, "path", { class: "axw-line", d: path.line }), shape(doc, "path", { class: "axw-head", d: path.forth })];
      const slope = shape(doc, "text", { x: (start[0] + end[0]) / 2, y: (start[1] + end[1]) / 2 });
      return { from, to, path, head, slope, group: shape(doc, "g", {}, line, head) };
    }));
    boxes = {};
    for (const name of [...Object.keys(S.graph.inputs), ...S.order]) {
      const [x, y] = middle(name), given = name in S.graph.inputs;
      const rect = shape(doc, "rect", {
        x: x - BOX.wide / 2, y: y - BOX.tall / 2, width: BOX.wide, height: BOX.tall, rx: given ? 2 : 14,
      });
      const sign = given ? "" : ` ${OPERATIONS[S.graph.nodes[name][0]].sign}`;
      const head = shape(doc, "text", { class: "axw-name", x, y: y - 17, text: name + sign });
      const value = shape(doc, "text", { class: "axw-value", x, y: y + 1 });
      const gradient = shape(doc, "text", { class: "axw-grad", x, y: y + 18 });
      const kind = given ? (S.graph.learned.includes(name) ? "axw-given axw-learned" : "axw-given") : "axw-computed";
      boxes[name] = { kind, value, gradient, group: shape(doc, "g", {}, rect, head, value, gradient) };
    }
    node.replaceChildren(...edges.map((edge) => edge.group), ...Object.values(boxes).map((box) => box.group), ...edges.map((edge) => edge.slope));
  }

  function write(text, content, most) {
    setText(text, content);
    const size = `${textSize(content, most).toFixed(1)}px`;
    if (text.style.fontSize !== size) text.style.fontSize = size;
  }

  const classed = (element, names) => {
    const value = names.filter(Boolean).join(" ");
    if (element.getAttribute("class") !== value) element.setAttribute("class", value);
  };

  function show(S, room) {
    if (built !== `${S.name} ${room}`) build(S, room);
    built = `${S.name} ${room}`;
    const { at, n, order, back } = S;
    const active = S.problem || at === 0 ? null : at <= n ? order[at - 1] : back[at - n - 1].name;
    const returned = new Set(back.slice(0, Math.max(0, at - n)).map((one) => one.name));
    for (const [name, box] of Object.entries(boxes)) {
      const known = S.known.has(name) && !S.problem, gradient = S.problem ? undefined : S.arrived[name];
      write(box.value, known || name in S.inputs ? pretty(S.values[name]) : TEXT.unknown, 15);
      write(box.gradient, gradient === undefined ? "" : TEXT.gradient(pretty(gradient)), 12.5);
      classed(box.group, [box.kind, name === active && "axw-active"]);
    }
    for (const edge of edges) {
      const backwards = returned.has(edge.to) && !S.problem, now = edge.to === active;
      classed(edge.group, ["axw-edge", now && "axw-now", backwards && "axw-back"]);
      const head = backwards ? edge.path.back : edge.path.forth;
      if (edge.head.getAttribute("d") !== head) edge.head.setAttribute("d", head);
      const handed = backwards && back.find((one) => one.name === edge.to).handed.find((one) => one.of === edge.from);
      setText(edge.slope, handed ? TEXT.slope(pretty(handed.slope)) : "");
      classed(edge.slope, ["axw-slope", now && "axw-now"]);
    }
    const parts = Object.keys(boxes).map((name) => {
      const [operation, ...taken] = S.graph.nodes[name] ?? [];
      const value = S.known.has(name) && !S.problem ? pretty(S.values[name]) : TEXT.unknown;
      const gradient = S.arrived[name] === undefined || S.problem ? "" : TEXT.gradient(pretty(S.arrived[name]));
      return TEXT.part(name, operation && OPERATIONS[operation].sign, taken, value, gradient);
    });
    setLabel(node, TEXT.picture(parts));
  }
  return { node, show };
}

/** The losses so far as a line of points. */
function lossChart(doc) {
  const line = shape(doc, "polyline", { class: "axw-line" }), points = shape(doc, "g", {});
  const floor = shape(doc, "path", { class: "axw-floor" });
  const node = shape(doc, "svg", { class: "axw-losses", role: "img" }, floor, line, points);
  const WIDE = 300, TALL = 84, TOP = 24, FOOT = 76;
  node.setAttribute("viewBox", `0 0 ${WIDE} ${TALL}`);
  floor.setAttribute("d", `M4 ${FOOT}H${WIDE - 4}`);
  function show(losses) {
    const last = losses.slice(-SHOWN), most = Math.max(...last, 1e-12);
    const spot = (loss, i) => [22 + (i * (WIDE - 44)) / (SHOWN - 1), FOOT - ((FOOT - TOP) * loss) / most];
    const spots = last.map(spot);
    line.setAttribute("points", spots.map((one) => one.join()).join(" "));
    const dots = spots.map(([x, y]) => shape(doc, "circle", { cx: x, cy: y, r: 3.5 }));
    const named = [0, spots.length - 1].filter((i, k, all) => all.indexOf(i) === k);
    const names = named.map((i) => shape(doc, "text", { x: spots[i][0], y: spots[i][1] - 12, text: pretty(last[i]) }));
    points.replaceChildren(...dots, ...names);
    setLabel(node, losses.length > 1 ? TEXT.history(last) : TEXT.noHistory);
  }
  return { node, show };
}

// ------------------------------------------------------------------------------ the widget

function render({ model, el }) {
  const { doc, life, calm, status, redraw, begin } = stage(model, el, "backprop");
  let S = situation(model), room = 300;

  /** Set what the reader chose in one message to Python. */
  function change(settings) {
    status.settle();
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    model.save_changes();
    S = situation(model); // for what is pressed before the next drawing
  }

  // -- what there is to set
  const graphChoice = choice(doc, TEXT.graph, (name) => {
    const same = Object.keys(GRAPHS[name].inputs).join() === Object.keys(S.inputs).join();
    change({ graph: name, inputs: same ? S.inputs : { ...GRAPHS[name].inputs }, at: 0, losses: [] });
  });
  const options = Object.entries(TEXT.graphs);
  const reset = button(doc, TEXT.reset, () => change({ inputs: { ...GRAPHS[S.name].inputs }, at: 0, losses: [] }));
  const update = button(doc, TEXT.update, () => {
    const numbers = Object.values(solve(S.graph, S.after).values);
    if (S.problem) return status.refuse(TEXT.problem);
    if (!numbers.every((value) => Math.abs(value) <= LARGEST)) return status.refuse(TEXT.tooLarge);
    change({ losses: [...S.losses, S.values[S.loss]].slice(-KEPT), inputs: S.after, at: 2 * S.n });
  });

  const rate = numberField(doc, TEXT.rate, (value) => {
    if (value < 0 || value > 1) return status.refuse(TEXT.outside(TEXT.rate, 0, 1));
    change({ rate: value });
  }, (typed) => status.refuse(TEXT.notANumber(TEXT.rate, typed)));
  const labelled = (text, field) => make(doc, "label", { class: "axw-field" }, words(doc, text), field.node);
  const fields = make(doc, "div", { class: "axw-fields" });
  let fieldsOf = "", inputs = {};
  function showFields() {
    if (fieldsOf !== S.name) {
      fieldsOf = S.name;
      inputs = Object.fromEntries(Object.keys(S.graph.inputs).map((name) => [name, numberField(doc,
        TEXT.field(name, S.graph.learned.includes(name)), (value) => {
          if (Math.abs(value) > TYPED) return status.refuse(TEXT.outside(name, pretty(-TYPED), TYPED));
          change({ inputs: { ...S.inputs, [name]: value }, losses: [] });
        }, (typed) => status.refuse(TEXT.notANumber(name, typed)))]));
      fields.replaceChildren(...Object.entries(inputs).map(([name, field]) => labelled(name, field)), labelled(TEXT.rate, rate), update);
    }
    for (const [name, field] of Object.entries(inputs)) field.show(S.inputs[name]);
    rate.show(S.rate);
  }

  // -- what there is to see
  const drawing = graphDrawing(doc), holder = make(doc, "div", { class: "axw-holder" }, drawing.node);
  const steps = stepper(doc, life, calm, {
    texts: TEXT, count: () => (S.problem ? 0 : 2 * S.n + 1), current: () => S.at,
    go: (at) => change({ at }), redraw, pace: 1.6,
  });
  const chart = lossChart(doc), history = words(doc), past = make(doc, "div", { class: "axw-history" }, history);
  const facts = factList(doc, TEXT.facts);

  function draw() {
    S = situation(model);
    graphChoice.show(S.name, options);
    showFields();
    drawing.show(S, room);
    steps.show(S.problem ? "" : TEXT.place(S.at, S.n));
    const after = S.problem ? null : solve(S.graph, S.after).values[S.loss];
    const readable = after !== null && Number.isFinite(after);
    facts.show({
      loss: S.known.has(S.loss) && !S.problem ? pretty(S.values[S.loss]) : TEXT.noLoss,
      next: S.at === 2 * S.n && readable ? TEXT.moves(S.graph.learned, S.graph.learned.map((name) => S.after[name]), after) : TEXT.noLoss,
    });
    const losses = S.problem ? S.losses : [...S.losses, S.values[S.loss]];
    const any = S.losses.length > 0 && losses.length > 0;
    if (any !== past.contains(chart.node)) any ? past.prepend(chart.node) : chart.node.remove();
    if (any) chart.show(losses);
    setText(history, any ? TEXT.history(losses.slice(-SHOWN)) : TEXT.noHistory);
    status.say(sentence(S));
  }

  return begin({
    children: [
      make(doc, "div", { class: "axw-choices" }, graphChoice.node, reset),
      make(doc, "div", { class: "axw-two" }, fields, holder, steps.node, facts.node,
        past, make(doc, "p", { class: "axw-small", text: TEXT.legend })),
    ],
    traits: TRAITS, draw, watch: [holder],
    sizes: () => { room = Math.max(200, Math.floor(holder.clientWidth || 300)); },
    probe: {
      values: () => S.values, gradients: () => S.gradients, after: () => S.after, problem: () => S.problem,
    },
  });
}

export default { render };
