/* Neural networks in the page: reading one, running it, and getting pictures into it.
 *
 * base.py puts this file between common.js and NAME.js for widgets with `shared = ("network",)`,
 * so nothing here is imported or exported. networks/web.py writes what it reads:
 *
 * plan     JSON: {format, name, title, input: {channels, side, square, mean, scale}, classes,
 *          layers: [{name, op, inputs, …, weight: {at, shape}, bias: {at, shape}}]}
 * weights  one file of float16 numbers, little endian; `at` counts numbers from its start
 *
 * The first layer's input is called "input". It holds (pixel − mean) / scale for each channel,
 * channel by channel and row by row (C, H, W), with pixels from 0 to 255.
 */

// ------------------------------------------------------------------------------ the layers

/** Return {readNetwork, forward, softmax}.
 *
 * All of it is in one function that uses nothing from outside, so that a worker can be made from
 * its text: that works in a notebook, and in a page that was opened from a folder.
 */
function networkEngine() {
  /** Multiply windows of pixels with kernels: x (C, H, W) -> (maps, H', W').
   *
   * Each window becomes a row of numbers ("im2col"), as each kernel already is one. A number of a
   * map is then a row times a row. Rows are made for a few windows at a time, so that they stay in
   * the processor's cache, and multiplied by all kernels.
   */
  function conv({ data, shape }, layer) {
    const { shape: outShape, kernel, groups, weight, bias } = layer;
    const [maps, high, wide] = outShape;
    const places = high * wide;
    const channels = shape[0] / groups; // that a kernel sees
    const kernels = maps / groups; // of a group
    const length = channels * kernel * kernel; // of a row
    const out = new Float32Array(maps * places);
    if (bias)
      for (let map = 0; map < maps; map++) out.fill(bias[map], map * places, (map + 1) * places);
    const most = Math.min(places, 2 * Math.ceil(ROW_NUMBERS / length)); // rows at a time
    const rows = new Float64Array((most + 1) * length); // one more, since they are taken in pairs
    for (let group = 0; group < groups; group++)
      for (let place = 0; place < places; place += most) {
        const count = Math.min(most, places - place);
        takeWindows(rows, data, shape, layer, group * channels, channels, place, count);
        for (let map = group * kernels; map < (group + 1) * kernels; map += 4) {
          const four = Math.min(4, (group + 1) * kernels - map);
          multiply(rows, count, length, weight, map, four, out, map * places + place, places);
        }
      }
    return out;
  }
  const ROW_NUMBERS = 1 << 12; // 32 kB of rows at a time

  /** Copy `count` windows, from the `place`-th on, into rows: channel by channel, row by row. */
  function takeWindows(rows, x, [, height, width], layer, firstChannel, channels, place, count) {
    const { shape, kernel, stride, padding } = layer;
    const wide = shape[2];
    const length = channels * kernel * kernel;
    if (padding) rows.fill(0);
    if (kernel === 1 && stride === 1 && !padding) {
      // the commonest small kernel has a shorter way: one channel after the other
      for (let channel = 0; channel < channels; channel++) {
        const start = (firstChannel + channel) * height * width + place;
        for (let row = 0; row < count; row++) rows[row * channels + channel] = x[start + row];
      }
      return;
    }
    for (let row = 0; row < count; row++) {
      const top = Math.floor((place + row) / wide) * stride - padding;
      const left = ((place + row) % wide) * stride - padding;
      const first = Math.max(0, -left);
      const end = Math.min(kernel, width - left);
      for (let channel = 0; channel < channels; channel++)
        for (let i = Math.max(0, -top); i < kernel && top + i < height; i++) {
          const from = ((firstChannel + channel) * height + top + i) * width + left;
          const to = row * length + (channel * kernel + i) * kernel;
          for (let j = first; j < end; j++) rows[to + j] = x[from + j];
        }
    }
  }

  /** Multiply rows by four kernels (or fewer), and add the sums to `out`.
   *
   * Two rows and four kernels at once make eight sums of six numbers: each number that is fetched
   * is used more than once. With loops as one would write them, it takes five times as long.
   */
  function multiply(rows, count, length, weight, map, four, out, at, places) {
    const w0 = map * length;
    const w1 = four > 1 ? w0 + length : w0; // where fewer kernels are left, the first again
    const w2 = four > 2 ? w1 + length : w0;
    const w3 = four > 3 ? w2 + length : w0;
    for (let row = 0; row < count; row += 2) {
      const r0 = row * length;
      const r1 = r0 + length;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < length; k++) {
        const a = rows[r0 + k];
        const b = rows[r1 + k];
        const f0 = weight[w0 + k];
        const f1 = weight[w1 + k];
        const f2 = weight[w2 + k];
        const f3 = weight[w3 + k];
        s00 += a * f0;
        s01 += b * f0;
        s10 += a * f1;
        s11 += b * f1;
        s20 += a * f2;
        s21 += b * f2;
        s30 += a * f3;
        s31 += b * f3;
      }
      const first = [s00, s10, s20, s30];
      const second = [s01, s11, s21, s31];
      for (let i = 0; i < four; i++) {
        out[at + i * places + row] += first[i];
        if (row + 1 < count) out[at + i * places + row + 1] += second[i];
      }
    }
  }

  /** Multiply all inputs with each output's weights: x (n) -> (outputs). */
  function linear({ data }, { shape: [outputs], weight, bias }) {
    const n = data.length;
    const rows = new Float64Array(2 * n); // a pair, of which the second stays 0
    rows.set(data);
    const out = bias ? Float32Array.from(bias) : new Float32Array(outputs);
    for (let output = 0; output < outputs; output += 4)
      multiply(rows, 1, n, weight, output, Math.min(4, outputs - output), out, output, 1);
    return out;
  }

  /** Keep what is positive, and make the rest 0. (Its own loop: most numbers of most networks.) */
  function relu({ data }) {
    const out = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) out[i] = data[i] > 0 ? data[i] : 0;
    return out;
  }

  /** Reduce each window of each map to one number: x (C, H, W) -> (C, H', W').
   *
   * reduce(map's start, top, bottom, left, right, size)  the window is [top, bottom) × [left,
   *        right), inside the map; its size counts padding too, as in PyTorch
   */
  function pool({ shape }, { shape: [maps, high, wide], kernel, stride, padding }, reduce) {
    const [, height, width] = shape;
    const out = new Float32Array(maps * high * wide);
    let at = 0;
    for (let map = 0; map < maps; map++)
      for (let i = 0; i < high; i++)
        for (let j = 0; j < wide; j++) {
          const top = i * stride - padding;
          const left = j * stride - padding;
          const bottom = Math.min(top + kernel, height + padding);
          const right = Math.min(left + kernel, width + padding);
          out[at++] = reduce(
            map * height * width,
            Math.max(0, top),
            Math.min(bottom, height),
            Math.max(0, left),
            Math.min(right, width),
            (bottom - top) * (right - left),
          );
        }
    return out;
  }

  function maxpool({ data, shape }, layer) {
    const width = shape[2];
    return pool({ shape }, layer, (start, top, bottom, left, right) => {
      let most = -Infinity;
      for (let i = top; i < bottom; i++)
        for (let j = left; j < right; j++) {
          const value = data[start + i * width + j];
          if (value > most) most = value;
        }
      return most;
    });
  }

  function avgpool({ data, shape }, layer) {
    const width = shape[2];
    return pool({ shape }, layer, (start, top, bottom, left, right, all) => {
      let sum = 0;
      for (let i = top; i < bottom; i++)
        for (let j = left; j < right; j++) sum += data[start + i * width + j];
      return sum / all;
    });
  }

  /** Average each map to size × size numbers, whatever its size. */
  function adaptiveavg({ data, shape: [maps, height, width] }, { size }) {
    return numbers(maps * size * size, (at) => {
      const map = Math.floor(at / (size * size));
      const i = Math.floor(at / size) % size;
      const j = at % size;
      const [top, bottom] = [(i * height) / size, ((i + 1) * height) / size];
      const [left, right] = [(j * width) / size, ((j + 1) * width) / size];
      let sum = 0;
      let count = 0;
      for (let row = Math.floor(top); row < Math.ceil(bottom); row++)
        for (let column = Math.floor(left); column < Math.ceil(right); column++, count++)
          sum += data[(map * height + row) * width + column];
      return sum / count;
    });
  }

  /** Divide each number by a power of a sum of squares over the maps around its own. */
  function lrn({ data, shape }, { size, alpha, beta, k, groups }) {
    const together = shape[0] / groups; // maps that see each other
    const places = data.length / shape[0];
    return numbers(data.length, (at) => {
      const map = Math.floor(at / places);
      const first = Math.floor(map / together) * together;
      const from = Math.max(first, map - Math.floor(size / 2));
      const to = Math.min(first + together, map - Math.floor(size / 2) + size);
      let squares = 0;
      for (let other = from; other < to; other++)
        squares += data[other * places + (at % places)] ** 2;
      return data[at] / (k + (alpha / size) * squares) ** beta;
    });
  }

  /** Divide each number by a power of the mean of the squares around it in its own map. */
  function spatialLrn({ data, shape: [, height, width] }, { size, alpha, beta, k }) {
    const reach = Math.floor(size / 2);
    return numbers(data.length, (at) => {
      const column = at % width;
      const row = Math.floor(at / width) % height;
      let squares = 0;
      for (let i = Math.max(-reach, -row); i <= reach && row + i < height; i++)
        for (let j = Math.max(-reach, -column); j <= reach && column + j < width; j++)
          squares += data[at + i * width + j] ** 2;
      return data[at] * (k + (alpha * squares) / (size * size)) ** -beta;
    });
  }

  function pad({ data, shape: [maps, height, width] }, { shape, top, left }) {
    const out = new Float32Array(size(shape));
    for (let map = 0; map < maps; map++)
      for (let row = 0; row < height; row++) {
        const from = (map * height + row) * width;
        const to = (map * shape[1] + top + row) * shape[2] + left;
        out.set(data.subarray(from, from + width), to);
      }
    return out;
  }

  function concat(inputs, { shape }) {
    const out = new Float32Array(size(shape));
    let at = 0;
    for (const { data } of inputs) {
      out.set(data, at);
      at += data.length;
    }
    return out;
  }

  /** Turn scores into probabilities. The largest is taken off first, or e^score could overflow. */
  function softmax(scores) {
    const most = scores.reduce((a, b) => Math.max(a, b));
    const powers = scores.map((score) => Math.exp(score - most));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  }

  /** The error function, to about 1e-7 (Abramowitz and Stegun, 7.1.26), for GELU. */
  function erf(x) {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const terms = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
    const sum = terms.reduce((all, term) => all * t + term, 0) * t;
    return Math.sign(x) * (1 - sum * Math.exp(-x * x));
  }

  /** Make `count` numbers: fn(0), fn(1), … */
  function numbers(count, fn) {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = fn(i);
    return out;
  }
  const size = (shape) => shape.reduce((a, b) => a * b, 1);
  const perNumber = (fn) => (x, layer) => numbers(x.data.length, (i) => fn(x.data[i], layer));

  // ------------------------------------------------------------------------------ reading

  // What a layer of each kind needs to be: its settings (a whole number, at least so much; or any
  // number), how to compute it, and its shape from its input's, [C, H, W] or [n].
  const whole = (least) => (value) => Number.isInteger(value) && value >= least;
  const any = (value) => Number.isFinite(value);
  const pane = { kernel: whole(1), stride: whole(1), padding: whole(0) };
  const same = (shape) => shape;
  const DEFAULTS = { stride: 1, padding: 0, groups: 1, top: 0, bottom: 0, left: 0, right: 0 };
  const activation = (fn, settings = {}) => ({ settings, run: perNumber(fn), shape: same });
  const OPS = {
    conv: {
      settings: { ...pane, groups: whole(1) },
      run: conv,
      maps: true,
      shape([channels, ...sides], layer) {
        const maps = layer.weight.shape[0];
        const { kernel, groups } = layer;
        if (channels % groups || maps % groups)
          throw Error(
            `can't share ${channels} channels and ${maps} kernels among ${groups} groups`,
          );
        checkShape(layer.weight, [maps, channels / groups, kernel, kernel]);
        return [maps, ...sides.map((side) => windows(side, layer))];
      },
    },
    linear: {
      settings: {},
      run: linear,
      shape(shape, { weight }) {
        if (shape.length > 1) throw Error(`reads a list of numbers, but gets ${words(shape)}`);
        checkShape(weight, [weight.shape[0], shape[0]]);
        return [weight.shape[0]];
      },
    },
    maxpool: { settings: pane, run: maxpool, maps: true, shape: pooled },
    avgpool: { settings: pane, run: avgpool, maps: true, shape: pooled },
    globalavg: {
      settings: {},
      run: (x) => adaptiveavg(x, { size: 1 }),
      maps: true,
      shape: ([maps]) => [maps, 1, 1],
    },
    adaptiveavg: {
      settings: { size: whole(1) },
      run: adaptiveavg,
      maps: true,
      shape: ([maps], layer) => [maps, layer.size, layer.size],
    },
    relu: { settings: {}, run: relu, shape: same },
    leaky_relu: activation((v, { slope }) => (v > 0 ? v : slope * v), { slope: any }),
    sigmoid: activation((v) => 1 / (1 + Math.exp(-v))),
    tanh: activation(Math.tanh),
    gelu: activation((v) => (v * (1 + erf(v / Math.SQRT2))) / 2),
    scale: activation((v, { factor }) => v * factor, { factor: any }),
    lrn: {
      settings: { size: whole(1), alpha: any, beta: any, k: any, groups: whole(1) },
      run: lrn,
      shape(shape, { groups }) {
        if (shape[0] % groups) throw Error(`can't share ${shape[0]} maps among ${groups} groups`);
        return shape;
      },
    },
    spatial_lrn: {
      settings: { size: whole(1), alpha: any, beta: any, k: any },
      run: spatialLrn,
      maps: true,
      shape: same,
    },
    batchnorm: {
      settings: {},
      run: (x, { weight, bias }) => {
        const places = x.data.length / x.shape[0];
        return numbers(x.data.length, (i) => {
          const map = Math.floor(i / places);
          return x.data[i] * weight[map] + bias[map];
        });
      },
      shape(shape, { weight, bias }) {
        checkShape(weight, [shape[0]]);
        if (!bias) throw Error("has no shift (bias)");
        return shape;
      },
    },
    pad: {
      settings: { top: whole(0), bottom: whole(0), left: whole(0), right: whole(0) },
      run: pad,
      maps: true,
      shape: ([maps, height, width], { top, bottom, left, right }) => [
        maps,
        height + top + bottom,
        width + left + right,
      ],
    },
    concat: {
      settings: {},
      run: concat,
      many: true,
      shape(shapes) {
        const [first, ...others] = shapes.map((shape) => shape.slice(1));
        if (others.some((other) => String(other) !== String(first)))
          throw Error(`can't join maps of ${shapes.map(words).join(" and ")}`);
        return [shapes.reduce((sum, [maps]) => sum + maps, 0), ...first];
      },
    },
    add: {
      settings: {},
      run: (inputs) =>
        numbers(inputs[0].data.length, (i) => inputs.reduce((sum, x) => sum + x.data[i], 0)),
      many: true,
      shape(shapes) {
        if (shapes.some((shape) => String(shape) !== String(shapes[0])))
          throw Error(`can't add ${shapes.map(words).join(" and ")}`);
        return shapes[0];
      },
    },
    flatten: { settings: {}, run: (x) => x.data, shape: (shape) => [size(shape)] },
    softmax: {
      settings: {},
      run: (x) => softmax(x.data),
      shape(shape) {
        if (shape.length > 1) throw Error(`reads a list of numbers, but gets ${words(shape)}`);
        return shape;
      },
    },
  };

  /** How many windows fit side by side; with `ceil`, one that hangs over the end counts. */
  function windows(side, { kernel, stride, padding, ceil }) {
    const room = side + 2 * padding - kernel;
    if (room < 0)
      throw Error(
        `has a window of ${kernel} × ${kernel}, but its input, with its padding, only a side of ` +
          `${side + 2 * padding}`,
      );
    const count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    // a window must begin before the far edge
    return ceil && (count - 1) * stride >= side + padding ? count - 1 : count;
  }
  function pooled([maps, ...sides], layer) {
    if (2 * layer.padding > layer.kernel) throw Error("has more padding than half its window");
    return [maps, ...sides.map((side) => windows(side, layer))];
  }
  function checkShape({ shape }, wanted) {
    if (String(shape) !== String(wanted))
      throw Error(`needs weights of ${words(wanted)}, but the file has ${words(shape)}`);
  }
  const words = (shape) => shape.join(" × ");
  const MOST_NUMBERS = 1e8; // of a layer, 400 MB

  /** Return the network of a plan and its weights (an ArrayBuffer).
   *
   * That is {plan, weights, layers, shape}: `shape` is the input's, and each layer of `layers` is a
   * layer of the plan with the `shape` of its output, and its weights as Float32Arrays. Throws an
   * Error with one sentence if the plan or the weights can't be used.
   */
  function readNetwork(plan, weights) {
    checkPlan(plan);
    const { channels, side } = plan.input;
    const half = new Uint16Array(weights, 0, weights.byteLength >> 1);
    const shapes = { input: [channels, side, side] };
    let used = 0;
    const layers = plan.layers.map((layer) => {
      const op = Object.hasOwn(OPS, layer.op) && OPS[layer.op];
      if (!op)
        throw Error(
          `The layer "${layer.name}" is of the kind "${layer.op}", which this page can't compute: ` +
            `it knows ${Object.keys(OPS).join(", ")}.`,
        );
      try {
        const inputs = inputShapes(layer, op, shapes);
        const read = { ...DEFAULTS, ...layer };
        for (const [key, fits] of Object.entries(op.settings))
          if (!fits(read[key]))
            throw Error(`has a wrong setting: ${key} is ${JSON.stringify(read[key])}`);
        for (const key of ["weight", "bias"]) {
          if (layer[key]) read[key] = tensor(layer[key], half, key);
          else if (key === "weight" && ["conv", "linear", "batchnorm"].includes(layer.op))
            throw Error("has no weights");
        }
        const shape = op.shape(op.many ? inputs : inputs[0], { ...read, weight: layer.weight });
        if (read.bias) checkShape(layer.bias, [shape[0]]);
        if (size(shape) > MOST_NUMBERS)
          throw Error(`gives ${words(shape)} numbers, too many for a page`);
        used = Math.max(used, end(layer.weight), end(layer.bias));
        if (layer.name in shapes) throw Error("shares its name with another");
        shapes[layer.name] = shape;
        return { ...read, shape };
      } catch (error) {
        throw Error(`The layer "${layer.name}" (${layer.op}) ${error.message}.`);
      }
    });
    if (used * 2 !== weights.byteLength)
      throw Error(
        `The weights don't belong to this plan: it uses ${used * 2} bytes, and the file has ` +
          `${weights.byteLength}.`,
      );
    const last = shapes[plan.layers.at(-1).name];
    if (plan.classes.length && size(last) !== plan.classes.length)
      throw Error(
        `The plan names ${plan.classes.length} classes, but its last layer gives ${words(last)} ` +
          "numbers.",
      );
    return { plan, weights, layers, shape: shapes.input };
  }

  /** Throw a sentence unless the plan has all the parts that reading relies on. */
  function checkPlan(plan) {
    const isText = (value) => typeof value === "string" && value !== "";
    const isObject = (value) => typeof value === "object" && value !== null;
    if (!isObject(plan) || !Array.isArray(plan.layers) || !plan.layers.length)
      throw Error("This is not the plan of a network: it lists no layers.");
    if (plan.format !== 1)
      throw Error(
        `The plan is of format ${JSON.stringify(plan.format)}, and this page reads format 1: ` +
          "export the network again.",
      );
    const { channels, side, square = side, mean, scale } = plan.input ?? {};
    const perChannel = (list) => Array.isArray(list) && list.length === channels && list.every(any);
    if (!whole(1)(channels) || !whole(1)(side) || !whole(side)(square))
      throw Error("The plan doesn't say what its network reads: channels and side of a picture.");
    if (!perChannel(mean) || !perChannel(scale) || scale.includes(0))
      throw Error(
        `The plan needs a mean and a scale for each of the ${channels} channels; no scale is 0.`,
      );
    if (!Array.isArray(plan.classes) || !plan.classes.every(isText))
      throw Error("The plan's classes are not a list of names.");
    plan.layers.forEach((layer, i) => {
      if (!isObject(layer) || !isText(layer.name) || !isText(layer.op))
        throw Error(`Layer ${i + 1} of the plan has no name, or no kind ("op").`);
    });
  }

  function inputShapes({ inputs }, { many, maps }, shapes) {
    if (!Array.isArray(inputs) || !inputs.length || (!many && inputs.length > 1))
      throw Error(`needs ${many ? "a list of inputs" : "exactly one input"}`);
    return inputs.map((name) => {
      if (!Object.hasOwn(shapes, name)) throw Error(`reads "${name}", which is no layer before it`);
      if (maps && shapes[name].length !== 3)
        throw Error(`reads maps, but gets ${words(shapes[name])} numbers`);
      return shapes[name];
    });
  }

  const end = (place) => (place ? place.at + size(place.shape) : 0);
  function tensor(place, half, key) {
    const { at, shape } = place;
    if (!whole(0)(at) || !Array.isArray(shape) || !shape.length || !shape.every(whole(1)))
      throw Error(`doesn't say where its ${key} is`);
    if (end(place) > half.length)
      throw Error(
        `needs numbers up to number ${end(place)}, but the file of weights has only ${half.length}`,
      );
    const values = halfValues();
    const out = new Float32Array(size(shape));
    for (let i = 0; i < out.length; i++) {
      out[i] = values[half[at + i]];
      if (out[i] !== out[i]) throw Error("has a weight that is not a finite number");
    }
    return out;
  }

  /** Return the value of each of the 65,536 float16 numbers; NaN for those that aren't finite.
   *
   * The bits are a sign, five of exponent and ten of fraction. A million weights are read faster
   * from a table than decoded one by one.
   */
  function halfValues() {
    halfTable ??= numbers(1 << 16, (bits) => {
      const sign = bits & 0x8000 ? -1 : 1;
      const exponent = (bits >> 10) & 31;
      const fraction = bits & 1023;
      if (exponent === 31) return NaN;
      if (exponent === 0) return sign * fraction * 2 ** -24;
      return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    });
    return halfTable;
  }
  let halfTable = null;

  // ------------------------------------------------------------------------------ running

  /** Run a network on an input (C, H, W): {layer's name: {data, shape}}, for all layers. */
  function forward(network, input) {
    if (input.length !== size(network.shape))
      throw Error(
        `The network "${network.plan.name}" reads ${words(network.shape)} numbers, but was given ` +
          `${input.length}.`,
      );
    const results = { input: { data: input, shape: network.shape } };
    for (const layer of network.layers) {
      const inputs = layer.inputs.map((name) => results[name]);
      const op = OPS[layer.op];
      const data = op.run(op.many ? inputs : inputs[0], layer);
      results[layer.name] = { data, shape: layer.shape };
    }
    delete results.input;
    return results;
  }

  return { readNetwork, forward, softmax };
}

