/* The modify widget: changes to a small AlexNet, their recorded runs and their costs side by side.
 *
 * The traits and the arithmetic are those of modify.py; the runs come with the trait `record`. Uses
 * common.js, which comes before it in the module.
 */

const TRAITS = ["record", "picked", "current", "measure", "order", "seeds"];

const BASE = "base";
const STUDENT = { 2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571 }; // runs -> factor
const MEASURES = ["gain", "accuracy"];
const ORDERS = ["as listed", "by gain", "by work"];
const COSTS = ["parameters", "work", "time"];
const ROW = 46; // height of a row, in CSS pixels
const FOOT = 40; // below the rows: the axis
const FARTHEST = 12; // points beside the base that the axis of gains shows at most
const STEPS = [0.5, 1, 2, 5, 10, 20]; // between two marks of an axis
const LEAST_RATIO = 1 / 4; // of the axis of costs
const MOST_RATIO = 4;

// Every text of the widget.
const TEXT = {
  measure: "Show",
  measures: { gain: "gain over the base", accuracy: "accuracy" },
  order: "Order",
  seeds: "Seeds that count",
  usual: "First choice",
  none: "None",
  chart: { gain: "Points gained over the base", accuracy: "Test pictures right, %" },
  chartLabel: (title, rows) => `${title}, a row each: ${rows}. Arrow keys choose a row.`,
  costs: "What it costs, as a multiple of the base",
  costsLabel: (rows) => `Parameters, multiply-adds and training time beside the base. ${rows}.`,
  costOf: (name, { parameters, work, time }) =>
    `${name}: parameters × ${ratioText(parameters)}, multiply-adds × ${ratioText(work)}, ` +
    `time × ${ratioText(time)}`,
  legend: {
    dot: ["one seed", "axw-is-dot"],
    bar: ["interval for the mean", "axw-is-interval"],
    mean: ["mean", "axw-is-mean"],
    far: ["beyond the edge", "axw-is-far"],
  },
  costLegend: {
    parameters: ["parameters", "axw-is-parameters"],
    work: ["multiply-adds", "axw-is-work"],
    time: ["time of a training", "axw-is-time"],
  },
  facts: {
    knob: "Change this",
    torch: "In PyTorch",
    rate: "Learning rate",
    accuracy: "Right",
    gain: "Beside the base",
    costs: "Costs",
  },
  accuracy: (mean, ends) => `${mean} % of the test pictures${ends}`,
  gain: (gain, ends, verdict) => `${gain} points${ends}: ${verdict}`,
  itself: "nothing: this is the base",
  ends: (low, high) => ` (${low} to ${high})`,
  costText: (parameters, work, time) =>
    `${parameters} parameters, ${work} multiply-adds, time × ${time}`,
  words: { better: "better", worse: "worse", open: "open" },
  meaning: {
    better: "better, as far as these runs tell",
    worse: "worse, as far as these runs tell",
    open: "we can’t tell",
  },
  noChange: "No change is picked: the base stands alone.",
  counts: (changes, seeds, list) =>
    `${changes === 1 ? "1 change" : `${changes} changes`} beside the base, by ` +
    `${seeds === 1 ? "1 seed" : `${seeds} seeds`}: ${list}.`,
  alone: " One run alone has no interval.",
  baseSaid: (accuracy) => `The base gets ${accuracy} % of the test pictures right.`,
  said: (name, accuracy, gain, ends, meaning) =>
    `${name}: ${accuracy} % right, ${gain} points beside the base${ends}: ${meaning}.`,
};

// ------------------------------------------------------------------------------ arithmetic

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Return the two ends of an interval for the mean of some runs, or null for one run. */
function intervalOf(values) {
  const n = values.length;
  if (n < 2) return null;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = (STUDENT[n] * Math.sqrt(squares / (n - 1))) / Math.sqrt(n);
  return [mean - half, mean + half];
}

/** Return what the first seeds say of a row, beside the base. */
function resultOf(row, base, seeds) {
  const values = row.test.slice(0, seeds);
  const gains = values.map((value, i) => value - base.test[i]);
  const interval = intervalOf(gains);
  const verdict = interval?.[0] > 0 ? "better" : interval?.[1] < 0 ? "worse" : "open";
  return {
    ...row,
    values,
    gains,
    gain: meanOf(gains),
    interval,
    verdict,
    accuracy: meanOf(values),
    spread: intervalOf(values),
    ratios: {
      parameters: row.parameters / base.parameters,
      work: row.multiply_adds / base.multiply_adds,
      time: row.time / base.time,
    },
  };
}

