/* The pooling widget: each window of a picture becomes one number; move the picture, and count
 * which numbers stay.
 *
 * The model's traits are those of pooling.py. Uses common.js, which stands before it.
 */

const TRAITS = ["source", "grid", "map_bytes", "noise_bytes", "kind", "window", "stride", "down", "right", "row", "col"];

const MARGIN = 3; // how far the picture can be moved, and what lies around what is seen of it
const SIDES = { map: 55, noise: 12 };
const LARGEST = 8, LONGEST = 4; // window and stride

// Every word the widget says.
const TEXT = {
  picture: "Picture", output: "Output", kind: "Keep of each window",
  window: "Window", stride: "Stride", right: "Move right", down: "Move down",
  preset: "AlexNet pool1", reset: "Reset",
  first: "First window", previous: "Previous window", next: "Next window", play: "Play", pause: "Pause",
  lessMotion: "Your system asks for less motion: Play moves one window at a time.",
  place: (at, n) => `window ${at} of ${n}`,
  kinds: [["max", "largest"], ["average", "mean"]],
  sources: {
    grid: (rows, cols) => `Numbers, ${rows} × ${cols}`,
    noise: (rows, cols) => `Noise, ${rows} × ${cols}`,
    map: (rows, cols) => `Photo edges, ${rows} × ${cols}`,
  },
  sized: (name, rows, cols) => `${name}, ${rows} × ${cols}`,
  keys: (name, rows, cols) => `${name}, ${rows} by ${cols}. Arrow keys move the window.`,
  noOutput: "Output: none for this setting.",
  isWindow: "window", isWinner: "largest of a window", isShared: "read by more than one window",
  isUnread: "never read", isChanged: "changed by the move",
  readAt: (row, col, value, times) => `picture[${row}, ${col}] = ${value}, ${times ? `read ${times}×` : "never read"}`,
  outputAt: (row, col, value, was) => `output[${row}, ${col}] = ${value}${was ? `, was ${was}` : ""}`,
  facts: { size: "Output size", rest: "Left over", overlap: "Overlap", moved: "After the move", parameters: "Parameters" },
  formula: "⌊(size − window)/stride⌋ + 1",
  live: (n, k, s, out) => `⌊(${n} − ${k})/${s}⌋ + 1 = ${out}`,
  none: "none: there is nothing to learn",
  alone: "no number is read by more than one window",
  shared: (many, all, most) => `${many} of ${all} numbers are read by more than one window, up to ${most}×`,
  still: "the picture lies where it lay: move it",
  stay: (many, all, share) => `${many} of ${all} numbers are what they were (${share} %)`,
  along: (places) => `That is a whole number of strides, so the output moves along: ${places}. Only at the edge do numbers leave and come in.`,
  both: ["row and column", "rows and columns"], row: ["row", "rows"], col: ["column", "columns"],
};

// ------------------------------------------------------------------------------ arithmetic

/** How many windows fit along an axis of n numbers; 0 if not even one. */
const outputSize = (n, k, s) => (n < k ? 0 : Math.floor((n - k) / s) + 1);

/** How many windows read each of n numbers along one axis. */
function readsAlong(n, out, k, s) {
  const reads = new Int32Array(n);
  for (let o = 0; o < out; o++) for (let i = 0; i < k; i++) reads[o * s + i]++;
  return reads;
}

/** What is seen of the scene (rows + 6) × (cols + 6) when the picture is moved. */
function seen(scene, rows, cols, down, right) {
  const width = cols + 2 * MARGIN, out = new Float64Array(rows * cols);
  for (let y = 0; y < rows; y++) {
    const from = (y + MARGIN - down) * width + MARGIN - right;
    out.set(scene.subarray(from, from + cols), y * cols);
  }
  return out;
}

