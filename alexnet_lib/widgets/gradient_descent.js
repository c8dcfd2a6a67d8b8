/* The gradient descent widget: a ball on a surface, and the steps that it takes.
 *
 * The traits and the arithmetic are those of gradient_descent.py. Uses common.js, which comes
 * before it in the module.
 */

const TRAITS = [
  "surface",
  "optimizer",
  "rate",
  "momentum",
  "decay",
  "noise",
  "falls",
  "start",
  "seed",
  "step",
];

const STEPS = 100; // of a run
const GONE = 10000; // a ball farther out than this isn't followed any more
const NEAR = 0.1; // within this distance of a bottom, the ball has arrived
const LAST = 20; // steps at the end of a run, by which it is judged
const SETTLED = 5; // steps that it must have been near by then
const SQUARES = { rmsprop: 0.9, adam: 0.999 }; // what their running means of squares keep
const TINY = 1e-8;
const FARTHEST = 20; // of a start, on either side of 0
const RATES = [
  0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09,
  0.1, 0.11, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5,
  1.9, 2, 2.1, 3,
];

// Every text of the widget.
const TEXT = {
  surface: "Surface",
  names: {
    valley: "narrow valley",
    bowl: "bowl",
    bend: "bent valley",
    hollows: "two hollows",
    saddle: "saddle",
    plateau: "plateau with a hole",
  },
  optimizer: "Step by",
  rules: { sgd: "gradient descent", rmsprop: "RMSProp", adam: "Adam" },
  rate: "Rate",
  momentum: "Momentum",
  decay: "Decay",
  noise: "Noise",
  none: "–",
  falls: "The rate",
  stays: "stays",
  falling: "÷ 10 halfway",
  start: "Start",
  startA: "Start, first weight",
  startB: "Start, second weight",
  keep: "Keep this path",
  forget: "Forget the kept path",
  again: "Other noise",
  reset: "Reset",
  first: "Back to the start",
  previous: "Previous step",
  next: "Next step",
  play: "Play",
  pause: "Pause",
  lessMotion: "Your system asks for less motion: Play takes one step at a time.",
  place: (at, n) => `step ${at} of ${n}`,
  map: "The surface from above",
  keys: "The surface from above. Arrow keys move the start.",
  curve: "Loss, step by step",
  curveAlt: (from, to, lowest) =>
    `Loss, on a scale of powers of ten: it begins at ${from} and ends at ${to}; the lowest is ${lowest}.`,
  isPath: "the way down",
  isKept: (words) => `kept: ${words}`,
  isBottom: "bottom",
  settings: (rule, rate, rest) => [rule, `rate ${rate}`, ...rest].join(", "),
  facts: { gradient: "Gradient here", move: "Next move", decay: "Pull of the decay" },
  pair: (a, b) => `(${a}, ${b})`,
  withNoise: (pair) => `${pair}, with the noise`,
  gone: "none: the ball is gone",
  last: "none: this was the last step",
  heightAt: (a, b, height) => `(${a}, ${b}): loss ${height}`,
  notANumber: (typed) => `“${typed}” is not a number; the start stays where it was.`,
  tooFar: `A start lies between −${FARTHEST} and ${FARTHEST} in both directions; it stays where it was.`,
  noNoise: "There is no noise: move its slider first.",
};

// ------------------------------------------------------------------------------ surfaces

const valley = (bend) => ({
  height: (a, b) => (a * a + bend * b * b) / 2,
  slopes: (a, b) => [a, bend * b],
});
const hole = (a, b) => 2 * Math.exp(-(a * a + b * b) / 2);

