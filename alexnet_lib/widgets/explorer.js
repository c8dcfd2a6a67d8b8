/* The explorer: one picture on its way through a network, layer by layer, and any map opened.
 *
 * A network's plan decides what is drawn, so it shows any network that network.js can read. The
 * page brings along the fashion network's plan and its maps of one picture; everything else loads
 * when the reader asks for it. The reader's own pictures stay in this page: they are no traits,
 * since traits travel to Python, which may run on another machine.
 *
 * The traits are those of explorer.py. Uses common.js and network.js, which come before it in the
 * module.
 */

const TRAITS = ["net", "picture", "layer", "map", "row", "col", "channel", "stored"];
const INPUT = "input"; // the picture itself, as a layer

// Every text of the widget.
const TEXT = {
  network: "Network",
  networks: { fashion: "Clothes, 10 kinds", squeezenet: "SqueezeNet, 1000 kinds" },
  fromDisk: (title) => `From your disk: ${title}`,
  picture: "Picture",
  ownPicture: "your own picture",
  load: (megabytes) => `Load the network (${megabytes})`,
  loading: (part) => `Loading … ${Math.round(100 * part)} %`,
  loadSaid: "The network is being loaded.",
  loaded: (title) => `${title} is there: choose a picture, or bring your own.`,
  noLoad: (why) => `The network could not be loaded: ${why}`,
  needsLoad: "That needs the whole network: press “Load the network” first.",
  nothingYet: (title) =>
    `${title} isn’t loaded yet. Its button says how large it is; nothing loads before you press it.`,
  bring: "Your own picture",
  privacy: "Your picture stays in this page: nothing is sent anywhere, and nothing is stored.",
  draw: "Draw",
  file: "Open a picture",
  camera: "Camera",
  swap: "Swap dark and light",
  disk: "Open a network",
  diskHint: "Open the two files that `alexnet export-web` writes, both at once.",
  pad: "Drawing pad. Arrow keys move the pen, the space bar draws, and Backspace rubs out.",
  clear: "Clear",
  journey: "The way of the picture",
  ends: (name, percent) => `answer: ${name}, ${percent}`,
  journeyLabel: (stops) =>
    `The way of the picture through ${stops} layers. Arrow keys go from layer to layer.`,
  first: "First layer",
  previous: "Previous layer",
  next: "Next layer",
  play: "Play",
  pause: "Pause",
  lessMotion: "Your system asks for less motion: Play goes one layer on.",
  scrub: "Layer",
  every: "Any layer",
  stop: (at, n, name) => `${name}: stop ${at} of ${n}`,
  seen: "What it sees",
  seenLabel: (box) => `The picture, with a frame around what this number sees: ${box}.`,
  before: (name) => `In: ${name}`,
  after: (name) => `Out: ${name}`,
  channels: { 1: ["grey"], 3: ["red", "green", "blue"] }, // of the picture
  mapWord: (name, shape, i) =>
    name === INPUT
      ? (TEXT.channels[shape[0]]?.[i] ?? `channel ${i + 1}`)
      : shape.length === 3
        ? `map ${i + 1}`
        : `number ${i + 1}`,
  beforeLabel: (name, where) => `${name}, with a frame around the window ${where}.`,
  afterLabel: (name) => `${name}. Arrow keys move the window.`,
  sheet: (name, n, size) => `All of ${name}: ${n} ${size}`,
  sheetLabel: (name) => `All maps of ${name}. Arrow keys choose a map.`,
  mapsOf: (n, h, w) => (n === 1 ? `one map of ${h} × ${w}` : `${n} maps of ${h} × ${w}`),
  sheetSize: (shape) => (shape.length === 3 ? `maps of ${shape[1]} × ${shape[2]}` : "numbers"),
  strongest: "Strongest map",
  strongestPlace: "Strongest place",
  sum: "How this number comes about",
  window: "Window",
  kernel: "Kernel slice",
  windowLabel: "The numbers in the window",
  kernelLabel: "The kernel’s slice for this channel",
  course: "The sum, channel by channel",
  courseLabel: "A bar for each channel’s part of the sum, and a line for the sum so far.",
  firstPart: "First channel",
  previousPart: "Previous channel",
  nextPart: "Next channel",
  part: (i, n) => `channel ${i} of ${n}`,
  noKernels: (name) => `The kernels of ${name} come with the network: load it to see its sums.`,
  answer: "The network’s answer",
  rests: "What the answer rests on",
  cover: "Cover it piece by piece",
  stopCover: "Stop",
  coverSize: "Piece",
  coverHint:
    "A grey piece covers one place after the other, and the network is asked each time. Orange: " +
    "without it the answer gets weaker, so the answer rests on it. Blue, hatched: it gets stronger.",
  covered: (done, all) => `${done} of ${all} places`,
  coverLabel: "The picture, coloured where the answer rests. Arrow keys go from place to place.",
  coverAt: (row, col, percent, name, before) =>
    `Covered at row ${row}, column ${col}: ${name} ${percent}, instead of ${before}.`,
  coverDone: (name, before, after, row, col) =>
    `“${name}” rests most on the place around row ${row}, column ${col}: covered there, it falls ` +
    `from ${before} to ${after}.`,
  coverSame: (name) => `“${name}” rests on no single place: covered anywhere, it stays.`,
  coverStopped: (done, all) => `Stopped after ${done} of ${all} places; press again to go on anew.`,
};

// ------------------------------------------------------------------------------ networks

const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

/** Read what the page brings along.
 *
 * {plan, layers, maps, pictures, whole: false}: the layers before the second convolution have their
 * weights, and are computed; the maps of the others were, for the first picture of the list.
 */
function readStored(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 4;
  const take = (n) => bytes.slice(at, (at += n));
  const head = JSON.parse(new TextDecoder().decode(take(view.getUint32(0, true))));
  const { plan, first, weights, maps: kept, pictures: names } = head;
  const engine = networkEngine();
  const part = { ...plan, classes: [], layers: plan.layers.slice(0, first) };
  const known = engine.readNetwork(part, take(weights).buffer);
  const maps = {};
  for (const { name, shape, scale } of kept) {
    const codes = new Int8Array(take(sizeOf(shape)).buffer);
    maps[name] = { shape, data: Float32Array.from(codes, (code) => code * scale) };
  }
  const { channels, side } = plan.input;
  const pictures = names.map((name) => ({ name, pixels: take(channels * side * side) }));
  const source = pixelsInput(plan, pictures[0].pixels);
  Object.assign(maps, engine.forward(known, source.input));
  for (const { name, op, inputs } of plan.layers)
    if (op === "relu" && !maps[name]) {
      const { shape, data } = maps[inputs[0]];
      maps[name] = { shape, data: data.map((value) => Math.max(0, value)) };
    }
  const weighted = new Map(known.layers.map((layer) => [layer.name, layer]));
  const layers = plan.layers.map((layer) => ({
    padding: 0,
    groups: 1,
    ...(weighted.get(layer.name) ?? { ...layer, weight: null, bias: null }),
    shape: maps[layer.name].shape,
  }));
  return { plan, layers, pictures, whole: false, shown: { ...source, maps, name: names[0] } };
}

/** Return {input, picture} for pixels as they were stored, channel by channel. */
function pixelsInput(plan, pixels) {
  const { channels, side, mean, scale } = plan.input;
  const area = side * side;
  const picture = new ImageData(side, side);
  const input = new Float32Array(channels * area);
  for (let at = 0; at < area; at++)
    for (let channel = 0; channel < 3; channel++) {
      const value = pixels[Math.min(channel, channels - 1) * area + at];
      picture.data[4 * at + channel] = value;
      picture.data[4 * at + 3] = 255;
      if (channel < channels) input[channel * area + at] = (value - mean[channel]) / scale[channel];
    }
  return { input, picture };
}

/** Return the layers at which the journey stops, the picture first.
 *
 * In a long network only those that every path passes, without what belongs to the one before.
 */
