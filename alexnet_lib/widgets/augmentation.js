/* The augmentation widget: chance makes sixteen pictures of one; does the label survive?
 *
 * A few steps of arithmetic on seed, draw and number decide what chance does, so Python has the same
 * draws. The traits are those of augmentation.py. Uses common.js, which comes before it in the
 * module.
 */

const TRAITS = [
  "subject",
  "window",
  "mirror",
  "turn",
  "brightness",
  "colour",
  "unit",
  "seed",
  "chosen",
  "dog_bytes",
  "sneaker_bytes",
];

const SIDE = 96; // of the picture
const DRAWS = 16;
const NUMBERS = 12; // random numbers for each draw
const LEAST = 32; // window

const COLOUR_AXES = [
  [53, 56, 55],
  [26, -10, -15],
  [2, -18, 16],
];
const SIGNS = {
  6: ["111", "100", "111", "101", "111"],
  8: ["111", "101", "111", "101", "111"],
  b: ["100", "100", "111", "101", "111"],
};
const CELL = 12;
const SIGN_BOX = [18, 30, 60, 36]; // top, left, height, width
const BOXES = { dog: [10, 4, 84, 84], sneaker: [32, 6, 32, 84] };
const ENOUGH = { dog: 0.25, sneaker: 0.5, 6: 0.8, 8: 0.8, b: 0.8 };
// mirrored + 2 · upside down -> what a sign reads as; null: nothing
const READINGS = {
  6: ["6", null, null, "9"],
  8: ["8", "8", "8", "8"],
  b: ["b", "d", "p", "q"],
};
const FAINT = 100;

const PRESETS = {
  alexnet: { window: 84, mirror: "sides", turn: 0, brightness: 0, colour: 0.1, unit: "deviation" },
  much: { window: 48, mirror: "both", turn: 180, brightness: 120, colour: 0.6, unit: "deviation" },
};

// Every text of the widget.
const TEXT = {
  subject: "Picture",
  subjects: [
    ["dog", "dog"],
    ["sneaker", "sneaker"],
    ["6", "6"],
    ["8", "8"],
    ["b", "b"],
  ],
  mirror: "Mirror",
  mirrors: [
    ["never", "never"],
    ["sides", "left and right"],
    ["both", "also upside down"],
  ],
  unit: "Colour axes as long as",
  units: [
    ["deviation", "deviation"],
    ["variance", "variance"],
  ],
  window: "Window",
  turn: "Turn up to",
  brightness: "Brighter up to",
  colour: "Colour",
  degrees: (value) => `${value}°`,
  decimals: (value) => value.toFixed(2),
  again: "Draw again",
  alexnet: "AlexNet",
  much: "Too much",
  reset: "Reset",
  photo: "Before",
  draw: (at) => `Draw ${at}`,
  sheet: "Sixteen draws",
  isWindow: "window of this draw",
  isChosen: "this draw",
  isOdd: "right, but it hardly comes up",
  isWrong: "no longer the label",
  photoAlt: (name, d, w) =>
    `The picture before any change, labelled ${name}. ` +
    `The window of ${w} by ${w} pixels begins at row ${d.top}, column ${d.left}.`,
  sheetKeys: (at) => `Sixteen draws, 1 to 16. Draw ${at} is chosen. Arrow keys choose another.`,
  facts: { crops: "Different crops", area: "Window", kept: "The label" },
  crops: (places, ways, count) =>
    `${places} · ${places} places${ways > 1 ? ` · ${ways} directions` : ""} = ${count}`,
  area: (w, percent) => `${w} × ${w} of ${SIDE} × ${SIDE} pixels, ${percent} % of the area`,
  kept: (kept, name) => `survives in ${kept} of ${DRAWS}: ${name}`,
  reads: (many, name) => `${many} read${many === 1 ? "s" : ""} as ${name}`,
  lost: (many) => `${many} can’t be told`,
  odd: (many) => `${many} right, but hardly ever met`,
  at: (d) => `window at row ${d.top}, column ${d.left}`,
  mirrored: "mirrored",
  upside: "upside down",
  turned: (d) => `turned by ${Math.abs(d)}° ${d > 0 ? "against" : "with"} the clock`,
  brighter: (b) => `${Math.abs(b)} grey levels ${b > 0 ? "brighter" : "darker"}`,
  coloured: (c) =>
    `colour ${c.map((v, i) => `${signedText(v)} ${"red green blue".split(" ")[i]}`).join(", ")}`,
  a: { dog: "a dog", sneaker: "a sneaker", 6: "a 6", 8: "an 8", b: "a b" },
  good: (a) => `It is still ${a}.`,
  wrong: (a, other) => `It reads as ${other}, but the label says ${a}: a lie.`,
  none: {
    outside: (a) => `Too much of it is outside the window: nobody could tell that it is ${a}.`,
    faint: (a) => `Hardly anything is left to see: nobody could tell that it is ${a}.`,
    unread: () => "No person would read it at all.",
  },
  oddly: {
    side: (a) => `It is ${a} on its side: the label is right, but who will ever ask?`,
    upside: (a) => `It is ${a} upside down: the label is right, but who will ever ask?`,
    right: () =>
      "It is a sneaker that points to the right: the label is right, but all of this set point left.",
  },
  count: (kept) => `In ${kept} of the ${DRAWS} draws the label survives.`,
};