// The losses over two weights, never below 0; as in gradient_descent.py. The lowest bottom first.
const SURFACES = {
  valley: {
    ...valley(20),
    bottoms: [[0, 0]],
    span: [
      [-7, 11],
      [-2.5, 2.5],
    ],
    start: [10, 1],
  },
  bowl: {
    ...valley(1),
    bottoms: [[0, 0]],
    span: [
      [-4, 4],
      [-2.5, 2.5],
    ],
    start: [-3, 2],
  },
  bend: {
    height: (a, b) => 2 * (b - (a * a) / 4) ** 2 + (a - 2) ** 2 / 10,
    slopes: (a, b) => [-2 * a * (b - (a * a) / 4) + (a - 2) / 5, 4 * (b - (a * a) / 4)],
    bottoms: [[2, 1]],
    span: [
      [-4, 4],
      [-1, 4],
    ],
    start: [-3, 3],
  },
  hollows: {
    height: (a, b) => (a * a - 4) ** 2 / 8 + a / 4 + b * b + 0.51,
    slopes: (a, b) => [(a * (a * a - 4)) / 2 + 0.25, 2 * b],
    bottoms: [
      [-2.0597, 0],
      [1.9343, 0],
    ],
    span: [
      [-4, 4],
      [-2.5, 2.5],
    ],
    start: [-0.5, 2],
  },
  saddle: {
    height: (a, b) => (a * a) / 2 - (b * b) / 2 + b ** 4 / 16 + 1,
    slopes: (a, b) => [a, b ** 3 / 4 - b],
    bottoms: [
      [0, 2],
      [0, -2],
    ],
    span: [
      [-4, 4],
      [-3, 3],
    ],
    start: [-3, 0],
  },
  plateau: {
    height: (a, b) => 2 - hole(a, b),
    slopes: (a, b) => [a * hole(a, b), b * hole(a, b)],
    bottoms: [[0, 0]],
    span: [
      [-4, 4],
      [-2.5, 2.5],
    ],
    start: [-3.2, 1.5],
  },
};

// ------------------------------------------------------------------------------ arithmetic

const drawnNumbers = memoize(uniform);

/** Return what is added to the two slopes in each step: STEPS pairs. */
function noisePairs(seed, size) {
  const drawn = drawnNumbers(seed, STEPS, 8);
  const bell = (at) => drawn[at] + drawn[at + 1] + drawn[at + 2] + drawn[at + 3] - 2;
  return Array.from({ length: STEPS }, (_, k) =>
    [0, 4].map((i) => size * Math.sqrt(3) * bell(8 * k + i)),
  );
}

/** Return the move of one weight in step `count`, and change its memory [m, q]. */
function moveOf(w, slope, rate, count, memory, { optimizer, momentum: keep, decay }) {
  if (optimizer === "sgd") {
    memory[0] = keep * memory[0] - decay * rate * w - rate * slope;
    return memory[0];
  }
  const g = slope + decay * w;
  const squares = SQUARES[optimizer];
  memory[1] = squares * memory[1] + (1 - squares) * g * g;
  if (optimizer === "rmsprop") return (-rate * g) / (Math.sqrt(memory[1]) + TINY);
  memory[0] = keep * memory[0] + (1 - keep) * g;
  const mean = memory[0] / (1 - keep ** count);
  return (-rate * mean) / (Math.sqrt(memory[1] / (1 - squares ** count)) + TINY);
}

/** Return { path, gradients }: the places of the ball, and the slopes, with noise, at each. */
function roll(settings) {
  const { slopes } = SURFACES[settings.surface];
  const noises = noisePairs(settings.seed, settings.noise);
  const memory = [
    [0, 0],
    [0, 0],
  ];
  const path = [settings.start];
  const gradients = [];
  let place = settings.start;
  for (let k = 0; k < STEPS; k++) {
    const rate = settings.falls && k >= STEPS / 2 ? settings.rate / 10 : settings.rate;
    const gradient = slopes(...place).map((g, i) => g + noises[k][i]);
    gradients.push(gradient);
    place = place.map((w, i) => w + moveOf(w, gradient[i], rate, k + 1, memory[i], settings));
    if (!(Math.max(...place.map(Math.abs)) <= GONE)) break; // so that nan is gone, too
    path.push(place);
  }
  return { path, gradients };
}

/** Say how the run ends: { kind, bottom, distance, step }, as GradientDescentWidget.verdict. */
function verdictOf({ surface, noise }, path, losses) {
  const { bottoms } = SURFACES[surface];
  if (path.length <= STEPS)
    return { kind: "diverges", bottom: 0, distance: Infinity, step: path.length };
  const gap = ([x, y], [a, b]) => Math.hypot(x - a, y - b);
  const gaps = bottoms.map((each) => gap(path.at(-1), each));
  const bottom = gaps.indexOf(Math.min(...gaps));
  const distances = path.map((place) => gap(place, bottoms[bottom]));
  const distance = distances.at(-1);
  const since = distances.findLastIndex((each) => each > NEAR) + 1;
  if (since <= STEPS - SETTLED) return { kind: "arrives", bottom, distance, step: since };
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const mean = sum(distances.slice(-LAST)) / LAST;
  if (noise > 0) return { kind: mean < 1.5 ? "dances" : "on", bottom, distance: mean, step: STEPS };
  const moves = path.slice(-LAST).map((place, k) => gap(place, path[STEPS - LAST + k]));
  const most = Math.max(...moves);
  if (most < 0.005) return { kind: "still", bottom, distance, step: STEPS };
  const stays = sum(losses.slice(-LAST)) > 0.9 * sum(losses.slice(-2 * LAST, -LAST));
  return { kind: most > 0.05 && stays ? "bounces" : "on", bottom, distance, step: STEPS };
}

