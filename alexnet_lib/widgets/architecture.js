/* The architecture widget: a network drawn to scale, any layer changed, and what follows from it.
 *
 * The traits and the arithmetic are those of architecture.py, and the tables of the variants come
 * from there, in the trait `tables`. Uses common.js, which comes before it in the module.
 */

const TRAITS = [
  "variant",
  "image",
  "depth",
  "pool_kernel",
  "pool_stride",
  "changes",
  "layer",
  "tables",
];

const CHANNELS = 3; // of a picture
const BYTES = 4; // of a number
const LEAST_IMAGE = 16;
const MOST_IMAGE = 512;
const DEPTHS = [3, 8];
const MOST_KERNELS = 1024; // that the slider offers
const MOST_UNITS = 8192;
const MOST_CLASSES = 1000;

// Every text of the widget.
const TEXT = {
  variant: "Start from",
  option: (name, about) => `${name}: ${about}`,
  image: "Picture",
  depth: "Convolutions",
  poolKernel: "Pool window",
  poolStride: "Pool stride",
  kernel: "Kernel",
  stride: "Stride",
  padding: "Padding",
  kernels: "Kernels",
  units: "Units",
  classes: "Classes",
  groups: "Each kernel reads",
  allMaps: "all maps",
  ownTower: "its own tower",
  reset: "As published",
  picture: "The network",
  pictureLabel: "The network, drawn to scale. Arrow keys choose a layer.",
  pixels: (n) => `${n} × ${n} pixels`,
  key:
    "Height: the side of the maps. Thickness: how many there are. Pale: after pooling. " +
    "Columns: units. Orange: what one kernel reads.",
  table: "Layer by layer",
  heads: ["layer", "output", "parameters", "work", "memory", "sees (px)"],
  conv: (count, k, reads) => `${count} kernels of ${k} × ${k} × ${reads}`,
  each: (weights) => `${weights} weights and a bias each`,
  fc: (count, inputs) => `${count} units, each with ${inputs} weights and a bias`,
  total: "in all",
  missing: "–",
  impossible: "can't be built",
  facts: { parameters: "Parameters", work: "Multiply-adds", memory: "Memory", towers: "Towers" },
  parameters: (n, times) => `${n}, ${times}`,
  work: (n, times) => `${n} for one picture, ${times}`,
  memory: (weights, outputs) => `${weights} of parameters, ${outputs} of outputs for one picture`,
  asPublished: "as published",
  times: (factor) => `${factor} times as many as published`,
  noTowers: "one: every kernel reads all maps",
  meet: (names) => `two; ${listText(names)} ${names.length > 1 ? "read" : "reads"} both`,
  meetLate: "two; no convolution but the first reads both",
  upTo: (name) => `up to ${name}`,
  cannotShare: (name, count, what) =>
    `${name} can't be built: the ${count} ${what} can't be shared out equally between two towers. ` +
    "Let it read all maps.",
  maps: "maps that it gets",
  ofKernels: "kernels",
  cannotFit: (name, k, side, padding) =>
    `${name} can't be built: its window of ${k} × ${k} doesn't fit into maps of ${side} × ${side}` +
    (padding ? `, not even with a padding of ${padding}` : "") +
    ". Take a larger image, a smaller stride in front of it, or a smaller window.",
  convSaid: (s) =>
    `${s.name}: ${s.out} kernels of ${s.k} × ${s.k}, stride ${s.stride}, padding ${s.padding}, each ` +
    `over ${s.reads}, make ${s.size}. ${s.parameters} parameters, ${s.work} ` +
    `multiply-adds; a number sees ${s.view} pixels a side.`,
  fcSaid: (s) =>
    `${s.name}: ${s.out} units, each over all ${s.inputs} numbers. ${s.parameters} parameters, ` +
    `${s.work} multiply-adds.`,
  networkSaid: (parameters, work) =>
    `The network has ${parameters} parameters and ${work} multiply-adds.`,
  reads: (some, all) => (some === all ? `all ${all} maps` : `${some} of ${all} maps`),
  notReached: (name) => `${name} is not reached.`,
};

// ------------------------------------------------------------------------------ the tables

/** Read the tables of the variants: { name: { about, layers, … } }. */
const readTables = memoize((bytes) => JSON.parse(new TextDecoder().decode(bytesOf(bytes))));