// ------------------------------------------------------------------------------ chance

/** Return the numbers of a draw, from 0 to just under 1; draws count from 1. */
function chanceOf(seed, draw) {
  const start = mixBits(seed + 0x9e3779b9);
  return Array.from({ length: NUMBERS }, (_, i) => mixBits((start + draw * 16 + i) | 0) / 2 ** 32);
}

/** Return a whole number from −limit to limit for a random number u from 0 to 1. */
const signed = (u, limit) => Math.floor((2 * u - 1) * limit + 0.5);

/** Return what chance does to one picture, as in AugmentationWidget.draws. */
function makeDraw(u, { places, mirror, turn, brightness, colour, unit }) {
  const added = [0, 0, 0];
  COLOUR_AXES.forEach((axis, i) => {
    const [one, two] = [u[5 + 2 * i], u[6 + 2 * i]];
    const normal = Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * two);
    const factor = colour * normal * (unit === "variance" ? Math.hypot(...axis) : 1);
    axis.forEach((part, c) => {
      added[c] += factor * part;
    });
  });
  return {
    top: Math.floor(u[0] * places),
    left: Math.floor(u[1] * places),
    mirrored: mirror !== "never" && u[2] < 0.5,
    upside: mirror === "both" && u[11] < 0.5,
    turn: signed(u[3], turn),
    brightness: signed(u[4], brightness),
    colour: added,
  };
}

// ------------------------------------------------------------------------------ pictures

/** Return the picture of a subject, SIDE × SIDE × 3 bytes. */
function pictureOf(subject, dogBytes, sneakerBytes) {
  if (subject === "dog") return bytesOf(dogBytes);
  const out = new Uint8Array(SIDE * SIDE * 3);
  const fill = (top, left, side, value) => {
    for (let y = top; y < top + side; y++)
      out.fill(value, (y * SIDE + left) * 3, (y * SIDE + left + side) * 3);
  };
  if (subject === "sneaker")
    bytesOf(sneakerBytes).forEach((value, at) =>
      fill(6 + 3 * Math.floor(at / 28), 6 + 3 * (at % 28), 3, value),
    );
  else
    SIGNS[subject].forEach((row, y) =>
      [...row].forEach((cell, x) =>
        fill(SIGN_BOX[0] + CELL * y, SIGN_BOX[1] + CELL * x, CELL, 255 * Number(cell)),
      ),
    );
  return out;
}

