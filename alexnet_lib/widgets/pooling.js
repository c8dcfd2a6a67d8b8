/* The pooling widget: each window of a picture becomes one number; move the picture, and count the
 * numbers that stay the same.
 *
 * The traits are those of pooling.py. Uses common.js, which comes before it in the module.
 */

const TRAITS = [
  "source",
  "grid",
  "map_bytes",
  "noise_bytes",
  "kind",
  "window",
  "stride",
  "down",
  "right",
  "row",
  "col",
];

const MARGIN = 3; // how far the picture can move, so the hidden rim around its visible part
const SIDES = { map: 55, noise: 12 };
const LARGEST = 8; // window
const LONGEST = 4; // stride

// Every text of the widget.
const TEXT = {
  picture: "Picture",
  output: "Output",
  kind: "Keep of each window",
  window: "Window",
  stride: "Stride",
  right: "Move right",
  down: "Move down",
  preset: "AlexNet pool1",
  reset: "Reset",
  first: "First window",
  previous: "Previous window",
  next: "Next window",
  play: "Play",
  pause: "Pause",
  lessMotion: "Your system asks for less motion: Play moves one window at a time.",
  place: (at, n) => `window ${at} of ${n}`,
  kinds: [
    ["max", "largest"],
    ["average", "mean"],
  ],
  sources: {
    grid: (rows, cols) => `Numbers, ${rows} × ${cols}`,
    noise: (rows, cols) => `Noise, ${rows} × ${cols}`,
    map: (rows, cols) => `Photo edges, ${rows} × ${cols}`,
  },
  sized: (name, rows, cols) => `${name}, ${rows} × ${cols}`,
  keys: (name, rows, cols) => `${name}, ${rows} by ${cols}. Arrow keys move the window.`,
  noOutput: "Output: none for this setting.",
  isWindow: "window",
  isWinner: "largest of a window",
  isShared: "read by more than one window",
  isUnread: "never read",
  isChanged: "changed by the move",
  readAt: (row, col, value, times) =>
    `picture[${row}, ${col}] = ${value}, ${times ? `read ${times}×` : "never read"}`,
  outputAt: (row, col, value, was) =>
    `output[${row}, ${col}] = ${value}${was ? `, was ${was}` : ""}`,
  facts: {
    size: "Output size",
    rest: "Left over",
    overlap: "Overlap",
    moved: "After the move",
    parameters: "Parameters",
  },
  formula: "⌊(size − window)/stride⌋ + 1",
  live: (n, k, s, out) => `⌊(${n} − ${k})/${s}⌋ + 1 = ${out}`,
  none: "none: there is nothing to learn",
  alone: "no number is read by more than one window",
  shared: (many, all, most) =>
    `${many} of ${all} numbers are read by more than one window, up to ${most}×`,
  still: "the picture lies where it lay: move it",
  stay: (many, all, share) => `${many} of ${all} numbers are what they were (${share} %)`,
  along: (places) =>
    `That is a whole number of strides, so the output moves along: ${places}. ` +
    "Only at the edge do numbers leave and come in.",
};

// ------------------------------------------------------------------------------ arithmetic

/** Return the visible part of the scene, (rows + 6) × (cols + 6), when the picture is moved. */
function visiblePart(scene, rows, cols, down, right) {
  const width = cols + 2 * MARGIN;
  const out = new Float64Array(rows * cols);
  for (let y = 0; y < rows; y++) {
    const from = (y + MARGIN - down) * width + MARGIN - right;
    out.set(scene.subarray(from, from + cols), y * cols);
  }
  return out;
}

/** Pool a picture: { values, winners }; a winner is the first of a window's largest numbers. */
function pool(picture, cols, k, s, outRows, outCols, kind) {
  const values = new Float64Array(outRows * outCols);
  const winners = new Int32Array(outRows * outCols);
  for (let r = 0; r < outRows; r++)
    for (let c = 0; c < outCols; c++) {
      const corner = r * s * cols + c * s;
      let best = corner;
      let sum = 0;
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) {
          const at = corner + i * cols + j;
          sum += picture[at];
          if (picture[at] > picture[best]) best = at;
        }
      values[r * outCols + c] = kind === "max" ? picture[best] : sum / (k * k);
      winners[r * outCols + c] = best;
    }
  return { values, winners };
}

