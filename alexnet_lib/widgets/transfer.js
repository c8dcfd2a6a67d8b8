/* The transfer widget: name a photograph, or teach a network two new classes from a few examples.
 *
 * What a network said of the bundled photographs is recorded, so those need no network. For the
 * reader's own pictures it loads one, when asked to; these pictures never leave the page: they are
 * no traits, and nothing sends them. The traits are those of transfer.py, and so is the
 * arithmetic. Uses common.js and network.js, which come before it in the module.
 */

const TRAITS = [
  "mode",
  "photograph",
  "one",
  "two",
  "examples",
  "seed",
  "chosen",
  "feature_bytes",
  "answer_bytes",
  "sheet_bytes",
  "strip_bytes",
];
const SETTINGS = TRAITS.slice(0, 7);

const CLASSES = ["fish", "monument", "tool", "windmill"];
const YOURS = "yours";
const EACH = 14; // photographs of each class
const MOST = 10; // examples
const MOST_OWN = 40; // pictures that a reader can add to a class
const FEATURES = 512;
const THUMB = 64; // pixels of a photograph on the sheet
const LARGE = 128; // and on the strip
const NETWORK = "squeezenet";
const PHOTOGRAPHS = [
  "dog",
  "cat",
  "coffee",
  "chicken",
  "sheep",
  "duck",
  "kitten",
  "horse",
  "cow",
  "owl",
  "pig",
  "rocket",
  "astronaut",
];

// Every text of the widget.
const TEXT = {
  mode: "What to do",
  modes: [
    ["name", "name a photograph"],
    ["teach", "teach two classes"],
  ],
  photograph: "Photograph",
  sides: ["First class", "Second class"],
  yours: ["A", "B"], // until the reader has named them
  yoursIn: (name) => `yours: ${name}`,
  own: (i) => `Name of your class ${TEXT.yours[i]}`,
  mine: (n) => `yours, ${n}`,
  examples: "Examples of each",
  again: "Draw others",
  reset: "Reset",
  open: "Open a picture",
  camera: "Camera",
  add: (name) => `Add pictures of ${name}`,
  cameraFor: (name) => `Camera for ${name}`,
  clear: (name) => `Remove the pictures of ${name}`,
  askOpen: "Ask about a picture",
  askCamera: "Ask with the camera",
  load: (bytes) => `Load the network${bytes ? ` (${(bytes / 1e6).toFixed(1)} MB)` : ""}`,
  loadWhy: "for pictures of your own. They stay on your computer.",
  stays: "Your pictures stay on your computer: nothing is sent anywhere.",
  loading: (share) => `The network is on its way: ${Math.round(100 * share)} % of it are here.`,
  loaded: "The network is here. Open a picture, or use the camera.",
  loadFirst: "Load the network first: without it nothing is known of your pictures.",
  looking: (done, all) =>
    all > 1 ? `The network looks at picture ${done + 1} of ${all}.` : "The network looks at it.",
  failed: (why) => `The network could not be loaded: ${why}`,
  full: (name) => `There are ${MOST_OWN} pictures of ${name}: that is enough.`,
  seen: "What it reads",
  top: "Its five likeliest names",
  learned: "Learned from",
  asked: "Asked about",
  askedKeys: (at, n) => `${n} photographs. Number ${at + 1} is chosen. Arrow keys choose another.`,
  askedNone: "No photographs are left to ask about.",
  likeness: "Like the mean of",
  isChosen: "this one",
  isWrong: "named wrong",
  percent: (share) => `${(100 * share).toFixed(1)} %`,
  shares: (top) => listText(top.map(([name, share]) => `${name} ${TEXT.percent(share)}`)),
  named: (what, top) =>
    `The network names ${what}: ${TEXT.shares(top)}. ` +
    `The other ${pretty(1000 - top.length)} names share ` +
    `${TEXT.percent(1 - top.reduce((sum, [, share]) => sum + share, 0))}.`,
  the: (name) => (name.startsWith("yours") ? "your picture" : `the ${name}`),
  same: "Both classes are the same: choose two different ones.",
  empty: (name) => `There is no picture of ${name} yet: add one or more.`,
  score: (right, n) => `It names ${right} of ${n} other photographs right.`,
  after: (counts, names) =>
    counts[0] === counts[1]
      ? `It has seen ${counts[0]} ${counts[0] === 1 ? "photograph" : "photographs"} of each.`
      : `It has seen ${counts[0]} of ${names[0]} and ${counts[1]} of ${names[1]}.`,
  verdict: (what, name, [near, far], other) =>
    `${what} is called ${name}: ${near} like the mean of ${name}, ${far} like that of ${other}.`,
  one: (at, name) => `Number ${at}, labelled ${name},`,
  unknown: (at) => `Number ${at}, your picture,`,
  likeText: (value) => value.toFixed(3).replace("-", "−"),
};