/** Return the window of a picture, turned, mirrored, recoloured: w × w × 3 bytes. */
function changed(picture, d, w) {
  const out = new Uint8Array(w * w * 3);
  const middle = (w - 1) / 2;
  const angle = (d.turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const add = d.colour.map((c) => c + d.brightness);
  const sum = [0, 0, 0];
  for (let i = 0, at = 0; i < w; i++)
    for (let j = 0; j < w; j++) {
      const x = d.mirrored ? middle - j : j - middle;
      const y = d.upside ? middle - i : i - middle;
      const across = cos * x - sin * y + (d.left + middle);
      const down = sin * x + cos * y + (d.top + middle);
      const left = Math.floor(across);
      const top = Math.floor(down);
      const partX = across - left;
      const partY = down - top;
      sum[0] = sum[1] = sum[2] = 0;
      for (let corner = 0; corner < 4; corner++) {
        const row = top + (corner >> 1);
        const col = left + (corner & 1);
        if (row < 0 || row >= SIDE || col < 0 || col >= SIDE) continue; // black
        const weight = (corner >> 1 ? partY : 1 - partY) * (corner & 1 ? partX : 1 - partX);
        if (weight === 0) continue;
        const from = (row * SIDE + col) * 3;
        sum[0] += weight * picture[from];
        sum[1] += weight * picture[from + 1];
        sum[2] += weight * picture[from + 2];
      }
      for (let c = 0; c < 3; c++)
        out[at++] = Math.floor(Math.min(255, Math.max(0, sum[c] + add[c])) + 0.5);
    }
  return out;
}

/** Return [kind, reading] for one draw, as AugmentationWidget.verdicts. */
function verdictOf(subject, d, w, picture) {
  const [top, left, high, wide] = BOXES[subject] ?? SIGN_BOX;
  const overlap = (from, length, at) =>
    Math.max(0, Math.min(from + length, at + w) - Math.max(from, at));
  const inside = overlap(top, high, d.top) * overlap(left, wide, d.left);
  if (inside < ENOUGH[subject] * high * wide) return ["none", "outside"];
  const n = w * w;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < 3 * n; at += 3) {
    const grey = picture[at] + picture[at + 1] + picture[at + 2];
    sum += grey;
    squares += grey * grey;
  }
  if (n * squares - sum * sum < 9 * FAINT * n * n) return ["none", "faint"];
  const onSide = Math.abs(d.turn) > 45 && Math.abs(d.turn) < 135;
  const half = Math.abs(d.turn) >= 135;
  const mirrored = d.mirrored !== half; // a half turn is both
  const upside = d.upside !== half;
  if (READINGS[subject]) {
    const reading = onSide ? null : READINGS[subject][Number(mirrored) + 2 * Number(upside)];
    if (reading === null) return ["none", "unread"];
    return [reading === subject ? "good" : "wrong", reading];
  }
  if (onSide) return ["odd", "side"];
  if (upside) return ["odd", "upside"];
  if (subject === "sneaker" && mirrored) return ["odd", "right"];
  return ["good", subject];
}

/** Make a function from settings to state that keeps each step until its inputs change. */
function calculator() {
  const base = memoize(pictureOf);
  const all = memoize((picture, subject, window, mirror, turn, brightness, colour, unit, seed) => {
    const places = SIDE - window + 1;
    const settings = { places, mirror, turn, brightness, colour, unit };
    const draws = Array.from({ length: DRAWS }, (_, i) =>
      makeDraw(chanceOf(seed, i + 1), settings),
    );
    const pictures = draws.map((d) => changed(picture, d, window));
    const verdicts = draws.map((d, i) => verdictOf(subject, d, window, pictures[i]));
    return { draws, pictures, verdicts };
  });
  return (model) => {
    const now = traitValues(model, TRAITS);
    const { subject, window, mirror, turn, brightness, colour, unit, seed, chosen } = now;
    const picture = base(subject, now.dog_bytes, now.sneaker_bytes);
    const settings = [subject, window, mirror, turn, brightness, colour, unit, seed];
    const made = all(picture, ...settings);
    const places = SIDE - window + 1;
    const ways = { never: 1, sides: 2, both: 4 }[mirror];
    const kept = made.verdicts.filter(([kind]) => kind === "good" || kind === "odd").length;
    return { ...now, ...made, picture, places, ways, count: places * places * ways, kept, chosen };
  };
}