/** Say why a setting is impossible, in the words of PoolingWidget.problem; else null. */
function problemOf(rows, cols, k) {
  const room = Math.min(rows, cols);
  if (k <= room) return null;
  return (
    `A window of ${k} × ${k} does not fit into the ${rows} × ${cols} picture: ` +
    `the largest that does is ${room} × ${room}.`
  );
}

/** Make a function from settings to state that keeps each step until its inputs change. */
function calculator() {
  const stored = memoize((bytes) => Float64Array.from(bytesOf(bytes)));
  const typed = memoize((grid) => {
    const rows = grid.length;
    const cols = grid[0].length;
    const width = cols + 2 * MARGIN;
    const scene = new Float64Array((rows + 2 * MARGIN) * width);
    grid.forEach((line, y) => scene.set(line, (y + MARGIN) * width + MARGIN));
    return scene;
  });
  const [moved, unmoved] = [memoize(visiblePart), memoize(visiblePart)];
  const [poolMoved, poolUnmoved] = [memoize(pool), memoize(pool)];
  const compare = memoize((a, b) => a.map((value, at) => (value === b[at] ? 1 : 0)));
  const reads = [memoize(readsAlong), memoize(readsAlong)];

  return (model) => {
    const source = model.get("source");
    const grid = model.get("grid");
    const kind = model.get("kind");
    const [rows, cols] =
      source === "grid" ? [grid.length, grid[0].length] : [SIDES[source], SIDES[source]];
    const scene = source === "grid" ? typed(grid) : stored(model.get(`${source}_bytes`));
    const k = model.get("window");
    const s = model.get("stride");
    const down = model.get("down");
    const right = model.get("right");
    const problem = problemOf(rows, cols, k);
    const outRows = problem ? 0 : outputSize(rows, k, s);
    const outCols = problem ? 0 : outputSize(cols, k, s);
    const picture = moved(scene, rows, cols, down, right);
    const settings = [cols, k, s, outRows, outCols, kind];
    const { values, winners } = poolMoved(picture, ...settings);
    const before = poolUnmoved(unmoved(scene, rows, cols, 0, 0), ...settings).values;
    const stays = compare(values, before);
    return {
      source,
      rows,
      cols,
      window: k,
      stride: s,
      kind,
      down,
      right,
      problem,
      outRows,
      outCols,
      picture,
      output: values,
      winners,
      before,
      stays,
      moved: Boolean(down || right),
      kept: stays.reduce((sum, one) => sum + one, 0),
      readRows: reads[0](rows, outRows, k, s),
      readCols: reads[1](cols, outCols, k, s),
      row: clamp(model.get("row"), outRows),
      col: clamp(model.get("col"), outCols),
    };
  };
}

// ------------------------------------------------------------------------------ words

/** Write a share in whole percent, but 0 and 100 only where it is exactly that. */
function percent(part, whole) {
  const share = (100 * part) / whole;
  const round = Math.round(share);
  return (round === 0 && part) || (round === 100 && part < whole)
    ? share.toFixed(1)
    : String(round);
}

/** Count the numbers that more than one window reads, and the most windows that read one. */
function overlap({ readRows, readCols }) {
  let many = 0;
  for (const y of readRows) for (const x of readCols) many += y * x > 1;
  return { many, most: Math.max(...readRows) * Math.max(...readCols) };
}

/** Write a move: 1 right and 2 up; "" for none. */
function moveText(down, right) {
  const part = (n, plus, minus) => (n ? `${Math.abs(n)} ${n > 0 ? plus : minus}` : "");
  return [part(right, "right", "left"), part(down, "down", "up")].filter(Boolean).join(" and ");
}

