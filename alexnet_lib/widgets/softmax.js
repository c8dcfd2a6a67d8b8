/* The softmax widget: scores become probabilities, a loss, and the direction of the next step.
 *
 * The traits and the arithmetic are those of softmax.py. Uses common.js, which comes before it in
 * the module.
 */

const TRAITS = ["scores", "names", "label", "temperature", "powers"];

const FEWEST = 2; // classes
const MOST = 6;
const LIMIT = 10000; // of a score, on either side of 0
const NAMES = ["cat", "dog", "cup", "car", "hat", "bee"]; // for further classes
const SURE = 8; // the lead of a sure answer, in points

// Every text of the widget.
const TEXT = {
  examples: "Examples",
  noIdea: "No idea",
  sureRight: "Sure and right",
  sureWrong: "Sure and wrong",
  reset: "Reset",
  all: "All scores",
  add: (n) => (n < 0 ? `− ${-n}` : `+ ${n}`),
  twice: "× 2",
  half: "÷ 2",
  powers: "e to the power of",
  shifted: "scores less the largest",
  plain: "scores as they are",
  temperature: "Temperature",
  classes: "Classes",
  rows: "Scores, and which class is the label",
  labelHead: "label",
  scoreHead: "score",
  isLabel: (name) => `${name} is the label`,
  score: (name) => `Score of ${name}`,
  typed: (name) => `Score of ${name}, as a number`,
  step: "Step against the gradient",
  stepAbout: "Each score moves by its slope, the other way.",
  probabilities: "Probabilities",
  gradient: "Gradient",
  gradientOf: (heat) => (heat === 1 ? "p − y" : `(p − y)/${pretty(heat)}`),
  up: "↑",
  down: "↓",
  upDown: "↑ a step raises this score, ↓ lowers it.",
  labelled: (name) => `${name} (label)`,
  chart: (what, list) => `${what}: ${list.join(", ")}.`,
  facts: { powers: "Powers", loss: "Loss", guess: "Like guessing", entropy: "Entropy" },
  power: (name, of, value) => `${name} e^${of} = ${value}`,
  sum: (value) => `sum ${value}`,
  lossIs: (p, loss) => `−ln ${p} = ${loss}`,
  lossOf: (loss) => `−ln p = ${loss}`,
  guess: (n) => `among e^loss = ${n} classes`,
  guessNone: "–",
  entropy: (value, classes, most) =>
    `${value}, the loss to expect if the probabilities hold; at most ln ${classes} = ${most}`,
  notANumber: (typed) => `“${typed}” is not a number; the score stays as it was.`,
  tooFar: `Scores go from −${pretty(LIMIT)} to ${pretty(LIMIT)} here, so they stay as they were.`,
  noStep: "There is no gradient to step against: it is not a number.",
};

// ------------------------------------------------------------------------------ arithmetic

/** Return what follows from the scores; the same as the properties of SoftmaxWidget. */
function softmaxResults(scores, label, temperature, shift) {
  const hot = scores.map((s) => s / temperature);
  const most = shift ? Math.max(...hot) : 0;
  const exponents = hot.map((s) => s - most);
  const powers = exponents.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  const p = powers.map((power) => power / sum);
  const logs = shift ? exponents.map((s) => s - Math.log(sum)) : p.map(Math.log);
  return {
    exponents,
    powers,
    sum,
    probabilities: p,
    logs,
    loss: -logs[label],
    gradient: p.map((value, k) => (value - (k === label ? 1 : 0)) / temperature),
    entropy: -p.reduce((total, value, k) => total + (value === 0 ? 0 : value * logs[k]), 0),
  };
}

/** Choose the sliders' ends: as before if the scores fit; else −10 to 10, or around the scores. */
function sliderEnds(scores, before) {
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  if (before && low >= before[0] && high <= before[1]) return before; // no jump under the hand
  if (low >= -10 && high <= 10) return [-10, 10];
  const middle = Math.round((low + high) / 2);
  const half = Math.max(10, Math.ceil((high - low) / 2));
  return [middle - half, middle + half];
}

// ------------------------------------------------------------------------------ words

/** Write a number of any size: nan, ∞, 4.54·10⁻⁵, 0.665, 22,026. */
function amountText(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.0005 && size < 1e6)) return pretty(value);
  const [digits, ten] = value.toExponential(2).split("e");
  return `${pretty(Number(digits))}·10${superscript(Number(ten))}`;
}

/** Write an exponent, in brackets if it has a sign. */
const exponentText = (value) => (value < 0 ? `(${exactText(value)})` : exactText(value));

/** Write a probability, which is never rounded up to 1. */
const probabilityText = (p) => (p < 1 && p >= 0.9995 ? "more than 0.999" : amountText(p));

