/* The softmax widget: scores become probabilities, a loss, and the direction of the next step.
 *
 * The model's traits are those of softmax.py, and so is the arithmetic. Uses common.js, which
 * stands before it.
 */

const TRAITS = ["scores", "names", "label", "temperature", "powers"];

const FEWEST = 2, MOST = 6; // classes
const LIMIT = 10000; // of a score, either side of 0
const NAMES = ["cat", "dog", "cup", "car", "hat", "bee"]; // what further classes are called
const SURE = 8; // points that a sure answer is ahead

// Every word the widget says.
const TEXT = {
  examples: "Examples", noIdea: "No idea", sureRight: "Sure and right", sureWrong: "Sure and wrong", reset: "Reset",
  all: "All scores", add: (n) => (n < 0 ? `− ${-n}` : `+ ${n}`), twice: "× 2", half: "÷ 2",
  powers: "e to the power of", shifted: "scores less the largest", plain: "scores as they are",
  temperature: "Temperature", classes: "Classes",
  rows: "Scores, and which class is the label", labelHead: "label", scoreHead: "score",
  isLabel: (name) => `${name} is the label`, score: (name) => `Score of ${name}`, typed: (name) => `Score of ${name}, as a number`,
  step: "Step against the gradient", stepAbout: "Each score moves by its slope, the other way.",
  probabilities: "Probabilities", gradient: "Gradient", gradientOf: (heat) => (heat === 1 ? "p − y" : `(p − y)/${pretty(heat)}`),
  up: "↑", down: "↓", upDown: "↑ a step raises this score, ↓ lowers it.",
  labelled: (name) => `${name} (label)`,
  chart: (what, list) => `${what}: ${list.join(", ")}.`,
  facts: { powers: "Powers", loss: "Loss", guess: "Like guessing", entropy: "Entropy" },
  power: (name, of, value) => `${name} e^${of} = ${value}`, sum: (value) => `sum ${value}`,
  lossIs: (p, loss) => `−ln ${p} = ${loss}`, lossOf: (loss) => `−ln p = ${loss}`,
  guess: (n) => `among e^loss = ${n} classes`, guessNone: "–",
  entropy: (value, classes, most) => `${value}, the loss to expect if the probabilities hold; at most ln ${classes} = ${most}`,
  notANumber: (typed) => `“${typed}” is not a number; the score stays as it was.`,
  tooFar: `Scores go from −${pretty(LIMIT)} to ${pretty(LIMIT)} here, so they stay as they were.`,
  noStep: "There is no gradient to step against: it is not a number.",
};

// ------------------------------------------------------------------------------ arithmetic

/** All that follows from the scores; the same as the properties of SoftmaxWidget in softmax.py. */
function softmaxOf(scores, label, temperature, shift) {
  const hot = scores.map((s) => s / temperature);
  const most = shift ? Math.max(...hot) : 0;
  const exponents = hot.map((s) => s - most), powers = exponents.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  const p = powers.map((power) => power / sum);
  const logs = shift ? exponents.map((s) => s - Math.log(sum)) : p.map(Math.log);
  return {
    exponents, powers, sum, p, logs,
    loss: -logs[label],
    gradient: p.map((value, k) => (value - (k === label ? 1 : 0)) / temperature),
    entropy: -p.reduce((total, value, k) => total + (value === 0 ? 0 : value * logs[k]), 0),
  };
}

/** The sliders' ends: as before while the scores lie between them; else −10 to 10, or around the scores. */
function endsFor(scores, before) {
  const low = Math.min(...scores), high = Math.max(...scores);
  if (before && low >= before[0] && high <= before[1]) return before; // they don't move under the hand
  if (low >= -10 && high <= 10) return [-10, 10];
  const middle = Math.round((low + high) / 2), half = Math.max(10, Math.ceil((high - low) / 2));
  return [middle - half, middle + half];
}

// ------------------------------------------------------------------------------ words

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A number of any size: nan, ∞, 4.54·10⁻⁵, 0.665, 22,026. */
function amount(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.0005 && size < 1e6)) return pretty(value);
  const [digits, ten] = value.toExponential(2).split("e");
  const raised = [...String(Number(ten))].map((sign) => RAISED[sign]).join("");
  return `${pretty(Number(digits))}·10${raised}`;
}