/** Return the number of the step that first leaves the map, or null. */
function leavesMap(surface, path) {
  const at = path.findIndex((place) => !onMap(SURFACES[surface], place));
  if (at >= 0) return at;
  return path.length <= STEPS ? path.length : null;
}

const onMap = ({ span }, place) =>
  place.every((value, i) => value >= span[i][0] && value <= span[i][1]);

const rollOnce = memoize((...values) =>
  roll(Object.fromEntries(values.map((v, i) => [RUN[i], v]))),
);
const RUN = TRAITS.slice(0, -1); // all that a run depends on

/** Return everything that the picture shows, from the model's traits. */
function calculate(model) {
  const settings = traitValues(model, TRAITS);
  const { path, gradients } = rollOnce(...RUN.map((name) => settings[name]));
  const losses = path.map((place) => SURFACES[settings.surface].height(...place));
  const at = Math.min(settings.step, path.length - 1);
  return {
    ...settings,
    path,
    gradients,
    losses,
    at,
    gone: path.length <= STEPS && settings.step >= path.length,
    offMap: leavesMap(settings.surface, path),
    verdict: verdictOf(settings, path, losses),
  };
}

// ------------------------------------------------------------------------------ words

const pairText = ([a, b]) => TEXT.pair(pretty(a), pretty(b));
const stepsText = (n) => (n === 1 ? "1 step" : `${n} steps`);

/** Write a number of any size: 58,500, 3.24, 0.000042 as 4.2·10⁻⁵. */
function amountText(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  if (size >= 0.0005 && size < 1e6) return pretty(value);
  const [digits, ten] = value.toExponential(1).split("e");
  return `${pretty(Number(digits))}·10${superscript(Number(ten))}`;
}

/** Say how the run ends, as GradientDescentWidget.ending. */
function endingText({ surface, verdict, offMap, decay }) {
  const { kind, bottom, distance, step } = verdict;
  const away = amountText(distance);
  const worse = surface === "hollows" && bottom === 1 ? ", but it is the worse hollow" : "";
  const pulled = decay > 0 ? " The decay pulls it away from there, towards (0, 0)." : "";
  return {
    diverges: () =>
      `It flies apart: off the map after ${stepsText(offMap)}, and more than ${pretty(GONE)} away ` +
      `after ${step}. Try a lower rate.`,
    arrives: () => `It arrives: within ${NEAR} of a bottom from step ${step} on${worse}.`,
    dances: () => `The noise keeps it dancing, ${away} from a bottom on average${worse}.`,
    bounces: () => `It moves back and forth and gets no nearer: ${away} from a bottom at the end.`,
    still: () =>
      `It hardly moves any more, ${away} from a bottom${worse}.` +
      (pulled || " The ground is level there, or nearly so."),
    on: () => `After ${STEPS} steps it is on its way, ${away} from a bottom.`,
  }[kind]();
}

/** Describe the whole picture in words. */
function statusText(state) {
  const { at, path, losses, gone } = state;
  const where = gone
    ? "The ball is gone. "
    : `Step ${at}: the ball is at ${pairText(path[at])}, and the loss is ${amountText(losses[at])}. `;
  return where + endingText(state);
}

/** Name the settings of a run, for the key of a kept path. */
function settingsText({ optimizer, rate, momentum, decay, noise, falls }) {
  const rest = [];
  if (optimizer !== "rmsprop" && momentum) rest.push(`momentum ${pretty(momentum)}`);
  if (decay) rest.push(`decay ${pretty(decay)}`);
  if (noise) rest.push(`noise ${pretty(noise)}`);
  if (falls) rest.push("rate ÷ 10 halfway");
  return TEXT.settings(TEXT.rules[optimizer], pretty(rate), rest);
}

// ------------------------------------------------------------------------------ drawing