/** Return `depth` convolutions and the dense layers: conv3 and copies of conv4 in the middle. */
function layersOf(table, depth) {
  const convs = table.layers.filter((layer) => layer.conv);
  const dense = table.layers.filter((layer) => !layer.conv);
  const middle = [convs[2], ...Array(depth).fill(convs[3])].slice(0, depth - 3);
  const all = depth === convs.length ? convs : [convs[0], convs[1], ...middle, convs.at(-1)];
  return [
    ...all.map((layer, i) => ({ ...layer, name: `conv${i + 1}` })),
    ...dense.map((layer, i) => ({ ...layer, name: `fc${depth + 1 + i}` })),
  ];
}

/** Return a layer with its changes: { kernel, stride, padding, groups, width } as numbers. */
function settingsOf(layer, changes, image, last) {
  const own = changes[layer.name] ?? {};
  if (!layer.conv) return { width: own.width ?? last ?? layer.out };
  const kernel = own.kernel ?? layer.kernel;
  const stride = layer.stride === "fit" ? Math.max(1, Math.floor(image / 32)) : layer.stride;
  const padding = layer.padding === "same" ? Math.floor((kernel - 1) / 2) : layer.padding;
  return {
    kernel,
    stride: own.stride ?? stride,
    padding: own.padding ?? padding,
    groups: own.groups ?? layer.groups,
    width: own.width ?? layer.out,
  };
}

// ------------------------------------------------------------------------------ arithmetic

/** List the layers in the order in which they run: { name, kind, settings }. */
function sequenceOf(table, layers, { image, poolKernel, poolStride }) {
  const list = [];
  const add = (name, kind, settings = {}) => list.push({ name, kind, settings });
  const convs = layers.filter((layer) => layer.conv);
  const dense = layers.filter((layer) => !layer.conv);
  convs.forEach((layer, i) => {
    const number = i + 1;
    const { kernel, stride, padding } = layer.settings;
    if (table.round_up && i === 0) {
      const room = image + 2 * padding - kernel;
      const over = Math.max(0, Math.ceil(room / stride) * stride - room);
      if (over) add("pad1", "pad", { over });
    }
    add(layer.name, "conv", layer.settings);
    if (table.normalization === "bn") add(`norm${number}`, "bn");
    const late = table.late_relu && i === 0;
    if (!late) add(`${table.activation}${number}`, table.activation);
    if (table.normalization === "lrn" && layer.norm) {
      add(`norm${number}`, "lrn");
      if (table.spatial_norm && number === 2) add("cnorm2", "spatial_lrn", { size: 5 });
    }
    if (layer.pool) {
      const settings = { kernel: poolKernel, stride: poolStride, padding: 0 };
      add(`pool${number}`, `${table.pooling}pool`, settings);
    }
    if (late) add(`${table.activation}${number}`, table.activation);
  });
  if (table.adaptive) add("avgpool", "adaptive", { size: table.adaptive });
  add("flatten", "flatten");
  dense.forEach((layer, i) => {
    const number = convs.length + 1 + i;
    const hidden = i < dense.length - 1;
    if (hidden && table.dropout_before) add(`drop${number}`, "dropout");
    add(layer.name, "fc", layer.settings);
    if (!hidden) return;
    add(`${table.activation}${number}`, table.activation);
    if (!table.dropout_before) add(`drop${number}`, "dropout");
  });
  return list;
}

const product = (numbers) => numbers.reduce((all, one) => all * one, 1);
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

/** Say why a layer can't be built on an input of this shape, or return "". */
function obstacle({ name, kind, settings }, shape) {
  if (kind === "conv" && settings.groups > 1) {
    if (shape[0] % settings.groups) return TEXT.cannotShare(name, shape[0], TEXT.maps);
    if (settings.width % settings.groups)
      return TEXT.cannotShare(name, settings.width, TEXT.ofKernels);
  }
  if (!["conv", "maxpool", "avgpool"].includes(kind)) return "";
  const { kernel, padding } = settings;
  const side = shape[1];
  return kernel <= side + 2 * padding ? "" : TEXT.cannotFit(name, kernel, side, padding);
}

/** Return a layer's output and costs: { name, kind, settings, shape, parameters, work }. */
function rowOf({ name, kind, settings }, shape) {
  const row = { name, kind, settings, shape, given: shape, parameters: 0, work: 0 };
  const [maps, side] = shape;
  if (kind === "conv") {
    const out = outputSize(side, settings.kernel, settings.stride, settings.padding);
    const weights = (settings.width * settings.kernel ** 2 * maps) / settings.groups;
    row.shape = [settings.width, out, out];
    row.parameters = weights + settings.width;
    row.work = weights * out * out;
  } else if (kind === "fc") {
    row.shape = [settings.width];
    row.parameters = (maps + 1) * settings.width;
    row.work = maps * settings.width;
  } else if (kind === "bn") row.parameters = 2 * maps;
  else if (kind === "maxpool" || kind === "avgpool") {
    const out = outputSize(side, settings.kernel, settings.stride);
    row.shape = [maps, out, out];
  } else if (kind === "pad") row.shape = [maps, side + settings.over, side + settings.over];
  else if (kind === "adaptive") row.shape = [maps, settings.size, settings.size];
  else if (kind === "flatten") row.shape = [product(shape)];
  return row;
}