// ------------------------------------------------------------------------------ in a worker

/** Answer the messages of `startNetwork`, in a worker: `post(answer, what to hand over)`. */
function networkWorker(engine, post) {
  let network = null;
  return ({ id, plan, weights, input, wantsMaps }) => {
    try {
      if (plan) network = engine.readNetwork(plan, weights);
      if (!input) return;
      const began = performance.now();
      const maps = engine.forward(network, input);
      const milliseconds = performance.now() - began;
      const scores = maps[network.layers.at(-1).name].data;
      const answer = wantsMaps ? { maps, milliseconds } : { scores, milliseconds };
      const buffers = wantsMaps ? Object.values(maps).map(({ data }) => data.buffer) : [];
      post({ id, answer }, [...new Set(buffers)]);
    } catch (error) {
      post({ id, error: String(error.message) }, []);
    }
  };
}

const MOST_WORKERS = 4;

/** Run a network beside the page, so that the page never waits: in workers.
 *
 * run(input)      resolves to {maps, milliseconds}; maps as from `forward`
 * each(count, make, onResult)
 *                 runs the inputs make(0), make(1), … on all workers and calls onResult(i, scores)
 *                 for each, in whatever order they end; returns {done, stop()}. `done` resolves to
 *                 the number of results
 * stop()          ends the workers for good. A run that hasn't ended then never resolves
 *
 * Where a page may not start workers, all of this happens in the page itself, input by input.
 */
