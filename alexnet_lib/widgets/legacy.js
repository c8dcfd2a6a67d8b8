/* The legacy widget: AlexNet and what came after as points, by two measures of the reader's choice.
 *
 * Two of them are marked, and compared in words and in a table. The traits and the arithmetic are
 * those of legacy.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = ["x", "y", "scale", "models", "first", "second"];

const MEASURES = {
  parameters: "parameters",
  work: "multiply-adds",
  error: "top-5 error, %",
  year: "year",
  depth: "depth, in layers",
};
const LESS_IS_BETTER = ["parameters", "work", "error"];
const SCALES = ["logarithmic", "linear"];

// Every text of the widget.
const TEXT = {
  x: "To the right",
  y: "Upwards",
  scale: "Axes",
  first: "First network",
  second: "Second network",
  swap: "Exchange the two",
  against: (y, x) => `${y} against ${x}`,
  keys: (n, name) =>
    `Networks as points, ${n} of them. Arrow keys choose the second, now ${name}: left and ` +
    "right to its neighbour to that side, up and down to the next one above or below.",
  one: "first",
  other: "second",
  front: "Pareto front: beaten by none",
  noFront: "no front: less isn't better on both axes",
  measure: "measure",
  ratio: "ratio",
  uses: "uses of a parameter",
  new: "What was new",
  none: "none",
  beside: (name) => `${name} beside itself: choose another network.`,
  same: (name) => `Both axes show the same, ${name}: choose another for one of them.`,
  missing: (names) =>
    `${names.join(" and ")} read no ImageNet photographs and so has no point here: ` +
    "choose axes without the error.",
  beats: (one, other) => `On these axes ${one} beats ${other}.`,
  neither: "On these axes neither beats the other.",
};

// ------------------------------------------------------------------------------ arithmetic

/** Write a number with two digits, or as a whole one from 100 on: 16, 0.98, 1,016 or 1/49. */
function short(value) {
  if (value < 0.1) return `1/${short(1 / value)}`;
  return value >= 99.5 ? WHOLE.format(value) : String(Number(value.toPrecision(2)));
}

/** Write a ratio: 16 times as much work, about as much work, or 1/16 as much work. */
function timesText(ratio, what) {
  if (ratio > 0.95 && ratio < 1.05) return `about ${what}`;
  return ratio < 0.1 ? `${short(ratio)} ${what}` : `${short(ratio)} times ${what}`;
}