// ------------------------------------------------------------------------------ arithmetic

/** Return the recorded features, (56, 512), each row scaled to length 1. */
function readFeatures(bytes, largest) {
  const { buffer, byteOffset, byteLength } = bytesOf(bytes);
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: CLASSES.length * EACH }, (__, row) =>
    unit(
      Float64Array.from(
        { length: FEATURES },
        (_, i) => (view.getUint16(2 * (row * FEATURES + i), true) * largest) / 65535,
      ),
    ),
  );
}

/** Return a vector scaled to length 1. */
function unit(vector) {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Return the mean of vectors, scaled to length 1. */
function meanOf(vectors) {
  const sum = new Float64Array(FEATURES);
  for (const vector of vectors) vector.forEach((value, i) => (sum[i] += value));
  return unit(sum);
}

/** Return the photographs of a class in the order of a draw: the first are examples. */
function orderOf(seed, name) {
  const numbers = uniform(seed, CLASSES.length, EACH);
  const from = CLASSES.indexOf(name) * EACH;
  return Array.from({ length: EACH }, (_, i) => i).sort(
    (a, b) => numbers[from + a] - numbers[from + b],
  );
}

/** Learn from the examples of two classes, and answer for all others.
 *
 * sides   [{name, items}] twice: items {unit, …}, of which the first `examples` are learned from
 * others  items without a class
 */
function learn(sides, others, examples) {
  const taught = sides.map(({ items }) => items.slice(0, examples));
  const means = taught.map((items) => meanOf(items.map((item) => item.unit)));
  const questions = [
    ...sides.flatMap(({ items }, label) =>
      items
        .slice(examples)
        .sort((a, b) => a.number - b.number)
        .map((item) => ({ ...item, label })),
    ),
    ...others.map((item) => ({ ...item, label: null })),
  ].map((item) => {
    const likeness = means.map((mean) => dot(mean, item.unit));
    return { ...item, likeness, answer: Number(likeness[1] > likeness[0]) };
  });
  const known = questions.filter(({ label }) => label !== null);
  const right = known.filter(({ label, answer }) => label === answer).length;
  return { taught, questions, right, known: known.length };
}

// ------------------------------------------------------------------------------ drawing

const UNDER = 20; // CSS pixels for the word under a tile
const BETWEEN = 6; // and around it

/** Place n tiles in a width: { tile, columns, height, at(i) }. */
function tilePlaces(width, n, under) {
  const columns = Math.max(4, Math.min(14, Math.floor(width / 66)));
  const tile = Math.floor(width / columns) - BETWEEN;
  const rows = Math.max(1, Math.ceil(n / columns));
  const at = (i) => [
    (i % columns) * (tile + BETWEEN) + BETWEEN / 2,
    Math.floor(i / columns) * (tile + under + BETWEEN) + BETWEEN / 2,
  ];
  return { tile, columns, at, under, height: rows * (tile + under + BETWEEN) };
}

/** Draw a picture {image, x, y, side} at a place, or an empty frame while it is being read. */
function drawTile(context, { image, left, top, side }, x, y, to, inks) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  if (image) context.drawImage(image, left, top, side, side, x, y, to, to);
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, to - 1, to - 1);
}

/** Write a word into a width, in letters that fit. */
function writeWord(context, text, x, y, width, color, bold = false) {
  let size = 13;
  const font = () => `${bold ? "600 " : ""}${size}px system-ui, sans-serif`;
  context.font = font();
  while (size > 9 && context.measureText(text).width > width) {
    size -= 1;
    context.font = font();
  }
  context.fillStyle = color;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y, width);
}