function startNetwork(network) {
  const workers = [];
  const waiting = []; // jobs for the next idle worker: {message(), resolve, reject}
  const most = Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency || 2) - 1));
  let stopped = false;

  function startWorker() {
    const { plan, weights } = network;
    const worker = { job: null, ...networkThread((message) => answered(worker, message)) };
    worker.post({ plan, weights });
    workers.push(worker);
  }
  function answered(worker, { answer, error }) {
    const { job } = worker;
    worker.job = null;
    assign();
    if (error !== undefined) job?.reject(Error(error));
    else job?.resolve(answer);
  }
  /** Give waiting jobs to idle workers. */
  function assign() {
    for (const worker of workers)
      while (!worker.job && waiting.length && !stopped) {
        const job = waiting.shift();
        try {
          worker.post({ id: 0, ...job.message() });
          worker.job = job;
        } catch (error) {
          job.reject(error); // make(i) failed
        }
      }
  }
  const ask = (message) =>
    new Promise((resolve, reject) => {
      if (stopped) return;
      waiting.push({ message, resolve, reject });
      if (!workers.length) startWorker();
      assign();
    });

  async function run(input) {
    return ask(() => ({ input, wantsMaps: true }));
  }

  function each(count, make, onResult) {
    let next = 0;
    let ended = 0;
    let going = true;
    async function lane() {
      while (going && next < count) {
        const i = next++;
        const { scores } = await ask(() => ({ input: make(i) }));
        if (!going) return;
        ended += 1;
        onResult(i, scores);
      }
    }
    const lanes = Math.min(most, Math.ceil(count / 4)); // a worker has to be worth its start
    while (workers.length < lanes) startWorker();
    const done = Promise.all(Array.from({ length: lanes }, lane)).then(
      () => ended,
      (error) => {
        going = false;
        throw error;
      },
    );
    let leave;
    const left = new Promise((resolve) => {
      leave = () => resolve(ended);
    });
    const leaveOff = () => {
      going = false;
      leave();
    };
    return { done: Promise.race([done, left]), stop: leaveOff };
  }

  function stop() {
    stopped = true;
    waiting.length = 0;
    for (const worker of workers.splice(0)) worker.end();
  }
  return { run, each, stop };
}