/** Note in each row how many pixels a side a number of it depends on; as views in Python. */
function addViews(rows) {
  const image = rows[0].shape[1];
  let side = image;
  let first = 0; // where the first number's window begins
  let last = image - 1; // where the last one's ends
  let view = 1;
  let step = 1;
  for (const row of rows) {
    if (side === 1) step = 0; // a single place is all that any window can read
    if (row.kind === "adaptive") {
      const { size } = row.settings;
      const longest = Math.max(
        ...Array.from(
          { length: size },
          (_, i) => Math.ceil(((i + 1) * side) / size) - Math.floor((i * side) / size),
        ),
      );
      view += (longest - 1) * step;
    } else if (row.kind === "fc") side = 1;
    else if (["conv", "maxpool", "avgpool", "spatial_lrn"].includes(row.kind)) {
      const local = row.kind === "spatial_lrn";
      const kernel = local ? row.settings.size : row.settings.kernel;
      first -= (local ? Math.floor(kernel / 2) : row.settings.padding) * step;
      view += (kernel - 1) * step;
      step *= local ? 1 : row.settings.stride;
      last = first + (row.shape[1] - 1) * step + view - 1;
    }
    if (row.shape.length === 3) side = row.shape[1];
    if (side === 1 || step === 0) {
      first = Math.max(first, 0);
      last = Math.min(last, image - 1);
      view = last - first + 1;
      step = 0;
    }
    row.view = view;
  }
}

/** Compute the plan, as far as it can be built: { rows, problem, failed }. */
function planOf(table, layers, settings) {
  const rows = [
    { name: "input", kind: "input", shape: [CHANNELS, settings.image, settings.image] },
  ];
  Object.assign(rows[0], { parameters: 0, work: 0, settings: {} });
  let problem = "";
  let failed = null;
  for (const layer of sequenceOf(table, layers, settings)) {
    problem = obstacle(layer, rows.at(-1).shape);
    if (problem) {
      failed = layer.name;
      break;
    }
    rows.push(rowOf(layer, rows.at(-1).shape));
  }
  addViews(rows);
  return { rows, problem, failed };
}

/** Return everything that is shown, from the model's traits. */
function calculate(model) {
  const traits = traitValues(model, TRAITS);
  const tables = readTables(traits.tables);
  const table = tables[traits.variant];
  const { image, depth, changes } = traits;
  const settings = { image, poolKernel: traits.pool_kernel, poolStride: traits.pool_stride };
  const build = (count, side, changed, pools) => {
    const layers = layersOf(table, count);
    const withSettings = layers.map((layer, i) => ({
      ...layer,
      settings: settingsOf(
        layer,
        changed,
        side,
        i === layers.length - 1 ? table.num_classes : null,
      ),
    }));
    return { layers: withSettings, ...planOf(table, withSettings, { image: side, ...pools }) };
  };
  const now = build(depth, image, changes, settings);
  const published = build(
    5,
    table.image_size,
    {},
    {
      poolKernel: table.pool_kernel,
      poolStride: table.pool_stride,
    },
  );
  const totals = ({ rows }) => ({
    parameters: sum(rows.map((row) => row.parameters)),
    work: sum(rows.map((row) => row.work)),
    memory: BYTES * sum(rows.slice(1).map((row) => product(row.shape))),
  });
  const byName = Object.fromEntries(now.rows.map((row) => [row.name, row]));
  const chosen = now.layers.find((layer) => layer.name === traits.layer) ?? now.layers[0];
  const known = Object.fromEntries(now.layers.map((layer) => [layer.name, layer]));
  return {
    ...traits,
    tables,
    table,
    ...now,
    known,
    chosen,
    byName,
    ...totals(now),
    published: totals(published),
    towers: now.layers.some((layer) => layer.conv && layer.settings.groups === 2) ? 2 : 1,
  };
}

// ------------------------------------------------------------------------------ words