function stopsOf(layers) {
  const names = [INPUT, ...layers.map(({ name }) => name)];
  if (layers.length <= 26) return names;
  const place = new Map(names.map((name, i) => [name, i]));
  const passed = names.map(() => true);
  const readers = names.map(() => 0);
  layers.forEach(({ inputs }, i) => {
    for (const input of inputs) {
      readers[place.get(input)] += 1;
      for (let at = place.get(input) + 1; at < i + 1; at++) passed[at] = false;
    }
  });
  return names.filter((name, at) => {
    const bent = layers[at]?.op; // the layer after it
    const inner = readers[at] > 1 && at > 0; // a squeeze before its branches
    const isBent = ["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "flatten"].includes(bent);
    return at === 0 || (passed[at] && !inner && !(isBent && layers[at].inputs[0] === name));
  });
}

/** Return for each layer what one of its numbers sees of the picture, {field, start, jump}. */
function sightsOf({ input }, layers) {
  const all = { field: input.side, start: 0, jump: 0 };
  const sights = { [INPUT]: { field: 1, start: 0, jump: 1 } };
  for (const { name, op, inputs, shape, kernel, stride, padding } of layers) {
    const before = inputs.map((one) => sights[one]).reduce((a, b) => (b.field > a.field ? b : a));
    const { field, start, jump } = before;
    if (shape.length < 3 || ["globalavg", "adaptiveavg"].includes(op)) sights[name] = all;
    else if (kernel)
      sights[name] = {
        field: field + (kernel - 1) * jump,
        start: start - (padding ?? 0) * jump,
        jump: jump * (stride ?? 1),
      };
    else sights[name] = before;
  }
  return sights;
}

/** Return the part of the picture that a number at (row, col) sees, inside the picture. */
function sightBox({ field, start, jump }, row, col, side) {
  const along = (at) => {
    const from = Math.max(0, start + at * jump);
    return [from, Math.min(side, start + at * jump + field)];
  };
  const [top, bottom] = along(row);
  const [left, right] = along(col);
  return { top, left, height: bottom - top, width: right - left };
}

// ------------------------------------------------------------------------------ one number

/** Return everything about one number of a layer: what it was computed from, and how.
 *
 * patch    {source, channel, row, col, rows, cols, values}: of which map, and NaN for padding
 * kernel    the slice for that channel, or null
 * parts     what each channel (or each number) contributes to a sum, or null
 */
function insideOf({ layer, source, sourceName, map, row, col, channel }) {
  const [channels, height = 1, width = 1] = source.shape;
  const area = height * width;
  const numberOf = (c, y, x) =>
    y < 0 || x < 0 || y >= height || x >= width ? NaN : source.data[c * area + y * width + x];
  const windowOf = (c, top, left, rows, cols) => ({
    source: sourceName,
    channel: c,
    row: top,
    col: left,
    rows,
    cols,
    values: Float32Array.from({ length: rows * cols }, (_, i) =>
      numberOf(c, top + Math.floor(i / cols), left + (i % cols)),
    ),
  });
  const { op, kernel, stride = 1, padding = 0, weight, bias } = layer;
  if (op === "conv") {
    const depth = channels / layer.groups;
    const first = Math.floor(map / (layer.shape[0] / layer.groups)) * depth;
    const [top, left] = [row * stride - padding, col * stride - padding];
    const at = clamp(channel, depth);
    const patch = windowOf(first + at, top, left, kernel, kernel);
    if (!weight) return { patch, kernel: null, parts: null, count: depth, at };
    const taps = kernel * kernel;
    const slice = (c) => weight.subarray((map * depth + c) * taps, (map * depth + c + 1) * taps);
    const parts = Float32Array.from({ length: depth }, (_, c) => {
      const weights = slice(c);
      let sum = 0;
      for (let i = 0; i < taps; i++) {
        const value = numberOf(first + c, top + Math.floor(i / kernel), left + (i % kernel));
        if (!Number.isNaN(value)) sum += value * weights[i];
      }
      return sum;
    });
    return { patch, kernel: slice(at), parts, bias: bias ? bias[map] : 0, count: depth, at };
  }
  if (op === "linear") {
    const at = clamp(channel, channels);
    const patch = windowOf(at, 0, 0, 1, 1);
    if (!weight) return { patch, kernel: null, parts: null, count: channels, at };
    const row0 = map * channels;
    const parts = Float32Array.from(
      { length: channels },
      (_, i) => source.data[i] * weight[row0 + i],
    );
    const slice = weight.subarray(row0 + at, row0 + at + 1);
    return { patch, kernel: slice, parts, bias: bias ? bias[map] : 0, count: channels, at };
  }
  if (kernel) {
    const [top, left] = [row * stride - padding, col * stride - padding];
    return { patch: windowOf(map, top, left, kernel, kernel) };
  }
  if (op === "globalavg" || op === "adaptiveavg")
    return { patch: windowOf(map, 0, 0, height, width) };
  if (op === "flatten") {
    const c = Math.floor(map / area);
    return { patch: windowOf(c, Math.floor((map % area) / width), map % width, 1, 1) };
  }
  if (op === "pad") return { patch: windowOf(map, row - layer.top, col - layer.left, 1, 1) };
  if (source.shape.length < 3) return { patch: windowOf(map, 0, 0, 1, 1) };
  return { patch: windowOf(map, row, col, 1, 1) };
}

/** Say how the number came about, in a line or two. */
function sumText({ layer, inside, value, sourceName, classes, map }) {
  const { patch, parts } = inside;
  const { op } = layer;
  const got = patch.values.filter((each) => !Number.isNaN(each));
  const only = () => pretty(patch.values[0]);
  if (op === "conv" || op === "linear") {
    if (!parts) return TEXT.noKernels(layer.name);
    const upTo = inside.at + 1;
    const sum = parts.reduce((a, b) => a + b, 0);
    const soFar = parts.subarray(0, upTo).reduce((a, b) => a + b, 0);
    const taps = patch.values.length;
    const here =
      op === "conv"
        ? `channel ${upTo}: ${taps} products, together ${pretty(parts[inside.at])}`
        : `${only()} · ${factorText(inside.kernel[0])} = ${pretty(parts[inside.at])}`;
    const all =
      parts.length > 1 ? `\nso far ${pretty(soFar)}; all ${parts.length}: ${pretty(sum)}` : "";
    return `${here}${all}\n+ bias ${factorText(inside.bias)} = ${pretty(sum + inside.bias)}`;
  }
  if (op === "maxpool") return `the largest of ${got.length} numbers: ${pretty(value)}`;
  if (op === "avgpool" || op === "globalavg" || op === "adaptiveavg")
    return `the mean of ${got.length} numbers: ${pretty(value)}`;
  if (op === "relu")
    return patch.values[0] > 0 ? `${only()} is positive: it stays` : `${only()} is not positive: 0`;
  if (op === "softmax")
    return `e^${factorText(patch.values[0])} over the sum of all ${classes.length} powers = ${pretty(value)}`;
  if (op === "flatten")
    return `the number in row ${patch.row}, column ${patch.col} of map ${patch.channel + 1}: ${pretty(value)}`;
  if (op === "concat") return `copied from its branch: ${pretty(value)}`;
  if (op === "lrn")
    return `${only()} divided by a power of the squares of ${layer.size} maps: ${pretty(value)}`;
  return `${layer.op} of ${only()} (${sourceName}, map ${map + 1}) = ${pretty(value)}`;
}

// ------------------------------------------------------------------------------ words

const percentText = (part) =>
  part > 0.9995 && part < 1
    ? "over 99.9 %"
    : part < 0.0005 && part > 0
      ? "under 0.1 %"
      : `${(100 * part).toFixed(1)} %`;
const roundText = (value) => pretty(Number(value.toPrecision(3)));
const megabyteText = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Say what a layer did and what to look at, with numbers from these very maps. */
function sentenceOf({ layer, name, shape, result, source, sight, side, plan, layers }) {
  const [n, h, w] = shape;
  const whole = sight.field >= side || !sight.jump;
  const sees = whole
    ? "the whole picture"
    : `${sight.field} × ${sight.field} pixels of the picture`;
  if (!layer)
    return (
      `The picture as the network gets it: ${h} × ${w} numbers` +
      `${n === 3 ? " for each of red, green and blue" : ""}, shifted and scaled to lie around 0. ` +
      "Nobody tells the network what they mean."
    );
  const { op, kernel } = layer;
  const share = (test) => percentText(result.data.filter(test).length / result.data.length);
  const isLast =
    name === layers.at(-1).name || (layers.at(-1).op === "softmax" && name === layers.at(-2)?.name);
  const isFirst = source === INPUT;
  if (op === "conv" && isFirst)
    return (
      `${name} slides ${n} kernels of ${kernel} × ${kernel} over the picture. Each asks one ` +
      "question everywhere: is my pattern here? Look for edges: orange where the picture answers " +
      "yes, blue where it is the opposite, grey where nothing happens."
    );
  if (op === "conv" && kernel === 1)
    return (
      `${name} mixes all maps at each place, without looking at neighbours: ${n} new questions ` +
      "about the same place. Look for maps that light up together with one part of the picture."
    );
  if (op === "conv")
    return (
      `${name} asks ${n} questions about the maps before, through windows of ${kernel} × ${kernel}. ` +
      `A number now sees ${sees}. Look for maps that no longer draw the picture, but mark places in it.`
    );
  if (["relu", "leaky_relu", "gelu"].includes(op))
    return (
      `${name} ${op === "relu" ? "sets negative numbers to 0" : "holds negative numbers near 0"}: ` +
      `${share((value) => value <= 0)} of all. What is left says where a pattern is, and no longer where its opposite is.`
    );
  if (op === "maxpool")
    return (
      `${name} keeps the largest number of each ${kernel} × ${kernel} window. Exactly where it stood ` +
      `is forgotten; ${h} × ${w} numbers a map are left. Look how the maps get coarser, but keep their spots.`
    );
  if (op === "avgpool" || op === "globalavg" || op === "adaptiveavg")
    return (
      `${name} takes means: ${h > 1 ? `${h} × ${w} numbers` : "one number"} a map is left. ` +
      "From here on, only how much of a pattern there is counts, hardly where."
    );
  if (op === "flatten" && isLast)
    return `${name} lays the ${pretty(n)} numbers in a row: the scores, one for each class. The largest is the answer; Softmax makes probabilities of them.`;
  if (op === "flatten")
    return `${name} lays all maps in one row, ${pretty(n)} numbers. Nothing is computed: the next layer just wants a list.`;
  if (op === "concat")
    return `${name} lays the maps of its branches on one pile: ${n} maps. A number sees up to ${sees}.`;
  if (op === "linear" && isLast)
    return `${name} adds up ${n} scores, one for each class. The largest is the answer; Softmax makes probabilities of them.`;
  if (op === "linear")
    return (
      `${name} makes ${n} sums, each over all numbers before. They have no place in the picture any ` +
      "more. Each may stand for something that classes share, like sleeves or heels."
    );
  if (op === "lrn")
    return `${name} makes a number smaller where many maps are strong at once. Look for maps that stand out more than before.`;
  if (op === "softmax")
    return `${name} turns scores into probabilities, which add up to 1. Largest: ${plan.classes[indexOfMost(result.data)]}.`;
  if (op === "batchnorm") return `${name} shifts and scales each map by two numbers of its own.`;
  return `${name} (${op}) gives ${h ? TEXT.mapsOf(n, h, w) : `${n} numbers`}.`;
}

function indexOfMost(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Return the map with the largest number, and where that is: {map, row, col}. */
function strongestOf({ shape, data }) {
  const [, height = 1, width = 1] = shape;
  const at = indexOfMost(data);
  const inMap = at % (height * width);
  return {
    map: Math.floor(at / (height * width)),
    row: Math.floor(inMap / width),
    col: inMap % width,
  };
}

/** Return the classes with their probabilities, the likeliest first, [name, probability]. */
function answersOf({ plan, layers, shown }, softmax) {
  const last = layers.at(-1);
  const { data } = shown.maps[last.name];
  const parts = last.op === "softmax" ? data : softmax(data);
  return Array.from(parts, (part, i) => [plan.classes[i] ?? `class ${i + 1}`, part]).sort(
    (a, b) => b[1] - a[1],
  );
}

/** Return the number of the class, and its probability, as the network gave it. */
function topOf(scores, isProbability, softmax) {
  const parts = isProbability ? scores : softmax(scores);
  const index = indexOfMost(parts);
  return { index, part: parts[index] };
}

// ------------------------------------------------------------------------------ drawing

const STRONGEST = 5; // maps in a column of the journey
const LEAST_STOP = 30; // CSS pixels for a column; where fewer fit, some are out of sight
const THUMB = 46; // CSS pixels a side at most
const SHEET_HEIGHT = 300; // CSS pixels, about
const PICTURE = 260; // a side at most
const CELL = 40;
const BARS = 110; // height of the sum's course

/** Choose colours for a layer: a few numbers far out don't darken all others. */
function layerShading(data) {
  const every = Math.max(1, Math.floor(data.length / 4000));
  const sizes = [];
  let negative = false;
  for (let i = 0; i < data.length; i += every) {
    sizes.push(Math.abs(data[i]));
    negative ||= data[i] < 0;
  }
  sizes.sort((a, b) => a - b);
  const high = sizes[Math.floor(0.995 * (sizes.length - 1))] || sizes.at(-1) || 1;
  return negative
    ? { ...PALETTES.signed, signed: true, low: -high, high }
    : { ...PALETTES.gray, signed: false, low: 0, high };
}

/** Make a function that paints all maps of a layer once: {canvas, columns, side, shading, order}. */
function sheetPainter(doc) {
  const known = new WeakMap(); // a layer's result -> its sheet
  return (result) => {
    if (known.has(result)) return known.get(result);
    const { data, shape } = result;
    const [n, height = 1, width = 1] = shape;
    const shading = layerShading(data);
    const columns = Math.ceil(Math.sqrt(n));
    const rows = Math.ceil(n / columns);
    const canvas = doc.createElement("canvas");
    canvas.width = columns * width;
    canvas.height = rows * height;
    const image = new ImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const most = new Float32Array(n).fill(-Infinity);
    for (let map = 0, at = 0; map < n; map++) {
      const corner = Math.floor(map / columns) * height * canvas.width + (map % columns) * width;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++, at++) {
          pixels[corner + y * canvas.width + x] = shading.pixel[shadeIndex(shading, data[at])];
          if (data[at] > most[map]) most[map] = data[at];
        }
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    const order = Array.from(most, (_, map) => map).sort((a, b) => most[b] - most[a]);
    const sheet = { canvas, columns, width, height, shading, order, n };
    known.set(result, sheet);
    return sheet;
  };
}

/** Draw one map of a sheet into a square. */
function drawMap(context, { canvas, columns, width, height }, map, x, y, side) {
  const [left, top] = [(map % columns) * width, Math.floor(map / columns) * height];
  context.imageSmoothingEnabled = side < width;
  context.drawImage(canvas, left, top, width, height, x, y, side, side);
}

/** Return how n squares are laid out in `width` pixels: {cell, columns, rows}. */
function sheetLayout(n, width, isMaps) {
  const most = isMaps ? 88 : 44;
  const fits = (cell) => Math.ceil(n / Math.max(1, Math.floor(width / cell))) * cell;
  let cell = Math.min(most, Math.floor(width / Math.min(n, 4)));
  while (cell > 8 && fits(cell) > SHEET_HEIGHT) cell -= 1;
  const columns = Math.max(1, Math.floor(width / cell));
  return { cell, columns, rows: Math.ceil(n / columns) };
}

/** Draw all maps of a layer, so many of them as have been computed, and mark the chosen one. */
function drawSheet(context, layout, sheet, result, map, part, inks) {
  const { cell, columns } = layout;
  const gap = cell > 20 ? 2 : 1;
  const count = Math.ceil(part * sheet.n);
  const isMaps = result.shape.length === 3;
  const texts = cellTexts(cell - gap);
  for (let i = 0; i < sheet.n; i++) {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell];
    if (i < count) drawMap(context, sheet, i, x, y, cell - gap);
    else {
      context.strokeStyle = inks.line;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, cell - gap - 1, cell - gap - 1);
    }
    if (!isMaps && i < count && cell >= 30) {
      const tone = sheet.shading.text[shadeIndex(sheet.shading, result.data[i])];
      texts.write(pretty(Number(result.data[i].toPrecision(2))), x, y, tone);
    }
  }
  texts.draw(context);
  const [x, y] = [(map % columns) * cell, Math.floor(map / columns) * cell];
  drawMark(context, inks, x + 1, y + 1, cell - gap - 2, cell - gap - 2);
}