/** Return everything that is shown: the rows from top to bottom, and the one that is explained. */
function calculate(model) {
  const { record, picked, current, measure, order, seeds } = traitValues(model, TRAITS);
  const results = record.map((row) => resultOf(row, record[0], seeds));
  const changes = results.filter(({ name }) => picked.includes(name));
  if (order === ORDERS[1]) changes.sort((a, b) => b.gain - a.gain);
  if (order === ORDERS[2]) changes.sort((a, b) => a.ratios.work - b.ratios.work);
  const rows = [results[0], ...changes];
  const at = Math.max(
    0,
    rows.findIndex(({ name }) => name === current),
  );
  return { record, picked, measure, order, seeds, rows, changes, at, shown: rows[at] };
}

/** Write a number with one digit after the point and its sign: +1.3, −0.4, 0.0. */
function signedText(value) {
  const text = Math.abs(value).toFixed(1);
  return text === "0.0" ? text : (value > 0 ? "+" : "−") + text;
}

/** Write a ratio with two digits after the point, or one where it is large. */
const ratioText = (value) => value.toFixed(value < 10 ? 2 : 1);

const endsText = (ends, write) => (ends ? TEXT.ends(write(ends[0]), write(ends[1])) : "");

/** Describe the whole picture in words. */
function statusText({ changes, seeds, at, shown }) {
  const counted = Object.keys(TEXT.words).map(
    (word) => `${changes.filter(({ verdict }) => verdict === word).length} ${TEXT.words[word]}`,
  );
  const first = changes.length
    ? TEXT.counts(changes.length, seeds, listText(counted)) + (seeds === 1 ? TEXT.alone : "")
    : TEXT.noChange;
  const accuracy = shown.accuracy.toFixed(1);
  const ends = endsText(shown.interval, signedText);
  const second = at
    ? TEXT.said(shown.name, accuracy, signedText(shown.gain), ends, TEXT.meaning[shown.verdict])
    : TEXT.baseSaid(accuracy);
  return `${first} ${second}`;
}

/** Return the texts of the list under the picture. */
function factTexts({ at, shown }) {
  const ends = endsText(shown.interval, signedText);
  const write = (value) => value.toFixed(1);
  return {
    knob: shown.knob,
    torch: shown.torch,
    rate: String(shown.rate),
    accuracy: TEXT.accuracy(write(shown.accuracy), endsText(shown.spread, write)),
    gain: at ? TEXT.gain(signedText(shown.gain), ends, TEXT.meaning[shown.verdict]) : TEXT.itself,
    costs: TEXT.costText(
      pretty(shown.parameters),
      pretty(shown.multiply_adds),
      ratioText(shown.ratios.time),
    ),
  };
}

/** Return an axis that holds all values: its ends, and marks at round numbers. */
function axisOf(values, most = Infinity) {
  const low = Math.max(-most, Math.min(...values));
  const high = Math.min(most, Math.max(...values));
  const step = STEPS.find((size) => (high - low) / size <= 5) ?? 50;
  const [first, last] = [Math.floor(low / step - 0.2), Math.ceil(high / step + 0.2)];
  const marks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { low: marks[0], high: marks.at(-1), marks };
}

// ------------------------------------------------------------------------------ drawing

const textFont = (weight = "") => `${weight} 13px system-ui, sans-serif`.trim();

/** Draw the ground of a chart: a stripe for the current row, lines between rows, the marks below.
 *
 * strong  the mark that is drawn as the level to compare with
 */
function drawGround(context, { rows, at }, place, marks, strong, write, { width, inks }) {
  const bottom = rows.length * ROW;
  context.fillStyle = inks.line;
  context.globalAlpha = 0.22;
  context.fillRect(0, at * ROW, width, ROW);
  context.globalAlpha = 1;
  context.font = textFont();
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const mark of marks) {
    context.strokeStyle = mark === strong ? inks.ink : inks.line;
    context.lineWidth = mark === strong ? 1.5 : 0.5;
    context.beginPath();
    context.moveTo(place(mark), 0);
    context.lineTo(place(mark), bottom + 4);
    context.stroke();
    context.fillStyle = inks.soft;
    context.fillText(write(mark), place(mark), bottom + 16);
  }
  context.strokeStyle = inks.mark;
  context.lineWidth = 2;
  context.strokeRect(1, at * ROW + 1, width - 2, ROW - 2);
}

/** Write a row's name at the left of its upper half, and a text at the right, if there is room. */
function drawNames(context, name, text, top, { width, inks }) {
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = inks.ink;
  context.lineWidth = 4;
  context.strokeStyle = inks.ground;
  context.font = textFont("600");
  const long = context.measureText(name).width;
  context.strokeText(name, 8, top + 12);
  context.fillText(name, 8, top + 12);
  context.font = textFont();
  if (long + context.measureText(text).width + 32 > width) return;
  context.textAlign = "right";
  context.strokeText(text, width - 8, top + 12);
  context.fillText(text, width - 8, top + 12);
}