const COLS = 120; // of the grid on which a surface is drawn
const ROWS = 76;
const LEVELS = 9; // lines of equal loss
const PAD = { left: 34, right: 10, top: 6, bottom: 22 };
const SMALL = "12px system-ui, sans-serif";

/** Compute a surface on the grid: heights (ROWS · COLS), from the upper left. */
const heightsOf = memoize((surface) => {
  const { height, span } = SURFACES[surface];
  const [[left, right], [low, high]] = span;
  const out = new Float64Array(ROWS * COLS);
  for (let y = 0; y < ROWS; y++)
    for (let x = 0; x < COLS; x++)
      out[y * COLS + x] = height(
        left + ((right - left) * x) / (COLS - 1),
        high - ((high - low) * y) / (ROWS - 1),
      );
  return out;
});

/** Trace the lines of equal loss: [[x, y, x, y], …] in cells of the grid (marching squares). */
const linesOf = memoize((surface) => {
  const heights = heightsOf(surface);
  const most = heights.reduce((a, b) => Math.max(a, b), 0);
  const lines = [];
  for (let n = 1; n <= LEVELS; n++) {
    const level = most * (n / (LEVELS + 1)) ** 2; // closer where it is low
    for (let y = 0; y < ROWS - 1; y++)
      for (let x = 0; x < COLS - 1; x++) {
        const corners = [
          [x, y],
          [x + 1, y],
          [x + 1, y + 1],
          [x, y + 1],
        ];
        const above = corners.map(([i, j]) => heights[j * COLS + i] - level);
        const crossings = [];
        for (let side = 0; side < 4; side++) {
          const next = (side + 1) % 4;
          if (above[side] > 0 === above[next] > 0) continue;
          const share = above[side] / (above[side] - above[next]);
          const [[x1, y1], [x2, y2]] = [corners[side], corners[next]];
          crossings.push([x1 + share * (x2 - x1), y1 + share * (y2 - y1)]);
        }
        for (let k = 0; k + 1 < crossings.length; k += 2)
          lines.push([...crossings[k], ...crossings[k + 1]]);
      }
  }
  return lines;
});

/** Return the frame of a chart: where it lies in its canvas, and how places become pixels. */
function frameOf(width, height, [[left, right], [low, high]]) {
  const box = {
    x: PAD.left,
    y: PAD.top,
    width: width - PAD.left - PAD.right,
    height: height - PAD.top - PAD.bottom,
  };
  return {
    ...box,
    across: (a) => box.x + (box.width * (a - left)) / (right - left),
    down: (b) => box.y + (box.height * (high - b)) / (high - low),
    back: (x, y) => [
      left + ((right - left) * (x - box.x)) / box.width,
      high - ((high - low) * (y - box.y)) / box.height,
    ],
  };
}

/** Choose round marks along an axis: about `most` of them. */
function marksOf(low, high, most) {
  const step = [0.5, 1, 2, 5].find((each) => (high - low) / each <= most) ?? 10;
  const marks = [];
  for (let mark = Math.ceil(low / step) * step; mark <= high + 1e-9; mark += step) marks.push(mark);
  return marks;
}

/** Draw a line with a rim, so that it stands out from everything. */
function drawWay(context, points, color, rim, dash = []) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.lineJoin = "round";
  for (const [ink, wide, dashes] of [
    [rim, 4.5, []],
    [color, 2, dash],
  ]) {
    context.strokeStyle = ink;
    context.lineWidth = wide;
    context.setLineDash(dashes);
    context.stroke();
  }
  context.setLineDash([]);
}

function drawDots(context, points, color, radius) {
  context.fillStyle = color;
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

function drawAxes(context, frame, inks, { xs, ys, yText = pretty }) {
  context.font = SMALL;
  context.fillStyle = inks.soft;
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.strokeRect(frame.x + 0.5, frame.y + 0.5, frame.width - 1, frame.height - 1);
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const x of xs) context.fillText(pretty(x), frame.across(x), frame.y + frame.height + 12);
  context.textAlign = "right";
  for (const y of ys) context.fillText(yText(y), frame.x - 5, frame.down(y));
}

/** Clip what `drawing` draws to a frame. */
function within(context, frame, drawing) {
  context.save();
  context.beginPath();
  context.rect(frame.x, frame.y, frame.width, frame.height);
  context.clip();
  drawing();
  context.restore();
}