/** Start a thread that answers messages: {post(message), end()}. */
function networkThread(onAnswer) {
  const unanswered = []; // the network, and what it is computing
  const source =
    `const answer = (${networkWorker})((${networkEngine})(), postMessage);` +
    "onmessage = ({ data }) => answer(data);";
  let thread = null;
  const takeOver = () => {
    thread = networkInPage(onAnswer);
    unanswered.forEach((message) => thread.post(message));
  };
  try {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = ({ data }) => {
      URL.revokeObjectURL(url);
      unanswered.splice(1);
      onAnswer(data);
    };
    worker.onerror = takeOver; // a host's policy may forbid workers
    thread = { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
  } catch {
    takeOver();
  }
  const post = (message) => {
    unanswered.push(message);
    thread.post(message);
  };
  return { post, end: () => thread.end() };
}

/** Answer messages in the page itself, one after the other, with a pause between them. */
function networkInPage(onAnswer) {
  let ended = false;
  const answer = networkWorker(networkEngine(), (message) => ended || onAnswer(message));
  return {
    post: (message) => setTimeout(() => ended || answer(message)),
    end: () => {
      ended = true;
    },
  };
}

// ------------------------------------------------------------------------------ where networks are

/** Return how many bytes a bundled network's weights have, to be said before they are loaded. */
const networkSize = (name) => NETWORK_SIZES[name]; // base.py writes it

/** Load a bundled network: {plan, weights}. `onProgress(share)` is told how far that is, 0 to 1.
 *
 * On the website the page's host has it, in a file of the site. In a notebook the kernel sends it.
 */
async function fetchNetwork(model, name, onProgress = () => {}) {
  onProgress(0);
  // the site's file is base64, which makes four bytes of three
  const onBytes = (count) => onProgress(Math.min(1, (count * 3) / 4 / networkSize(name)));
  const { plan, weights } = await (model.network
    ? model.network(name, onBytes)
    : askKernel(model, name, onProgress));
  onProgress(1);
  return { plan, weights };
}

const PATIENCE = 60; // seconds without a word from the kernel

/** Ask the kernel for a network, which comes in parts. */
function askKernel(model, name, onProgress) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let plan = null; // it comes with the first part
    let timer = 0;
    const leave = (end, value) => {
      clearTimeout(timer);
      model.off("msg:custom", listen);
      end(value);
    };
    const wait = () => {
      clearTimeout(timer);
      const why = Error(
        "The notebook's kernel doesn't answer: wait until it is idle, or run this cell again.",
      );
      timer = setTimeout(() => leave(reject, why), PATIENCE * 1000);
    };
    const listen = ({ network, error, part, count, plan: given }, buffers) => {
      if (network !== name) return;
      if (error) return leave(reject, Error(error));
      wait();
      plan = given ?? plan;
      parts[part] = bytesOf(buffers[0]);
      const received = parts.filter(Boolean).length;
      onProgress(received / count);
      if (received === count) leave(resolve, { plan, weights: joined(parts) });
    };
    if (!model.send) return reject(Error("There is no kernel here to ask for the network."));
    model.on("msg:custom", listen);
    wait();
    model.send({ network: name });
  });
}