const BESIDE = 519; // CSS pixels: with fewer, the bars stand below the photograph
const BAR = 34; // CSS pixels for a bar with its name above it

/** Draw a bar for each [name, share, text], one below the other. */
function drawBars(context, rows, width, inks) {
  rows.forEach(([name, share, text], i) => {
    const y = i * BAR;
    context.font = "14px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.fillStyle = inks.ink;
    context.textAlign = "left";
    const room = width - 64;
    context.fillText(name, 1, y + 9, room);
    context.textAlign = "right";
    context.fillText(text, width - 1, y + 9);
    context.fillStyle = inks.accent;
    context.fillRect(0, y + 18, width * Math.max(0, share), 10);
    context.strokeStyle = inks.line;
    context.lineWidth = 1;
    context.strokeRect(0.5, y + 18.5, width - 1, 9);
  });
}

// ------------------------------------------------------------------------------ the network

/** Make what looks at the reader's pictures: it loads the network once, when asked. */
function makeEye(model, status) {
  let plan = null;
  let running = null;
  let pending = null;
  let last = "";
  async function begin() {
    const tell = (share) => status.refuse(TEXT.loading(share));
    tell(0);
    const loaded = await fetchNetwork(model, NETWORK, tell);
    const network = networkEngine().readNetwork(loaded.plan, loaded.weights);
    ({ plan } = loaded);
    last = plan.layers.filter(({ op }) => op === "concat").at(-1).name;
    running = startNetwork(network);
  }
  return {
    ready: () => running !== null,
    /** Load the network; returns whether it is there. */
    async load() {
      try {
        pending ??= begin();
        await pending;
        return true;
      } catch (error) {
        pending = null;
        status.refuse(TEXT.failed(error.message));
        return false;
      }
    },
    /** Look at a picture: {unit (512), top: [[name, share], …], picture}. */
    async look(source) {
      const { input, picture } = inputFromPicture(plan, source);
      const { maps } = await running.run(input);
      const { data, shape } = maps[last];
      const places = shape[1] * shape[2];
      const features = Float64Array.from({ length: shape[0] }, (_, i) => {
        let sum = 0;
        for (let at = i * places; at < (i + 1) * places; at++) sum += data[at];
        return sum / places;
      });
      const scores = maps[plan.layers.at(-1).name].data;
      const ends = plan.layers.at(-1).op === "softmax";
      const shares = ends ? scores : networkEngine().softmax(scores);
      const best = Array.from(shares.keys())
        .sort((a, b) => shares[b] - shares[a])
        .slice(0, 5);
      return { unit: unit(features), top: best.map((i) => [plan.classes[i], shares[i]]), picture };
    },
    stop: () => running?.stop(),
  };
}

// ------------------------------------------------------------------------------ the widget