/** Write a measure: 61.1 million, 20.9 % or 2012. */
function valueText(key, value) {
  if (value === null) return TEXT.none;
  if (key === "error") return `${value.toFixed(1)} %`;
  if (key === "year" || key === "depth") return String(value);
  if (value >= 1e9) return `${Number((value / 1e9).toPrecision(3))} billion`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} million`;
  return value.toLocaleString("en-US");
}

/** Return all that is shown: the points, the front, the comparison and what can't be shown. */
function calculate({ x, y, scale, models, first, second }) {
  const shown = models.filter((model) => model[x] !== null && model[y] !== null);
  const one = models.find((model) => model.name === first);
  const other = models.find((model) => model.name === second);
  const endsOf = (key) => {
    const values = shown.map((model) => model[key]);
    if (!values.length) return [1, 1];
    const low = scale === "linear" && key !== "year" ? 0 : Math.min(...values);
    return [low, Math.max(...values)];
  };
  const placeOf = (key) => {
    const [low, high] = endsOf(key);
    if (low === high) return () => 0.5;
    if (scale === "linear" || key === "year") return (value) => (value - low) / (high - low);
    return (value) => (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
  };
  const places = { x: placeOf(x), y: placeOf(y) };
  const positions = {};
  for (const model of shown) positions[model.name] = [places.x(model[x]), places.y(model[y])];
  const ordered = LESS_IS_BETTER.includes(x) && LESS_IS_BETTER.includes(y);
  const beats = (a, b) => ordered && a[x] <= b[x] && a[y] <= b[y] && (a[x] < b[x] || a[y] < b[y]);
  const front =
    ordered && x !== y
      ? shown
          .filter((model) => !shown.some((rival) => beats(rival, model)))
          .sort((a, b) => a[x] - b[x] || a[y] - b[y])
          .map((model) => model.name)
      : [];
  const ratios = {
    parameters: other.parameters / one.parameters,
    work: other.work / one.work,
  };
  ratios.uses = ratios.work / ratios.parameters;
  const missing = [...new Set([first, second])].filter((name) => !(name in positions));
  let problem = "";
  if (x === y) problem = TEXT.same(MEASURES[x]);
  else if (missing.length) problem = TEXT.missing(missing);
  let verdict = "";
  if (!problem && first !== second && front.length) {
    verdict = TEXT.neither;
    if (beats(one, other)) verdict = TEXT.beats(first, second);
    if (beats(other, one)) verdict = TEXT.beats(second, first);
  }
  return {
    shown: shown.map((model) => model.name),
    ends: { x: endsOf(x), y: endsOf(y) },
    places,
    positions,
    front,
    ratios,
    problem,
    verdict,
    comparison: comparisonOf(one, other, ratios),
  };
}

/** Say how the second network compares with the first. */
function comparisonOf(one, other, ratios) {
  if (one.name === other.name) return TEXT.beside(one.name);
  const parts = [
    timesText(ratios.parameters, "as many parameters"),
    timesText(ratios.work, "as much work"),
  ];
  if (one.error !== null && other.error !== null) {
    const points = other.error - one.error;
    parts.push(`${Math.abs(points).toFixed(1)} points ${points > 0 ? "more" : "less"} error`);
  }
  const years = other.year - one.year;
  const word = Math.abs(years) === 1 ? "year" : "years";
  if (!years) parts.push("in the same year");
  else parts.push(`${Math.abs(years)} ${word} ${years > 0 ? "later" : "earlier"}`);
  return `${other.name} beside ${one.name}: ${parts.join(", ")}.`;
}

const sentenceOf = ({ comparison, verdict, problem }) =>
  [comparison, verdict, problem].filter(Boolean).join(" ");

/** Return the marks of an axis, [value, text] pairs: powers of ten with 2 and 5, or even steps. */
function axisMarks(key, [low, high], scale, most) {
  if (key === "year" || scale === "linear") {
    const least = (high - low || 1) / most;
    const power = 10 ** Math.floor(Math.log10(least));
    let step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least);
    if (key === "year") step = Math.max(1, step);
    const marks = [];
    for (let n = Math.ceil(low / step); n * step <= high * (1 + 1e-9); n++)
      marks.push([n * step, markText(key, n * step)]);
    return marks;
  }
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const n of [1, 2, 5]) {
      const value = n * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) all.push([value, n]);
    }
  const powers = all.filter(([, n]) => n === 1);
  const marks = all.length <= most ? all : powers.length >= 2 ? powers : all;
  return marks.map(([value]) => [value, markText(key, value)]);
}

/** Write the value of a mark, short: 10 M or 2 G. */
function markText(key, value) {
  if (key === "year") return String(value);
  if (value >= 1e9) return `${pretty(value / 1e9)} G`;
  if (value >= 1e6) return `${pretty(value / 1e6)} M`;
  if (value >= 1e3) return `${pretty(value / 1e3)} k`;
  return pretty(value);
}

// ------------------------------------------------------------------------------ drawing

// CSS pixels
const MARGIN = { left: 46, right: 16, top: 14, bottom: 36 };
const DOT = 4;
const FONT = 12;

/** Place everything in a picture `width` wide: the points, by name, and its height. */
function legacyLayout(state, width) {
  const height = Math.round(Math.max(260, Math.min(420, width * 0.7)));
  const room = {
    x: width - MARGIN.left - MARGIN.right - 2 * DOT,
    y: height - MARGIN.top - MARGIN.bottom - 2 * DOT,
  };
  const at = ([px, py]) => [
    MARGIN.left + DOT + room.x * px,
    height - MARGIN.bottom - DOT - room.y * py,
  ];
  const points = Object.entries(state.positions).map(([name, place]) => {
    const [left, top] = at(place);
    return { name, left, top };
  });
  return { width, height, room, at, points };
}

/** Choose a free place for each name, the important ones first; a name without one is left out. */
function placeNames(context, layout, important) {
  const taken = layout.points.map(({ left, top }) => [left - 6, top - 6, left + 6, top + 6]);
  const names = [];
  const order = [
    ...important.map((name) => layout.points.find((point) => point.name === name)),
    ...layout.points.filter(({ name }) => !important.includes(name)),
  ].filter(Boolean);
  const seen = new Set();
  for (const { name, left, top } of order) {
    if (seen.has(name)) continue;
    seen.add(name);
    const wide = context.measureText(name).width;
    const tries = [
      [left + 11, top],
      [left - 11 - wide, top],
      [left - wide / 2, top - 16],
      [left - wide / 2, top + 16],
      [left + 6, top - 13],
      [left - 6 - wide, top + 13],
    ];
    const free = tries.find(([x, y]) => {
      const box4 = [x - 1, y - 7, x + wide + 1, y + 7];
      if (box4[0] < MARGIN.left - 8 || box4[2] > layout.width || box4[1] < 0) return false;
      if (box4[3] > layout.height - MARGIN.bottom + 4) return false;
      const own = [left - 6, top - 6, left + 6, top + 6].join();
      return taken.every(
        (other) =>
          other.join() === own ||
          box4[2] <= other[0] ||
          box4[0] >= other[2] ||
          box4[3] <= other[1] ||
          box4[1] >= other[3],
      );
    });
    if (!free) continue;
    taken.push([free[0] - 1, free[1] - 7, free[0] + wide + 1, free[1] + 7]);
    names.push({ name, x: free[0], y: free[1] });
  }
  return names;
}

function drawLine(context, x1, y1, x2, y2, color, width = 1) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** Draw both axes with their marks. */
function drawAxes(context, chosen, state, layout, inks) {
  const { width, height, at } = layout;
  const ground = height - MARGIN.bottom;
  context.font = `${FONT}px system-ui, sans-serif`;
  drawLine(context, MARGIN.left, ground, width - MARGIN.right, ground, inks.line);
  drawLine(context, MARGIN.left, MARGIN.top, MARGIN.left, ground, inks.line);
  context.fillStyle = inks.soft;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const many = Math.max(2, Math.floor(layout.room.x / 60));
  for (const [value, text] of axisMarks(chosen.x, state.ends.x, chosen.scale, many)) {
    const [left] = at([state.places.x(value), 0]);
    drawLine(context, left, ground, left, ground + 4, inks.line);
    context.fillText(text, Math.min(left, width - 14), ground + 13);
  }
  context.textAlign = "right";
  for (const [value, text] of axisMarks(chosen.y, state.ends.y, chosen.scale, 8)) {
    const [, top] = at([0, state.places.y(value)]);
    drawLine(context, MARGIN.left - 4, top, MARGIN.left, top, inks.line);
    context.fillText(text, MARGIN.left - 7, top);
  }
  context.textAlign = "right";
  context.fillText(`${MEASURES[chosen.x]} →`, width - MARGIN.right, height - 7);
  context.textAlign = "left";
}

/** Draw the marks of the two: a square for the first, a diamond for the second. */
function drawChosen(context, { left, top }, second, inks) {
  context.save();
  context.translate(left, top);
  if (second) context.rotate(Math.PI / 4);
  context.fillStyle = second ? inks.mark : inks.ink;
  context.strokeStyle = inks.ground;
  context.lineWidth = 2;
  context.strokeRect(-7, -7, 14, 14);
  context.fillRect(-6, -6, 12, 12);
  context.restore();
}

function drawLegacy(context, chosen, state, layout, inks) {
  drawAxes(context, chosen, state, layout, inks);
  const pointOf = (name) => layout.points.find((point) => point.name === name);
  if (state.front.length > 1) {
    context.strokeStyle = inks.lost;
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const name of state.front) context.lineTo(pointOf(name).left, pointOf(name).top);
    context.stroke();
    context.setLineDash([]);
  }
  for (const { name, left, top } of layout.points) {
    context.beginPath();
    context.arc(left, top, DOT, 0, 2 * Math.PI);
    context.fillStyle = state.front.includes(name) ? inks.lost : inks.soft;
    context.fill();
  }
  const two = [pointOf(chosen.first), pointOf(chosen.second)];
  two.forEach((point, i) => point && drawChosen(context, point, i === 1, inks));
  context.textBaseline = "middle";
  context.textAlign = "left";
  const important = [chosen.first, chosen.second, ...state.front];
  for (const { name, x, y } of placeNames(context, layout, important)) {
    const bold = name === chosen.first || name === chosen.second;
    context.fillStyle = bold ? inks.ink : inks.soft;
    context.fillText(name, x, y);
  }
}

// ------------------------------------------------------------------------------ the widget

const REACH = 28; // CSS pixels at most from the pointer to a point

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, root, status, redraw, begin } = stage(model, el, "legacy");
  let chosen = traitValues(model, TRAITS);
  let state = calculate(chosen);
  let layout = null;
  let inks = INKS.light;
  let width = 320;
  let hover = null;

  function change(values) {
    status.settle();
    setTraits(model, values);
    model.save_changes();
  }

  // -- controls
  const measures = Object.entries(MEASURES);
  const xChoice = choice(doc, TEXT.x, (x) => change({ x }));
  const yChoice = choice(doc, TEXT.y, (y) => change({ y }));
  const scales = SCALES.map((name) => [name, name]);
  const scaleChoice = segments(doc, TEXT.scale, scales, (scale) => change({ scale }));
  const firstChoice = choice(doc, TEXT.first, (first) => change({ first }));
  const secondChoice = choice(doc, TEXT.second, (second) => change({ second }));
  const swap = button(doc, TEXT.swap, () => {
    const { first, second } = traitValues(model, TRAITS);
    change({ first: second, second: first });
  });

  // -- the picture
  const key = legend(doc, {
    one: ["", "axw-is-first"],
    other: ["", "axw-is-second"],
    front: [TEXT.front, "axw-is-front"],
  });
  const picture = figure(doc, key.node);

  const nearest = (pointer) =>
    placeUnder(layout?.points ?? [], pointer, REACH, ({ left, top }) => [left, top]);

  /** Go from the second network to its neighbour along an axis; from nowhere to the first one. */
  onWalk(picture.canvas, (down, right) => {
    const axis = right ? 0 : 1;
    const names = [...state.shown].sort(
      (a, b) => state.positions[a][axis] - state.positions[b][axis],
    );
    if (!names.length) return false;
    const now = names.indexOf(model.get("second"));
    const next = now < 0 ? 0 : clamp(now + right - down, names.length);
    change({ second: names[next] });
  });
  picture.canvas.addEventListener("pointerdown", (event) => {
    const point = nearest(event);
    if (point) change({ second: point.name });
  });
  const setHover = (event) => {
    hover = event;
    redraw();
  };
  picture.canvas.addEventListener("pointermove", setHover);
  picture.canvas.addEventListener("pointerleave", () => setHover(null));

  // -- the table
  const heads = {
    first: make(doc, "th", { scope: "col" }),
    second: make(doc, "th", { scope: "col" }),
  };
  const headRow = make(
    doc,
    "tr",
    {},
    make(doc, "th", { scope: "col", text: TEXT.measure }),
    heads.first,
    heads.second,
    make(doc, "th", { scope: "col", text: TEXT.ratio }),
  );
  const cells = {};
  const rows = [...measures, ["uses", TEXT.uses]].map(([name, text]) => {
    cells[name] = [make(doc, "td"), make(doc, "td"), make(doc, "td")];
    return make(doc, "tr", {}, make(doc, "th", { scope: "row", text }), ...cells[name]);
  });
  const table = make(
    doc,
    "table",
    {},
    make(doc, "thead", {}, headRow),
    make(doc, "tbody", {}, ...rows),
  );
  const ideas = [make(doc, "p"), make(doc, "p")];

  // -- drawing
  function draw() {
    chosen = traitValues(model, TRAITS);
    state = calculate(chosen);
    layout = legacyLayout(state, width);
    const context = sizeCanvas(picture.canvas, width, layout.height);
    drawLegacy(context, chosen, state, layout, inks);
    const under = hover && nearest(hover);
    setText(picture.name, MEASURES[chosen.y]);
    setText(picture.readout, under ? under.name : "");
    setLabel(picture.canvas, TEXT.keys(state.shown.length, chosen.second));
    xChoice.show(chosen.x, measures);
    yChoice.show(chosen.y, measures);
    scaleChoice.show(chosen.scale);
    const names = chosen.models.map(({ name }) => [name, name]);
    firstChoice.show(chosen.first, names);
    secondChoice.show(chosen.second, names);
    setText(key.one, `${TEXT.one}: ${chosen.first}`);
    setText(key.other, `${TEXT.other}: ${chosen.second}`);
    setText(key.front, state.front.length ? TEXT.front : TEXT.noFront);
    root.classList.toggle("axw-frontless", !state.front.length);
    showTable();
    status.say(sentenceOf(state));
  }

  function showTable() {
    const pair = [chosen.first, chosen.second].map((name) =>
      chosen.models.find((entry) => entry.name === name),
    );
    setText(heads.first, chosen.first);
    setText(heads.second, chosen.second);
    for (const name of Object.keys(MEASURES)) {
      pair.forEach((entry, i) => setText(cells[name][i], valueText(name, entry[name])));
      const ratio = name in state.ratios ? short(state.ratios[name]) : "";
      setText(cells[name][2], ratio);
    }
    pair.forEach((entry, i) => setText(cells.uses[i], short(entry.work / entry.parameters)));
    setText(cells.uses[2], short(state.ratios.uses));
    pair.forEach((entry, i) => setText(ideas[i], `${entry.name}: ${entry.idea}.`));
    ideas[1].hidden = chosen.first === chosen.second;
  }

  return begin({
    children: [
      box(doc, "axw-choices", xChoice.node, yChoice.node, scaleChoice.node),
      box(doc, "axw-choices", firstChoice.node, secondChoice.node, swap),
      picture.node,
      box(doc, "axw-table", table),
      box(doc, "axw-ideas", make(doc, "strong", { text: TEXT.new }), ...ideas),
    ],
    traits: TRAITS,
    draw,
    colors: (now) => {
      inks = now;
    },
    sizes: () => {
      width = picture.node.clientWidth || width; // 0: not on the page yet
    },
    watch: [picture.node],
    probe: {
      results() {
        const { shown, positions, front, ratios, problem, verdict, comparison } = calculate(
          traitValues(model, TRAITS),
        );
        return { shown, positions, front, ratios, problem, verdict, comparison };
      },
      layout: () => {
        const { points, height } = legacyLayout(calculate(traitValues(model, TRAITS)), width);
        return { points, height };
      },
      marks: (axis) => {
        const now = traitValues(model, TRAITS);
        return axisMarks(now[axis], calculate(now).ends[axis], now.scale, 8);
      },
      valueText,
    },
  });
}

export default { render };