/** Join arrays of bytes to one ArrayBuffer. */
function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out.buffer;
}

/** Read the two files that `alexnet export-web` writes: {plan, weights}.
 *
 * files  a FileList, or an array of files: NAME.json and NAME.bin, in any order
 *
 * Throws an Error with one sentence if they aren't two such files; `readNetwork` then says whether
 * they are a network.
 */
async function networkFromFiles(files) {
  const chosen = [...files];
  const ending = (file) => file.name.toLowerCase().split(".").at(-1);
  const [plans, weights] = ["json", "bin"].map((kind) =>
    chosen.filter((file) => ending(file) === kind),
  );
  if (chosen.length !== 2 || plans.length !== 1 || weights.length !== 1)
    throw Error(
      "Choose two files together, the plan (NAME.json) and the weights (NAME.bin) that " +
        `alexnet export-web wrote. ${chosen.length ? `Chosen: ${listText(chosen.map((file) => file.name))}.` : "None was chosen."}`,
    );
  let plan = null;
  try {
    plan = JSON.parse(await plans[0].text());
  } catch (error) {
    throw Error(`${plans[0].name} is not JSON (${error.message}): export the network again.`);
  }
  return { plan, weights: await weights[0].arrayBuffer() };
}

// ------------------------------------------------------------------------------ pictures