/** Write the window's numbers and what becomes of them. */
function windowText({ picture, kind, cols, row, col, window: k, stride }) {
  const numbers = [];
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++)
      numbers.push(pretty(picture[(row * stride + i) * cols + col * stride + j]));
  const terms = numbers.length > 25 ? [...numbers.slice(0, 8), "…", numbers.at(-1)] : numbers;
  if (kind === "max") return `the largest of ${terms.join(", ")}`;
  return `(${terms.join(" + ")})/${numbers.length}`;
}

/** Describe the whole picture in words. */
function statusText(state) {
  const { problem, rows, cols, window: k, stride, outRows, outCols, kept } = state;
  if (problem) return problem;
  const n = state.output.length;
  const at = state.row * outCols + state.col;
  const winner = state.winners[at];
  const row = Math.floor(winner / cols);
  const max = state.kind === "max";
  const from = max ? `, which stands at row ${row}, column ${winner % cols} of the picture` : "";
  const moved = state.moved
    ? `Since the picture was moved ${moveText(state.down, state.right)}, ` +
      `${kept} of ${n} numbers are what they were (${percent(kept, n)} %). `
    : "";
  const { many } = overlap(state);
  return (
    `${moved}Window ${pretty(at + 1)} of ${pretty(n)}: the ${max ? "largest number" : "mean"} is ` +
    `${pretty(state.output[at])}${from}. Picture ${rows} × ${cols}, windows ${k} × ${k}, ` +
    `stride ${stride}: output ${outRows} × ${outCols}. ` +
    (many
      ? `The windows overlap: ${pretty(many)} numbers are read more than once.`
      : "The windows do not overlap.")
  );
}

// ------------------------------------------------------------------------------ drawing

/** Return the cells for which `wanted(reads of the row, reads of the column)` holds, as a path. */
function cellsPath(state, { cell, left, top }, wanted) {
  const path = new Path2D();
  state.readRows.forEach((down, y) => {
    let from = -1; // a run of such cells in this row is one rectangle
    for (let x = 0; x <= state.cols; x++) {
      const inRun = x < state.cols && wanted(down, state.readCols[x]);
      if (inRun && from < 0) from = x;
      if (!inRun && from >= 0) {
        path.rect(left + from * cell, top + y * cell, (x - from) * cell, cell);
        from = -1;
      }
    }
  });
  return path;
}

/** Fill a path with a pattern through which the numbers under it still show. */
function fillLightly(context, path, pattern, alpha) {
  context.globalAlpha = alpha;
  context.fillStyle = pattern;
  context.fill(path);
  context.globalAlpha = 1;
}

