/* The backpropagation widget: a small computation as a graph, one operation at a time, first
 * forward to the loss and then back to every number in it.
 *
 * The traits, the graphs and the operations are those of backprop.py. Uses common.js, which comes
 * before it in the module.
 */

const TRAITS = ["graph", "inputs", "rate", "at", "losses"];

const TYPED = 10; // the largest number that can be typed
const LARGEST = 1e6; // the largest that updates may lead to
const KEPT = 50; // losses to remember
const SHOWN = 12; // losses to draw

/* Each graph: the given numbers, which of them learn, and the operation and operands of every
 * other number; the last one is the loss. A place in the drawing is a step from the given numbers
 * to the loss, and a lane. */
const GRAPHS = {
  neuron: {
    inputs: { w: 2, x: 3, b: -1, t: 4 },
    learned: ["w", "b"],
    nodes: {
      p: ["multiply", "w", "x"],
      s: ["add", "p", "b"],
      a: ["relu", "s"],
      d: ["subtract", "a", "t"],
      L: ["square", "d"],
    },
    places: {
      w: [0, 0],
      x: [0, 1],
      p: [1, 0.5],
      b: [1, 1.5],
      s: [2, 1],
      a: [3, 0.5],
      t: [3, 1.5],
      d: [4, 1],
      L: [5, 0.5],
    },
  },
  twice: {
    inputs: { x1: 3, w: 2, x2: 1, t: 7 },
    learned: ["w"],
    nodes: {
      p: ["multiply", "w", "x1"],
      q: ["multiply", "w", "x2"],
      a: ["relu", "p"],
      c: ["relu", "q"],
      y: ["add", "a", "c"],
      d: ["subtract", "y", "t"],
      L: ["square", "d"],
    },
    places: {
      x1: [0, 0],
      w: [0, 1],
      x2: [0, 2],
      p: [1, 0.5],
      q: [1, 1.5],
      a: [2, 0],
      c: [2, 2],
      y: [3, 1],
      t: [3, 2],
      d: [4, 1.5],
      L: [5, 1],
    },
  },
  maximum: {
    inputs: { x1: 3, w: 2, x2: 1, t: 5 },
    learned: ["w"],
    nodes: {
      p: ["multiply", "w", "x1"],
      q: ["multiply", "w", "x2"],
      y: ["max", "p", "q"],
      d: ["subtract", "y", "t"],
      L: ["square", "d"],
    },
    places: {
      x1: [0, 0],
      w: [0, 1],
      x2: [0, 2],
      p: [1, 0.5],
      q: [1, 1.5],
      y: [2, 1],
      t: [2, 2],
      d: [3, 1.5],
      L: [4, 1],
    },
  },
  softmax: {
    inputs: { w1: 0.5, x: 2, w2: 1 },
    learned: ["w1", "w2"],
    nodes: {
      s1: ["multiply", "w1", "x"],
      s2: ["multiply", "w2", "x"],
      e1: ["exp", "s1"],
      e2: ["exp", "s2"],
      z: ["add", "e1", "e2"],
      p: ["divide", "e1", "z"],
      L: ["minus_log", "p"],
    },
    places: {
      w1: [0, 0],
      x: [0, 1],
      w2: [0, 2],
      s1: [1, 0.5],
      s2: [1, 1.5],
      e1: [2, 0],
      e2: [2, 2],
      z: [3, 1.25],
      p: [4, 0.5],
      L: [5, 1],
    },
  },
};

/* Each operation: its result, its slopes along its operands, and its sign in the drawing. */
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