/** Pool: { values, winners }, the latter the first of the largest numbers of each window. */
function pool(picture, cols, k, s, outRows, outCols, kind) {
  const values = new Float64Array(outRows * outCols), winners = new Int32Array(outRows * outCols);
  for (let r = 0; r < outRows; r++)
    for (let c = 0; c < outCols; c++) {
      const corner = r * s * cols + c * s;
      let best = corner, sum = 0;
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

/** Why a setting is impossible, in the words of PoolingWidget.problem; null if it is possible. */
function problemOf(rows, cols, k) {
  const room = Math.min(rows, cols);
  if (k <= room) return null;
  return `A window of ${k} × ${k} does not fit into the ${rows} × ${cols} picture: the largest that does is ${room} × ${room}.`;
}

/** All that follows from the settings, each step remembered until what it rests on changes. */
function calculator() {
  const stored = remember((bytes) => Float64Array.from(bytesOf(bytes)));
  const typed = remember((grid) => {
    const rows = grid.length, cols = grid[0].length, width = cols + 2 * MARGIN;
    const scene = new Float64Array((rows + 2 * MARGIN) * width);
    grid.forEach((line, y) => scene.set(line, (y + MARGIN) * width + MARGIN));
    return scene;
  });
  const [now, then] = [remember(seen), remember(seen)];
  const [pooled, unmoved] = [remember(pool), remember(pool)];
  const compare = remember((a, b) => a.map((value, at) => (value === b[at] ? 1 : 0)));
  const reads = [remember(readsAlong), remember(readsAlong)];

  return (model) => {
    const source = model.get("source"), grid = model.get("grid"), kind = model.get("kind");
    const [rows, cols] = source === "grid" ? [grid.length, grid[0].length] : [SIDES[source], SIDES[source]];
    const scene = source === "grid" ? typed(grid) : stored(model.get(`${source}_bytes`));
    const k = model.get("window"), s = model.get("stride"), down = model.get("down"), right = model.get("right");
    const problem = problemOf(rows, cols, k);
    const outRows = problem ? 0 : outputSize(rows, k, s), outCols = problem ? 0 : outputSize(cols, k, s);
    const picture = now(scene, rows, cols, down, right);
    const { values, winners } = pooled(picture, cols, k, s, outRows, outCols, kind);
    const before = unmoved(then(scene, rows, cols, 0, 0), cols, k, s, outRows, outCols, kind).values;
    const stays = compare(values, before);
    return {
      source, rows, cols, k, s, kind, down, right, problem, outRows, outCols, picture, output: values, winners, before, stays,
      moved: Boolean(down || right),
      kept: stays.reduce((sum, one) => sum + one, 0),
      readRows: reads[0](rows, outRows, k, s),
      readCols: reads[1](cols, outCols, k, s),
      row: within(model.get("row"), Math.max(1, outRows)),
      col: within(model.get("col"), Math.max(1, outCols)),
    };
  };
}

// ------------------------------------------------------------------------------ words

/** A share of 1 in whole percent, but 0 and 100 only where it is exactly that. */
function percent(part, whole) {
  const share = (100 * part) / whole, round = Math.round(share);
  return (round === 0 && part) || (round === 100 && part < whole) ? share.toFixed(1) : String(round);
}

/** What the floor throws away along an axis of n numbers; `names` are one and many of them. */
function leftOver({ k, s }, n, reads, [one, many]) {
  const room = n - k, rest = room % s;
  const unread = reads.reduce((sum, times) => sum + (times === 0), 0);
  const division = `${room}/${s} leaves ${rest || "nothing"}`;
  if (unread > rest) return `${division}. With gaps in between, ${unread} of ${n} ${many} are never read.`;
  if (rest > 1) return `${division}: the last ${rest} ${many} are never read.`;
  if (rest) return `${division}: the last ${one} ${one === TEXT.both[0] ? "are" : "is"} never read.`;
  return `${division}: the last window ends at the edge.`;
}

/** How many numbers more than one window reads, and how many windows read one number at most. */
function overlap({ readRows, readCols }) {
  let many = 0;
  for (const y of readRows) for (const x of readCols) many += y * x > 1;
  return { many, most: Math.max(...readRows) * Math.max(...readCols) };
}

/** How far, in words: 1 right and 2 up; "" for 0. */
function farText(down, right) {
  const part = (n, plus, minus) => (n ? `${Math.abs(n)} ${n > 0 ? plus : minus}` : "");
  return [part(right, "right", "left"), part(down, "down", "up")].filter(Boolean).join(" and ");
}

/** The window's numbers and what becomes of them. */
function termsText(S) {
  const numbers = [];
  for (let i = 0; i < S.k; i++)
    for (let j = 0; j < S.k; j++) numbers.push(pretty(S.picture[(S.row * S.s + i) * S.cols + S.col * S.s + j]));
  const shown = numbers.length > 25 ? [...numbers.slice(0, 8), "…", numbers.at(-1)] : numbers;
  if (S.kind === "max") return `the largest of ${shown.join(", ")}`;
  return `(${shown.join(" + ")})/${numbers.length}`;
}

/** The whole picture in words. */
function statusText(S) {
  if (S.problem) return S.problem;
  const n = S.output.length, at = S.row * S.outCols + S.col, winner = S.winners[at];
  const from = S.kind === "max" ? `, which stands at row ${Math.floor(winner / S.cols)}, column ${winner % S.cols} of the picture` : "";
  const kept = S.moved
    ? `Since the picture was moved ${farText(S.down, S.right)}, ${S.kept} of ${n} numbers are what they were (${percent(S.kept, n)} %). `
    : "";
  const { many } = overlap(S);
  return `${kept}Window ${pretty(at + 1)} of ${pretty(n)}: ${S.kind === "max" ? "the largest number" : "the mean"} is ` +
    `${pretty(S.output[at])}${from}. Picture ${S.rows} × ${S.cols}, windows ${S.k} × ${S.k}, stride ${S.s}: ` +
    `output ${S.outRows} × ${S.outCols}. ` +
    (many ? `The windows overlap: ${pretty(many)} numbers are read more than once.` : "The windows do not overlap.");
}

// ------------------------------------------------------------------------------ drawing

/** The cells for which `wanted(windows that read the row, … the column)` holds, as one path. */
function cellsPath(S, { cell, left, top }, wanted) {
  const path = new Path2D();
  S.readRows.forEach((down, y) => {
    let from = -1; // a run of such cells in this row is one rectangle
    for (let x = 0; x <= S.cols; x++) {
      const is = x < S.cols && wanted(down, S.readCols[x]);
      if (is && from < 0) from = x;
      if (!is && from >= 0) {
        path.rect(left + from * cell, top + y * cell, (x - from) * cell, cell);
        from = -1;
      }
    }
  });
  return path;
}

/** Fill a path with a pattern so that what lies under it can still be seen. */
function fillLightly(context, path, pattern, alpha) {
  context.globalAlpha = alpha;
  context.fillStyle = pattern;
  context.fill(path);
  context.globalAlpha = 1;
}

/** A ring around the cell that won a window: with a rim, so that it shows on any number. */
function drawRing(context, inks, x, y, cell) {
  const radius = cell / 2 - 2.5;
  for (const [colour, line] of [[inks.ground, 3.5], [inks.mark, 1.75]]) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.beginPath();
    context.arc(x + cell / 2, y + cell / 2, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawInput(context, S, side, ratio, image, colours, { inks, shared, unread }) {
  const most = Math.max(S.rows, S.cols, S.k); // a window that does not fit is drawn whole
  const whole = place(side, Math.max(S.rows, S.problem ? most : 0), Math.max(S.cols, S.problem ? most : 0), ratio);
  const { cell, left, top } = whole;
  drawPicture(context, image, whole);
  if (!S.problem) {
    fillLightly(context, cellsPath(S, whole, (down, across) => down * across > 1), shared, cell >= 14 ? 0.55 : 0.3);
    const lost = cellsPath(S, whole, (down, across) => down * across === 0);
    context.globalAlpha = 0.6;
    context.fillStyle = inks.ground;
    context.fill(lost);
    context.globalAlpha = 1;
    fillLightly(context, lost, unread, 0.6);
  }
  if (cell >= 10) drawLines(context, whole, S.rows, S.cols, inks.line);
  if (cell >= 14 && S.kind === "max" && !S.problem)
    for (const at of new Set(S.winners))
      drawRing(context, inks, left + (at % S.cols) * cell, top + Math.floor(at / S.cols) * cell, cell);
  if (cell >= 20) {
    const texts = cellTexts(cell - 4); // the ring needs some room
    for (let y = 0; y < S.rows; y++)
      for (let x = 0; x < S.cols; x++) {
        const value = S.picture[y * S.cols + x], read = S.problem || (S.readRows[y] && S.readCols[x]);
        texts.write(pretty(value), left + x * cell + 2, top + y * cell + 2, read ? colours.text[shade(colours, value)] : inks.ink);
      }
    texts.draw(context);
  }
  drawMark(context, inks, left + S.col * S.s * cell, top + S.row * S.s * cell, S.k * cell, S.k * cell, S.problem ? [6, 4] : []);
  if (S.kind === "max" && !S.problem && cell < 14) { // too small for rings: the winner of this window alone
    const winner = S.winners[S.row * S.outCols + S.col];
    context.fillStyle = inks.mark;
    context.fillRect(left + (winner % S.cols) * cell + 1, top + Math.floor(winner / S.cols) * cell + 1, cell - 2, cell - 2);
  }
  return whole;
}

/** `upTo`: while playing, the windows after this one are veiled. */
function drawOutput(context, S, side, ratio, image, colours, { inks, changed }, upTo) {
  const whole = place(side, S.outRows, S.outCols, ratio), { cell, left, top } = whole;
  drawPicture(context, image, whole);
  const path = new Path2D();
  S.stays.forEach((stays, at) => {
    if (!stays) path.rect(left + (at % S.outCols) * cell, top + Math.floor(at / S.outCols) * cell, cell, cell);
  });
  if (S.moved) fillLightly(context, path, changed, 0.75);
  if (cell >= 10) drawLines(context, whole, S.outRows, S.outCols, inks.line);
  drawNumbers(context, whole, S.outRows, S.outCols, S.output, colours);
  if (upTo < S.output.length - 1) {
    const row = Math.floor(upTo / S.outCols), col = (upTo % S.outCols) + 1;
    context.globalAlpha = 0.85;
    context.fillStyle = inks.ground;
    context.fillRect(left + col * cell, top + row * cell, (S.outCols - col) * cell, cell);
    context.fillRect(left, top + (row + 1) * cell, S.outCols * cell, (S.outRows - row - 1) * cell);
    context.globalAlpha = 1;
  }
  drawMark(context, inks, left + S.col * cell, top + S.row * cell, cell, cell);
  return whole;
}

// ------------------------------------------------------------------------------ the widget

const PICTURE = 460; // CSS pixels a side at most

/** One view of the model, in `el`; returns the function that takes it away again. */
function render({ model, el }) {
  const { doc, win, life, calm, root, status, redraw, begin } = stage(model, el, "pooling");
  const calculate = calculator();
  const initial = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  let S = calculate(model); // all that is shown
  let placed = {}; // where the pictures lie in their canvases

  /** Set what the reader chose, and what must follow from it, in one message to Python. */
  function change(settings) {
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    S = calculate(model);
    if (!S.problem) {
      model.set("row", S.row);
      model.set("col", S.col);
    }
    model.save_changes();
  }

  // -- what there is to set
  const pictureChoice = choice(doc, TEXT.picture, (source) => change({ source }));
  const kindChoice = segments(doc, TEXT.kind, TEXT.kinds, (kind) => change({ kind }));
  const sliders = {
    k: slider(doc, TEXT.window, 1, LARGEST, (value) => change({ window: value })),
    s: slider(doc, TEXT.stride, 1, LONGEST, (value) => change({ stride: value })),
    right: slider(doc, TEXT.right, -MARGIN, MARGIN, (value) => change({ right: value })),
    down: slider(doc, TEXT.down, -MARGIN, MARGIN, (value) => change({ down: value })),
  };
  const start = (settings) => () => {
    steps.stop();
    change(settings);
  };
  const preset = button(doc, TEXT.preset,
    start({ source: "map", kind: "max", window: 3, stride: 2, down: 0, right: 0, row: 0, col: 0 }));
  const reset = button(doc, TEXT.reset, start(initial));

  /** The three pictures, with their sizes. */
  function pictureOptions() {
    const grid = model.get("grid");
    return [
      ["grid", TEXT.sources.grid(grid.length, grid[0].length)],
      ...["noise", "map"].map((source) => [source, TEXT.sources[source](SIDES[source], SIDES[source])]),
    ];
  }

  // -- what there is to see
  const legend = {
    window: words(doc, TEXT.isWindow, "axw-is-window"),
    winner: words(doc, TEXT.isWinner, "axw-is-winner"),
    shared: words(doc, TEXT.isShared, "axw-is-shared"),
    unread: words(doc, TEXT.isUnread, "axw-is-unread"),
  };
  const changedWord = words(doc, TEXT.isChanged, "axw-is-changed");
  const scale = scaleBar(doc);
  const why = make(doc, "p", { class: "axw-why" });
  const before = figure(doc, make(doc, "div", { class: "axw-small axw-legend" }, ...Object.values(legend)));
  const after = figure(doc, why, make(doc, "div", { class: "axw-small axw-legend" }, changedWord), scale.node);
  const termsName = words(doc), terms = words(doc, "", "axw-products"), total = make(doc, "strong");
  const termsPart = make(doc, "div", { class: "axw-terms" }, termsName, terms, total);
  const facts = factList(doc, TEXT.facts);

  // -- from window to window
  const current = () => S.row * S.outCols + S.col;
  const steps = stepper(doc, life, calm, {
    texts: TEXT, current, redraw,
    count: () => S.output.length,
    go: (at) => change({ row: Math.floor(at / S.outCols), col: at % S.outCols }),
  });

  // -- pointing at the pictures, and walking in them
  const over = onWindows({ before, after }, {
    redraw, state: () => ({ ...S, span: S.k }), placed: () => placed,
    go: (place) => { steps.stop(); change(place); },
  });
  /** What lies under the pointer. */
  function readout(picture) {
    const at = over(picture);
    if (!at) return "";
    const [y, x] = at;
    const inside = (rows, cols) => y >= 0 && y < rows && x >= 0 && x < cols;
    if (picture === "before")
      return inside(S.rows, S.cols) ? TEXT.readAt(y, x, pretty(S.picture[y * S.cols + x]), S.readRows[y] * S.readCols[x]) : "";
    const place = y * S.outCols + x;
    return inside(S.outRows, S.outCols) ? TEXT.outputAt(y, x, pretty(S.output[place]), S.stays[place] ? "" : pretty(S.before[place])) : "";
  }

  // -- drawing
  const inputImage = remember(valuePicture(doc)), outputImage = remember(valuePicture(doc));
  const shadingOf = remember((values, source) => (source === "grid" ? shading(values)
    : { ...PALETTES.grey, signed: false, low: 0, high: source === "noise" ? 99 : 255 }));
  let look = null; // colours and hatches
  let figureWidth = 320;

  function takeColours(inks) {
    look = {
      inks,
      shared: hatch(doc, inks.mark, -1, 6),
      unread: hatch(doc, inks.lost, 1, 5),
      changed: hatch(doc, inks.lost, 1, 5),
    };
  }
  function takeSize() {
    figureWidth = before.node.clientWidth || figureWidth; // 0: not on the page yet
  }

  function draw() {
    S = calculate(model);
    const side = Math.min(PICTURE, figureWidth), ratio = win.devicePixelRatio || 1;
    const tones = shadingOf(S.picture, S.source); // one scale for both pictures: pooling invents no number
    const beforeContext = fit(before.canvas, side, side), afterContext = fit(after.canvas, side, side);
    placed = { before: drawInput(beforeContext, S, side, ratio, inputImage(S.picture, S.rows, S.cols, tones), tones, look) };
    if (!S.problem) {
      const image = outputImage(S.output, S.outRows, S.outCols, tones);
      placed.after = drawOutput(afterContext, S, side, ratio, image, tones, look, steps.playing() ? current() : Infinity);
      scale.show(tones);
      setText(termsName, `output[${S.row}, ${S.col}] =`);
      setText(terms, termsText(S));
      setText(total, `= ${pretty(S.output[current()])}`);
    }
    root.classList.toggle("axw-impossible", Boolean(S.problem));
    showSettings();
    showFacts();
    setText(before.readout, readout("before"));
    setText(after.readout, readout("after"));
    status.say(statusText(S), steps.playing() ? { pause: 3000 } : {});
  }

  function showSettings() {
    pictureChoice.show(S.source, pictureOptions());
    kindChoice.show(S.kind);
    for (const [key, one] of Object.entries(sliders)) one.show(S[key]);
    setText(before.name, TEXT.sized(TEXT.picture, S.rows, S.cols));
    setLabel(before.canvas, TEXT.keys(TEXT.picture, S.rows, S.cols));
    setText(after.name, S.problem ? TEXT.output : TEXT.sized(TEXT.output, S.outRows, S.outCols));
    setLabel(after.canvas, S.problem ? TEXT.noOutput : TEXT.keys(TEXT.output, S.outRows, S.outCols));
    setText(why, S.problem ?? "");
    legend.winner.hidden = Boolean(S.problem) || S.kind !== "max";
    legend.shared.hidden = Boolean(S.problem) || !overlap(S).many;
    legend.unread.hidden = Boolean(S.problem) || (S.readRows.every(Boolean) && S.readCols.every(Boolean));
    changedWord.hidden = S.kept === S.output.length;
    steps.show(S.problem ? "" : TEXT.place(pretty(current() + 1), pretty(S.output.length)));
  }

  function showFacts() {
    const { rows, cols, k, s, outRows, outCols, problem } = S;
    const axes = rows === cols
      ? [[TEXT.both, rows, outRows, S.readRows]]
      : [[TEXT.row, rows, outRows, S.readRows], [TEXT.col, cols, outCols, S.readCols]];
    const named = ([names, n, out]) => (axes.length > 1 ? `${names[1]}: ` : "") + TEXT.live(n, k, s, out);
    const { many, most } = overlap(S);
    facts.show({
      size: problem ? "–" : [TEXT.formula, ...axes.map(named)].join("\n"),
      rest: problem ? "–" : axes.map(([names, n, , reads]) => leftOver(S, n, reads, names)).join("\n"),
      overlap: problem ? "–" : many ? TEXT.shared(pretty(many), pretty(rows * cols), most) : TEXT.alone,
      moved: problem ? "–" : movedText(),
      parameters: TEXT.none,
    });
  }
  function movedText() {
    if (!S.moved) return TEXT.still;
    const lines = [TEXT.stay(S.kept, S.output.length, percent(S.kept, S.output.length))];
    if (S.down % S.s === 0 && S.right % S.s === 0) lines.push(TEXT.along(farText(S.down / S.s, S.right / S.s)));
    return lines.join("\n");
  }

  // el.alexnetWidget.output().values: for tests and the curious
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
      make(doc, "div", { class: "axw-choices" }, pictureChoice.node, kindChoice.node, preset, reset),
      make(doc, "div", { class: "axw-sliders" }, ...Object.values(sliders).map((one) => one.node)),
      make(doc, "div", { class: "axw-pictures" }, before.node, after.node),
      steps.node, termsPart, facts.node,
    ],
    traits: TRAITS, draw, colours: takeColours, sizes: takeSize, watch: [before.node], probe,
  });
}

export default { render };