/** Draw the way of the picture: a column for each stop, its strongest maps first. */
function drawJourney(context, width, state, sheets, picture, inks) {
  const { phase, net } = state;
  const { first, count, wide } = journeyWindow(width, state);
  const stops = state.stops.slice(first, first + count);
  const stopAt = state.stopAt - first;
  const side = Math.min(THUMB, wide - (wide > 20 ? 6 : 2));
  const step = side + (side > 16 ? 3 : 1);
  const top = 6;
  const middle = top + (STRONGEST * step) / 2;
  const xOf = (i) => i * wide + (wide - side) / 2;
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(xOf(0) + side / 2, middle);
  context.lineTo(xOf(stops.length - 1) + side / 2, middle);
  context.stroke();
  stops.forEach((name, i) => {
    context.globalAlpha = i > stopAt ? 0.25 : 1;
    const x = xOf(i);
    if (name === INPUT) context.drawImage(picture, x, middle - side / 2, side, side);
    else drawColumn(x, sheets(net.shown.maps[name]), i === stopAt ? phase : 1);
  });
  context.globalAlpha = 1;
  drawMark(context, inks, xOf(stopAt) - 2, top - 3, side + 4, STRONGEST * step + 3);
  const under = top + STRONGEST * step + 14;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  stops.forEach((name, i) => {
    const text = stopLabel(name);
    const here = i === stopAt;
    const half = context.measureText(text).width / 2;
    if (!here && 2 * half > wide - 2) return;
    context.fillStyle = here ? inks.ink : inks.soft;
    context.textAlign = "center";
    const line = here && 2 * half > wide - 2 ? 14 : 0; // below the others' names
    const x = Math.max(half, Math.min(width - half, xOf(i) + side / 2));
    context.fillText(text, x, under + line);
  });

  function drawColumn(x, sheet, part) {
    if (sheet.width === 1 && sheet.height === 1) {
      const rows = Math.min(sheet.n, 25); // the strongest numbers, as small cells
      const high = (STRONGEST * step) / rows;
      for (let j = 0; j < Math.ceil(part * rows); j++) {
        const map = sheet.order[j];
        const [left, up] = [map % sheet.columns, Math.floor(map / sheet.columns)];
        context.imageSmoothingEnabled = false;
        context.drawImage(sheet.canvas, left, up, 1, 1, x, top + j * high, side, high - 1);
      }
      return;
    }
    const most = Math.min(STRONGEST, sheet.n);
    const from = middle - (most * step) / 2;
    for (let j = 0; j < Math.ceil(part * most); j++)
      drawMap(context, sheet, sheet.order[j], x, from + j * step, side);
  }
}
/** Return which stops fit into `width` pixels, those around the current one: {first, count, wide}. */
function journeyWindow(width, { stops, stopAt }) {
  const count = Math.min(stops.length, Math.max(5, Math.floor(width / LEAST_STOP)));
  const first = Math.max(0, Math.min(stops.length - count, stopAt - Math.floor(count / 2)));
  return { first, count, wide: width / count };
}
const journeyHeight = (width, state) => {
  const { wide } = journeyWindow(width, state);
  const side = Math.min(THUMB, wide - (wide > 20 ? 6 : 2));
  return 6 + STRONGEST * (side + (side > 16 ? 3 : 1)) + 36;
};
const stopLabel = (name) =>
  name === INPUT
    ? "picture"
    : name.replace(/^(features|classifier)\./, "").replace(/^(.+)\.concat$/, "$1");