/** Return a test for every n-th place of a list: enough of a picture to compare it by. */
const every = (n) => (_, at) => at % n === 0;

// ------------------------------------------------------------------------------ words

/** Write a rounded number with its sign: +4, −2 or 0. */
function signedText(value) {
  const whole = Math.round(value);
  return whole > 0 ? `+${pretty(whole)}` : pretty(whole + 0);
}

/** Say what chance did in the chosen draw. */
function drawText(d) {
  const parts = [TEXT.at(d)];
  if (d.turn) parts.push(TEXT.turned(d.turn));
  if (d.mirrored) parts.push(TEXT.mirrored);
  if (d.upside) parts.push(TEXT.upside);
  if (d.brightness) parts.push(TEXT.brighter(d.brightness));
  if (d.colour.some((c) => Math.round(c))) parts.push(TEXT.coloured(d.colour));
  return parts.join(", ");
}

/** Say what a person would say of the chosen draw. */
function verdictText(subject, [kind, reading]) {
  const a = TEXT.a[subject];
  if (kind === "good") return TEXT.good(a);
  if (kind === "wrong") return TEXT.wrong(a, `a ${reading}`);
  return (kind === "odd" ? TEXT.oddly : TEXT.none)[reading](a);
}

/** Say what becomes of the label in all sixteen. */
function keptText({ verdicts, subject, kept }) {
  const parts = [];
  const other = new Map();
  for (const [kind, reading] of verdicts)
    if (kind === "wrong") other.set(reading, (other.get(reading) ?? 0) + 1);
  const odd = verdicts.filter(([kind]) => kind === "odd").length;
  const lost = verdicts.filter(([kind]) => kind === "none").length;
  if (odd) parts.push(TEXT.odd(odd));
  for (const [reading, many] of [...other].sort()) parts.push(TEXT.reads(many, reading));
  if (lost) parts.push(TEXT.lost(lost));
  return [TEXT.kept(kept, subject), ...parts].join("; ");
}

/** Describe the whole picture in words. */
function statusText(state) {
  const { draws, verdicts, chosen, subject, kept } = state;
  const d = draws[chosen];
  return (
    `${TEXT.draw(chosen + 1)}: ${drawText(d)}. ${verdictText(subject, verdicts[chosen])} ` +
    TEXT.count(kept)
  );
}

// ------------------------------------------------------------------------------ drawing