/** A power's exponent, in brackets if it has a sign. */
const exponent = (value) => {
  const text = String(Number(value.toPrecision(6))).replace("-", "−");
  return value < 0 ? `(${text})` : text;
};

/** A probability: near 1 it isn't rounded up to it. */
const chance = (p) => (p < 1 && p >= 0.9995 ? "more than 0.999" : amount(p));

/** Several names in a sentence: a, b and c. */
const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

/** The whole picture in words. */
function statusText(S) {
  const { scores, names, label, temperature, p, loss, gradient, powers, logs } = S;
  const heat = temperature === 1 ? "" : `Temperature ${pretty(temperature)}. `;
  if (p.some(Number.isNaN)) {
    const large = powers.indexOf(Infinity);
    if (large >= 0)
      return `${heat}e to the power of ${exponent(S.exponents[large])} is too large for a float, so it counts as infinite, and infinity ` +
        "divided by infinity is not a number (nan). No probabilities, no loss, no gradient. Subtract the largest score first.";
    return `${heat}Every power of e is too small for a float, so it counts as 0, and 0 divided by 0 is not a number (nan). ` +
      "No probabilities, no loss, no gradient. Subtract the largest score first.";
  }
  const right = names[label], own = chance(p[label]);
  const most = Math.max(...p), best = names.filter((_, k) => p[k] === most), others = names.filter((_, k) => k !== label);
  const even = best.length === names.length;
  const lead = even ? `All classes get ${chance(most)}: no idea. `
    : `Best ${best.length > 1 ? "are" : "is"} ${listed(best)} with ${chance(most)}${best.length > 1 ? " each" : ""}`;
  let wrong; // what the label has to do with it
  if (even) wrong = `The label is ${right}, so the loss is ln ${names.length} = ${amount(loss)}. `;
  else if (p[label] === 0 && loss === Infinity)
    wrong = `; the label is ${right}, whose power is too small for a float: −ln 0 is infinite. `;
  else if (p[label] === 0)
    wrong = `; the label is ${right}, whose probability is too small for a float, but not its logarithm: ` +
      `ln p = ${amount(logs[label])}, so the loss is ${amount(loss)}. `;
  else if (best.length === 1 && p[label] === most) wrong = `, and it is the label, so the loss is −ln ${own} = ${amount(loss)}. `;
  else wrong = `; the label, ${right}, gets ${own}, so the loss is −ln ${own} = ${amount(loss)}. `;
  if (Math.max(...gradient.map(Math.abs)) < 0.0005)
    return `${heat}${lead}${wrong}The gradient is almost 0: there is nothing left to learn.`;
  const sizes = gradient.filter((_, k) => k !== label), steepest = others[sizes.indexOf(Math.max(...sizes))];
  const alike = sizes.every((size) => size === sizes[0]);
  const down = others.length === 1 ? `lower that of ${others[0]}` : `lower the others${alike ? ", all alike" : `, ${steepest} most`}`;
  return `${heat}${lead}${wrong}A step against the gradient would raise the score of ${right} and ${down}.`;
}

// ------------------------------------------------------------------------------ drawing

const ROW = 30, AXIS = 22, FONT = "14px system-ui, sans-serif", BOLD = `600 ${FONT}`, SMALL = "12px system-ui, sans-serif";
const VALUES = 86; // CSS pixels kept for the numbers at the right

/** Bars from `zero` to each value, a row each, on a scale from `low` to `high`.
 *
 * rows  [{ name, value, text, label, hatched }]; `hatched` bars lie under lines
 */