/** Draw a ring around the winner of a window, with a rim, so that it shows on any number. */
function drawRing(context, inks, x, y, cell) {
  const radius = cell / 2 - 2.5;
  for (const [color, line] of [
    [inks.ground, 3.5],
    [inks.mark, 1.75],
  ]) {
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    context.arc(x + cell / 2, y + cell / 2, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawInput(context, state, side, ratio, image, colors, { inks, shared, unread }) {
  const least = state.problem ? Math.max(state.rows, state.cols, state.window) : 0;
  // a window that does not fit is drawn whole
  const whole = gridLayout(side, Math.max(state.rows, least), Math.max(state.cols, least), ratio);
  const { cell, left, top } = whole;
  const placeOf = (at) => [
    left + (at % state.cols) * cell,
    top + Math.floor(at / state.cols) * cell,
  ];
  drawPicture(context, image, whole);
  if (!state.problem) {
    const several = cellsPath(state, whole, (down, across) => down * across > 1);
    fillLightly(context, several, shared, cell >= 14 ? 0.55 : 0.3);
    const lost = cellsPath(state, whole, (down, across) => down * across === 0);
    context.globalAlpha = 0.6;
    context.fillStyle = inks.ground;
    context.fill(lost);
    context.globalAlpha = 1;
    fillLightly(context, lost, unread, 0.6);
  }
  if (cell >= 10) drawLines(context, whole, state.rows, state.cols, inks.line);
  if (cell >= 14 && state.kind === "max" && !state.problem)
    for (const at of new Set(state.winners)) drawRing(context, inks, ...placeOf(at), cell);
  if (cell >= 20) {
    const texts = cellTexts(cell - 4); // with room for the ring
    for (let y = 0; y < state.rows; y++)
      for (let x = 0; x < state.cols; x++) {
        const value = state.picture[y * state.cols + x];
        const read = state.problem || (state.readRows[y] && state.readCols[x]);
        texts.write(
          pretty(value),
          left + x * cell + 2,
          top + y * cell + 2,
          read ? colors.text[shadeIndex(colors, value)] : inks.ink,
        );
      }
    texts.draw(context);
  }
  const x = left + state.col * state.stride * cell;
  const y = top + state.row * state.stride * cell;
  const width = state.window * cell;
  drawMark(context, inks, x, y, width, width, state.problem ? [6, 4] : []);
  if (state.kind === "max" && !state.problem && cell < 14) {
    // too small for rings: only the winner of this window
    const [winX, winY] = placeOf(state.winners[state.row * state.outCols + state.col]);
    context.fillStyle = inks.mark;
    context.fillRect(winX + 1, winY + 1, cell - 2, cell - 2);
  }
  return whole;
}

/** Draw the output; the windows after number `upTo` are veiled. */
function drawOutput(context, state, side, ratio, image, colors, { inks, changed }, upTo) {
  const whole = gridLayout(side, state.outRows, state.outCols, ratio);
  const { cell, left, top } = whole;
  drawPicture(context, image, whole);
  const path = new Path2D();
  state.stays.forEach((stays, at) => {
    const x = left + (at % state.outCols) * cell;
    if (!stays) path.rect(x, top + Math.floor(at / state.outCols) * cell, cell, cell);
  });
  if (state.moved) fillLightly(context, path, changed, 0.75);
  if (cell >= 10) drawLines(context, whole, state.outRows, state.outCols, inks.line);
  drawNumbers(context, whole, state.outRows, state.outCols, state.output, colors);
  drawVeil(context, whole, state.outRows, state.outCols, upTo, inks);
  drawMark(context, inks, left + state.col * cell, top + state.row * cell, cell, cell);
  return whole;
}

// ------------------------------------------------------------------------------ the widget

const PICTURE = 460; // CSS pixels a side at most

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, win, life, reducedMotion, root, status, redraw, begin } = stage(
    model,
    el,
    "pooling",
  );
  const calculate = calculator();
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let layouts = {}; // where the pictures lie in their canvases

  /** Set what the reader chose, and what follows from it, in one message to Python. */
  function change(settings) {
    setTraits(model, settings);
    state = calculate(model);
    if (!state.problem) {
      model.set("row", state.row);
      model.set("col", state.col);
    }
    model.save_changes();
  }

  // -- controls
  const pictureChoice = choice(doc, TEXT.picture, (source) => change({ source }));
  const kindChoice = segments(doc, TEXT.kind, TEXT.kinds, (kind) => change({ kind }));
  const sliders = {
    window: slider(doc, TEXT.window, 1, LARGEST, (value) => change({ window: value })),
    stride: slider(doc, TEXT.stride, 1, LONGEST, (value) => change({ stride: value })),
    right: slider(doc, TEXT.right, -MARGIN, MARGIN, (value) => change({ right: value })),
    down: slider(doc, TEXT.down, -MARGIN, MARGIN, (value) => change({ down: value })),
  };
  const changeTo = (settings) => () => {
    steps.stop();
    change(settings);
  };
  const pool1 = { source: "map", kind: "max", window: 3, stride: 2 };
  const preset = button(
    doc,
    TEXT.preset,
    changeTo({ ...pool1, down: 0, right: 0, row: 0, col: 0 }),
  );
  const reset = button(doc, TEXT.reset, changeTo(initial));

  /** List the three pictures, with their sizes. */
  function pictureOptions() {
    const grid = model.get("grid");
    return [
      ["grid", TEXT.sources.grid(grid.length, grid[0].length)],
      ...["noise", "map"].map((source) => [
        source,
        TEXT.sources[source](SIDES[source], SIDES[source]),
      ]),
    ];
  }

  // -- pictures and texts
  const beforeKey = legend(doc, {
    window: [TEXT.isWindow, "axw-is-window"],
    winner: [TEXT.isWinner, "axw-is-winner"],
    shared: [TEXT.isShared, "axw-is-shared"],
    unread: [TEXT.isUnread, "axw-is-unread"],
  });
  const afterKey = legend(doc, { changed: [TEXT.isChanged, "axw-is-changed"] });
  const scale = scaleBar(doc);
  const why = make(doc, "p", { class: "axw-why" });
  const before = figure(doc, beforeKey.node);
  const after = figure(doc, why, afterKey.node, scale.node);
  const termsName = textSpan(doc);
  const terms = textSpan(doc, "", "axw-products");
  const total = make(doc, "strong");
  const termsPart = box(doc, "axw-terms", termsName, terms, total);
  const facts = factList(doc, TEXT.facts);

  // -- from window to window
  const current = () => state.row * state.outCols + state.col;
  const steps = stepper(doc, life, reducedMotion, {
    texts: TEXT,
    current,
    redraw,
    count: () => state.output.length,
    go: (at) => change({ row: Math.floor(at / state.outCols), col: at % state.outCols }),
  });

  // -- pointing at the pictures, and walking in them
  const over = onWindows(
    { before, after },
    {
      redraw,
      state: () => ({ ...state, span: state.window }),
      layouts: () => layouts,
      go: (place) => {
        steps.stop();
        change(place);
      },
    },
  );
  /** Describe what lies under the pointer. */
  function readout(picture) {
    const at = over(picture);
    if (!at) return "";
    const [y, x] = at;
    const inside = (rows, cols) => y >= 0 && y < rows && x >= 0 && x < cols;
    if (picture === "before") {
      if (!inside(state.rows, state.cols)) return "";
      const value = pretty(state.picture[y * state.cols + x]);
      return TEXT.readAt(y, x, value, state.readRows[y] * state.readCols[x]);
    }
    if (!inside(state.outRows, state.outCols)) return "";
    const place = y * state.outCols + x;
    const was = state.stays[place] ? "" : pretty(state.before[place]);
    return TEXT.outputAt(y, x, pretty(state.output[place]), was);
  }

  // -- drawing
  const inputImage = memoize(valuePicture(doc));
  const outputImage = memoize(valuePicture(doc));
  const pictureShading = memoize((values, source) =>
    source === "grid"
      ? chooseShading(values)
      : { ...PALETTES.gray, signed: false, low: 0, high: source === "noise" ? 99 : 255 },
  );
  let look = null; // colours and hatches
  let figureWidth = 320;

  function takeColors(inks) {
    look = {
      inks,
      shared: hatch(doc, inks.mark, -1, 6),
      unread: hatch(doc, inks.lost, 1, 5),
      changed: hatch(doc, inks.lost, 1, 5),
    };
  }
  function takeSize() {
    figureWidth = before.node.clientWidth || figureWidth; // 0 before it is on the page
  }

  function draw() {
    state = calculate(model);
    const side = Math.min(PICTURE, figureWidth);
    const ratio = win.devicePixelRatio || 1;
    // one scale for both pictures: pooling invents no number
    const tones = pictureShading(state.picture, state.source);
    const beforeContext = sizeCanvas(before.canvas, side, side);
    const afterContext = sizeCanvas(after.canvas, side, side);
    const image = inputImage(state.picture, state.rows, state.cols, tones);
    layouts = { before: drawInput(beforeContext, state, side, ratio, image, tones, look) };
    if (!state.problem) {
      const pooled = outputImage(state.output, state.outRows, state.outCols, tones);
      const upTo = steps.playing() ? current() : Infinity;
      layouts.after = drawOutput(afterContext, state, side, ratio, pooled, tones, look, upTo);
      scale.show(tones);
      setText(termsName, `output[${state.row}, ${state.col}] =`);
      setText(terms, windowText(state));
      setText(total, `= ${pretty(state.output[current()])}`);
    }
    root.classList.toggle("axw-impossible", Boolean(state.problem));
    showSettings();
    showFacts();
    setText(before.readout, readout("before"));
    setText(after.readout, readout("after"));
    status.say(statusText(state), steps.playing() ? { pause: 3000 } : {});
  }

  function showSettings() {
    pictureChoice.show(state.source, pictureOptions());
    kindChoice.show(state.kind);
    for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
    setText(before.name, TEXT.sized(TEXT.picture, state.rows, state.cols));
    setLabel(before.canvas, TEXT.keys(TEXT.picture, state.rows, state.cols));
    setText(
      after.name,
      state.problem ? TEXT.output : TEXT.sized(TEXT.output, state.outRows, state.outCols),
    );
    setLabel(
      after.canvas,
      state.problem ? TEXT.noOutput : TEXT.keys(TEXT.output, state.outRows, state.outCols),
    );
    setText(why, state.problem ?? "");
    beforeKey.winner.hidden = Boolean(state.problem) || state.kind !== "max";
    beforeKey.shared.hidden = Boolean(state.problem) || !overlap(state).many;
    beforeKey.unread.hidden =
      Boolean(state.problem) || (state.readRows.every(Boolean) && state.readCols.every(Boolean));
    afterKey.changed.hidden = state.kept === state.output.length;
    steps.show(state.problem ? "" : TEXT.place(pretty(current() + 1), pretty(state.output.length)));
  }

  function showFacts() {
    const { rows, cols, window: k, stride: s, problem } = state;
    const axes = axesOf(state);
    const named = ([names, n, out]) =>
      (axes.length > 1 ? `${names[1]}: ` : "") + TEXT.live(n, k, s, out);
    const { many, most } = overlap(state);
    const overlapText = many ? TEXT.shared(pretty(many), pretty(rows * cols), most) : TEXT.alone;
    facts.show({
      size: problem ? "–" : [TEXT.formula, ...axes.map(named)].join("\n"),
      rest: problem ? "–" : axes.map((axis) => leftOver(axis, k, s)).join("\n"),
      overlap: problem ? "–" : overlapText,
      moved: problem ? "–" : movedText(),
      parameters: TEXT.none,
    });
  }
  function movedText() {
    const { moved, kept, output, down, right, stride } = state;
    if (!moved) return TEXT.still;
    const lines = [TEXT.stay(kept, output.length, percent(kept, output.length))];
    if (down % stride === 0 && right % stride === 0)
      lines.push(TEXT.along(moveText(down / stride, right / stride)));
    return lines.join("\n");
  }

  // for tests and the curious: el.alexnetWidget.output().values
  const probe = {
    output() {
      const { outRows, outCols, output, problem } = calculate(model);
      return { rows: outRows, cols: outCols, values: Array.from(output), error: problem };
    },
    winners: () => Array.from(calculate(model).winners),
    stays: () => Array.from(calculate(model).stays, Boolean),
    reads() {
      const { readRows, readCols } = calculate(model);
      return { rows: Array.from(readRows), cols: Array.from(readCols) };
    },
  };
  return begin({
    children: [
      box(doc, "axw-choices", pictureChoice.node, kindChoice.node, preset, reset),
      box(doc, "axw-sliders", ...Object.values(sliders).map((one) => one.node)),
      box(doc, "axw-pictures", before.node, after.node),
      steps.node,
      termsPart,
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: takeColors,
    sizes: takeSize,
    watch: [before.node],
    probe,
  });
}

export default { render };