/** Show the model in `el`; resolves to the function that takes the widget away again. */
async function render({ model, el }) {
  const { doc, win, life, root, status, redraw, begin } = stage(model, el, "transfer");
  const initial = traitValues(model, SETTINGS);
  const eye = makeEye(model, status);
  life.add(eye.stop);
  let width = 320;
  let look = null;
  let places = null;
  let shown = null; // what was drawn last

  // -- the reader's own pictures, which are no traits
  const owned = [[], []]; // of each class
  const strangers = []; // to ask about
  const namedOwn = []; // to be named
  const names = ["", ""]; // of the reader's classes
  let ownChoice = null; // the one of `namedOwn` that is shown
  let changes = 0; // counts what was added and removed
  let added = 0;

  // -- the recorded photographs
  const images = { sheet: null, strip: null };
  async function decode(name, bytes) {
    const blob = new Blob([bytesOf(bytes)], { type: "image/jpeg" });
    images[name] = await win.createImageBitmap(blob);
  }
  const aboutOf = memoize((bytes) => JSON.parse(new TextDecoder().decode(bytesOf(bytes))));
  const featuresOf = memoize(readFeatures);
  const tileOf = (row, number) => ({
    image: images.sheet,
    left: number * THUMB,
    top: row * THUMB,
    side: THUMB,
  });

  /** Return the name of a class, as readers read it. */
  const className = (name, i) => (name === YOURS ? names[i].trim() || TEXT.yours[i] : name);

  const learned = memoize((bytes, about, one, two, examples, seed) => {
    const features = featuresOf(bytes, about.largest);
    const sides = [one, two].map((name, i) => {
      if (name === YOURS) return { name, items: owned[i] };
      const row = CLASSES.indexOf(name);
      const items = orderOf(seed, name).map((number) => ({
        number,
        unit: features[row * EACH + number],
        row,
      }));
      return { name, items };
    });
    const missing = sides.findIndex(({ items }) => !items.length);
    if (one === two && one !== YOURS) return { problem: TEXT.same, taught: [[], []] };
    if (missing >= 0)
      return {
        problem: TEXT.empty(className([one, two][missing], missing)),
        taught: sides.map(({ items }) => items.slice(0, examples)),
      };
    return { problem: "", ...learn(sides, strangers, examples) };
  });

  function compute() {
    const now = traitValues(model, TRAITS);
    const about = aboutOf(now.answer_bytes);
    const { one, two, examples, seed } = now;
    const result = learned(now.feature_bytes, about, one, two, examples, seed, changes);
    const count = result.questions?.length ?? 0;
    return {
      ...now,
      questions: [],
      right: 0,
      known: 0,
      ...result,
      about,
      chosen: clamp(now.chosen, Math.max(1, count)),
      titles: [className(one, 0), className(two, 1)],
    };
  }

  function change(settings) {
    status.settle();
    setTraits(model, settings);
    model.save_changes();
    shown = compute();
    redraw();
  }
  const set = (name) => (value) => change({ [name]: value });

  // -- pictures that come from the reader
  /** Look at a list of sources, one after another, and hand each to `use`. */
  async function takeIn(sources, use) {
    for (const [i, open] of sources.entries()) {
      status.refuse(TEXT.looking(i, sources.length));
      const source = await open();
      if (!source) return;
      try {
        const { picture, ...seen } = await eye.look(source);
        const canvas = make(doc, "canvas", { width: picture.width, height: picture.height });
        canvas.getContext("2d").putImageData(picture, 0, 0);
        added += 1;
        use({ ...seen, number: added, own: true, image: canvas, side: picture.width });
      } catch (error) {
        status.refuse(error.message);
        return;
      }
    }
    status.settle();
    changes += 1;
    redraw();
  }
  const openFile = (file) => () => pictureOf(file, doc, status);
  const named = (item) => {
    namedOwn.push(item);
    ownChoice = namedOwn.length - 1;
    changes += 1;
    redraw();
  };
  const ask = (item) => {
    strangers.push(item);
    changes += 1;
    const count = compute().questions.length;
    setTraits(model, { chosen: clamp(count - 1, 2 * EACH) });
    redraw();
  };
  const keep = (i) => (item) => {
    if (owned[i].length >= MOST_OWN) return status.refuse(TEXT.full(className(YOURS, i)));
    owned[i].push(item);
    changes += 1;
    redraw();
  };

  /** Make the buttons that bring pictures to `use`: files, and the camera. */
  function sourceButtons(openLabel, cameraLabel, use, multiple) {
    const input = make(doc, "input", {
      type: "file",
      accept: "image/*",
      hidden: "",
      "aria-label": openLabel,
      ...KEYS_ARE_OURS,
      change: async () => {
        const files = [...input.files];
        input.value = ""; // the same file again is a change, too
        await takeIn(files.map(openFile), use);
      },
    });
    if (multiple) input.multiple = true;
    const needsNetwork = (act) => () => (eye.ready() ? act() : status.refuse(TEXT.loadFirst));
    const open = button(
      doc,
      openLabel,
      needsNetwork(() => input.click()),
    );
    const camera = button(
      doc,
      cameraLabel,
      needsNetwork(() => {
        cameraUse = use;
        eyepiece.open(camera);
      }),
    );
    return { open, camera, input };
  }

  // -- the camera
  let cameraUse = null;
  const eyepiece = cameraPanel(
    doc,
    status,
    (video) => takeIn([async () => win.createImageBitmap(video)], cameraUse),
    redraw,
  );
  life.add(eyepiece.close);

  // -- controls
  const mode = segments(doc, TEXT.mode, TEXT.modes, set("mode"));
  const photograph = choice(doc, TEXT.photograph, (value) => {
    if (PHOTOGRAPHS.includes(value)) {
      ownChoice = null;
      change({ photograph: value });
    } else {
      ownChoice = Number(value);
      status.settle();
      redraw();
    }
  });
  const sideChoices = ["one", "two"].map((name, i) => choice(doc, TEXT.sides[i], set(name)));
  const examples = slider(doc, TEXT.examples, 1, MOST, set("examples"));
  const again = button(doc, TEXT.again, () =>
    change({ seed: (model.get("seed") + 1) % 10000, chosen: 0 }),
  );
  const reset = button(doc, TEXT.reset, () => change(initial));
  const loadButton = button(doc, TEXT.load(networkSize(NETWORK)), async () => {
    loadButton.disabled = true;
    const there = await eye.load();
    loadButton.disabled = false;
    if (!there) return;
    status.refuse(TEXT.loaded);
    redraw();
  });
  const why = textSpan(doc, TEXT.loadWhy);
  const loader = box(doc, "axw-steps", loadButton, why);
  const nameSources = sourceButtons(TEXT.open, TEXT.camera, named, false);
  const askSources = sourceButtons(TEXT.askOpen, TEXT.askCamera, ask, true);
  const nameSteps = box(doc, "axw-steps", nameSources.open, nameSources.camera, nameSources.input);
  const askSteps = box(doc, "axw-steps", askSources.open, askSources.camera, askSources.input);
  const ownPanels = [0, 1].map((i) => {
    const field = make(doc, "input", {
      type: "text",
      class: "axw-cell axw-own-name",
      autocomplete: "off",
      maxlength: 24,
      placeholder: TEXT.yours[i],
      "aria-label": TEXT.own(i),
      ...KEYS_ARE_OURS,
      input: () => {
        names[i] = field.value;
        changes += 1;
        status.settle();
        redraw();
      },
    });
    const sources = sourceButtons("", "", keep(i), true);
    const clear = button(doc, "", () => {
      owned[i].length = 0;
      changes += 1;
      status.settle();
      redraw();
    });
    const node = box(
      doc,
      "axw-steps axw-own",
      make(doc, "label", { class: "axw-choice" }, textSpan(doc, TEXT.own(i)), field),
      sources.open,
      sources.camera,
      sources.input,
      clear,
    );
    const show = (visible) => {
      node.hidden = !visible;
      const name = className(YOURS, i);
      setText(sources.open, TEXT.add(name));
      setText(sources.camera, TEXT.cameraFor(name));
      setText(clear, TEXT.clear(name));
      sources.input.setAttribute("aria-label", TEXT.add(name));
      clear.hidden = !owned[i].length;
    };
    return { node, show };
  });

  const sliders = box(doc, "axw-sliders", examples.node);

  // -- pictures and texts
  const photo = chartFigure(doc);
  const bars = chartFigure(doc);
  const taught = chartFigure(doc);
  const askedKey = legend(doc, {
    chosen: [TEXT.isChosen, "axw-is-window"],
    wrong: [TEXT.isWrong, "axw-is-wrong"],
  });
  const asked = figure(doc, askedKey.node);
  const pair = box(doc, "axw-pair", photo.node, bars.node);
  const pictures = box(doc, "axw-layout");
  const measure = box(doc, "axw-measure");
  /** Show these pictures and no others. */
  const putUp = (nodes) => {
    const now = [...pictures.children];
    if (now.length !== nodes.length || now.some((node, i) => node !== nodes[i]))
      pictures.replaceChildren(...nodes);
  };
  const stays = textSpan(doc, TEXT.stays);
  setText(taught.name, TEXT.learned);
  setText(asked.name, TEXT.asked);

  const choose = (at) => {
    if (at !== shown.chosen) change({ chosen: at });
  };
  const go = (at) => choose(clamp(at, Math.min(shown.questions.length, 2 * EACH)));
  onWalk(
    asked.canvas,
    (rows, cols) => shown.questions.length && go(shown.chosen + rows * places.columns + cols),
    2 * EACH,
  );
  asked.canvas.addEventListener("pointerdown", (event) => {
    const under = shown.questions.findIndex((_, i) => {
      const [x, y] = places.at(i);
      const [dx, dy] = [event.offsetX - x, event.offsetY - y];
      return dx >= 0 && dy >= 0 && dx <= places.tile && dy <= places.tile + places.under;
    });
    if (under >= 0) go(under);
  });

  // -- drawing
  const tile = (item) =>
    item.own
      ? { image: item.image, left: 0, top: 0, side: item.side }
      : tileOf(item.row, item.number);

  function drawNamed({ about, photograph: name }) {
    const own = namedOwn[ownChoice];
    putUp([pair]);
    const top = own ? own.top : about.answers[name];
    const what = own ? TEXT.mine(ownChoice + 1) : name;
    const source = own
      ? tile(own)
      : { image: images.strip, left: PHOTOGRAPHS.indexOf(name) * LARGE, top: 0, side: LARGE };
    drawPhoto(source, what);
    setText(bars.name, TEXT.top);
    drawTop(top.map(([title, share]) => [title, share, TEXT.percent(share)]));
    setLabel(bars.canvas, `${TEXT.top}: ${TEXT.shares(top)}.`);
    photograph.show(own ? String(ownChoice) : name, [
      ...PHOTOGRAPHS.map((each) => [each, each]),
      ...namedOwn.map((_, i) => [String(i), TEXT.mine(i + 1)]),
    ]);
    setText(photo.name, TEXT.seen);
    setLabel(photo.canvas, `${TEXT.seen}: ${TEXT.the(what)}.`);
    status.say(TEXT.named(TEXT.the(what), top));
  }

  function drawPhoto(source, title) {
    const side = photoWidth();
    drawTile(sizeCanvas(photo.canvas, side, side), source, 0, 0, side, look.inks);
    setText(photo.readout, title);
  }
  function drawTop(rows) {
    const wide = barsWidth();
    drawBars(sizeCanvas(bars.canvas, wide, rows.length * BAR), rows, wide, look.inks);
  }
  const photoWidth = () => Math.min(227, width);
  const barsWidth = () => (width >= BESIDE ? width - photoWidth() - 16 : width);

  function drawTaught(state) {
    const { inks } = look;
    const items = state.taught.flatMap((list, i) => list.map((item) => ({ item, i })));
    const grid = tilePlaces(width, items.length, UNDER);
    const context = sizeCanvas(taught.canvas, width, grid.height);
    items.forEach(({ item, i }, at) => {
      const [x, y] = grid.at(at);
      drawTile(context, tile(item), x, y, grid.tile, inks);
      const middle = x + grid.tile / 2;
      const under = y + grid.tile + UNDER / 2 + 1;
      writeWord(context, state.titles[i], middle, under, grid.tile + BETWEEN, inks.ink);
    });
    if (!items.length) {
      context.strokeStyle = inks.line;
      context.strokeRect(0.5, 0.5, width - 1, grid.height - 1);
    }
    const counts = state.taught.map((list, i) => `${list.length} ${state.titles[i]}`);
    setText(taught.readout, counts.join(", "));
    setLabel(taught.canvas, `${TEXT.learned}: ${counts.join(", ")}.`);
  }

  function drawAsked(state) {
    const { inks } = look;
    const { questions, chosen, titles } = state;
    places = tilePlaces(width, questions.length, UNDER);
    const context = sizeCanvas(asked.canvas, width, places.height);
    questions.forEach((item, i) => {
      const [x, y] = places.at(i);
      drawTile(context, tile(item), x, y, places.tile, inks);
      const wrong = item.label !== null && item.label !== item.answer;
      if (wrong) crossOut(context, x, y, places.tile, inks);
      if (i === chosen) {
        context.strokeStyle = inks.mark;
        context.lineWidth = 3;
        context.strokeRect(x - 1, y - 1, places.tile + 2, places.tile + 2);
      }
      const middle = x + places.tile / 2;
      const under = y + places.tile + UNDER / 2 + 1;
      const ink = wrong ? inks.lost : inks.ink;
      writeWord(context, titles[item.answer], middle, under, places.tile + BETWEEN, ink, wrong);
    });
    if (!questions.length) {
      context.strokeStyle = inks.line;
      context.strokeRect(0.5, 0.5, width - 1, places.height - 1);
    }
    setText(asked.readout, state.known ? `${state.right} of ${state.known} right` : "");
    setLabel(
      asked.canvas,
      questions.length ? TEXT.askedKeys(chosen, questions.length) : TEXT.askedNone,
    );
    askedKey.chosen.hidden = !questions.length;
    askedKey.wrong.hidden = state.right === state.known;
  }

  function drawTeach(state) {
    const { questions, chosen, titles } = state;
    sideChoices.forEach((each, i) => {
      const options = [
        ...CLASSES.map((name) => [name, name]),
        [YOURS, TEXT.yoursIn(className(YOURS, i))],
      ];
      each.show(i ? state.two : state.one, options);
    });
    examples.show(state.examples);
    drawTaught(state);
    drawAsked(state);
    const item = questions[chosen];
    putUp(item ? [taught.node, asked.node, pair] : [taught.node, asked.node]);
    setText(bars.name, TEXT.likeness);
    const likeness = item?.likeness ?? [0, 0];
    drawPhoto(item ? tile(item) : { image: null }, item ? titles[item.answer] : "");
    drawTop(titles.map((title, i) => [title, likeness[i], item ? TEXT.likeText(likeness[i]) : ""]));
    setText(photo.name, item ? `Number ${chosen + 1}` : TEXT.asked);
    setLabel(photo.canvas, item ? `Number ${chosen + 1}, large.` : TEXT.askedNone);
    const texts = titles.map((title, i) => `${title} ${TEXT.likeText(likeness[i])}`);
    setLabel(bars.canvas, item ? `${TEXT.likeness}: ${listText(texts)}.` : TEXT.askedNone);
    status.say(state.problem || teachText(state));
  }

  /** Say what was learned, and what becomes of the chosen photograph. */
  function teachText({ taught: seen, questions, chosen, titles, right, known }) {
    const counts = seen.map((list) => list.length);
    const parts = [TEXT.after(counts, titles)];
    if (known) parts.push(TEXT.score(right, known));
    const item = questions[chosen];
    if (item) {
      const { label, answer, likeness } = item;
      const at = chosen + 1;
      const what = label === null ? TEXT.unknown(at) : TEXT.one(at, titles[label]);
      const pairOf = [likeness[answer], likeness[1 - answer]].map(TEXT.likeText);
      parts.push(TEXT.verdict(what, titles[answer], pairOf, titles[1 - answer]));
    } else parts.push(TEXT.askedNone);
    return parts.join(" ");
  }

  function drawAll() {
    shown = compute();
    const naming = shown.mode === "name";
    mode.show(shown.mode);
    for (const node of [nameSteps, photograph.node]) node.hidden = !naming;
    const teaching = [...sideChoices.map((each) => each.node), sliders, again, askSteps];
    for (const node of teaching) node.hidden = naming;
    [shown.one, shown.two].forEach((name, i) => ownPanels[i].show(!naming && name === YOURS));
    loader.hidden = eye.ready();
    stays.hidden = !eye.ready();
    if (!eye.ready()) for (const node of [nameSteps, askSteps]) node.hidden = true;
    (naming ? drawNamed : drawTeach)(shown);
  }

  const end = begin({
    children: [
      box(doc, "axw-choices", mode.node, photograph.node, ...sideChoices.map((each) => each.node)),
      measure,
      sliders,
      box(doc, "axw-steps", again, reset),
      loader,
      ...ownPanels.map((each) => each.node),
      nameSteps,
      askSteps,
      stays,
      eyepiece.node,
      pictures,
    ],
    traits: TRAITS,
    draw: drawAll,
    colors(inks) {
      const accent = win.getComputedStyle(root).getPropertyValue("--axw-accent").trim();
      look = { inks: { ...inks, accent: accent || inks.ink } };
    },
    sizes() {
      width = Math.floor(measure.clientWidth) || width;
    },
    watch: [root],
    probe: {
      state() {
        const { questions, right, problem, about, photograph: name } = compute();
        const rows = questions.map(({ label, number, likeness }) => [label, number, likeness]);
        return { questions: rows, right, problem, top: about.answers[name] };
      },
    },
  });
  try {
    const { sheet_bytes: sheet, strip_bytes: strip } = traitValues(model, TRAITS);
    await Promise.all([decode("sheet", sheet), decode("strip", strip)]);
    if (root.isConnected || el.firstChild) redraw();
  } catch {
    // without the small photographs everything else still works
  }
  return end;
}

export default { render };