function drawBars(context, width, rows, { low, high, ticks }, look) {
  const { inks, accent, lines } = look;
  context.font = BOLD;
  const left = Math.ceil(Math.max(...rows.map(({ name }) => context.measureText(name).width))) + 10;
  const right = width - VALUES, across = (value) => left + ((right - left) * (value - low)) / (high - low);
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
    const y = k * ROW, from = across(Math.min(0, value)), size = across(Math.max(0, value)) - from;
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
    if (label) { // hatched, with a frame: told without its colour
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

function render({ model, el }) {
  const { doc, root, win, status, begin } = stage(model, el, "softmax");
  const initial = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));

  /** Python may set scores and names one after the other: of both, what there is of each. */
  function settings() {
    const count = Math.min(model.get("scores").length, model.get("names").length);
    return {
      scores: model.get("scores").slice(0, count), names: model.get("names").slice(0, count),
      label: Math.min(model.get("label"), count - 1), temperature: model.get("temperature"),
    };
  }
  const calculate = () => {
    const { scores, names, label, temperature } = settings();
    return { scores, names, label, temperature, ...softmaxOf(scores, label, temperature, model.get("powers") === "shifted") };
  };
  let S = calculate(); // all that is shown

  /** Set what the reader chose, in one message to Python. */
  function change(values) {
    if (values.scores?.some((score) => Math.abs(score) > LIMIT)) return status.refuse(TEXT.tooFar);
    status.settle();
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    S = calculate();
    model.save_changes();
  }
  let ends = null; // of the sliders
  const changeAll = (fn) => {
    ends = null;
    change({ scores: S.scores.map(fn) });
  };

  // -- what there is to set
  const group = (label, ...buttons) => make(doc, "div", { class: "axw-choice", role: "group", "aria-label": label },
    make(doc, "span", { text: label }), make(doc, "div", { class: "axw-steps" }, ...buttons));
  const wrong = () => (S.label + 1) % S.scores.length;
  const examples = group(TEXT.examples,
    button(doc, TEXT.noIdea, () => changeAll(() => 0)),
    button(doc, TEXT.sureRight, () => changeAll((_, k) => (k === S.label ? SURE : 0))),
    button(doc, TEXT.sureWrong, () => changeAll((_, k) => (k === wrong() ? SURE : 0))),
    button(doc, TEXT.reset, () => {
      ends = null;
      change(initial);
    }));
  const all = group(TEXT.all,
    ...[1, -1, 1000, -1000].map((n) => button(doc, TEXT.add(n), () => changeAll((score) => score + n))),
    button(doc, TEXT.twice, () => changeAll((score) => 2 * score)),
    button(doc, TEXT.half, () => changeAll((score) => score / 2)));
  const powers = segments(doc, TEXT.powers, [["shifted", TEXT.shifted], ["plain", TEXT.plain]],
    (value) => change({ powers: value }));
  const temperature = slider(doc, TEXT.temperature, -20, 20, // 0.1 to 10, in steps of a twentieth of a power of ten
    (place) => change({ temperature: Number((10 ** (place / 20)).toPrecision(2)) }), { text: () => pretty(S.temperature) });
  const classes = slider(doc, TEXT.classes, FEWEST, MOST, (count) => {
    const free = NAMES.filter((name) => !S.names.includes(name)), more = Math.max(0, count - S.names.length);
    change({
      names: [...S.names.slice(0, count), ...free.slice(0, more)],
      scores: [...S.scores.slice(0, count), ...Array(more).fill(0)],
      label: Math.min(S.label, count - 1),
    });
  });

  const one = `axw-${Math.random().toString(36).slice(2)}`; // the radio buttons of this view
  const rows = Array.from({ length: MOST }, (_, k) => {
    const set = (score) => change({ scores: S.scores.map((old, j) => (j === k ? score : old)) });
    const radio = make(doc, "input", { type: "radio", name: one, ...KEYS_ARE_OURS, change: () => change({ label: k }) });
    const name = words(doc, "", "");
    const range = make(doc, "input", { type: "range", step: 0.1, ...KEYS_ARE_OURS, input: () => set(Number(range.value)) });
    const field = numberField(doc, "", set, (typed) => status.refuse(TEXT.notANumber(typed)));
    const node = make(doc, "div", { class: "axw-softmax-row" },
      make(doc, "label", { class: "axw-segment" }, radio, name), range, field.node);
    return { node, radio, name, range, field };
  });
  const head = make(doc, "div", { class: "axw-softmax-row axw-small", "aria-hidden": "true" },
    words(doc, TEXT.labelHead), words(doc, ""), words(doc, TEXT.scoreHead));
  const table = make(doc, "div", { class: "axw-softmax-rows", role: "group", "aria-label": TEXT.rows },
    head, ...rows.map((row) => row.node));
  const step = button(doc, TEXT.step, () => {
    if (S.gradient.some(Number.isNaN)) return status.refuse(TEXT.noStep);
    changeAll((score, k) => score - S.gradient[k]);
  });

  // -- what there is to see
  function chart(name) {
    const title = make(doc, "strong", { text: name }), about = words(doc);
    const canvas = make(doc, "canvas", { role: "img" });
    const node = make(doc, "figure", {}, make(doc, "figcaption", { class: "axw-caption" }, title, about), canvas);
    return { node, about, canvas };
  }
  const shares = chart(TEXT.probabilities), slopes = chart(TEXT.gradient);
  const facts = factList(doc, TEXT.facts);

  let look = null, width = 320;
  function takeColours(inks) {
    const accent = win.getComputedStyle(root).getPropertyValue("--axw-accent").trim() || inks.ink;
    look = { inks, accent, lines: hatch(doc, inks.ground, 1, 7) };
  }
  function takeSize() {
    width = shares.node.clientWidth || width; // 0: not on the page yet
  }

  function draw() {
    S = calculate();
    const { names, label, p, gradient, temperature: heat } = S;
    const named = names.map((name, k) => (k === label ? TEXT.labelled(name) : name));
    const arrow = (slope) => (Math.abs(slope) < 0.0005 || Number.isNaN(slope) ? "" : slope < 0 ? ` ${TEXT.up}` : ` ${TEXT.down}`);
    const reach = Math.max(1, 1 / heat), height = names.length * ROW + AXIS;
    const row = (values, text) => values.map((value, k) => ({ name: named[k], value, text: text(value), label: k === label }));
    drawBars(fit(shares.canvas, width, height), width, row(p, (value) => chance(value).replace("more than", ">")),
      { low: 0, high: 1, ticks: [0, 0.5, 1] }, look);
    drawBars(fit(slopes.canvas, width, height), width, row(gradient, (value) => amount(value) + arrow(value)),
      { low: -reach, high: reach, ticks: [-reach, 0, reach] }, look);
    setLabel(shares.canvas, TEXT.chart(TEXT.probabilities, named.map((name, k) => `${name} ${chance(p[k])}`)));
    setLabel(slopes.canvas, TEXT.chart(TEXT.gradient, named.map((name, k) => `${name} ${amount(gradient[k])}`)));
    setText(slopes.about, TEXT.gradientOf(heat));
    showSettings();
    showFacts();
    status.say(statusText(S));
  }

  function showSettings() {
    const { scores, names, label } = S;
    ends = endsFor(scores, ends);
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
    temperature.show(Math.round(20 * Math.log10(S.temperature)));
    classes.show(names.length);
  }

  function showFacts() {
    const { names, exponents, powers: values, sum, p, label, loss, entropy } = S;
    const terms = names.map((name, k) => TEXT.power(name, exponent(exponents[k]), amount(values[k])));
    const known = !Number.isNaN(loss);
    facts.show({
      powers: [...terms, TEXT.sum(amount(sum))].join(" · "),
      loss: known && p[label] > 0 ? TEXT.lossIs(chance(p[label]), amount(loss)) : TEXT.lossOf(amount(loss)),
      guess: known && Number.isFinite(loss) ? TEXT.guess(amount(Math.exp(loss))) : TEXT.guessNone,
      entropy: TEXT.entropy(amount(entropy), names.length, amount(Math.log(names.length))),
    });
  }

  // el.alexnetWidget.results(): for tests and the curious
  const probe = {
    results() {
      const { p, logs, loss, gradient, entropy } = calculate();
      return { probabilities: p, logs, loss, gradient, entropy };
    },
  };
  return begin({
    children: [
      examples, table,
      make(doc, "div", { class: "axw-pictures" }, shares.node, slopes.node),
      make(doc, "div", { class: "axw-steps" }, step, words(doc, `${TEXT.stepAbout} ${TEXT.upDown}`)),
      make(doc, "div", { class: "axw-sliders" }, temperature.node, classes.node),
      make(doc, "div", { class: "axw-choices" }, all, powers.node),
      facts.node,
    ],
    traits: TRAITS, draw, colours: takeColours, sizes: takeSize, watch: [shares.node], probe,
  });
}

export default { render };