/** Return {input, picture}: what a network reads of a picture, and that as ImageData, to show.
 *
 * source  an ImageBitmap, an image, a canvas or a video; of this page, not of a file beside it
 *
 * It is the middle square, scaled as pictures.py scales it in Python (Pillow's bilinear filter,
 * over all pixels that a new one covers), so that both see the same. Transparent becomes white.
 */
function inputFromPicture(plan, source) {
  const { channels, side, square = side, mean, scale } = plan.input;
  const pixels = middleSquare(pixelsOf(source, square), square);
  const edge = Math.round((square - side) / 2); // cut off all round, if `square` is larger
  const picture = new ImageData(side, side);
  const input = new Float32Array(channels * side * side);
  for (let at = 0; at < side * side; at++) {
    const from = 4 * ((edge + Math.floor(at / side)) * square + edge + (at % side));
    let color = [pixels[from], pixels[from + 1], pixels[from + 2]];
    if (channels === 1) {
      // how bright it looks, with the weights and the rounding of `gray` in Python
      const grey = Math.floor((299 * color[0] + 587 * color[1] + 114 * color[2] + 500) / 1000);
      color = [grey, grey, grey];
    }
    for (let channel = 0; channel < channels; channel++)
      input[channel * side * side + at] = (color[channel] - mean[channel]) / scale[channel];
    picture.data.set([...color, 255], 4 * at);
  }
  return { input, picture };
}