function drawMap(context, state, kept, frame, image, { inks, accent }) {
  const { surface, path, at } = state;
  const { bottoms, span } = SURFACES[surface];
  const point = ([a, b]) => [frame.across(a), frame.down(b)];
  within(context, frame, () => {
    context.globalAlpha = 0.45;
    context.imageSmoothingEnabled = true;
    context.drawImage(image, frame.x, frame.y, frame.width, frame.height);
    context.globalAlpha = 0.8;
    context.strokeStyle = inks.soft;
    context.lineWidth = 1;
    context.beginPath();
    const [right, down] = [frame.width / (COLS - 1), frame.height / (ROWS - 1)];
    for (const [x1, y1, x2, y2] of linesOf(surface)) {
      context.moveTo(frame.x + x1 * right, frame.y + y1 * down);
      context.lineTo(frame.x + x2 * right, frame.y + y2 * down);
    }
    context.stroke();
    context.globalAlpha = 1;
    for (const bottom of bottoms) {
      const [x, y] = point(bottom);
      context.strokeStyle = inks.ink;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x - 6, y);
      context.lineTo(x + 6, y);
      context.moveTo(x, y - 6);
      context.lineTo(x, y + 6);
      context.stroke();
    }
    if (kept) drawWay(context, kept.path.map(point), inks.lost, inks.ground, [5, 4]);
    const way = path.slice(0, at + 1).map(point);
    drawWay(context, way, inks.mark, inks.ground);
    drawDots(context, way, inks.mark, 2.75);
    const [x, y] = way[0]; // the start: a square
    for (const [ink, size] of [
      [inks.ground, 11],
      [inks.ink, 7],
    ]) {
      context.fillStyle = ink;
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
  });
  drawAxes(context, frame, inks, {
    xs: marksOf(...span[0], 9),
    ys: marksOf(...span[1], 6),
  });
  drawBall(context, frame, point(path[at]), inks, accent);
}

/** Draw the ball; if it is off the map, an arrowhead at the edge that points to it. */
function drawBall(context, frame, [x, y], inks, accent) {
  const [low, high] = [
    [frame.x, frame.y],
    [frame.x + frame.width, frame.y + frame.height],
  ];
  const seen = [Math.max(low[0], Math.min(high[0], x)), Math.max(low[1], Math.min(high[1], y))];
  context.fillStyle = accent;
  context.strokeStyle = inks.ground;
  context.lineWidth = 2;
  context.beginPath();
  if (seen[0] === x && seen[1] === y) context.arc(x, y, 7, 0, 2 * Math.PI);
  else {
    const turn = Math.atan2(y - seen[1], x - seen[0]);
    for (const [angle, far] of [
      [0, 2],
      [2.5, 16],
      [-2.5, 16],
    ])
      context.lineTo(
        seen[0] + far * Math.cos(turn + angle),
        seen[1] + far * Math.sin(turn + angle),
      );
    context.closePath();
  }
  context.fill();
  context.stroke();
}

const CURVE = [
  [0, STEPS],
  [-4, 4],
]; // steps; powers of ten

function drawCurve(context, state, kept, frame, { inks, accent }) {
  const { losses, at } = state;
  const power = (loss) => Math.max(-4.5, Math.log10(Math.max(loss, 1e-9)));
  const points = (list) => list.map((loss, k) => [frame.across(k), frame.down(power(loss))]);
  const ys = [-4, -2, 0, 2, 4];
  context.strokeStyle = inks.line;
  context.globalAlpha = 0.5;
  context.beginPath();
  for (const y of ys.slice(1, -1)) {
    context.moveTo(frame.x, Math.round(frame.down(y)) + 0.5);
    context.lineTo(frame.x + frame.width, Math.round(frame.down(y)) + 0.5);
  }
  context.stroke();
  context.globalAlpha = 1;
  within(context, frame, () => {
    if (kept) drawWay(context, points(kept.losses), inks.lost, inks.ground, [5, 4]);
    drawWay(context, points(losses), inks.mark, inks.ground);
  });
  drawAxes(context, frame, inks, {
    xs: [0, 20, 40, 60, 80],
    ys,
    yText: (y) => (y ? `10${superscript(y)}` : "1"),
  });
  const [x, y] = points(losses)[at];
  drawBall(context, frame, [x, Math.min(frame.y + frame.height, y)], inks, accent);
}

// ------------------------------------------------------------------------------ the widget