/** Describe the whole picture in words. */
function statusText(state) {
  const { names, label, temperature, probabilities: p, loss, gradient, powers, logs } = state;
  const heat = temperature === 1 ? "" : `Temperature ${pretty(temperature)}. `;
  if (p.some(Number.isNaN)) {
    const large = powers.indexOf(Infinity);
    const reason =
      large >= 0
        ? `e to the power of ${exponentText(state.exponents[large])} is too large for a float, ` +
          "so it counts as infinite, and infinity divided by infinity"
        : "Every power of e is too small for a float, so it counts as 0, and 0 divided by 0";
    return (
      `${heat}${reason} is not a number (nan). No probabilities, no loss, no gradient. ` +
      "Subtract the largest score first."
    );
  }
  const right = names[label];
  const own = probabilityText(p[label]);
  const most = Math.max(...p);
  const best = names.filter((_, k) => p[k] === most);
  const others = names.filter((_, k) => k !== label);
  const even = best.length === names.length;
  const tie = best.length > 1;
  const share = probabilityText(most);
  const lead = even
    ? `All classes get ${share}: no idea. `
    : `Best ${tie ? "are" : "is"} ${listText(best)} with ${share}${tie ? " each" : ""}`;
  const so = `so the loss is −ln ${own} = ${amountText(loss)}. `;
  let answer; // what the label makes of it
  if (even)
    answer = `The label is ${right}, so the loss is ln ${names.length} = ${amountText(loss)}. `;
  else if (p[label] === 0 && loss === Infinity)
    answer = `; the label is ${right}, whose power is too small for a float: −ln 0 is infinite. `;
  else if (p[label] === 0)
    answer =
      `; the label is ${right}, whose probability is too small for a float, ` +
      `but not its logarithm: ln p = ${amountText(logs[label])}, so the loss is ${amountText(loss)}. `;
  else if (!tie && p[label] === most) answer = `, and it is the label, ${so}`;
  else answer = `; the label, ${right}, gets ${own}, ${so}`;
  const start = heat + lead + answer;
  if (Math.max(...gradient.map(Math.abs)) < 0.0005)
    return `${start}The gradient is almost 0: there is nothing left to learn.`;
  const sizes = gradient.filter((_, k) => k !== label);
  const steepest = others[sizes.indexOf(Math.max(...sizes))];
  const alike = sizes.every((size) => size === sizes[0]);
  const down =
    others.length === 1
      ? `lower that of ${others[0]}`
      : `lower the others${alike ? ", all alike" : `, ${steepest} most`}`;
  return `${start}A step against the gradient would raise the score of ${right} and ${down}.`;
}

// ------------------------------------------------------------------------------ drawing

const ROW = 30;
const AXIS = 22;
const FONT = "14px system-ui, sans-serif";
const BOLD = `600 ${FONT}`;
const SMALL = "12px system-ui, sans-serif";
const VALUES = 86; // CSS pixels for the numbers at the right

/** Draw bars from 0 to each value, a row each, on a scale from `low` to `high`.
 *
 * rows  [{ name, value, text, label }]; the label's bar is hatched
 */