/** Draw the runs of each row, with their mean and its interval. */
function drawRuns(context, state, look) {
  const { rows, measure } = state;
  const gains = measure === MEASURES[0];
  const { width, inks } = look;
  const ends = rows.flatMap((row) =>
    gains ? [...row.gains, ...(row.interval ?? [])] : row.values,
  );
  const axis = gains ? axisOf([...ends, 0], FARTHEST) : axisOf(ends);
  const place = (value) => 16 + ((width - 32) * (value - axis.low)) / (axis.high - axis.low);
  const inside = (value) => Math.max(axis.low, Math.min(axis.high, value));
  const write = gains ? (mark) => (mark ? signedText(mark).replace(".0", "") : "0") : String;
  const strong = gains ? 0 : null;
  drawGround(context, state, place, axis.marks, strong, write, look);
  rows.forEach((row, i) => {
    const top = i * ROW;
    const middle = top + 31;
    const [values, mean, bar] = gains
      ? [row.gains, row.gain, row.interval]
      : [row.values, row.accuracy, row.spread];
    if (bar) {
      const [from, to] = bar.map((end) => place(inside(end)));
      context.fillStyle = look.bar;
      context.fillRect(from, middle - 8, to - from, 16);
      context.strokeStyle = inks.lost;
      context.lineWidth = 1.5;
      context.strokeRect(from, middle - 8, to - from, 16);
    }
    context.fillStyle = look.dot;
    for (const value of values) {
      const x = place(inside(value));
      context.beginPath();
      if (value === inside(value)) context.arc(x, middle, 4, 0, 2 * Math.PI);
      else {
        const side = value < axis.low ? -1 : 1; // an arrow at the edge
        context.moveTo(x + 8 * side, middle);
        context.lineTo(x - 3 * side, middle - 6);
        context.lineTo(x - 3 * side, middle + 6);
      }
      context.fill();
      context.strokeStyle = inks.ground;
      context.lineWidth = 1;
      context.stroke();
    }
    if (mean === inside(mean)) {
      context.strokeStyle = inks.ink;
      context.lineWidth = 3;
      context.beginPath();
      context.moveTo(place(mean), middle - 10);
      context.lineTo(place(mean), middle + 10);
      context.stroke();
    }
    const verdict = i && row.interval ? `: ${TEXT.words[row.verdict]}` : "";
    const text = gains ? (i ? signedText(mean) + verdict : "") : `${mean.toFixed(1)} %`;
    drawNames(context, row.name, text, top, look);
  });
}

/** Draw three bars for each row: parameters, work and time, each beside the base's. */
function drawCosts(context, state, look) {
  const { width, inks } = look;
  const span = Math.log2(MOST_RATIO / LEAST_RATIO);
  const inside = (ratio) => Math.max(LEAST_RATIO, Math.min(MOST_RATIO, ratio));
  const place = (ratio) => 16 + ((width - 32) * Math.log2(inside(ratio) / LEAST_RATIO)) / span;
  const write = (mark) => (mark < 1 ? `1/${1 / mark}` : String(mark));
  drawGround(context, state, place, [0.25, 0.5, 1, 2, 4], 1, write, look);
  state.rows.forEach((row, i) => {
    const text = COSTS.map((key) => ratioText(row.ratios[key])).join(" · ");
    drawNames(context, row.name, `× ${text}`, i * ROW, look);
    COSTS.forEach((key, k) => {
      const y = i * ROW + 22 + 7 * k;
      const [from, to] = [place(1), place(row.ratios[key])];
      const [left, wide] = [Math.min(from, to), Math.max(2, Math.abs(to - from))];
      context.fillStyle = look[key];
      context.fillRect(left, y, wide, 6);
      context.strokeStyle = inks.ink;
      context.lineWidth = 0.75;
      context.strokeRect(left, y, wide, 6);
    });
  });
}

// ------------------------------------------------------------------------------ the widget