/** Write a count for a table: 34,944, but 37.8 M. */
function countText(n) {
  if (n < 1e6) return pretty(n);
  const [size, unit] = n < 1e9 ? [n / 1e6, "M"] : n < 1e12 ? [n / 1e9, "G"] : [n / 1e12, "T"];
  return `${size < 1000 ? SHORT.format(size) : WHOLE.format(size)} ${unit}`;
}

/** Write bytes: 280 kB, 1.16 MB, 244 MB. */
function byteText(bytes) {
  const [size, unit] =
    bytes < 1e3
      ? [bytes, "bytes"]
      : bytes < 1e6
        ? [bytes / 1e3, "kB"]
        : bytes < 1e9
          ? [bytes / 1e6, "MB"]
          : [bytes / 1e9, "GB"];
  return `${SHORT.format(size)} ${unit}`;
}

const shapeText = (shape) => shape.join(" × ");

/** Compare with the published network in words. */
function timesText(now, published) {
  if (now === published) return TEXT.asPublished;
  return TEXT.times(SHORT.format(now / published));
}

/** Say where the towers meet. */
function towersText(state) {
  if (state.towers === 1) return TEXT.noTowers;
  const meeting = state.layers
    .slice(1)
    .filter((layer) => layer.conv && layer.settings.groups === 1 && state.byName[layer.name])
    .map((layer) => layer.name);
  return meeting.length ? TEXT.meet(meeting) : TEXT.meetLate;
}

/** Describe the chosen layer in words. */
function layerText(state) {
  const { chosen, byName } = state;
  const row = byName[chosen.name];
  if (!row) return state.failed === chosen.name ? "" : TEXT.notReached(chosen.name);
  const costs = {
    name: row.name,
    out: pretty(row.shape[0]),
    parameters: pretty(row.parameters),
    work: countText(row.work),
  };
  if (!chosen.conv) return TEXT.fcSaid({ ...costs, inputs: pretty(row.given[0]) });
  return TEXT.convSaid({
    ...costs,
    k: row.settings.kernel,
    stride: row.settings.stride,
    padding: row.settings.padding,
    reads: TEXT.reads(row.given[0] / row.settings.groups, row.given[0]),
    size: shapeText(row.shape),
    view: pretty(row.view),
  });
}

/** Describe the whole picture in words. */
function statusText(state) {
  const network = TEXT.networkSaid(countText(state.parameters), countText(state.work));
  const parts = state.problem ? [state.problem, layerText(state)] : [layerText(state), network];
  return parts.filter(Boolean).join(" ");
}

// ------------------------------------------------------------------------------ drawing

const HIGH = 250; // pixels of the drawing, without the names
const FOOT = 30;
const LEAN = [0.16, 0.24]; // how far a pixel of a map goes to the right and up
const TALLEST = 0.86; // of a tower's share, so that there is air between them
const BLUES = {
  light: { front: "#2f5b9c", face: "#6f93c4", lid: "#a9c1e0", pale: 0.45 },
  dark: { front: "#5f8fd0", face: "#35598c", lid: "#8fb4e6", pale: 0.5 },
};

/** Return the stages to draw: { name, maps: [[maps, side], …], units, groups, failed }. */
function stagesOf(state) {
  const [input] = state.rows;
  const stages = [{ name: "input", maps: [[CHANNELS, input.shape[1]]], units: 0, towers: 1 }];
  for (const layer of state.layers) {
    const row = state.byName[layer.name];
    const last = layer === state.layers.at(-1);
    const split = state.towers === 2 && !last && layer.settings.width % 2 === 0 ? 2 : 1;
    const stage = { name: layer.name, layer, maps: [], units: 0, towers: split, missing: !row };
    if (row && layer.conv) {
      stage.maps.push([row.shape[0] / split, row.shape[1]]);
      const pooled = state.byName[`pool${layer.name.slice(4)}`];
      if (pooled) stage.maps.push([row.shape[0] / split, pooled.shape[1]]);
    } else if (row) stage.units = row.shape[0] / split;
    stages.push(stage);
  }
  return stages;
}