/** Draw a picture as it is, and a frame around the part that a number sees. */
function drawSeen(context, side, picture, box, inks) {
  const scale = side / picture.width;
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(picture, 0, 0, side, side);
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, side - 1, side - 1);
  const edge = 2;
  const fit = (at) => Math.max(edge, Math.min(side - edge, at * scale));
  const [left, top] = [fit(box.left), fit(box.top)];
  drawMark(
    context,
    inks,
    left,
    top,
    Math.max(3, fit(box.left + box.width) - left),
    Math.max(3, fit(box.top + box.height) - top),
  );
}

/** Draw rows × cols values with `padding` hatched around, and a frame around a window. */
function drawWindowed(context, side, ratio, image, grid, shading, patch, look) {
  const { rows, cols, padding, values } = grid;
  const whole = gridLayout(side, rows + 2 * padding, cols + 2 * padding, ratio);
  const { cell, left, top } = whole;
  const inner = { cell, left: left + padding * cell, top: top + padding * cell };
  if (padding) {
    context.fillStyle = look.padding;
    context.fillRect(left, top, (cols + 2 * padding) * cell, (rows + 2 * padding) * cell);
  }
  drawPicture(context, image, inner);
  if (cell >= 10) drawLines(context, inner, rows, cols, look.inks.line);
  else {
    context.strokeStyle = look.inks.line;
    context.lineWidth = 1;
    context.strokeRect(inner.left + 0.5, inner.top + 0.5, cols * cell - 1, rows * cell - 1);
  }
  if (cell >= 26) drawNumbers(context, inner, rows, cols, values, shading);
  if (patch) {
    const grow = Math.max(0, 7 - patch.cols * cell) / 2; // a pixel alone would be invisible
    drawMark(
      context,
      look.inks,
      inner.left + patch.col * cell - grow,
      inner.top + patch.row * cell - grow,
      patch.cols * cell + 2 * grow,
      patch.rows * cell + 2 * grow,
    );
  }
  return inner;
}

/** Write a number for a small cell: two decimals, or two digits. */
const cellText = (value) =>
  pretty(Math.abs(value) < 10 ? Number(value.toFixed(2)) : Number(value.toPrecision(2)));

/** Draw the numbers of a window or of a kernel's slice, the padding hatched. */
function drawCells(context, values, rows, cols, cell, shading, look) {
  const texts = cellTexts(cell);
  for (let at = 0; at < rows * cols; at++) {
    const [x, y] = [(at % cols) * cell, Math.floor(at / cols) * cell];
    const outside = Number.isNaN(values[at]);
    const tone = outside ? 0 : shadeIndex(shading, values[at]);
    context.fillStyle = outside ? look.padding : shading.css[tone];
    context.fillRect(x, y, cell, cell);
    const text = outside ? "0" : cellText(values[at]);
    if (cell >= 22) texts.write(text, x, y, outside ? look.inks.ink : shading.text[tone]);
  }
  drawLines(context, { cell, left: 0, top: 0 }, rows, cols, look.inks.line);
  texts.draw(context);
}

/** Draw each channel's part of the sum as a bar, and the sum so far as a line. */
function drawCourse(context, width, { parts, bias, at }, { inks }) {
  const sums = [0];
  for (const part of parts) sums.push(sums.at(-1) + part);
  const end = sums.at(-1) + bias;
  const most = Math.max(...[...sums, end, ...parts].map(Math.abs), 1e-6);
  const room = 46; // for the sum, at the right
  const wide = (width - room) / (parts.length + 1);
  const down = (value) => BARS / 2 - (value / most) * (BARS / 2 - 10);
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, BARS / 2);
  context.lineTo(width - room, BARS / 2);
  context.stroke();
  const [blue, orange] = [PALETTES.signed.css[60], PALETTES.signed.css[200]];
  [...parts, bias].forEach((part, i) => {
    context.fillStyle = part < 0 ? blue : orange;
    context.fillRect(
      i * wide,
      Math.min(down(0), down(part)),
      Math.max(1, wide - 1),
      Math.abs(down(part) - down(0)),
    );
  });
  context.strokeStyle = inks.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  [...sums.slice(1), end].forEach((sum, i) => context.lineTo((i + 0.5) * wide, down(sum)));
  context.stroke();
  const x = at * wide;
  drawMark(context, inks, Math.max(1.5, x), 2, Math.max(4, wide - 1), BARS - 4);
  context.fillStyle = inks.ink;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(`= ${roundText(end)}`, width - 2, Math.max(8, Math.min(BARS - 8, down(end))));
}

// ------------------------------------------------------------------------------ covering

const PLACES = 11; // along a side

/** Plan the places of a piece: [{row, col, level}], coarse ones first, in steps of `step`. */
function coverPlan(side, piece) {
  const step = Math.max(1, Math.floor((side - piece) / (PLACES - 1)));
  const count = Math.floor((side - piece) / step) + 1;
  const places = [];
  for (const level of [4, 2, 1])
    for (let i = 0; i < count; i += level)
      for (let j = 0; j < count; j += level)
        if (level === 4 || i % (2 * level) || j % (2 * level))
          places.push({ i, j, row: i * step, col: j * step, level });
  return { places, step, count, piece };
}

/** Return the input with a grey piece on it: 0 is the mean of all training pictures. */
function coverInput(input, { channels, side }, row, col, piece) {
  const covered = Float32Array.from(input);
  for (let channel = 0; channel < channels; channel++)
    for (let y = row; y < Math.min(side, row + piece); y++)
      covered.fill(
        0,
        (channel * side + y) * side + col,
        (channel * side + y) * side + Math.min(side, col + piece),
      );
  return covered;
}

/** Draw the picture in grey, and over it how much weaker (or stronger) each place made the answer. */
function drawCover(context, side, picture, cover, size, look) {
  context.filter = "grayscale(1)";
  context.imageSmoothingEnabled = side < picture.width;
  context.globalAlpha = 0.55;
  context.drawImage(picture, 0, 0, side, side);
  context.globalAlpha = 1;
  context.filter = "none";
  context.strokeStyle = look.inks.line;
  context.strokeRect(0.5, 0.5, side - 1, side - 1);
  if (!cover) return;
  const scale = side / size;
  const { plan, drops } = cover;
  const most = Math.max(0.02, ...drops.filter((drop) => drop !== undefined).map(Math.abs));
  const shift = (plan.piece - plan.step) / 2; // a place is coloured in its middle
  plan.places.forEach(({ row, col, level }, at) => {
    const drop = drops[at];
    if (drop === undefined) return;
    const wide = plan.step * level * scale;
    const x = (col + shift - (plan.step * (level - 1)) / 2) * scale;
    const y = (row + shift - (plan.step * (level - 1)) / 2) * scale;
    context.globalAlpha = Math.min(1, Math.abs(drop) / most) * 0.75;
    context.fillStyle = drop > 0 ? PALETTES.signed.css[205] : PALETTES.signed.css[50];
    context.fillRect(x, y, wide, wide);
    if (drop < -0.25 * most) {
      context.globalAlpha = 1;
      context.fillStyle = look.stronger;
      context.fillRect(x, y, wide, wide);
    }
    context.globalAlpha = 1;
  });
  if (cover.at !== null && plan.places[cover.at]) {
    const { row, col } = plan.places[cover.at];
    const wide = plan.piece * scale;
    drawMark(context, look.inks, col * scale + 1, row * scale + 1, wide - 2, wide - 2);
  }
}

// ------------------------------------------------------------------------------ own pictures

const PAD = 112; // pixels of the drawing pad's own picture
const PEN = 6; // its radius
const PAD_STEP = 4; // of an arrow key

/** Make the drawing pad: {node, redraw(inks)}. `onDraw(canvas)` gets the drawing after each stroke. */
function drawingPad(doc, isGrey, onDraw) {
  const paper = doc.createElement("canvas");
  paper.width = paper.height = PAD;
  const context = paper.getContext("2d");
  const [ground, ink] = isGrey ? ["#000", "#fff"] : ["#fff", "#000"];
  const canvas = make(doc, "canvas", {
    tabindex: 0,
    role: "application",
    "aria-label": TEXT.pad,
    class: "axw-pad",
    ...KEYS_ARE_OURS,
  });
  let pen = { x: PAD / 2, y: PAD / 2 };
  let last = null; // where the stroke was
  let inks = INKS.light;
  const wipe = () => {
    context.fillStyle = ground;
    context.fillRect(0, 0, PAD, PAD);
  };
  function dot(color) {
    context.strokeStyle = color;
    context.lineWidth = 2 * PEN;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo((last ?? pen).x, (last ?? pen).y);
    context.lineTo(pen.x + 0.01, pen.y);
    context.stroke();
  }
  function show(now = inks) {
    inks = now;
    const view = sizeCanvas(canvas, 2 * PAD, 2 * PAD);
    view.drawImage(paper, 0, 0, 2 * PAD, 2 * PAD);
    view.strokeStyle = inks.mark;
    view.lineWidth = 2;
    view.beginPath();
    view.arc(2 * pen.x, 2 * pen.y, 2 * PEN, 0, 2 * Math.PI);
    view.stroke();
  }
  const move = (event) => {
    pen = { x: event.offsetX / 2, y: event.offsetY / 2 };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(event);
    last = pen;
    dot(event.shiftKey ? ground : ink);
    show();
    event.preventDefault();
    canvas.focus();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    last = pen;
    move(event);
    dot(event.shiftKey ? ground : ink);
    show();
  });
  const lift = () => {
    if (last) onDraw(paper);
    last = null;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const by = step[event.key];
    const color = { " ": ink, Enter: ink, Backspace: ground, Delete: ground }[event.key];
    if (by) {
      const along = (at, d) => Math.max(0, Math.min(PAD, at + d * PAD_STEP));
      pen = { x: along(pen.x, by[0]), y: along(pen.y, by[1]) };
    } else if (color) {
      dot(color);
      onDraw(paper);
    } else return;
    event.preventDefault();
    show();
  });
  wipe();
  const clear = button(doc, TEXT.clear, () => {
    wipe();
    show();
    onDraw(paper);
  });
  const node = box(doc, "axw-own", canvas, box(doc, "axw-steps", clear));
  const hint = make(doc, "p", { class: "axw-small", text: TEXT.pad });
  node.append(hint);
  return { node, canvas, show };
}