const LARGE_PICTURE = 1024; // pixels of the shorter side

/** Return a picture as ImageData; the browser first makes a large one smaller, which is faster. */
function pixelsOf(source, needed) {
  const wide = source.naturalWidth || source.videoWidth || source.width;
  const high = source.naturalHeight || source.videoHeight || source.height;
  if (!wide || !high) throw Error("The picture is empty, or not loaded yet.");
  const factor = Math.min(1, Math.max(LARGE_PICTURE, 4 * needed) / Math.min(wide, high));
  const [width, height] = [wide, high].map((side) => Math.round(side * factor));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  try {
    return context.getImageData(0, 0, width, height);
  } catch {
    throw Error("The browser doesn't let this page read the picture: choose it as a file.");
  }
}

/** Scale the middle square of a picture to size × size pixels: RGBA, first rows, then columns. */
function middleSquare({ data, width, height }, size) {
  const side = Math.min(width, height);
  const across = filterWindows(width, (width - side) / 2, side, size);
  const down = filterWindows(height, (height - side) / 2, side, size);
  const narrow = new Uint8ClampedArray(4 * height * size);
  for (let row = 0; row < height; row++)
    filterLine(data, 4 * row * width, 4, across, narrow, 4 * row * size, 4);
  const out = new Uint8ClampedArray(4 * size * size);
  for (let column = 0; column < size; column++)
    filterLine(narrow, 4 * column, 4 * size, down, out, 4 * column, 4 * size);
  return out;
}