/** Make a check box for each change, in a set for each group. `show(picked)` ticks them. */
function changeBoxes(doc, record, onChange) {
  const inputs = record.slice(1).map(({ name }) =>
    make(doc, "input", {
      type: "checkbox",
      value: name,
      ...KEYS_ARE_OURS,
      change: () => onChange(inputs.filter((input) => input.checked).map((input) => input.value)),
    }),
  );
  const groups = [...new Set(record.slice(1).map(({ group }) => group))];
  const sets = groups.map((group) =>
    make(
      doc,
      "fieldset",
      { class: "axw-changes" },
      make(doc, "legend", { class: "axw-small", text: group }),
      ...inputs
        .filter((_, i) => record[i + 1].group === group)
        .map((input) =>
          make(
            doc,
            "label",
            { class: "axw-segment" },
            input,
            make(doc, "span", { text: input.value }),
          ),
        ),
    ),
  );
  const show = (picked) =>
    inputs.forEach((input) => {
      input.checked = picked.includes(input.value);
    });
  return { nodes: sets, show };
}

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, win, root, status, begin } = stage(model, el, "modify");
  const initial = traitValues(model, ["picked", "measure", "order", "seeds", "current"]);
  let state = calculate(model);
  let look = null;
  let width = 320;
  let costWidth = 320;

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next key may come before the next frame
  }

  const measure = segments(
    doc,
    TEXT.measure,
    MEASURES.map((value) => [value, TEXT.measures[value]]),
    (value) => change({ measure: value }),
  );
  const order = choice(doc, TEXT.order, (value) => change({ order: value }));
  const seeds = slider(doc, TEXT.seeds, 1, state.record[0].test.length, (value) =>
    change({ seeds: value }),
  );
  const usual = button(doc, TEXT.usual, () => change(initial));
  const none = button(doc, TEXT.none, () => change({ picked: [], current: BASE }));

  /** Pick changes; the one that is new is explained. */
  function pick(names) {
    const added = names.find((name) => !state.picked.includes(name));
    change({ picked: names, current: added ?? state.shown.name });
  }
  let boxes = changeBoxes(doc, state.record, pick);
  const sets = box(doc, "axw-sets", ...boxes.nodes);
  let known = state.record;

  const runKey = legend(doc, TEXT.legend);
  const costKey = legend(doc, TEXT.costLegend);
  const runs = figure(doc, runKey.node);
  const costs = chartFigure(doc, costKey.node);
  const facts = factList(doc, TEXT.facts);

  onWalk(runs.canvas, (down, right) => {
    if (right && Math.abs(right) < PAGE) return false;
    const to = clamp(state.at + (right || down), state.rows.length);
    change({ current: state.rows[to].name });
    return true;
  });
  runs.canvas.addEventListener("click", (event) => {
    const to = clamp(Math.floor(event.offsetY / ROW), state.rows.length);
    change({ current: state.rows[to].name });
  });

  function draw() {
    state = calculate(model);
    const { record, rows, at, seeds: count } = state;
    if (record !== known) {
      boxes = changeBoxes(doc, record, pick);
      sets.replaceChildren(...boxes.nodes);
      seeds.input.max = record[0].test.length;
      known = record;
    }
    boxes.show(state.picked);
    measure.show(state.measure);
    order.show(
      state.order,
      ORDERS.map((name) => [name, name]),
    );
    seeds.show(count);
    const high = rows.length * ROW + FOOT - 12;
    drawRuns(sizeCanvas(runs.canvas, width, high), state, { ...look, width });
    drawCosts(sizeCanvas(costs.canvas, costWidth, high), state, { ...look, width: costWidth });
    const title = TEXT.chart[state.measure];
    setText(runs.name, title);
    const isGain = state.measure === MEASURES[0];
    const value = (row) => (isGain ? signedText(row.gain) : `${row.accuracy.toFixed(1)} %`);
    const spoken = rows.map((row) => `${row.name} ${value(row)}`);
    setLabel(runs.canvas, TEXT.chartLabel(title, listText(spoken)));
    runKey.far.hidden = !isGain || !rows.some((row) => Math.min(...row.gains) < -FARTHEST);
    setText(costs.name, TEXT.costs);
    const spent = rows.slice(1).map((row) => TEXT.costOf(row.name, row.ratios));
    setLabel(costs.canvas, TEXT.costsLabel(spent.join("; ") || TEXT.noChange.replace(/\.$/, "")));
    facts.show(factTexts(state));
    setText(runs.readout, at ? `${at} of ${rows.length - 1}` : "");
    status.say(statusText(state));
  }

  return begin({
    children: [
      sets,
      box(doc, "axw-choices", measure.node, order.node, usual, none),
      seeds.node,
      box(doc, "axw-pictures", runs.node, costs.node),
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors(inks) {
      const dark = inks.ground === INKS.dark.ground;
      look = {
        inks: { ...inks, ground: win.getComputedStyle(root).backgroundColor },
        dot: dark ? "rgb(110,150,215)" : "rgb(52,92,158)",
        bar: dark ? "rgba(251,191,36,0.25)" : "rgba(224,156,82,0.35)",
        parameters: dark ? "rgb(120,190,160)" : "rgb(30,115,85)",
        work: hatch(doc, inks.ink, 1, 6, dark ? "rgb(90,60,120)" : "rgb(222,205,240)"),
        time: inks.ground,
      };
    },
    sizes() {
      width = Math.min(620, runs.node.clientWidth || width);
      costWidth = Math.min(620, costs.node.clientWidth || costWidth);
    },
    watch: [runs.node, costs.node],
    // for tests and the curious
    probe: {
      state() {
        const { rows, at, shown } = calculate(model);
        return { rows, at, shown: shown.name, status: statusText(calculate(model)) };
      },
    },
  });
}

export default { render };