/** Return the picture with dark and light swapped, as a canvas. */
function swapped(doc, picture) {
  const canvas = doc.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const image = new ImageData(Uint8ClampedArray.from(picture.data), picture.width);
  for (let i = 0; i < image.data.length; i++) if (i % 4 < 3) image.data[i] = 255 - image.data[i];
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Return a canvas that holds the picture. */
function canvasOf(doc, picture) {
  const canvas = doc.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}

// ------------------------------------------------------------------------------ the widget

const STOP_SECONDS = 4; // for each layer, while it plays
const REVEAL = 0.6; // of them, until all maps are there
const ACTIVATIONS = ["relu", "leaky_relu", "tanh", "sigmoid", "gelu"];

function render({ model, el }) {
  const { doc, win, life, reducedMotion, root, status, redraw, begin } = stage(
    model,
    el,
    "explorer",
  );
  const engine = networkEngine();
  const readOnce = memoize((stored) => readStored(bytesOf(stored)));
  const nets = {}; // name -> a network that has been loaded
  let disk = null; // one that the reader opened
  let own = false; // whether the picture is the reader's own
  let busy = false; // a picture is on its way through the network
  let loading = null; // the name of a network that is being loaded
  let cover = null; // {plan, drops, done, at, run}
  let piece = 0.25; // of the picture's side
  let pad = null; // to draw on, while it is open
  let gone = false;
  life.add(() => {
    gone = true;
    stopCover();
    closePanel();
    for (const net of [...Object.values(nets), disk]) net?.runner?.stop();
  });

  // -- what is shown

  /** The network to show; null if it isn't loaded. */
  function currentNet() {
    if (disk) return disk;
    const name = model.get("net");
    return nets[name] ?? (name === "fashion" ? readOnce(model.get("stored")) : null);
  }
  const stopsOfNet = memoize((layers) => stopsOf(layers));
  const sightsOfNet = memoize((plan, layers) => sightsOf(plan, layers));
  const strongest = memoize(strongestOf);
  const inputOf = memoize((shown, plan) => ({
    data: shown.input,
    shape: [plan.input.channels, plan.input.side, plan.input.side],
  }));

  function calculate() {
    const net = currentNet();
    const traits = traitValues(model, TRAITS);
    if (!net?.shown) return { ...traits, net: null, stops: [] };
    const { plan, layers, shown } = net;
    const stops = stopsOfNet(layers);
    const names = [INPUT, ...layers.map(({ name }) => name)];
    const name = names.includes(traits.layer) ? traits.layer : stops[1];
    const layer = layers[names.indexOf(name) - 1] ?? null;
    const resultOf = (one) => (one === INPUT ? inputOf(shown, plan) : shown.maps[one]);
    const result = resultOf(name);
    const [n, height = 1, width = 1] = result.shape;
    const map = clamp(traits.map, n);
    let row = clamp(traits.row, height);
    let col = clamp(traits.col, width);
    const phase = journey.phase();
    if (phase < 1) {
      const at = Math.min(height * width - 1, Math.floor(phase * height * width));
      [row, col] = [Math.floor(at / width), at % width];
    }
    let stopAt = stops.indexOf(name);
    for (let i = names.indexOf(name); stopAt < 0; i++) stopAt = stops.indexOf(names[i]);
    const state = {
      ...traits,
      net,
      plan,
      layers,
      stops,
      stopAt,
      name,
      names,
      layer,
      result,
      map,
      row,
      col,
      phase,
    };
    const sight = sightsOfNet(plan, layers)[name];
    state.sight = sight;
    state.box = sightBox(sight, row, col, plan.input.side);
    state.value = result.data[(map * height + row) * width + col];
    if (layer) {
      let [sourceName, sourceMap] = [layer.inputs[0], map];
      if (layer.op === "concat")
        for (const input of layer.inputs) {
          sourceName = input;
          const size = resultOf(input).shape[0];
          if (sourceMap < size) break;
          sourceMap -= size;
        }
      const source = resultOf(sourceName);
      state.source = source;
      state.sourceName = sourceName;
      state.inside = insideOf({
        layer,
        source,
        sourceName,
        map: sourceMap,
        row,
        col,
        channel: traits.channel,
      });
    }
    return state;
  }

  // -- what the reader does

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
  }
  /** Go to a layer; the map there is the strongest, and the window where it is strongest. */
  function goTo(name) {
    const net = currentNet();
    if (!net?.shown) return;
    const { shape } = name === INPUT ? inputOf(net.shown, net.plan) : net.shown.maps[name];
    const { map, row, col } =
      name === INPUT ? { map: 0, row: 0, col: 0 } : strongest(net.shown.maps[name]);
    const last = name === net.layers.at(-1).name || shape.length < 3;
    change({ layer: name, map, row: last ? 0 : row, col: last ? 0 : col, channel: 0 });
  }
  const goToMap = (map) => {
    const { result } = calculate();
    const [, height = 1, width = 1] = result.shape;
    const area = height * width;
    const at = indexOfMost(result.data.subarray(map * area, (map + 1) * area));
    change({ map, row: Math.floor(at / width), col: at % width, channel: 0 });
  };

  /** Send a picture through the network that is shown. */
  async function show(source, name, isOwn) {
    const net = currentNet();
    if (!net?.whole) {
      status.refuse(TEXT.needsLoad);
      return;
    }
    stopCover();
    const token = {};
    busy = token;
    redraw();
    try {
      const { input, picture } = source.input ? source : inputFromPicture(net.plan, source);
      const { maps } = await net.runner.run(input);
      if (gone || busy !== token) return;
      net.shown = { input, picture, maps, name };
      own = isOwn;
      cover = null;
    } catch (error) {
      if (!gone) status.refuse(String(error.message));
    }
    if (busy === token) busy = false;
    if (!gone) redraw();
  }

  /** Load a bundled network, because the reader asked for it. */
  async function load() {
    const name = model.get("net");
    if (loading) return;
    loading = name;
    status.refuse(TEXT.loadSaid);
    try {
      const { plan, weights } = await fetchNetwork(model, name, (part) => {
        setText(loadButton, TEXT.loading(part));
      });
      if (gone) return;
      const pictures = await picturesOf(plan, name);
      nets[name] = begun(engine.readNetwork(plan, weights), pictures);
      loading = null;
      if (!disk && model.get("net") === name) {
        const wanted = pictures.find((one) => one.name === model.get("picture")) ?? pictures[0];
        await show(wanted.source, wanted.name, false);
        status.refuse(TEXT.loaded(plan.title));
      }
    } catch (error) {
      if (!gone) status.refuse(TEXT.noLoad(String(error.message)));
    }
    loading = null;
    if (!gone) redraw();
  }
  const begun = (network, pictures) => ({
    plan: network.plan,
    layers: network.layers,
    network,
    runner: startNetwork(network),
    pictures,
    whole: true,
    shown: null,
  });

  /** Return the pictures that come with a network: [{name, source}]. */
  async function picturesOf(plan, name) {
    if (plan.pictures)
      return Promise.all(
        plan.pictures.map(async ({ name: title, webp }) => {
          const bytes = Uint8Array.from(win.atob(webp), (c) => c.charCodeAt(0));
          const blob = new Blob([bytes], { type: "image/webp" });
          return { name: title, source: await win.createImageBitmap(blob) };
        }),
      );
    const { plan: ours, pictures } = readOnce(model.get("stored"));
    return pictures.map((one) => {
      const read = pixelsInput(ours, one.pixels);
      return { name: one.name, source: name === "fashion" ? read : canvasOf(doc, read.picture) };
    });
  }

  async function openNetwork(files) {
    try {
      const { plan, weights } = await networkFromFiles(files);
      const network = engine.readNetwork(plan, weights);
      const pictures = await picturesOf(plan, "disk");
      disk?.runner.stop();
      disk = begun(network, pictures);
      await show(pictures[0].source, pictures[0].name, false);
      status.refuse(TEXT.loaded(plan.title));
    } catch (error) {
      status.refuse(String(error.message));
    }
    redraw();
  }

  // -- controls: which network, which picture
  const networkChoice = choice(doc, TEXT.network, (value) => {
    if (value === "disk") return;
    disk?.runner.stop();
    disk = null;
    own = false;
    cover = null;
    stopCover();
    closePanel();
    change({ net: value });
    redraw();
  });
  const pictureChoice = choice(doc, TEXT.picture, (value) => {
    if (value === "") return;
    const net = currentNet();
    if (!net) return;
    if (!net.whole && value !== net.shown.name) {
      status.refuse(TEXT.needsLoad);
      redraw();
      return;
    }
    own = false;
    change({ picture: value });
    redraw();
  });
  const loadButton = button(doc, "", load);
  const filePicker = (accept, many, onFiles) => {
    const input = make(doc, "input", { type: "file", accept, hidden: "", ...KEYS_ARE_OURS });
    input.multiple = many;
    input.addEventListener("change", () => {
      if (input.files.length) onFiles(input.files);
    });
    return input;
  };
  const pictureFile = filePicker("image/*", false, async ([file]) => {
    const bitmap = await pictureOf(file, doc, status);
    if (bitmap) {
      closePanel();
      await show(bitmap, TEXT.ownPicture, true);
    }
    pictureFile.value = "";
  });
  const networkFiles = filePicker(".json,.bin", true, async (files) => {
    await openNetwork(files);
    networkFiles.value = "";
  });
  const needsNet = (fn) => () => {
    if (currentNet()?.whole) fn();
    else status.refuse(TEXT.needsLoad);
  };
  const drawButton = button(doc, TEXT.draw, needsNet(openPad));
  const fileButton = button(
    doc,
    TEXT.file,
    needsNet(() => pictureFile.click()),
  );
  const cameraButton = button(doc, TEXT.camera, needsNet(openCamera));
  const swapButton = button(
    doc,
    TEXT.swap,
    needsNet(() => show(swapped(doc, currentNet().shown.picture), TEXT.ownPicture, true)),
  );
  const diskButton = button(doc, TEXT.disk, () => networkFiles.click());
  diskButton.title = TEXT.diskHint;
  const panelPlace = box(doc, "axw-panel");
  const eyepiece = cameraPanel(doc, status, (video) => show(video, TEXT.ownPicture, true));
  const bringing = box(
    doc,
    "axw-bring",
    textSpan(doc, TEXT.bring),
    box(doc, "axw-steps", drawButton, fileButton, cameraButton, swapButton, diskButton),
    textSpan(doc, TEXT.privacy),
    panelPlace,
    eyepiece.node,
  );

  function closePanel() {
    eyepiece.close();
    pad = null;
    panelPlace.replaceChildren();
  }
  function openPad() {
    const wasOpen = Boolean(pad);
    closePanel();
    if (wasOpen) return;
    const isGrey = currentNet().plan.input.channels === 1;
    pad = drawingPad(doc, isGrey, (canvas) => show(canvas, TEXT.ownPicture, true));
    panelPlace.append(pad.node);
    pad.show(look.inks);
    pad.canvas.focus();
  }
  function openCamera() {
    closePanel();
    eyepiece.open(cameraButton);
  }

  // -- the journey
  const way = figure(doc);
  const sentence = make(doc, "p", { class: "axw-sentence" });
  const journey = player();
  const anyLayer = choice(doc, TEXT.every, (name) => {
    journey.stop();
    goTo(name);
  });
  const scrub = slider(
    doc,
    TEXT.scrub,
    0,
    1,
    (at) => {
      journey.stop();
      goTo(state.stops[at]);
    },
    { text: (at) => (state.stops[at] ? stopLabel(state.stops[at]) : "") },
  );
  const goStop = (at) => {
    journey.stop();
    if (state.net) goTo(state.stops[clamp(at, state.stops.length)]);
  };
  onWalk(way.canvas, (down, right) => {
    if (!state.net || !right) return false;
    goStop(state.stopAt + right);
  });
  way.canvas.addEventListener("pointerdown", (event) => {
    if (!state.net) return;
    const { first, wide } = journeyWindow(figureWidths.way, state);
    goStop(first + Math.floor(event.offsetX / wide));
  });

  /** Play the journey: a stop every few seconds, its maps appearing one by one. */
  function player() {
    let frame = 0;
    let began = 0;
    let part = 1;
    const row = playRow(doc, reducedMotion, TEXT, {
      first: () => goStop(0),
      previous: () => goStop(state.stopAt - 1),
      play: () => (frame ? stop() : start()),
      next: () => goStop(state.stopAt + 1),
    });
    function start() {
      if (!state.net) return;
      const { stops, stopAt } = state;
      const next = stopAt === stops.length - 1 ? 0 : stopAt + 1;
      goTo(stops[next]);
      if (reducedMotion.matches) return;
      began = win.performance.now();
      part = 0;
      frame = win.requestAnimationFrame(tick);
    }
    function tick(now) {
      const { stops } = state;
      const seconds = (now - began) / 1000;
      part = Math.max(0, Math.min(1, seconds / (STOP_SECONDS * REVEAL)));
      if (seconds >= STOP_SECONDS) {
        const at = stops.indexOf(model.get("layer"));
        if (!state.net || at < 0 || at >= stops.length - 1) return stop();
        goTo(stops[at + 1]);
        began = now;
        part = 0;
      }
      redraw();
      frame = win.requestAnimationFrame(tick);
    }
    function stop() {
      win.cancelAnimationFrame(frame);
      frame = 0;
      part = 1;
      redraw();
    }
    life.add(() => win.cancelAnimationFrame(frame));
    return {
      node: row.node,
      stop,
      show: (text) => row.show(text, frame !== 0, !state.net),
      phase: () => (frame ? part : 1),
      playing: () => frame !== 0,
    };
  }

  // -- the pictures of a layer
  const seen = chartFigure(doc);
  const before = chartFigure(doc);
  const after = figure(doc);
  const scale = scaleBar(doc);
  after.node.append(scale.node);
  const trio = box(doc, "axw-trio", seen.node, before.node, after.node);
  onWalk(after.canvas, (down, right) => {
    if (!state.net) return false;
    journey.stop();
    const [, height = 1, width = 1] = state.result.shape;
    change({ row: clamp(state.row + down, height), col: clamp(state.col + right, width) });
  });
  const pointAfter = (event) => {
    if (!state.net || !layouts.after) return;
    journey.stop();
    const [row, col] = cellAt(event, layouts.after);
    const [, height = 1, width = 1] = state.result.shape;
    change({ row: clamp(row, height), col: clamp(col, width) });
  };
  after.canvas.addEventListener("pointerdown", pointAfter);
  after.canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 1) pointAfter(event);
  });
  const windows = stepper(doc, life, reducedMotion, {
    texts: {
      first: "First window",
      previous: "Previous window",
      next: "Next window",
      play: TEXT.play,
      pause: TEXT.pause,
      lessMotion: "",
    },
    count: () =>
      state.net && state.result.shape.length === 3 ? sizeOf(state.result.shape.slice(1)) : 0,
    current: () => state.row * (state.result?.shape[2] ?? 1) + state.col,
    go: (at) => {
      const width = state.result.shape[2];
      change({ row: Math.floor(at / width), col: at % width });
      state = calculate();
    },
    redraw,
    pace: 0.25,
  });
  const sheet = figure(doc);
  const toMap = button(doc, TEXT.strongest, () => state.net && goTo(state.name));
  const toPlace = button(doc, TEXT.strongestPlace, () => state.net && goToMap(state.map));
  const walkSheet = (at) => {
    journey.stop();
    goToMap(clamp(at, state.result.shape[0]));
  };
  onWalk(sheet.canvas, (down, right) => {
    if (!state.net) return false;
    walkSheet(state.map + down * layouts.sheet.columns + right);
  });
  sheet.canvas.addEventListener("pointerdown", (event) => {
    if (!state.net) return;
    const { cell, columns } = layouts.sheet;
    const at = Math.floor(event.offsetY / cell) * columns + Math.floor(event.offsetX / cell);
    if (event.offsetX < cell * columns && at < state.result.shape[0]) walkSheet(at);
  });

  // -- the sum
  const windowCanvas = make(doc, "canvas", { role: "img" });
  const kernelCanvas = make(doc, "canvas", { role: "img" });
  const terms = box(doc, "axw-terms");
  const windowPart = make(doc, "div", {}, textSpan(doc, TEXT.window), windowCanvas);
  const kernelPart = make(doc, "div", {}, textSpan(doc, TEXT.kernel), kernelCanvas);
  const times = make(doc, "span", { class: "axw-sign", text: "×", "aria-hidden": "true" });
  const sum = box(doc, "axw-sum", windowPart, times, kernelPart, terms);
  const course = figure(doc);
  const parts = stepper(doc, life, reducedMotion, {
    texts: {
      first: TEXT.firstPart,
      previous: TEXT.previousPart,
      next: TEXT.nextPart,
      play: TEXT.play,
      pause: TEXT.pause,
      lessMotion: "",
    },
    count: () => state.inside?.count ?? 0,
    current: () => state.inside?.at ?? 0,
    go: (at) => {
      change({ channel: at });
      state = calculate();
    },
    redraw,
  });
  const goPart = (at) => {
    parts.stop();
    change({ channel: clamp(at, state.inside.count) });
  };
  onWalk(course.canvas, (down, right) => {
    if (!state.inside?.parts) return false;
    goPart(state.inside.at + right);
  });
  course.canvas.addEventListener("pointerdown", (event) => {
    if (!state.inside?.parts) return;
    const wide = (figureWidths.course - 46) / (state.inside.parts.length + 1);
    goPart(Math.floor(event.offsetX / wide));
  });
  const sumTitle = make(doc, "strong", { text: TEXT.sum });
  const sumBlock = box(doc, "axw-block", sumTitle, sum, parts.node, course.node);

  // -- the answer, and what it rests on
  const answerRows = Array.from({ length: 5 }, () => {
    const name = textSpan(doc, "", "axw-answer-name");
    const fill = make(doc, "span", { class: "axw-answer-fill" });
    const bar = make(doc, "span", { class: "axw-answer-bar", "aria-hidden": "true" }, fill);
    const percent = textSpan(doc, "", "axw-number");
    return { name, fill, percent, node: make(doc, "li", {}, name, bar, percent) };
  });
  const answers = make(doc, "ol", { class: "axw-answers" }, ...answerRows.map(({ node }) => node));
  const answerBlock = box(doc, "axw-block", make(doc, "strong", { text: TEXT.answer }), answers);
  const coverPicture = figure(doc);
  setText(coverPicture.name, TEXT.rests);
  const coverButton = button(
    doc,
    TEXT.cover,
    needsNet(() => (cover?.run ? stopCover(true) : startCover())),
  );
  const coverSlider = slider(
    doc,
    TEXT.coverSize,
    10,
    60,
    (percent) => {
      piece = percent / 100;
      stopCover();
      cover = null;
      redraw();
    },
    { step: 5, text: (value) => `${value} %` },
  );
  const coverBlock = box(
    doc,
    "axw-block",
    coverPicture.node,
    box(doc, "axw-steps", coverButton),
    coverSlider.node,
    make(doc, "p", { class: "axw-small", text: TEXT.coverHint }),
  );
  const goCover = (at) => {
    if (!cover) return false;
    cover.at = clamp(at, cover.plan.places.length);
    redraw();
    const drop = cover.drops[cover.at];
    if (drop === undefined) return;
    const { row, col } = cover.plan.places[cover.at];
    const after_ = percentText(Math.max(0, cover.before - drop));
    status.refuse(TEXT.coverAt(row, col, after_, cover.name, percentText(cover.before)));
  };
  const nearestPlace = (row, col) => {
    const { places } = cover.plan;
    const far = (one) => Math.abs(one.row - row) + Math.abs(one.col - col);
    let best = 0;
    places.forEach((one, i) => {
      if (far(one) < far(places[best])) best = i;
    });
    return best;
  };
  onWalk(coverPicture.canvas, (down, right) => {
    if (!cover) return false;
    const { row, col } = cover.plan.places[cover.at ?? 0];
    return goCover(nearestPlace(row + down * cover.plan.step, col + right * cover.plan.step));
  });
  coverPicture.canvas.addEventListener("pointerdown", (event) => {
    if (!cover) return;
    const size = state.plan.input.side / figureWidths.cover;
    const half = cover.plan.piece / 2;
    goCover(nearestPlace(event.offsetY * size - half, event.offsetX * size - half));
  });

  /** Cover one place after the other, and ask the network each time. */
  function startCover() {
    const net = currentNet();
    const { plan, shown, runner, layers } = net;
    const isProbability = layers.at(-1).op === "softmax";
    const top = topOf(shown.maps[layers.at(-1).name].data, isProbability, engine.softmax);
    const { side } = plan.input;
    const places = coverPlan(side, Math.max(1, Math.round(piece * side)));
    const made = {
      plan: places,
      drops: Array.from({ length: places.places.length }),
      done: 0,
      at: null,
      before: top.part,
      name: plan.classes[top.index],
    };
    const run = runner.each(
      places.places.length,
      (i) =>
        coverInput(
          shown.input,
          plan.input,
          places.places[i].row,
          places.places[i].col,
          places.piece,
        ),
      (i, scores) => {
        const probabilities = isProbability ? scores : engine.softmax(scores);
        made.drops[i] = top.part - probabilities[top.index];
        made.done += 1;
        redraw();
      },
    );
    made.run = run;
    cover = made;
    redraw();
    run.done.then(
      () => {
        if (made.run !== run || gone) return;
        made.run = null;
        const at = indexOfMost(made.drops);
        made.at = at;
        const { row, col } = places.places[at];
        const half = Math.round(places.piece / 2);
        const drop = made.drops[at];
        status.refuse(
          drop < 0.01
            ? TEXT.coverSame(made.name)
            : TEXT.coverDone(
                made.name,
                percentText(made.before),
                percentText(made.before - drop),
                row + half,
                col + half,
              ),
        );
        redraw();
      },
      (error) => {
        made.run = null;
        if (!gone) status.refuse(String(error.message));
      },
    );
  }
  function stopCover(isSaid = false) {
    if (!cover?.run) return;
    cover.run.stop();
    cover.run = null;
    if (isSaid) status.refuse(TEXT.coverStopped(cover.done, cover.plan.places.length));
    if (!gone) redraw();
  }

  // -- drawing
  const sheets = sheetPainter(doc);
  const pictureCanvas = memoize((picture) => canvasOf(doc, picture));
  const afterImage = memoize(valuePicture(doc));
  const beforeImage = memoize(valuePicture(doc));
  const mapOf = memoize((result, map) => {
    const area = sizeOf(result.shape.slice(1));
    return result.data.subarray(map * area, (map + 1) * area);
  });
  const listOf = memoize((result) => {
    const columns = Math.ceil(Math.sqrt(result.data.length));
    const values = new Float32Array(columns * Math.ceil(result.data.length / columns));
    values.set(result.data);
    return { values, columns };
  });
  let look = null;
  const layouts = {};
  const figureWidths = { way: 640, trio: 220, sheet: 640, course: 640, cover: 260 };
  let state = { net: null, stops: [] };

  function takeColors(inks) {
    look = {
      inks,
      padding: hatch(doc, inks.line, -1, 6, inks.ground),
      stronger: hatch(doc, inks.ink, 1, 7),
    };
    pad?.show(inks);
  }
  function takeSize() {
    const of = (node, now) => node.clientWidth || now; // 0 before it is on the page
    figureWidths.way = of(way.node, figureWidths.way);
    figureWidths.trio = Math.min(PICTURE, of(after.node, figureWidths.trio));
    figureWidths.sheet = of(sheet.node, figureWidths.sheet);
    figureWidths.course = of(course.node, figureWidths.course);
    figureWidths.cover = Math.min(PICTURE, of(coverPicture.node, figureWidths.cover));
  }

  /** Send the picture that the traits name through the network, if it isn't there yet. */
  function followPicture() {
    const net = currentNet();
    if (!net?.whole || busy || own || loading) return;
    const wanted =
      net.pictures.find(({ name }) => name === model.get("picture")) ?? net.pictures[0];
    if (net.shown?.name !== wanted.name) show(wanted.source, wanted.name, false);
  }

  function draw() {
    followPicture();
    state = calculate();
    showSettings();
    const isThere = Boolean(state.net);
    root.classList.toggle("axw-empty", !isThere);
    if (!isThere) return drawNothing();
    const { net, plan, result, name, layer, inside, map, row, col, phase } = state;
    const { inks } = look;
    const picture = pictureCanvas(net.shown.picture);
    const wayHeight = journeyHeight(figureWidths.way, state);
    drawJourney(
      sizeCanvas(way.canvas, figureWidths.way, wayHeight),
      figureWidths.way,
      state,
      sheets,
      picture,
      inks,
    );
    const ratio = win.devicePixelRatio || 1;
    const side = figureWidths.trio;
    drawSeen(sizeCanvas(seen.canvas, side, side), side, picture, state.box, inks);
    const own_ = sheets(result);
    layouts.sheet = sheetLayout(own_.n, figureWidths.sheet, result.shape.length === 3);
    const { cell, columns, rows } = layouts.sheet;
    const sheetContext = sizeCanvas(
      sheet.canvas,
      Math.min(figureWidths.sheet, columns * cell),
      rows * cell,
    );
    drawSheet(sheetContext, layouts.sheet, own_, result, map, phase, inks);
    const [, height = 1, width = 1] = result.shape;
    const values = mapOf(result, map);
    const image = afterImage(values, height, width, own_.shading);
    const grid = { rows: height, cols: width, padding: 0, values };
    const mark = { row, col, rows: 1, cols: 1 };
    const afterContext = sizeCanvas(after.canvas, side, side);
    layouts.after = drawWindowed(afterContext, side, ratio, image, grid, own_.shading, mark, look);
    if (phase < 1) drawVeil(afterContext, layouts.after, height, width, row * width + col, inks);
    scale.show(own_.shading);
    before.node.hidden = !layer;
    if (layer) drawBefore(side, ratio);
    drawSum();
    drawAnswer();
    const coverSide = figureWidths.cover;
    drawCover(
      sizeCanvas(coverPicture.canvas, coverSide, coverSide),
      coverSide,
      picture,
      cover,
      plan.input.side,
      look,
    );
    showTexts(inside, name);
  }

  function drawBefore(side, ratio) {
    const { source, inside, layer } = state;
    const { patch } = inside;
    const context = sizeCanvas(before.canvas, side, side);
    const { shading } = sheets(source);
    if (source.shape.length < 3) {
      const { values, columns } = listOf(source);
      const at = {
        row: Math.floor(patch.channel / columns),
        col: patch.channel % columns,
        rows: 1,
        cols: 1,
      };
      const grid = { rows: values.length / columns, cols: columns, padding: 0, values };
      const image = beforeImage(values, grid.rows, columns, shading);
      drawWindowed(context, side, ratio, image, grid, shading, at, look);
      return;
    }
    const [, rows, cols] = source.shape;
    const values = mapOfSource(source, patch.channel);
    const image = beforeImage(values, rows, cols, shading);
    const padding = layer.kernel ? (layer.padding ?? 0) : 0;
    drawWindowed(
      context,
      side,
      ratio,
      image,
      { rows, cols, padding, values },
      shading,
      patch,
      look,
    );
  }
  const mapOfSource = memoize((result, map) => {
    const area = sizeOf(result.shape.slice(1));
    return result.data.subarray(map * area, (map + 1) * area);
  });

  function drawSum() {
    const { layer, inside, source } = state;
    sumBlock.hidden = !layer;
    if (!layer) return;
    const { patch, kernel, parts: pieces } = inside;
    const hasKernel = Boolean(kernel);
    kernelPart.hidden = times.hidden = !hasKernel;
    const wide = figureWidths.course;
    const room = Math.floor((Math.min(wide, 640) - 40) / (2 * patch.cols));
    const cell = Math.max(3, Math.min(CELL, room));
    const tones = sheets(source).shading;
    const shown = sizeCanvas(windowCanvas, patch.cols * cell, patch.rows * cell);
    drawCells(shown, patch.values, patch.rows, patch.cols, cell, tones, look);
    const taps = hasKernel ? kernel : new Float32Array([0]);
    const kernelSide = Math.round(Math.sqrt(taps.length));
    const slice = sizeCanvas(kernelCanvas, kernelSide * cell, kernelSide * cell);
    const most = taps.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-6);
    const signed = { ...PALETTES.signed, signed: true, low: -most, high: most };
    drawCells(slice, taps, kernelSide, kernelSide, cell, signed, look);
    setLabel(windowCanvas, TEXT.windowLabel);
    setLabel(kernelCanvas, TEXT.kernelLabel);
    const bent = state.layers.find(
      ({ op, inputs }) => ACTIVATIONS.includes(op) && inputs[0] === state.name,
    );
    const text = sumText({ ...state, classes: state.plan.classes });
    const then =
      bent && pieces
        ? `\n${bent.name}: ${pretty(state.net.shown.maps[bent.name].data[indexHere()])}`
        : "";
    setText(terms, text + then);
    course.node.hidden = !pieces;
    parts.node.hidden = !inside.count || inside.count < 2;
    const chart = sizeCanvas(course.canvas, wide, BARS);
    if (!course.node.hidden) drawCourse(chart, wide, inside, look);
    else {
      chart.strokeStyle = look.inks.line;
      chart.strokeRect(0.5, 0.5, wide - 1, BARS - 1);
    }
    parts.show(inside.count ? TEXT.part(pretty(inside.at + 1), pretty(inside.count)) : "");
  }
  const indexHere = () => {
    const [, height = 1, width = 1] = state.result.shape;
    return (state.map * height + state.row) * width + state.col;
  };

  const answersNow = memoize((net, shown) => answersOf(net, engine.softmax, shown));
  function drawAnswer() {
    const list = answersNow(state.net, state.net.shown);
    answerRows.forEach(({ name, fill, percent, node }, i) => {
      node.hidden = !list[i];
      if (!list[i]) return;
      setText(name, list[i][0]);
      setText(percent, percentText(list[i][1]));
      fill.style.width = `${(100 * list[i][1]).toFixed(1)}%`;
    });
  }

  function drawNothing() {
    const { inks } = look;
    const canvases = [way, sheet, seen, before, after, course, coverPicture].map(
      ({ canvas }) => canvas,
    );
    for (const canvas of [...canvases, windowCanvas, kernelCanvas]) {
      const context = sizeCanvas(canvas, canvas === way.canvas ? figureWidths.way : 100, 60);
      context.strokeStyle = inks.line;
      context.setLineDash([4, 4]);
      context.strokeRect(1, 1, (canvas === way.canvas ? figureWidths.way : 100) - 2, 58);
    }
    const title = TEXT.networks[model.get("net")];
    setText(way.name, TEXT.journey);
    setText(way.readout, "");
    setLabel(way.canvas, TEXT.nothingYet(title));
    setText(sentence, TEXT.nothingYet(title));
    journey.show("");
    status.say(TEXT.nothingYet(title));
  }

  function showSettings() {
    const net = currentNet();
    const key = disk ? "disk" : model.get("net");
    const options = Object.entries(TEXT.networks);
    if (disk) options.push(["disk", TEXT.fromDisk(disk.plan.title)]);
    networkChoice.show(key, options);
    const names = net?.pictures.map(({ name }) => [name, name]) ?? [];
    if (own) names.unshift(["", TEXT.ownPicture]);
    pictureChoice.node.hidden = !net;
    pictureChoice.show(own ? "" : (net?.shown?.name ?? ""), names);
    loadButton.hidden = Boolean(net?.whole);
    loadButton.disabled = loading !== null;
    if (!loading && !net?.whole)
      setText(loadButton, TEXT.load(megabyteText(networkSize(model.get("net")))));
    root.toggleAttribute("aria-busy", Boolean(busy || loading));
  }

  function showTexts() {
    const { net, plan, stops, stopAt, name, layer, result, map, row, col, names, source } = state;
    const label = stopLabel(name);
    setText(way.name, TEXT.journey);
    const [top] = answersNow(net, net.shown);
    const isEnd = stopAt === stops.length - 1;
    setText(way.readout, isEnd ? TEXT.ends(top[0], percentText(top[1])) : net.shown.name);
    setLabel(way.canvas, TEXT.journeyLabel(stops.length));
    journey.show(TEXT.stop(stopAt + 1, stops.length, label));
    scrub.input.max = stops.length - 1;
    scrub.show(stopAt);
    anyLayer.show(
      name,
      names.map((one) => [one, stopLabel(one)]),
    );
    const [n, height, width] = result.shape;
    const said = sentenceOf({
      ...state,
      side: plan.input.side,
      shape: result.shape,
      source: state.sourceName,
      name: layer ? label : name,
    });
    setText(sentence, said);
    const box_ = state.box;
    const region = `${box_.height} × ${box_.width}`;
    setText(seen.name, TEXT.seen);
    setText(seen.readout, region);
    setLabel(
      seen.canvas,
      TEXT.seenLabel(`${region} pixels from row ${box_.top}, column ${box_.left}`),
    );
    if (layer) {
      const { patch } = state.inside;
      const what = TEXT.mapWord(state.sourceName, source.shape, patch.channel);
      setText(before.name, TEXT.before(stopLabel(state.sourceName)));
      setText(before.readout, what);
      const where = `at row ${patch.row}, column ${patch.col}`;
      setLabel(before.canvas, TEXT.beforeLabel(`${stopLabel(state.sourceName)}, ${what}`, where));
    }
    const out = TEXT.mapWord(name, result.shape, map);
    setText(after.name, TEXT.after(label));
    setText(after.readout, `${out}: ${roundText(state.value)}`);
    setLabel(after.canvas, TEXT.afterLabel(`${label}, ${out}`));
    const isMaps = result.shape.length === 3;
    windows.node.hidden = !isMaps || height * width < 2;
    windows.show(isMaps ? `row ${row}, column ${col}` : "");
    setText(sheet.name, TEXT.sheet(label, n, TEXT.sheetSize(result.shape)));
    const isScores = !isMaps && n === plan.classes.length;
    setText(sheet.readout, isScores ? plan.classes[map] : "");
    setLabel(sheet.canvas, TEXT.sheetLabel(label));
    toPlace.hidden = !isMaps;
    setText(course.name, TEXT.course);
    setLabel(course.canvas, TEXT.courseLabel);
    setText(coverButton, cover?.run ? TEXT.stopCover : TEXT.cover);
    setText(coverPicture.readout, cover ? TEXT.covered(cover.done, cover.plan.places.length) : "");
    setLabel(coverPicture.canvas, TEXT.coverLabel);
    coverSlider.show(Math.round(100 * piece));
    if (journey.playing()) status.say(said, { pause: 3000 });
    else status.say(statusText(width ? ` at row ${row}, column ${col}` : ""));
  }
  function statusText(where) {
    const { net, name, result, map, value, box: seen_, stopAt, stops } = state;
    const [top] = answersNow(net, net.shown);
    return (
      `${net.shown.name}, ${stopLabel(name)}, stop ${stopAt + 1} of ${stops.length}: ` +
      `${TEXT.mapWord(name, result.shape, map)} is ${roundText(value)}${where}, and sees ` +
      `${seen_.height} × ${seen_.width} pixels of the picture. The network’s answer: ${top[0]}, ${percentText(top[1])}.`
    );
  }

  return begin({
    children: [
      box(doc, "axw-choices", networkChoice.node, pictureChoice.node, loadButton),
      way.node,
      journey.node,
      box(doc, "axw-scrub", scrub.node, anyLayer.node),
      sentence,
      trio,
      windows.node,
      sheet.node,
      box(doc, "axw-steps", toMap, toPlace),
      sumBlock,
      box(doc, "axw-ends", box(doc, "axw-block", answerBlock, bringing), coverBlock),
      pictureFile,
      networkFiles,
    ],
    traits: TRAITS,
    draw,
    colors: takeColors,
    sizes: takeSize,
    watch: [way.node, after.node, sheet.node, course.node, coverPicture.node],
    // el.alexnetWidget.…(): for tests and the curious
    probe: {
      shown: () => {
        const { name, result, map, row, col, value, box: sees, inside } = calculate();
        const plain = inside && {
          patch: Array.from(inside.patch.values),
          parts: inside.parts && Array.from(inside.parts),
          bias: inside.bias,
        };
        return {
          name,
          shape: result.shape,
          map,
          row,
          col,
          value,
          sees,
          inside: plain,
        };
      },
      numbers: () => Array.from(calculate().result.data),
      answers: () => answersOf(currentNet(), engine.softmax),
      cover: () =>
        cover && {
          done: cover.done,
          places: cover.plan.places,
          drops: Array.from(cover.drops),
          running: Boolean(cover.run),
        },
      show: (source, name) => show(source, name, true),
      isBusy: () => Boolean(busy || loading),
    },
  });
}

export default { render };