/** Make a small canvas with the bytes of a picture, w × w × 3. */
function paint(doc, bytes, w, canvas = make(doc, "canvas")) {
  if (canvas.width !== w || canvas.height !== w) {
    canvas.width = w;
    canvas.height = w;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(w, w);
  for (let from = 0, to = 0; from < bytes.length; to += 4) {
    image.data[to] = bytes[from++];
    image.data[to + 1] = bytes[from++];
    image.data[to + 2] = bytes[from++];
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Draw the picture before any change, and where the window of a draw lies in it. */
function drawBefore(context, image, d, w, side, inks) {
  const scale = side / SIDE;
  context.imageSmoothingEnabled = true;
  context.drawImage(image, 0, 0, side, side);
  const middle = [d.left + w / 2, d.top + w / 2];
  const angle = (d.turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([x, y]) => [
    scale * (middle[0] + ((cos * x - sin * y) * w) / 2),
    scale * (middle[1] + ((sin * x + cos * y) * w) / 2),
  ]);
  for (const [color, line] of [
    [inks.ground, 5],
    [inks.mark, 2.5],
  ]) {
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    corners.forEach((corner) => context.lineTo(...corner));
    context.closePath();
    context.stroke();
  }
}

const UNDER = 20; // CSS pixels for the word under a tile
const BETWEEN = 6; // and around it

/** Place sixteen tiles in a width: { tile, columns, height, at(i) }. */
function tilePlaces(width, columns) {
  const tile = Math.floor(width / columns) - BETWEEN;
  const rows = DRAWS / columns;
  const at = (i) => [
    (i % columns) * (tile + BETWEEN) + BETWEEN / 2,
    Math.floor(i / columns) * (tile + UNDER + BETWEEN) + BETWEEN / 2,
  ];
  return { tile, columns, at, height: rows * (tile + UNDER + BETWEEN) };
}

/** Write what a tile reads as: a name, with a question mark where it hardly comes up, or a dash. */
const tileWord = (subject, [kind, reading]) =>
  ({ good: subject, odd: `${subject}?`, wrong: reading, none: "–" })[kind];

/** Draw the sheet of sixteen tiles. */
function drawSheet(context, state, images, places, look) {
  const { inks } = look;
  const { tile, at } = places;
  context.imageSmoothingEnabled = true;
  context.textAlign = "center";
  context.textBaseline = "middle";
  state.verdicts.forEach((pair, i) => {
    const [x, y] = at(i);
    const [kind] = pair;
    context.drawImage(images[i], x, y, tile, tile);
    if (kind === "wrong" || kind === "none") {
      crossOut(context, x, y, tile, inks);
    } else if (kind === "odd") {
      context.setLineDash([5, 4]);
      context.strokeStyle = inks.lost;
      context.lineWidth = 2.5;
      context.strokeRect(x + 2, y + 2, tile - 4, tile - 4);
      context.setLineDash([]);
    }
    if (i === state.chosen) {
      context.strokeStyle = inks.mark;
      context.lineWidth = 3;
      context.strokeRect(x - 1, y - 1, tile + 2, tile + 2);
    }
    const word = tileWord(state.subject, pair);
    context.font = `${kind === "good" ? "" : "600 "}${tile > 70 ? 14 : 12}px system-ui, sans-serif`;
    context.fillStyle = kind === "good" || kind === "odd" ? inks.ink : inks.lost;
    context.fillText(word, x + tile / 2, y + tile + UNDER / 2 + 1);
  });
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, status, begin } = stage(model, el, "augmentation");
  const calculate = calculator();
  const initial = traitValues(model, TRAITS);
  let state = calculate(model); // everything that is shown
  let widths = { picture: 300, sheet: 320 };
  let look = null;
  let places = null;
  const tiles = Array.from({ length: DRAWS }, () => make(doc, "canvas"));
  const paintTiles = memoize((pictures, w) =>
    pictures.forEach((bytes, i) => paint(doc, bytes, w, tiles[i])),
  );
  const before = make(doc, "canvas");
  const paintBefore = memoize((bytes) => paint(doc, bytes, SIDE, before));

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    state = calculate(model); // now: the next key may come before the next frame
  }
  const set = (name) => (value) => change({ [name]: value });

  // -- controls
  const subject = segments(doc, TEXT.subject, TEXT.subjects, set("subject"));
  const mirror = segments(doc, TEXT.mirror, TEXT.mirrors, set("mirror"));
  const unit = segments(doc, TEXT.unit, TEXT.units, set("unit"));
  const sliders = {
    window: slider(doc, TEXT.window, LEAST, SIDE, set("window"), { step: 4 }),
    turn: slider(doc, TEXT.turn, 0, 180, set("turn"), { step: 5, text: TEXT.degrees }),
    brightness: slider(doc, TEXT.brightness, 0, 200, set("brightness"), { step: 10 }),
    colour: slider(doc, TEXT.colour, 0, 1, set("colour"), { step: 0.05, text: TEXT.decimals }),
  };
  const buttons = [
    button(doc, TEXT.again, () => change({ seed: (model.get("seed") + 1) % 10000 })),
    button(doc, TEXT.alexnet, () => change(PRESETS.alexnet)),
    button(doc, TEXT.much, () => change(PRESETS.much)),
    button(doc, TEXT.reset, () => change(initial)),
  ];

  // -- pictures and texts
  const photoKey = legend(doc, { window: [TEXT.isWindow, "axw-is-window"] });
  const sheetKey = legend(doc, {
    chosen: [TEXT.isChosen, "axw-is-window"],
    odd: [TEXT.isOdd, "axw-is-odd"],
    wrong: [TEXT.isWrong, "axw-is-wrong"],
  });
  const photo = chartFigure(doc, photoKey.node);
  const result = chartFigure(doc);
  const sheet = figure(doc, sheetKey.node);
  const facts = factList(doc, TEXT.facts);
  setText(photo.name, TEXT.photo);
  setText(sheet.name, TEXT.sheet);

  // -- choosing a draw
  const choose = (at) => {
    if (at !== model.get("chosen")) change({ chosen: at });
  };
  onWalk(
    sheet.canvas,
    (rows, cols) => choose(clamp(state.chosen + rows * places.columns + cols, DRAWS)),
    DRAWS,
  );
  sheet.canvas.addEventListener("pointerdown", (event) => {
    const under = state.draws.findIndex((_, i) => {
      const [x, y] = places.at(i);
      const [dx, dy] = [event.offsetX - x, event.offsetY - y];
      return dx >= 0 && dy >= 0 && dx <= places.tile && dy <= places.tile + UNDER;
    });
    if (under >= 0) choose(under);
  });

  // -- drawing
  function drawAll() {
    state = calculate(model);
    const { draws, verdicts, pictures, chosen, window: w } = state;
    const d = draws[chosen];
    const { inks } = look;
    paintTiles(pictures, w);
    paintBefore(state.picture);
    const side = widths.picture;
    drawBefore(sizeCanvas(photo.canvas, side, side), before, d, w, side, inks);
    const context = sizeCanvas(result.canvas, side, side);
    context.imageSmoothingEnabled = true;
    context.drawImage(tiles[chosen], 0, 0, side, side);
    context.strokeStyle = inks.line; // black at an edge would merge with a dark page
    context.lineWidth = 2;
    context.strokeRect(0, 0, side, side);
    places = tilePlaces(widths.sheet, widths.sheet >= 480 ? 8 : 4);
    drawSheet(sizeCanvas(sheet.canvas, widths.sheet, places.height), state, tiles, places, look);

    subject.show(state.subject);
    mirror.show(state.mirror);
    unit.show(state.unit);
    for (const [name, each] of Object.entries(sliders)) each.show(state[name]);
    setLabel(photo.canvas, TEXT.photoAlt(state.subject, d, w));
    setText(result.name, TEXT.draw(chosen + 1));
    setText(result.readout, tileWord(state.subject, verdicts[chosen]));
    setLabel(result.canvas, `${TEXT.draw(chosen + 1)}: ${drawText(d)}.`);
    setLabel(sheet.canvas, TEXT.sheetKeys(chosen + 1));
    const kinds = new Set(verdicts.map(([kind]) => kind));
    sheetKey.odd.hidden = !kinds.has("odd");
    sheetKey.wrong.hidden = !kinds.has("wrong") && !kinds.has("none");
    facts.show({
      crops: TEXT.crops(state.places, state.ways, pretty(state.count)),
      area: TEXT.area(w, Math.round((100 * w * w) / (SIDE * SIDE))),
      kept: keptText(state),
    });
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices", subject.node, mirror.node, unit.node),
      box(doc, "axw-sliders", ...Object.values(sliders).map((each) => each.node)),
      box(doc, "axw-steps", ...buttons),
      box(doc, "axw-pictures", photo.node, result.node),
      sheet.node,
      facts.node,
    ],
    traits: TRAITS,
    draw: drawAll,
    colors(inks) {
      look = { inks };
    },
    sizes() {
      widths = {
        picture: Math.min(320, photo.node.clientWidth || widths.picture),
        sheet: sheet.node.clientWidth || widths.sheet,
      };
    },
    watch: [photo.node, sheet.node],
    probe: {
      state() {
        const { draws, verdicts, count, kept, pictures } = calculate(model);
        const some = pictures.slice(0, 2).map((bytes) => Array.from(bytes).filter(every(37)));
        return { draws, verdicts, count, kept, some };
      },
    },
  });
}

export default { render };