/** Return [{first, weights}] for `size` new pixels: which old ones each of them is made of. */
function filterWindows(length, start, side, size) {
  const scale = side / size;
  const reach = Math.max(1, scale);
  return Array.from({ length: size }, (_, i) => {
    const centre = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(length, Math.floor(centre + reach + 0.5));
    const weights = [];
    for (let pixel = first; pixel < end; pixel++)
      weights.push(Math.max(0, 1 - Math.abs((pixel + 0.5 - centre) / reach)));
    const sum = weights.reduce((a, b) => a + b);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Filter one line of pixels; a pixel is `step` numbers after the one before it. */
function filterLine(from, at, step, windows, to, target, stepTo) {
  windows.forEach(({ first, weights }, i) => {
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++)
        sum += weights[k] * from[at + (first + k) * step + channel];
      to[target + i * stepTo + channel] = Math.floor(sum + 0.5);
    }
  });
}

// -------------------------------------------------------------------- a file, and the camera

/** Return the picture in a file, or null if the browser can't read it; the status line says so. */
async function pictureOf(file, doc, status) {
  try {
    return await doc.defaultView.createImageBitmap(file);
  } catch {
    status.refuse(`“${file.name}” is no picture that this browser can read: try a PNG or JPEG.`);
    return null;
  }
}

const CAMERA = {
  take: "Take the picture",
  close: "Close the camera",
  none: "This browser doesn’t give a camera to this page. Open a file in its place.",
  refused: "The camera was not allowed, or there is none. Open a file in its place.",
  on: "The camera is on. Press “Take the picture” as often as you like.",
};

/** Make the place of the camera's picture, hidden until `open(opener)`: {node, open, close}.
 *
 * status    the widget's status line
 * onTake    gets the <video> whose picture is to be taken
 * onClosed  is called when the reader has closed it; the focus goes back to the opener
 */
function cameraPanel(doc, status, onTake, onClosed = () => {}) {
  const video = make(doc, "video", { playsinline: "", class: "axw-camera", "aria-hidden": "true" });
  video.muted = true;
  let stream = null;
  let asked = 0; // how often it was opened or closed: an answer may come too late
  let closed = () => {};
  const take = button(doc, CAMERA.take, () => {
    if (video.videoWidth) onTake(video);
  });
  const shut = button(doc, CAMERA.close, () => {
    close();
    closed();
  });
  const node = box(doc, "axw-camera-panel", video, box(doc, "axw-steps", take, shut));
  node.hidden = true;

  async function open(opener) {
    const media = doc.defaultView.navigator.mediaDevices;
    if (!media?.getUserMedia) return status.refuse(CAMERA.none);
    const turn = ++asked;
    try {
      const given =
        stream ??
        (await media.getUserMedia({ video: { facingMode: "environment" }, audio: false }));
      if (turn !== asked) return end(given);
      stream = given;
      video.srcObject = stream;
      await video.play();
    } catch {
      if (turn !== asked) return;
      close();
      return status.refuse(CAMERA.refused);
    }
    closed = () => {
      status.settle();
      onClosed();
      opener.focus();
    };
    node.hidden = false;
    status.refuse(CAMERA.on);
    take.focus();
  }
  const end = (given) => given?.getTracks().forEach((track) => track.stop());
  function close() {
    asked++;
    node.hidden = true;
    end(stream);
    stream = null;
    video.srcObject = null;
  }
  return { node, open, close };
}