function drawBars(context, width, rows, { low, high, ticks }, look) {
  const { inks, accent, lines } = look;
  context.font = BOLD;
  const left = Math.ceil(Math.max(...rows.map(({ name }) => context.measureText(name).width))) + 10;
  const right = width - VALUES;
  const across = (value) => left + ((right - left) * (value - low)) / (high - low);
  const bottom = rows.length * ROW;
  context.textBaseline = "middle";
  context.lineWidth = 1;
  context.font = SMALL;
  for (const tick of ticks) {
    context.strokeStyle = inks.line;
    context.globalAlpha = tick === 0 ? 1 : 0.5;
    context.beginPath();
    context.moveTo(Math.round(across(tick)) + 0.5, 0);
    context.lineTo(Math.round(across(tick)) + 0.5, bottom + 4);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = inks.soft;
    context.textAlign = tick === low ? "left" : tick === high ? "right" : "center";
    context.fillText(pretty(tick), across(tick), bottom + 13);
  }
  context.font = FONT;
  rows.forEach(({ name, value, text, label }, k) => {
    const y = k * ROW;
    const from = across(Math.min(0, value));
    const size = across(Math.max(0, value)) - from;
    context.fillStyle = inks.ink;
    context.textAlign = "left";
    context.font = label ? BOLD : FONT;
    context.fillText(name, 0, y + ROW / 2);
    context.fillText(text, right + 8, y + ROW / 2);
    if (Number.isNaN(value)) {
      context.strokeStyle = inks.lost;
      context.setLineDash([4, 4]);
      context.strokeRect(left + 0.5, y + 6.5, right - left - 1, ROW - 13);
      context.setLineDash([]);
      return;
    }
    context.fillStyle = accent;
    context.fillRect(from, y + 6, size, ROW - 12);
    if (label) {
      // hatched, with a frame: it shows without its colour
      context.fillStyle = lines;
      context.fillRect(from, y + 6, size, ROW - 12);
      context.strokeStyle = inks.mark;
      context.lineWidth = 2;
      context.strokeRect(from, y + 6, size, ROW - 12);
      context.lineWidth = 1;
    }
  });
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, root, win, status, begin } = stage(model, el, "softmax");
  const initial = traitValues(model, TRAITS);

  const calculate = () => {
    const { scores, names, label, temperature, powers } = traitValues(model, TRAITS);
    // Python may set scores and names one after the other: take as many as there are of both
    const count = Math.min(scores.length, names.length);
    const inputs = [scores.slice(0, count), Math.min(label, count - 1), temperature];
    return {
      scores: inputs[0],
      names: names.slice(0, count),
      label: inputs[1],
      temperature,
      ...softmaxResults(...inputs, powers === "shifted"),
    };
  };
  let state = calculate(); // everything that is shown

  /** Set what the reader chose, in one message to Python. */
  function change(values) {
    if (values.scores?.some((score) => Math.abs(score) > LIMIT)) return status.refuse(TEXT.tooFar);
    status.settle();
    setTraits(model, values);
    state = calculate();
    model.save_changes();
  }
  let ends = null; // of the sliders
  const changeAll = (fn) => {
    ends = null;
    change({ scores: state.scores.map(fn) });
  };

  // -- controls
  const buttonGroup = (label, ...buttons) =>
    make(
      doc,
      "div",
      { class: "axw-choice", role: "group", "aria-label": label },
      make(doc, "span", { text: label }),
      box(doc, "axw-steps", ...buttons),
    );
  const wrong = () => (state.label + 1) % state.scores.length;
  const examples = buttonGroup(
    TEXT.examples,
    button(doc, TEXT.noIdea, () => changeAll(() => 0)),
    button(doc, TEXT.sureRight, () => changeAll((_, k) => (k === state.label ? SURE : 0))),
    button(doc, TEXT.sureWrong, () => changeAll((_, k) => (k === wrong() ? SURE : 0))),
    button(doc, TEXT.reset, () => {
      ends = null;
      change(initial);
    }),
  );
  const all = buttonGroup(
    TEXT.all,
    ...[1, -1, 1000, -1000].map((n) =>
      button(doc, TEXT.add(n), () => changeAll((score) => score + n)),
    ),
    button(doc, TEXT.twice, () => changeAll((score) => 2 * score)),
    button(doc, TEXT.half, () => changeAll((score) => score / 2)),
  );
  const ways = ["shifted", "plain"].map((way) => [way, TEXT[way]]);
  const powers = segments(doc, TEXT.powers, ways, (value) => change({ powers: value }));
  // 0.1 to 10, in steps of a twentieth of a power of ten
  const setHeat = (place) => change({ temperature: Number((10 ** (place / 20)).toPrecision(2)) });
  const temperature = slider(doc, TEXT.temperature, -20, 20, setHeat, {
    text: () => pretty(state.temperature),
  });
  const classes = slider(doc, TEXT.classes, FEWEST, MOST, (count) => {
    const free = NAMES.filter((name) => !state.names.includes(name));
    const more = Math.max(0, count - state.names.length);
    change({
      names: [...state.names.slice(0, count), ...free.slice(0, more)],
      scores: [...state.scores.slice(0, count), ...Array(more).fill(0)],
      label: Math.min(state.label, count - 1),
    });
  });

  const group = radioName();
  const rows = Array.from({ length: MOST }, (_, k) => {
    const set = (score) =>
      change({ scores: state.scores.map((old, j) => (j === k ? score : old)) });
    const radio = make(doc, "input", {
      type: "radio",
      name: group,
      ...KEYS_ARE_OURS,
      change: () => change({ label: k }),
    });
    const name = textSpan(doc, "", "");
    const range = make(doc, "input", {
      type: "range",
      step: 0.1,
      ...KEYS_ARE_OURS,
      input: () => set(Number(range.value)),
    });
    const field = numberField(doc, "", set, (typed) => status.refuse(TEXT.notANumber(typed)));
    const segment = make(doc, "label", { class: "axw-segment" }, radio, name);
    const node = box(doc, "axw-softmax-row", segment, range, field.node);
    return { node, radio, name, range, field };
  });
  const head = make(
    doc,
    "div",
    { class: "axw-softmax-row axw-small", "aria-hidden": "true" },
    textSpan(doc, TEXT.labelHead),
    textSpan(doc, ""),
    textSpan(doc, TEXT.scoreHead),
  );
  const attributes = { class: "axw-softmax-rows", role: "group", "aria-label": TEXT.rows };
  const table = make(doc, "div", attributes, head, ...rows.map(({ node }) => node));
  const step = button(doc, TEXT.step, () => {
    if (state.gradient.some(Number.isNaN)) return status.refuse(TEXT.noStep);
    changeAll((score, k) => score - state.gradient[k]);
  });

  // -- pictures and texts
  const shares = chartFigure(doc);
  const slopes = chartFigure(doc);
  setText(shares.name, TEXT.probabilities);
  setText(slopes.name, TEXT.gradient);
  const facts = factList(doc, TEXT.facts);

  let look = null;
  let width = 320;
  function takeColors(inks) {
    const accent = win.getComputedStyle(root).getPropertyValue("--axw-accent").trim() || inks.ink;
    look = { inks, accent, lines: hatch(doc, inks.ground, 1, 7) };
  }
  function takeSize() {
    width = shares.node.clientWidth || width; // 0 before it is on the page
  }

  function draw() {
    state = calculate();
    const { names, label, probabilities, gradient, temperature: heat } = state;
    const height = names.length * ROW + AXIS;
    const reach = Math.max(1, 1 / heat);
    const barText = (value) => probabilityText(value).replace("more than", ">");
    const arrow = (slope) => {
      if (Math.abs(slope) < 0.0005 || Number.isNaN(slope)) return "";
      return slope < 0 ? ` ${TEXT.up}` : ` ${TEXT.down}`;
    };
    const stepText = (slope) => amountText(slope) + arrow(slope);
    const rowNames = names.map((name, k) => (k === label ? TEXT.labelled(name) : name));
    const drawChart = ({ canvas }, values, text, scale) => {
      const row = (value, k) => ({
        name: rowNames[k],
        value,
        text: text(value),
        label: k === label,
      });
      drawBars(sizeCanvas(canvas, width, height), width, values.map(row), scale, look);
    };
    drawChart(shares, probabilities, barText, { low: 0, high: 1, ticks: [0, 0.5, 1] });
    const ticks = [-reach, 0, reach];
    drawChart(slopes, gradient, stepText, { low: -reach, high: reach, ticks });
    const list = (values, text) => rowNames.map((name, k) => `${name} ${text(values[k])}`);
    const shareList = list(probabilities, probabilityText);
    setLabel(shares.canvas, TEXT.chart(TEXT.probabilities, shareList));
    setLabel(slopes.canvas, TEXT.chart(TEXT.gradient, list(gradient, amountText)));
    setText(slopes.readout, TEXT.gradientOf(heat));
    showSettings();
    showFacts();
    status.say(statusText(state));
  }

  function showSettings() {
    const { scores, names, label } = state;
    ends = sliderEnds(scores, ends);
    rows.forEach(({ node, radio, name, range, field }, k) => {
      node.hidden = k >= names.length;
      if (node.hidden) return;
      setText(name, names[k]);
      setLabel(radio, TEXT.isLabel(names[k]));
      setLabel(range, TEXT.score(names[k]));
      setLabel(field.input, TEXT.typed(names[k]));
      radio.checked = k === label;
      [range.min, range.max] = ends;
      range.value = scores[k];
      field.show(scores[k]);
    });
    powers.show(model.get("powers"));
    temperature.show(Math.round(20 * Math.log10(state.temperature)));
    classes.show(names.length);
  }

  function showFacts() {
    const { names, exponents, powers: values, sum, label, loss, entropy } = state;
    const own = state.probabilities[label];
    const terms = names.map((name, k) =>
      TEXT.power(name, exponentText(exponents[k]), amountText(values[k])),
    );
    const text = amountText(loss);
    facts.show({
      powers: [...terms, TEXT.sum(amountText(sum))].join(" · "),
      loss: own > 0 ? TEXT.lossIs(probabilityText(own), text) : TEXT.lossOf(text),
      guess: Number.isFinite(loss) ? TEXT.guess(amountText(Math.exp(loss))) : TEXT.guessNone,
      entropy: TEXT.entropy(amountText(entropy), names.length, amountText(Math.log(names.length))),
    });
  }

  // for tests and the curious: el.alexnetWidget.results()
  const probe = {
    results() {
      const { probabilities, logs, loss, gradient, entropy } = calculate();
      return { probabilities, logs, loss, gradient, entropy };
    },
  };
  return begin({
    children: [
      examples,
      table,
      box(doc, "axw-pictures", shares.node, slopes.node),
      box(doc, "axw-steps", step, textSpan(doc, `${TEXT.stepAbout} ${TEXT.upDown}`)),
      box(doc, "axw-sliders", temperature.node, classes.node),
      box(doc, "axw-choices", all, powers.node),
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: takeColors,
    sizes: takeSize,
    watch: [shares.node],
    probe,
  });
}

export default { render };