// Every text of the widget.
const TEXT = {
  graph: "Graph",
  rate: "Rate",
  update: "Update",
  reset: "Reset",
  graphs: {
    neuron: "one unit",
    twice: "a weight used twice",
    maximum: "the maximum of two places",
    softmax: "softmax of two scores",
  },
  first: "Back to the start",
  previous: "One step back",
  next: "Next step",
  play: "Play",
  pause: "Pause",
  lessMotion: "Your system asks for less motion: Play makes one step at a time.",
  place: (at, n) =>
    at === 0 ? "start" : at <= n ? `forward, ${at} of ${n}` : `back, ${at - n} of ${n}`,
  field: (name, learned) => (learned ? `${name}, learned` : name),
  unknown: "?",
  gradient: (value) => `grad ${value}`,
  slope: (value) => `·${value}`,
  legend:
    "Square: given, with a thick edge if Update moves it. Round: computed. “grad” is the " +
    "gradient, the slope of the loss L along the number; on an arrow stands the slope of one " +
    "operation alone.",
  notANumber: (name, typed) => `“${typed}” is not a number; ${name} stays as it was.`,
  outside: (name, low, high) => `${name} stays as it was: type a number from ${low} to ${high}.`,
  tooLarge:
    "An update would lead to numbers too large to go on with: each step overshoots more than the " +
    "last. Reset, and take a smaller rate.",
  problem: "These numbers lead to others that are too large or too small to compute with.",
  facts: { loss: "Loss", next: "Next update" },
  moves: (names, values, loss) =>
    `${listText(names.map((name, i) => `${name} = ${pretty(values[i])}`))}; loss ${pretty(loss)}`,
  noLoss: "not computed yet",
  history: (losses) => `Loss before each update, and now: ${losses.map(pretty).join(" → ")}`,
  noHistory: "Each update adds a point here: the loss that it led to.",
  start: (given, sign) =>
    `Given: ${given}. Nothing is computed yet. Press Next step: the first operation is ${sign}.`,
  done: (moves) => `Every number has its gradient. Update would move ${moves}.`,
  picture: (parts) => `The graph. ${parts.join("; ")}.`,
  part: (name, sign, taken, value, gradient) =>
    [`${name}${sign ? `, ${sign} of ${listText(taken)}` : ""}: ${value}`, gradient]
      .filter(Boolean)
      .join(", "),
  forward: {
    multiply: (y, v, a, b) =>
      `The product ${y} is ${a} · ${b} = ` +
      `${factorText(v[a])} · ${factorText(v[b])} = ${pretty(v[y])}.`,
    add: (y, v, a, b) =>
      `The sum ${y} is ${a} + ${b} = ${pretty(v[a])} + ${factorText(v[b])} = ${pretty(v[y])}.`,
    subtract: (y, v, a, b) =>
      `The difference ${y} is ${a} − ${b} = ` +
      `${pretty(v[a])} − ${factorText(v[b])} = ${pretty(v[y])}.`,
    relu: (y, v, a) =>
      v[a] > 0
        ? `ReLU keeps ${a}, which is positive: ${y} = ${pretty(v[y])}.`
        : `ReLU gives 0, since ${a} = ${pretty(v[a])} is not positive: ${y} = 0.`,
    square: (y, v, a) =>
      `${y} is the square of ${a}: ${factorText(v[a])}² = ${pretty(v[y])}. That is the loss.`,
    max: (y, v, a, b) =>
      `The maximum ${y} of ${a} = ${pretty(v[a])} and ${b} = ${pretty(v[b])} is ${pretty(v[y])}.`,
    exp: (y, v, a) => `${y} is e to the power of ${a} = ${pretty(v[a])}: ${pretty(v[y])}.`,
    divide: (y, v, a, b) =>
      `The probability ${y} is ${a} ÷ ${b} = ${pretty(v[a])} ÷ ${pretty(v[b])} = ${pretty(v[y])}.`,
    minus_log: (y, v, a) =>
      `${y} is −ln ${a} = −ln ${pretty(v[a])} = ${pretty(v[y])}. That is the loss.`,
  },
  received: (y, g, loss) =>
    loss ? `The loss ${y} has the gradient 1.` : `${y} received the gradient ${pretty(g)}.`,
  hands: (g, slope, to, product) =>
    `${factorText(g)} · ${factorText(slope)} = ${pretty(product)} to ${to}`,
  because: {
    multiply: (y, v, a, b) =>
      "because the slope of a product along one factor is the other: " +
      `${b} = ${pretty(v[b])}, ${a} = ${pretty(v[a])}`,
    add: () => "because a sum grows as fast as each of its parts",
    subtract: (y, v, a, b) => `because ${y} grows as fast as ${a} and falls as fast as ${b} grows`,
    relu: (y, v, a) =>
      v[a] > 0
        ? "because ReLU’s gate is open"
        : `because ${a} is not positive, so ReLU’s gate is closed`,
    square: (y, v, a) => `because the slope of ${a}² is 2 · ${a} = ${pretty(2 * v[a])}`,
    max: (y, v, a, b) =>
      `because ${v[a] >= v[b] ? a : b} is the winner, ` +
      "and a small change of the other changes nothing",
    exp: (y) => `because the slope of e to a power is ${y} itself`,
    divide: (y, v, a, b) => `because the slopes of ${a} ÷ ${b} are 1 ÷ ${b} and −${a} ÷ ${b}²`,
    minus_log: (y, v, a) => `because the slope of −ln ${a} is −1 ÷ ${a}`,
  },
  passes: (received, hands, why) => `${received} It hands ${listText(hands)}, ${why}.`,
  adds: (name, before, sum) =>
    ` ${name} had received ${pretty(before)} on another way: together ${pretty(sum)}.`,
};