const WIDE = 480; // CSS pixels at most

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, life, reducedMotion, status, redraw, begin } = stage(model, el, "gradient_descent");
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let kept = null; // another run, to compare with
  let width = 320;
  let frames = null;
  let look = null;
  let hover = null;

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next key may come before the next frame
  }
  /** Change a setting of the run, and show all of it. */
  function set(settings) {
    steps.stop();
    change({ ...settings, step: STEPS });
  }

  // -- controls
  const surfaceChoice = choice(doc, TEXT.surface, (surface) => {
    kept = null;
    set({ surface, start: SURFACES[surface].start });
  });
  const rules = Object.entries(TEXT.rules);
  const rule = segments(doc, TEXT.optimizer, rules, (optimizer) =>
    set({ optimizer, ...(optimizer === "adam" && !state.momentum ? { momentum: 0.9 } : {}) }),
  );
  const nearest = (value) =>
    RATES.reduce(
      (best, each, i) =>
        Math.abs(Math.log(each / value)) < Math.abs(Math.log(RATES[best] / value)) ? i : best,
      0,
    );
  const rate = slider(doc, TEXT.rate, 0, RATES.length - 1, (i) => set({ rate: RATES[i] }), {
    text: () => pretty(state.rate),
  });
  const momentum = slider(doc, TEXT.momentum, 0, 0.99, (value) => set({ momentum: value }), {
    step: 0.01,
    text: (value) => (state.optimizer === "rmsprop" ? TEXT.none : pretty(value)),
  });
  const decay = slider(doc, TEXT.decay, 0, 1, (value) => set({ decay: value }), { step: 0.01 });
  const noise = slider(doc, TEXT.noise, 0, 5, (value) => set({ noise: value }), { step: 0.1 });
  const falls = segments(
    doc,
    TEXT.falls,
    [
      ["stays", TEXT.stays],
      ["falls", TEXT.falling],
    ],
    (value) => set({ falls: value === "falls" }),
  );

  function startAt(start) {
    const rounded = start.map((value) => Number(value.toFixed(3)));
    if (rounded.some((value) => Math.abs(value) > FARTHEST)) return status.refuse(TEXT.tooFar);
    set({ start: rounded });
  }
  const refuse = (typed) => status.refuse(TEXT.notANumber(typed));
  const startFields = [TEXT.startA, TEXT.startB].map((label, i) =>
    numberField(
      doc,
      label,
      (value) => startAt(state.start.map((old, k) => (k === i ? value : old))),
      refuse,
    ),
  );
  const startPart = box(
    doc,
    "axw-choice",
    textSpan(doc, TEXT.start),
    box(doc, "axw-gradient_descent-start", ...startFields.map((field) => field.node)),
  );

  const keep = button(doc, TEXT.keep, () => {
    kept = kept ? null : state;
    redraw();
  });
  const again = button(doc, TEXT.again, () => {
    if (!state.noise) return status.refuse(TEXT.noNoise);
    set({ seed: (state.seed + 1) % 10000 });
  });
  const reset = button(doc, TEXT.reset, () => {
    kept = null;
    steps.stop();
    change(initial);
  });

  // -- pictures and texts
  const key = legend(doc, {
    path: [TEXT.isPath, "axw-is-path"],
    kept: ["", "axw-is-kept"],
    bottom: [TEXT.isBottom, "axw-is-bottom"],
  });
  const map = figure(doc, key.node);
  const curve = chartFigure(doc);
  const facts = factList(doc, TEXT.facts);
  const steps = stepper(doc, life, reducedMotion, {
    texts: TEXT,
    redraw,
    pace: 0.12,
    count: () => state.path.length,
    current: () => state.at,
    go: (at) => change({ step: at }),
  });

  // -- a start of one's own
  const pointAt = (event) => {
    const { back, x, y, width: wide, height } = frames.map;
    const inside =
      event.offsetX >= x &&
      event.offsetX <= x + wide &&
      event.offsetY >= y &&
      event.offsetY <= y + height;
    return inside ? back(event.offsetX, event.offsetY) : null;
  };
  const put = (event) => {
    const place = pointAt(event);
    if (place) startAt(place.map((value) => Number(value.toFixed(2))));
  };
  map.canvas.addEventListener("pointerdown", put);
  map.canvas.addEventListener("pointermove", (event) => {
    hover = pointAt(event);
    if (event.pointerType === "mouse" && event.buttons === 1) put(event);
    redraw();
  });
  map.canvas.addEventListener("pointerleave", () => {
    hover = null;
    redraw();
  });
  onWalk(
    map.canvas,
    (rows, cols) => {
      const { span } = SURFACES[state.surface];
      const far = [cols, -rows].map((n, i) => (n * (span[i][1] - span[i][0])) / 50);
      const inside = (value, i) => Math.max(span[i][0], Math.min(span[i][1], value));
      startAt(state.start.map((value, i) => inside(value + far[i], i)));
    },
    100,
  );

  // -- drawing
  const image = memoize(valuePicture(doc));
  const rootsOf = memoize((surface) => heightsOf(surface).map(Math.sqrt)); // low ground told apart
  const shadingOf = memoize((roots) => ({
    ...PALETTES.gray,
    signed: false,
    low: 0,
    high: roots.reduce((a, b) => Math.max(a, b), 0),
  }));

  function draw() {
    state = calculate(model);
    const height = Math.round(0.62 * width);
    frames = {
      map: frameOf(width, height, SURFACES[state.surface].span),
      curve: frameOf(width, height, CURVE),
    };
    const roots = rootsOf(state.surface);
    const shown = kept && kept.surface === state.surface ? kept : null;
    const picture = image(roots, ROWS, COLS, shadingOf(roots));
    drawMap(sizeCanvas(map.canvas, width, height), state, shown, frames.map, picture, look);
    drawCurve(sizeCanvas(curve.canvas, width, height), state, shown, frames.curve, look);
    showSettings(shown);
    showFacts();
    status.say(statusText(state), steps.playing() ? { pause: 3000 } : {});
  }

  function showSettings(shown) {
    surfaceChoice.show(state.surface, Object.entries(TEXT.names));
    rule.show(state.optimizer);
    rate.show(nearest(state.rate));
    momentum.show(state.momentum);
    momentum.input.disabled = state.optimizer === "rmsprop";
    decay.show(state.decay);
    noise.show(state.noise);
    falls.show(state.falls ? "falls" : "stays");
    startFields.forEach((field, i) => field.show(state.start[i]));
    setText(keep, shown ? TEXT.forget : TEXT.keep);
    setText(map.name, TEXT.map);
    setLabel(map.canvas, TEXT.keys);
    const { height } = SURFACES[state.surface];
    setText(
      map.readout,
      hover ? TEXT.heightAt(...hover.map(pretty), amountText(height(...hover))) : "",
    );
    setText(curve.name, TEXT.curve);
    const lowest = Math.min(...state.losses);
    const alt = [state.losses[0], state.losses.at(-1), lowest].map(amountText);
    setLabel(curve.canvas, TEXT.curveAlt(...alt));
    key.kept.hidden = !shown;
    if (shown) setText(key.kept, TEXT.isKept(settingsText(shown)));
    steps.show(TEXT.place(state.at, STEPS));
  }

  function showFacts() {
    const { at, path, gradients, noise: size, decay: pull } = state;
    const gradient = gradients[at];
    const next = path[at + 1];
    const end = path.length <= STEPS && at === path.length - 1 ? TEXT.gone : TEXT.last;
    const pair = gradient
      ? pairText(gradient)
      : pairText(SURFACES[state.surface].slopes(...path[at]));
    facts.show({
      gradient: size && gradient ? TEXT.withNoise(pair) : pair,
      move: next ? pairText(next.map((value, i) => value - path[at][i])) : end,
      decay: pull ? pairText(path[at].map((value) => -pull * value)) : TEXT.none,
    });
  }

  const wide = (node) => {
    node.classList.add("axw-wide");
    return node;
  };
  return begin({
    children: [
      box(doc, "axw-choices", surfaceChoice.node, wide(rule.node)),
      box(doc, "axw-sliders", rate.node, momentum.node, decay.node, noise.node),
      box(doc, "axw-choices", wide(falls.node), startPart, keep, again, reset),
      box(doc, "axw-pictures", map.node, curve.node),
      steps.node,
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors(inks) {
      const dark = inks.ground === INKS.dark.ground;
      look = { inks, accent: dark ? "#7fb0ff" : "#1f5fbf" };
    },
    sizes() {
      width = Math.min(WIDE, map.node.clientWidth || width);
    },
    watch: [map.node],
    probe: {
      results() {
        const { path, losses, verdict, offMap } = calculate(model);
        return { path, losses, verdict, offMap };
      },
    },
  });
}

export default { render };