/** Place the stages: { stages with x, wide; scale: { pixel, map, unit } }. */
function drawingLayout(state, width) {
  const stages = stagesOf(state);
  const room = HIGH / state.towers;
  const sides = stages.flatMap(({ maps, towers }) =>
    maps.map(([, side]) => (towers === 1 && state.towers === 2 ? side / 2 : side)),
  );
  const scale = {
    pixel: (TALLEST * room) / ((1 + LEAN[1]) * Math.max(...sides)),
    map: Math.min(0.3, width / 3000),
    unit: (0.8 * room) / Math.max(1, ...stages.map((stage) => stage.units)),
  };
  const gap = 9;
  const widthOf = ({ maps, units, missing }) => {
    if (missing) return 14;
    if (units) return 9;
    const boxes = maps.map(
      ([count, side]) => Math.max(2, count * scale.map) + side * scale.pixel * LEAN[0],
    );
    return sum(boxes) + 4 * (boxes.length - 1);
  };
  const air = 2 * gap + gap * (stages.length - 1);
  for (let i = 0; i < 60 && sum(stages.map(widthOf)) + air > width; i++) {
    scale.map *= 0.93;
    scale.pixel *= i > 25 ? 0.96 : 1;
  }
  const wide = stages.map(widthOf);
  const spare = Math.max(0, width - 2 * gap - sum(wide)) / Math.max(1, stages.length - 1);
  let x = gap;
  stages.forEach((stage, i) => {
    Object.assign(stage, { x, wide: wide[i], room });
    x += wide[i] + spare;
  });
  return { stages, scale, spare };
}

/** Return the middles of a stage's towers. */
const middlesOf = (stage, state) =>
  stage.towers === 1 ? [HIGH / 2] : [HIGH / (2 * state.towers), HIGH - HIGH / (2 * state.towers)];

/** Return the boxes of one tower of a stage: { left, top, thick, tall, right, up } each. */
function boxesOf(stage, middle, scale) {
  let x = stage.x;
  return stage.maps.map(([count, side]) => {
    const thick = Math.max(2, count * scale.map);
    const tall = Math.max(2, side * scale.pixel);
    const [right, up] = LEAN.map((part) => part * tall);
    const box3 = { left: x, top: middle + up / 2 - tall / 2, thick, tall, right, up };
    x += thick + right + 4;
    return box3;
  });
}

/** Fill a polygon, and draw its edge. */
function fillShape(context, corners, fill, edge) {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  if (!edge) return;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.stroke();
}

/** Draw one box: its front, its lid, and the face with the maps. */
function drawBox(context, { left, top, thick, tall, right, up }, blues, pale, inks) {
  const end = left + thick;
  const bottom = top + tall;
  const lid = [
    [left, top],
    [left + right, top - up],
    [end + right, top - up],
    [end, top],
  ];
  const side = [
    [end, top],
    [end + right, top - up],
    [end + right, bottom - up],
    [end, bottom],
  ];
  const front = [
    [left, top],
    [end, top],
    [end, bottom],
    [left, bottom],
  ];
  for (const [shape, color] of [
    [lid, blues.lid],
    [side, blues.face],
    [front, blues.front],
  ]) {
    fillShape(context, shape, inks.ground);
    context.globalAlpha = pale ? blues.pale : 1;
    fillShape(context, shape, color);
    context.globalAlpha = 1;
    fillShape(context, shape, "transparent", inks.soft);
  }
}

/** Return the middle of what the next stage reads in one tower, and how high it is. */
function faceOf(stage, middle, scale) {
  if (stage.units) return { x: stage.x + stage.wide, y: middle, high: stage.units * scale.unit };
  const { left, top, thick, tall, right, up } = boxesOf(stage, middle, scale).at(-1);
  return { x: left + thick + right / 2, y: top + tall / 2 - up / 2, high: tall, right, up };
}

/** Draw what a stage reads of the stage before: a line, and a kernel's window. */
function drawSight(context, before, stage, state, scale, inks) {
  const sources = middlesOf(before, state);
  const targets = middlesOf(stage, state);
  const all = !stage.layer.conv || stage.layer.settings.groups === 1;
  targets.forEach((target, t) =>
    sources.forEach((source, s) => {
      if (sources.length === targets.length && s !== t && !all) return;
      const face = faceOf(before, source, scale);
      const wide = stage.layer.conv;
      let from = face.y;
      if (wide && before.maps.length) {
        const part = Math.min(1, stage.layer.settings.kernel / before.maps.at(-1)[1]) / 2;
        const high = Math.max(2, part * face.high);
        // two towers that read one picture read it at different places, to be seen apart
        if (sources.length < targets.length) from += (t - 0.5) * face.high * 0.5;
        const across = Math.max(1.5, part * face.right);
        const lift = part * face.up;
        const corners = [
          [face.x - across, from - high + lift],
          [face.x + across, from - high - lift],
          [face.x + across, from + high - lift],
          [face.x - across, from + high + lift],
        ];
        fillShape(context, corners, inks.lost, inks.ink);
      }
      context.strokeStyle = inks.soft;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(face.x + 1, from);
      context.lineTo(stage.x - 1, target);
      context.stroke();
    }),
  );
}