// ------------------------------------------------------------------------------ arithmetic

/** Compute every number of the graph and its gradient, by name: { values, gradients, back }. */
function solve(graph, inputs) {
  const values = { ...inputs };
  const nodes = Object.entries(graph.nodes);
  for (const [name, [operation, ...taken]] of nodes)
    values[name] = OPERATIONS[operation].of(...taken.map((of) => values[of]));
  const gradients = Object.fromEntries(Object.keys(values).map((name) => [name, 0]));
  gradients[nodes.at(-1)[0]] = 1;
  const back = []; // from the loss back, what each operation hands to its operands
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

/** Return the inputs after a step of the learned ones against their gradients. */
function updatedInputs(graph, inputs, gradients, rate) {
  const after = { ...inputs };
  for (const name of graph.learned) after[name] -= rate * gradients[name];
  return after;
}

/** Return everything that is shown, from the model's traits. */
function calculate(model) {
  const name = model.get("graph");
  const graph = GRAPHS[name];
  const order = Object.keys(graph.nodes);
  const n = order.length;
  const given = model.get("inputs");
  const rate = model.get("rate");
  const at = Math.min(model.get("at"), 2 * n);
  const inputs = Object.fromEntries(
    Object.entries(graph.inputs).map(([key, usual]) => [key, given[key] ?? usual]),
  );
  const { values, gradients, back } = solve(graph, inputs);
  const fine = [...Object.values(values), ...Object.values(gradients)].every(Number.isFinite);
  const loss = order.at(-1);
  const known = new Set([...Object.keys(inputs), ...order.slice(0, at)]);
  const arrived = at > n ? { [loss]: 1 } : {}; // the gradients so far
  for (const { handed } of back.slice(0, Math.max(0, at - n)))
    for (const { of, product } of handed) arrived[of] = (arrived[of] ?? 0) + product;
  const after = updatedInputs(graph, inputs, gradients, rate);
  return {
    name,
    graph,
    order,
    count: n,
    inputs,
    rate,
    at,
    values,
    gradients,
    back,
    loss,
    known,
    arrived,
    after,
    losses: model.get("losses"),
    problem: fine ? null : TEXT.problem,
  };
}

/** Describe the last step. */
function statusText(state) {
  const { graph, order, count: n, at, values: v, back, inputs, gradients } = state;
  if (state.problem) return state.problem;
  if (at === 0) {
    const given = listText(
      Object.entries(inputs).map(([name, value]) => `${name} = ${pretty(value)}`),
    );
    return TEXT.start(given, OPERATIONS[graph.nodes[order[0]][0]].sign);
  }
  if (at <= n) {
    const [operation, ...taken] = graph.nodes[order[at - 1]];
    return TEXT.forward[operation](order[at - 1], v, ...taken);
  }
  const { name, operation, taken, handed } = back[at - n - 1];
  const gradient = gradients[name];
  const hands = handed.map(({ of, slope, product }) => TEXT.hands(gradient, slope, of, product));
  const earlier = back.slice(0, at - n - 1).flatMap((one) => one.taken);
  const sums = handed
    .filter(({ of }) => earlier.includes(of))
    .map(({ of, before, product }) => TEXT.adds(of, before, before + product));
  const received = TEXT.received(name, gradient, name === state.loss);
  const passes = TEXT.passes(received, hands, TEXT.because[operation](name, v, ...taken));
  const step = passes + sums.join("");
  if (at < 2 * n) return step;
  const moves = graph.learned.map((w) => `${w} to ${pretty(state.after[w])}`);
  return `${step} ${TEXT.done(listText(moves))}`;
}

// ------------------------------------------------------------------------------ the drawing

const BOX = { wide: 80, tall: 60 };
const STEP = 88; // pixels from one step down to the next
const LANE = 112; // pixels from one lane to the next, if there is room

/** Lay the graph out in `room` pixels: { width, height, middle(name) }. */
function graphLayout(graph, room) {
  const places = Object.values(graph.places);
  const steps = Math.max(...places.map(([step]) => step));
  const lanes = Math.max(...places.map(([, lane]) => lane));
  const lane = Math.min(LANE, (room - BOX.wide - 4) / lanes);
  const left = (room - lanes * lane - BOX.wide) / 2;
  const middle = (name) => {
    const [step, beside] = graph.places[name];
    return [left + BOX.wide / 2 + beside * lane, 2 + BOX.tall / 2 + step * STEP];
  };
  return { width: room, height: steps * STEP + BOX.tall + 4, middle };
}

/** Return an arrow's line, and its head at the end (forth) and at the start (back), as paths. */
function arrow([x, y], [toX, toY]) {
  const length = Math.hypot(toX - x, toY - y);
  const ux = (toX - x) / length;
  const uy = (toY - y) / length;
  const head = (px, py, sign) => {
    const bx = px - sign * 9 * ux;
    const by = py - sign * 9 * uy;
    return `M${px} ${py}L${bx - 4.5 * uy} ${by + 4.5 * ux}L${bx + 4.5 * uy} ${by - 4.5 * ux}Z`;
  };
  return { line: `M${x} ${y}L${toX} ${toY}`, forth: head(toX, toY, 1), back: head(x, y, -1) };
}

/** Return the font size in pixels that fits a text into a box. */
const textSize = (text, most) => Math.min(most, (BOX.wide - 6) / (0.58 * text.length));

/** Make the drawing of a graph: `show(state, room)` writes the numbers, and rebuilds if it must. */
function graphDrawing(doc) {
  const node = makeSvg(doc, "svg", { class: "axw-graph", role: "img" });
  let built = "";
  let boxes = {};
  let edges = [];

  function build(state, room) {
    const { width, height, middle } = graphLayout(state.graph, room);
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    node.setAttribute("style", `width:${width}px;height:${height}px`);
    edges = Object.entries(state.graph.nodes).flatMap(([to, [, ...taken]]) =>
      taken.map((from) => {
        const [x, y] = middle(from);
        const [toX, toY] = middle(to);
        const path = arrow([x, y + BOX.tall / 2], [toX, toY - BOX.tall / 2]);
        const line = makeSvg(doc, "path", { class: "axw-line", d: path.line });
        const head = makeSvg(doc, "path", { class: "axw-head", d: path.forth });
        const slope = makeSvg(doc, "text", { x: (x + toX) / 2, y: (y + toY) / 2 });
        return { from, to, path, head, slope, group: makeSvg(doc, "g", {}, line, head) };
      }),
    );
    boxes = {};
    for (const name of [...Object.keys(state.graph.inputs), ...state.order]) {
      const [x, y] = middle(name);
      const given = name in state.graph.inputs;
      const rect = makeSvg(doc, "rect", {
        x: x - BOX.wide / 2,
        y: y - BOX.tall / 2,
        width: BOX.wide,
        height: BOX.tall,
        rx: given ? 2 : 14,
      });
      const sign = given ? "" : ` ${OPERATIONS[state.graph.nodes[name][0]].sign}`;
      const head = makeSvg(doc, "text", { class: "axw-name", x, y: y - 17, text: name + sign });
      const value = makeSvg(doc, "text", { class: "axw-value", x, y: y + 1 });
      const gradient = makeSvg(doc, "text", { class: "axw-grad", x, y: y + 18 });
      const learned = state.graph.learned.includes(name) ? " axw-learned" : "";
      const kind = given ? `axw-given${learned}` : "axw-computed";
      const group = makeSvg(doc, "g", {}, rect, head, value, gradient);
      boxes[name] = { kind, value, gradient, group };
    }
    node.replaceChildren(
      ...edges.map(({ group }) => group),
      ...Object.values(boxes).map(({ group }) => group),
      ...edges.map(({ slope }) => slope),
    );
  }

  function write(text, content, most) {
    setText(text, content);
    const size = `${textSize(content, most).toFixed(1)}px`;
    if (text.style.fontSize !== size) text.style.fontSize = size;
  }

  const setClass = (element, names) => {
    const value = names.filter(Boolean).join(" ");
    if (element.getAttribute("class") !== value) element.setAttribute("class", value);
  };

  function show(state, room) {
    if (built !== `${state.name} ${room}`) build(state, room);
    built = `${state.name} ${room}`;
    const { at, count: n, order, back, problem } = state;
    const active = problem || at === 0 ? null : at <= n ? order[at - 1] : back[at - n - 1].name;
    const returned = new Set(back.slice(0, Math.max(0, at - n)).map((one) => one.name));
    const valueText = (name, known) => (known ? pretty(state.values[name]) : TEXT.unknown);
    const isKnown = (name) => state.known.has(name) && !problem;
    const gradientText = (name) =>
      state.arrived[name] === undefined || problem
        ? ""
        : TEXT.gradient(pretty(state.arrived[name]));
    for (const [name, { value, gradient, group, kind }] of Object.entries(boxes)) {
      write(value, valueText(name, isKnown(name) || name in state.inputs), 15);
      write(gradient, gradientText(name), 12.5);
      setClass(group, [kind, name === active && "axw-active"]);
    }
    for (const edge of edges) {
      const backwards = returned.has(edge.to) && !problem;
      const now = edge.to === active;
      setClass(edge.group, ["axw-edge", now && "axw-now", backwards && "axw-back"]);
      const head = backwards ? edge.path.back : edge.path.forth;
      if (edge.head.getAttribute("d") !== head) edge.head.setAttribute("d", head);
      const handed =
        backwards &&
        back.find((one) => one.name === edge.to).handed.find((one) => one.of === edge.from);
      setText(edge.slope, handed ? TEXT.slope(pretty(handed.slope)) : "");
      setClass(edge.slope, ["axw-slope", now && "axw-now"]);
    }
    const parts = Object.keys(boxes).map((name) => {
      const [operation, ...taken] = state.graph.nodes[name] ?? [];
      const value = valueText(name, isKnown(name));
      const sign = operation && OPERATIONS[operation].sign;
      return TEXT.part(name, sign, taken, value, gradientText(name));
    });
    setLabel(node, TEXT.picture(parts));
  }
  return { node, show };
}

/** Make the chart of the losses so far, a line of points. */
function lossChart(doc) {
  const line = makeSvg(doc, "polyline", { class: "axw-line" });
  const points = makeSvg(doc, "g", {});
  const floor = makeSvg(doc, "path", { class: "axw-floor" });
  const node = makeSvg(doc, "svg", { class: "axw-losses", role: "img" }, floor, line, points);
  const WIDE = 300;
  const TALL = 84;
  const TOP = 24;
  const FOOT = 76;
  node.setAttribute("viewBox", `0 0 ${WIDE} ${TALL}`);
  floor.setAttribute("d", `M4 ${FOOT}H${WIDE - 4}`);
  function show(losses) {
    const last = losses.slice(-SHOWN);
    const most = Math.max(...last, 1e-12);
    const spot = (loss, i) => [
      22 + (i * (WIDE - 44)) / (SHOWN - 1),
      FOOT - ((FOOT - TOP) * loss) / most,
    ];
    const spots = last.map(spot);
    line.setAttribute("points", spots.map((one) => one.join()).join(" "));
    const dots = spots.map(([x, y]) => makeSvg(doc, "circle", { cx: x, cy: y, r: 3.5 }));
    const ends = [0, spots.length - 1].filter((i, k, all) => all.indexOf(i) === k);
    const names = ends.map((i) =>
      makeSvg(doc, "text", { x: spots[i][0], y: spots[i][1] - 12, text: pretty(last[i]) }),
    );
    points.replaceChildren(...dots, ...names);
    setLabel(node, losses.length > 1 ? TEXT.history(last) : TEXT.noHistory);
  }
  return { node, show };
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, life, reducedMotion, status, redraw, begin } = stage(model, el, "backprop");
  let state = calculate(model); // everything that is shown
  let room = 300;

  /** Set what the reader chose in one message to Python. */
  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next press may come before the next frame
  }

  // -- controls
  const graphChoice = choice(doc, TEXT.graph, (name) => {
    const same = Object.keys(GRAPHS[name].inputs).join() === Object.keys(state.inputs).join();
    const inputs = same ? state.inputs : { ...GRAPHS[name].inputs };
    change({ graph: name, inputs, at: 0, losses: [] });
  });
  const options = Object.entries(TEXT.graphs);
  const reset = button(doc, TEXT.reset, () =>
    change({ inputs: { ...GRAPHS[state.name].inputs }, at: 0, losses: [] }),
  );
  const update = button(doc, TEXT.update, () => {
    const numbers = Object.values(solve(state.graph, state.after).values);
    if (state.problem) return status.refuse(TEXT.problem);
    if (!numbers.every((value) => Math.abs(value) <= LARGEST)) return status.refuse(TEXT.tooLarge);
    const losses = [...state.losses, state.values[state.loss]].slice(-KEPT);
    change({ losses, inputs: state.after, at: 2 * state.count });
  });

  /** Make a field for a number from `low` to `high`. */
  function rangeField(name, label, low, high, onChange) {
    const accept = (value) => {
      if (value >= low && value <= high) onChange(value);
      else status.refuse(TEXT.outside(name, pretty(low), high));
    };
    return numberField(doc, label, accept, (typed) => status.refuse(TEXT.notANumber(name, typed)));
  }
  const rate = rangeField(TEXT.rate, TEXT.rate, 0, 1, (value) => change({ rate: value }));
  const underName = (text, field) =>
    make(doc, "label", { class: "axw-field" }, textSpan(doc, text), field.node);
  const fields = make(doc, "div", { class: "axw-fields" });
  let fieldsOf = "";
  let inputs = {};
  function showFields() {
    if (fieldsOf !== state.name) {
      fieldsOf = state.name;
      inputs = Object.fromEntries(
        Object.keys(state.graph.inputs).map((name) => {
          const label = TEXT.field(name, state.graph.learned.includes(name));
          const set = (value) => change({ inputs: { ...state.inputs, [name]: value }, losses: [] });
          return [name, rangeField(name, label, -TYPED, TYPED, set)];
        }),
      );
      fields.replaceChildren(
        ...Object.entries(inputs).map(([name, field]) => underName(name, field)),
        underName(TEXT.rate, rate),
        update,
      );
    }
    for (const [name, field] of Object.entries(inputs)) field.show(state.inputs[name]);
    rate.show(state.rate);
  }

  // -- pictures and texts
  const drawing = graphDrawing(doc);
  const holder = box(doc, "axw-holder", drawing.node);
  const steps = stepper(doc, life, reducedMotion, {
    texts: TEXT,
    count: () => (state.problem ? 0 : 2 * state.count + 1),
    current: () => state.at,
    go: (at) => change({ at }),
    redraw,
    pace: 1.6,
  });
  const chart = lossChart(doc);
  const history = textSpan(doc);
  const past = box(doc, "axw-history", history);
  const facts = factList(doc, TEXT.facts);

  function draw() {
    state = calculate(model);
    graphChoice.show(state.name, options);
    showFields();
    drawing.show(state, room);
    steps.show(state.problem ? "" : TEXT.place(state.at, state.count));
    const { graph, problem, values, loss } = state;
    const nextLoss = problem ? NaN : solve(graph, state.after).values[loss];
    const done = state.at === 2 * state.count && Number.isFinite(nextLoss);
    const moved = graph.learned.map((name) => state.after[name]);
    facts.show({
      loss: state.known.has(loss) && !problem ? pretty(values[loss]) : TEXT.noLoss,
      next: done ? TEXT.moves(graph.learned, moved, nextLoss) : TEXT.noLoss,
    });
    const losses = problem ? state.losses : [...state.losses, values[loss]];
    const any = state.losses.length > 0;
    if (any) {
      if (!past.contains(chart.node)) past.prepend(chart.node);
      chart.show(losses);
    } else chart.node.remove();
    setText(history, any ? TEXT.history(losses.slice(-SHOWN)) : TEXT.noHistory);
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices", graphChoice.node, reset),
      box(
        doc,
        "axw-two",
        fields,
        holder,
        steps.node,
        facts.node,
        past,
        make(doc, "p", { class: "axw-small", text: TEXT.legend }),
      ),
    ],
    traits: TRAITS,
    draw,
    watch: [holder],
    sizes: () => {
      room = Math.max(200, Math.floor(holder.clientWidth || 300));
    },
    probe: {
      values: () => state.values,
      gradients: () => state.gradients,
      after: () => state.after,
      problem: () => state.problem,
    },
  });
}

export default { render };