/** Draw the whole network, the names under it, and a frame around the chosen layer. */
function drawNetwork(context, width, state, inks, ground) {
  const { stages, scale, spare } = drawingLayout(state, width);
  const blues = BLUES[ground];
  const room = Math.min(...stages.slice(1).map((stage) => stage.wide + spare));
  const names = room > 38;
  stages.forEach((stage, i) => {
    for (const middle of middlesOf(stage, state)) {
      if (stage.missing) {
        const tall = 40;
        context.setLineDash([4, 3]);
        context.strokeStyle = stage.name === stageOfFailure(state) ? inks.mark : inks.line;
        context.lineWidth = 1.5;
        context.strokeRect(stage.x, middle - tall / 2, stage.wide, tall);
        context.setLineDash([]);
        if (stage.name !== stageOfFailure(state)) continue;
        drawCross(context, stage.x + stage.wide / 2, middle, inks.mark);
      } else if (stage.units) {
        const tall = Math.max(3, stage.units * scale.unit);
        const [left, top] = [stage.x, middle - tall / 2];
        const corners = [
          [left, top],
          [left + stage.wide, top],
          [left + stage.wide, top + tall],
          [left, top + tall],
        ];
        fillShape(context, corners, blues.front, inks.soft);
      } else
        boxesOf(stage, middle, scale).forEach((each, at) =>
          drawBox(context, each, blues, at > 0 || i === 0, inks),
        );
      if (stage.name === stageOfFailure(state) && !stage.missing)
        drawCross(context, stage.x + stage.wide + 6, middle, inks.mark);
    }
    const chosen = stage.name === state.chosen.name;
    const shown = i === 0 ? (names ? "image" : "") : names ? stage.name : String(i);
    context.font = `${chosen ? "700 " : ""}12px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = chosen ? inks.mark : inks.ink;
    context.fillText(shown, stage.x + stage.wide / 2, HIGH + FOOT / 2);
    if (!chosen) return;
    context.strokeStyle = inks.mark;
    context.lineWidth = 2;
    context.strokeRect(stage.x - 5, 2, stage.wide + 10, HIGH + FOOT - 4);
  });
  stages.forEach((stage, i) => {
    const before = stages[i - 1];
    if (i && !stage.missing && !before.missing)
      drawSight(context, before, stage, state, scale, inks);
  });
  return stages;
}

function drawCross(context, x, y, color) {
  context.strokeStyle = color;
  context.lineWidth = 3;
  context.beginPath();
  for (const sign of [-1, 1]) {
    context.moveTo(x - 6, y - sign * 6);
    context.lineTo(x + 6, y + sign * 6);
  }
  context.stroke();
}

/** Return the name of the learned layer at which the network ends: conv5 for pool5. */
function stageOfFailure({ failed }) {
  return failed?.replace("pool", "conv") ?? null;
}

// ------------------------------------------------------------------------------ the table

const SHOWN = ["conv", "bn", "maxpool", "avgpool", "adaptive", "fc"]; // kinds with a line

/** Return the lines of the table: { name, layer, cells, impossible }. */
function tableLines(state) {
  const lines = [];
  const layers = sequenceOf(state.table, state.layers, {
    image: state.image,
    poolKernel: state.pool_kernel,
    poolStride: state.pool_stride,
  });
  for (const { name, kind } of layers.filter((layer) => SHOWN.includes(layer.kind))) {
    const row = state.byName[name];
    const missing = name === state.failed ? TEXT.impossible : TEXT.missing;
    lines.push({
      name,
      learned: kind === "conv" || kind === "fc",
      impossible: name === state.failed,
      cells: row
        ? [
            row.shape.join("×"),
            countText(row.parameters),
            countText(row.work),
            byteText(BYTES * product(row.shape)),
            pretty(row.view),
          ]
        : [missing, "", "", "", ""],
    });
  }
  lines.push({
    name: TEXT.total,
    learned: false,
    impossible: false,
    cells: ["", countText(state.parameters), countText(state.work), byteText(state.memory), ""],
  });
  return lines;
}

/** Make the table; `show(lines, chosen)` writes it, and `onChoose(name)` hears of a layer. */
function layerTable(doc, onChoose) {
  const head = make(
    doc,
    "tr",
    {},
    ...TEXT.heads.map((text) => make(doc, "th", { scope: "col", text })),
  );
  const body = make(doc, "tbody");
  const table = make(doc, "table", { class: "axw-arch-table" });
  table.append(make(doc, "caption", { class: "axw-small", text: TEXT.table }));
  table.append(make(doc, "thead", {}, head), body);
  const node = make(
    doc,
    "div",
    {
      class: "axw-arch-scroll",
      role: "region",
      tabindex: 0,
      "aria-label": TEXT.table,
      ...KEYS_ARE_OURS,
    },
    table,
  );
  let known = "";
  let parts = [];
  const rebuild = (lines) => {
    parts = lines.map((line) => {
      const name = line.learned
        ? button(doc, line.name, () => onChoose(line.name))
        : textSpan(doc, line.name, "");
      const cells = line.cells.map(() => make(doc, "td"));
      const tr = make(doc, "tr", {}, make(doc, "th", { scope: "row" }, name), ...cells);
      return { tr, name, cells };
    });
    body.replaceChildren(...parts.map(({ tr }) => tr));
  };
  const show = (lines, chosen) => {
    const names = lines.map((line) => line.name).join();
    if (names !== known) rebuild(lines);
    known = names;
    lines.forEach((line, i) => {
      const { tr, name, cells } = parts[i];
      line.cells.forEach((text, at) => setText(cells[at], text));
      tr.classList.toggle("axw-arch-chosen", line.name === chosen);
      tr.classList.toggle("axw-arch-impossible", line.impossible);
      if (line.learned) name.setAttribute("aria-pressed", String(line.name === chosen));
    });
  };
  return { node, show };
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; returns the function that takes the widget away again. */
function render({ model, el }) {
  const { doc, root, status, redraw, begin } = stage(model, el, "architecture");
  let state = calculate(model);

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    redraw();
  }

  /** Set one number of the chosen layer; the published number is no change. */
  function changeLayer(setting, value) {
    const { changes, chosen } = calculate(model);
    change({
      changes: { ...changes, [chosen.name]: { ...changes[chosen.name], [setting]: value } },
    });
  }

  /** Take a variant, or another depth, as it is published. */
  function startFrom(settings) {
    const table = state.tables[settings.variant ?? state.variant];
    const fresh = { pool_kernel: table.pool_kernel, pool_stride: table.pool_stride };
    if (settings.variant) Object.assign(fresh, { depth: 5, image: table.image_size });
    change({ changes: {}, ...fresh, ...settings });
  }

  // -- controls
  const variant = choice(doc, TEXT.variant, (name) => startFrom({ variant: name }));
  const reset = button(doc, TEXT.reset, () => startFrom({ variant: state.variant }));
  const of = (label, low, high, onChange, options) =>
    slider(doc, label, low, high, onChange, options);
  const sliders = {
    image: of(TEXT.image, LEAST_IMAGE, MOST_IMAGE, (image) => change({ image })),
    depth: of(TEXT.depth, ...DEPTHS, (depth) => change({ depth, changes: {} })),
    poolKernel: of(TEXT.poolKernel, 1, 6, (value) => change({ pool_kernel: value })),
    poolStride: of(TEXT.poolStride, 1, 4, (value) => change({ pool_stride: value })),
  };
  const layerSliders = {
    kernel: of(TEXT.kernel, 1, 15, (value) => changeLayer("kernel", value)),
    stride: of(TEXT.stride, 1, 8, (value) => changeLayer("stride", value)),
    padding: of(TEXT.padding, 0, 10, (value) => changeLayer("padding", value)),
  };
  const widths = {
    kernels: of(TEXT.kernels, 8, MOST_KERNELS, (value) => changeLayer("width", value), { step: 8 }),
    units: of(TEXT.units, 64, MOST_UNITS, (value) => changeLayer("width", value), { step: 64 }),
    classes: of(TEXT.classes, 1, MOST_CLASSES, (value) => changeLayer("width", value)),
  };
  const groups = segments(
    doc,
    TEXT.groups,
    [
      ["1", TEXT.allMaps],
      ["2", TEXT.ownTower],
    ],
    (value) => changeLayer("groups", Number(value)),
  );
  const name = make(doc, "strong");
  const kind = textSpan(doc, "", "axw-arch-kind");
  const panel = make(
    doc,
    "section",
    { class: "axw-arch-panel" },
    box(doc, "axw-arch-title", name, kind),
    box(
      doc,
      "axw-sliders",
      ...Object.values(layerSliders).map((each) => each.node),
      ...Object.values(widths).map((each) => each.node),
    ),
    groups.node,
  );

  // -- picture and table
  const picture = figure(doc, make(doc, "p", { class: "axw-small", text: TEXT.key }));
  const choose = (layer) => change({ layer });
  const table = layerTable(doc, choose);
  const facts = factList(doc, TEXT.facts);
  const problem = make(doc, "p", { class: "axw-arch-problem" });
  let stages = [];

  onWalk(picture.canvas, (down, right) => {
    if (down && !right) return false; // a page scrolls as usual
    const at = state.layers.indexOf(state.chosen);
    choose(state.layers[clamp(at + right, state.layers.length)].name);
  });
  picture.canvas.addEventListener("pointerdown", (event) => {
    const middles = stages.map((each) => Math.abs(each.x + each.wide / 2 - event.offsetX));
    const nearest = middles.indexOf(Math.min(...middles.slice(1)));
    choose(stages[nearest].name);
  });

  // -- drawing
  let inks = null;
  let width = 320;

  function takeSize() {
    width = picture.node.clientWidth || width; // 0 before it is on the page
  }

  /** Write the numbers of the chosen layer beside its sliders. */
  function showLayer() {
    const { chosen, byName } = state;
    const { settings } = chosen;
    const last = chosen === state.layers.at(-1);
    setText(name, chosen.name);
    const row = byName[chosen.name];
    const count = pretty(settings.width);
    if (!row) setText(kind, "");
    else if (chosen.conv) {
      const reads = row.given[0] / settings.groups;
      const weights = pretty(settings.kernel ** 2 * reads);
      setText(kind, `${TEXT.conv(count, settings.kernel, reads)}, ${TEXT.each(weights)}`);
    } else setText(kind, TEXT.fc(count, pretty(row.given[0])));
    for (const [key, each] of Object.entries(layerSliders)) {
      each.node.hidden = !chosen.conv;
      if (chosen.conv) each.show(settings[key]);
    }
    groups.node.hidden = !chosen.conv;
    if (chosen.conv) groups.show(String(settings.groups));
    const width3 = chosen.conv ? "kernels" : last ? "classes" : "units";
    for (const [key, each] of Object.entries(widths)) {
      each.node.hidden = key !== width3;
      if (key === width3) each.show(settings.width);
    }
  }

  function draw() {
    state = calculate(model);
    const context = sizeCanvas(picture.canvas, width, HIGH + FOOT);
    stages = drawNetwork(context, width, state, inks, root.dataset.ground);
    variant.show(
      state.variant,
      Object.entries(state.tables).map(([key, { about }]) => [key, TEXT.option(key, about)]),
    );
    sliders.image.show(state.image);
    sliders.depth.show(state.depth);
    sliders.poolKernel.show(state.pool_kernel);
    sliders.poolStride.show(state.pool_stride);
    showLayer();
    setText(picture.name, TEXT.picture);
    setText(picture.readout, TEXT.pixels(state.image));
    setLabel(picture.canvas, TEXT.pictureLabel);
    setText(problem, state.problem);
    problem.hidden = !state.problem;
    table.show(tableLines(state), state.chosen.name);
    const { published } = state;
    const end = state.problem ? `, ${TEXT.upTo(state.rows.at(-1).name)}` : "";
    const compare = (key) => (state.problem ? "" : timesText(state[key], published[key]));
    const join = (...parts) => parts.filter(Boolean).join(", ");
    facts.show({
      parameters: join(pretty(state.parameters), compare("parameters")) + end,
      work: join(pretty(state.work), compare("work")) + end,
      memory: TEXT.memory(byteText(BYTES * state.parameters), byteText(state.memory)),
      towers: towersText(state),
    });
    status.say(statusText(state));
  }

  return begin({
    children: [
      box(doc, "axw-choices axw-arch-choices", variant.node, reset),
      box(doc, "axw-sliders", ...Object.values(sliders).map((each) => each.node)),
      box(doc, "axw-pictures axw-arch-picture", picture.node),
      panel,
      problem,
      table.node,
      facts.node,
    ],
    traits: TRAITS,
    draw,
    colors: (taken) => {
      inks = taken;
    },
    sizes: takeSize,
    watch: [picture.node],
    // for tests and the curious
    probe: {
      plan() {
        const now = calculate(model);
        return {
          rows: now.rows.map((row) => [
            row.name,
            row.kind,
            row.shape,
            row.parameters,
            row.work,
            row.view,
          ]),
          problem: now.problem,
          parameters: now.parameters,
          work: now.work,
          memory: now.memory,
        };
      },
    },
  });
}

export default { render };
