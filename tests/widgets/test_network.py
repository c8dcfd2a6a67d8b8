"""Networks in the page (network.js): equal to PyTorch's, in a worker too, and clear about faults.

All tests share one page, opened from a folder. What it computes comes back as the largest
difference, relative to the largest number of the same layer.
"""

import json
from base64 import b64encode
from types import SimpleNamespace

import anywidget
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data import animal, gray, network_sizes, photo
from alexnet_lib.data.pictures import square_of
from alexnet_lib.networks.bundled import BUNDLED, bundled
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.web import FORMAT, bundled_web_plan, web_plan
from alexnet_lib.widgets import base

pytestmark = pytest.mark.browser

CLOSE = 1e-4
HELPERS = """
const engine = networkEngine();
function buffer(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes.buffer;
}
const floats = (text) => new Float32Array(buffer(text));
/** The largest difference, relative to the largest number that is wanted (at least 0.01: a GELU
 * of scores far below 0 is nothing but rounding, in PyTorch too). */
function distance(got, wanted) {
  if (got.length !== wanted.length) return Infinity;
  let most = 0.01, apart = 0;
  for (let i = 0; i < got.length; i++) {
    most = Math.max(most, Math.abs(wanted[i]));
    apart = Math.max(apart, Math.abs(got[i] - wanted[i]));
    if (Number.isNaN(got[i])) return NaN;
  }
  return apart / most;
}
/** Of each layer that is wanted, {name: distance}. */
function distances(maps, wanted) {
  return Object.fromEntries(Object.entries(wanted).map(
    ([name, text]) => [name, distance(maps[name].data, floats(text))]));
}
function fault(fn) {
  try { fn(); return "no fault"; } catch (error) { return error.message; }
}
const rejected = (promise) => promise.then(() => "no fault", (error) => error.message);
"""


def text_of(array):
    """Return numbers as base64 of float32."""
    return b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def given(plan, weights, x, wanted):
    """Return what the page needs to run a network on x (1, C, H, W) and to compare its layers."""
    return {
        "plan": plan,
        "weights": b64encode(weights).decode(),
        "input": text_of(x.numpy()),
        "wanted": {name: text_of(array) for name, array in wanted.items()},
    }


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A page with common.js and network.js in it, opened from a folder."""
    sources = [(base.HERE / f"{name}.js").read_text("utf8") for name in ("common", "network")]
    file = tmp_path_factory.mktemp("network") / "page.html"
    script = f"const NETWORK_SIZES = {{ tiny: 6 }};\n{''.join(sources)}\n{HELPERS}"
    file.write_text(f'<!doctype html><meta charset="utf-8"><script>{script}</script>', "utf8")
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())

    def evaluate(function, data=None):
        """Call a function of the page; data goes through a file, since the driver is slow."""
        if data is None:
            return page.evaluate(function)
        script = file.with_suffix(".js")
        script.write_text(f"window.data = {json.dumps(data)};", "utf8")
        page.add_script_tag(url=script.as_uri())
        return page.evaluate(f"({function})(window.data)")

    yield SimpleNamespace(evaluate=evaluate)
    context.close()
    assert not errors


# --- the layers -------------------------------------------------------------------------------


class Drawn:
    """A plan of a few layers with random settings, and what PyTorch computes with it."""

    def __init__(self, rng):
        self.rng = rng
        channels, side = int(rng.integers(1, 7)), int(rng.integers(5, 15))
        self.x = torch.from_numpy(rng.normal(size=(1, channels, side, side)).astype("f4"))
        self.maps = {"input": self.x}  # name -> (1, C, H, W) or (1, n)
        self.layers, self.weights = [], []
        for _ in range(int(rng.integers(2, 7))):
            names = [name for name, x in self.maps.items() if x.ndim == 4]
            make = rng.choice([self.conv, self.pool, self.bend, self.norm, self.join, self.resize])
            make(str(rng.choice(names[-2:])))
        self.end(names[-1])

    def add(self, op, inputs, result, tensors=(), **settings):
        """Add a layer, and what it gives."""
        name = f"{op}{len(self.layers)}"
        places = {}
        for key, tensor in dict(tensors).items():
            at = sum(map(len, self.weights))
            places[key] = {"at": at, "shape": list(tensor.shape)}
            self.weights.append(tensor.numpy().astype("<f2").ravel())
        self.layers.append({"name": name, "op": op, "inputs": inputs, **settings, **places})
        self.maps[name] = result
        return name

    def numbers(self, *shape):
        """Return random float16 numbers as float32."""
        return torch.from_numpy(self.rng.normal(size=shape).astype("f2").astype("f4"))

    def draw(self, low, high):
        """Return a random whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def conv(self, source):
        """Add a convolution with any stride, padding and groups."""
        x = self.maps[source]
        groups = int(self.rng.choice([g for g in (1, 2, 3) if x.shape[1] % g == 0]))
        window = {"stride": self.draw(1, 3), "padding": self.draw(0, 2)}
        kernel = self.draw(1, min(5, min(x.shape[2:]) + 2 * window["padding"]))
        weight = self.numbers(groups * self.draw(1, 6), x.shape[1] // groups, kernel, kernel)
        bias = self.numbers(len(weight)) if self.draw(0, 3) else None
        tensors = {"weight": weight} | ({} if bias is None else {"bias": bias})
        y = F.conv2d(x, weight, bias, groups=groups, **window)
        self.add("conv", [source], y, tensors, kernel=kernel, groups=groups, **window)

    def pool(self, source):
        """Add a pooling that rounds up or down."""
        x = self.maps[source]
        kernel = self.draw(1, min(4, *x.shape[2:]))
        window = {"stride": self.draw(1, 3), "padding": self.draw(0, kernel // 2)}
        ceil = bool(self.draw(0, 1))
        op = str(self.rng.choice(["maxpool", "avgpool"]))
        function = F.max_pool2d if op == "maxpool" else F.avg_pool2d
        y = function(x, kernel, **window, ceil_mode=ceil)
        self.add(op, [source], y, kernel=kernel, ceil=ceil, **window)

    def bend(self, source):
        """Add an activation."""
        slope, factor = 0.25, -0.5
        op, y, settings = (
            ("relu", F.relu, {}),
            ("leaky_relu", lambda x: F.leaky_relu(x, slope), {"slope": slope}),
            ("sigmoid", torch.sigmoid, {}),
            ("tanh", torch.tanh, {}),
            ("gelu", F.gelu, {}),
            ("scale", lambda x: x * factor, {"factor": factor}),
        )[self.draw(0, 5)]
        self.add(op, [source], y(self.maps[source]), **settings)

    def norm(self, source):
        """Add a normalization."""
        x = self.maps[source]
        channels, size = x.shape[1], self.draw(1, 6)
        settings = {"size": size, "alpha": 0.5, "beta": 0.75, "k": 1.5}
        op = str(self.rng.choice(["lrn", "spatial_lrn", "batchnorm"]))
        if op == "batchnorm":
            tensors = {"weight": self.numbers(channels), "bias": self.numbers(channels)}
            y = x * tensors["weight"][:, None, None] + tensors["bias"][:, None, None]
            self.add(op, [source], y, tensors)
        elif op == "lrn":
            groups = int(self.rng.choice([g for g in (1, 2) if channels % g == 0]))
            y = torch.cat(
                [F.local_response_norm(part, **settings) for part in x.chunk(groups, 1)], 1
            )
            self.add(op, [source], y, **settings, groups=groups)
        else:
            size = settings["size"] = size | 1
            squares = F.avg_pool2d(x * x, size, 1, size // 2)
            self.add(op, [source], x * (1.5 + 0.5 * squares) ** -0.75, **settings)

    def join(self, source):
        """Join maps of one size, or add maps of one shape."""
        x = self.maps[source]
        fits = [n for n, y in self.maps.items() if y.ndim == 4 and y.shape[2:] == x.shape[2:]]
        names = [source, *map(str, self.rng.choice(fits, self.draw(0, 2)))]
        parts = [self.maps[name] for name in names]
        if len({part.shape for part in parts}) == 1 and self.draw(0, 1):
            self.add("add", names, sum(parts))
        else:
            self.add("concat", names, torch.cat(parts, 1))

    def resize(self, source):
        """Add padding, or an adaptive average."""
        x = self.maps[source]
        if self.draw(0, 1):
            left, right, top, bottom = (self.draw(0, 2) for _ in range(4))
            sides = {"left": left, "right": right, "top": top, "bottom": bottom}
            self.add("pad", [source], F.pad(x, (left, right, top, bottom)), **sides)
        else:
            size = self.draw(2, 6)
            self.add("adaptiveavg", [source], F.adaptive_avg_pool2d(x, size), size=size)

    def end(self, source):
        """Add an end: a fully connected layer, or a mean; and sometimes probabilities."""
        if self.draw(0, 1):
            source = self.add("globalavg", [source], F.adaptive_avg_pool2d(self.maps[source], 1))
        y = self.maps[source].flatten(1)
        source = self.add("flatten", [source], y)
        weight = self.numbers(self.draw(1, 9), y.shape[1])
        bias = self.numbers(len(weight))
        y = F.linear(y, weight, bias)
        source = self.add("linear", [source], y, {"weight": weight, "bias": bias})
        if self.draw(0, 1):
            self.add("softmax", [source], y.softmax(1))

    def given(self):
        """Return what the page needs."""
        channels, side = self.x.shape[1:3]
        picture = {"channels": channels, "side": side}
        picture |= {"mean": [0] * channels, "scale": [1] * channels}
        plan = {"format": FORMAT, "name": "drawn", "title": "", "input": picture, "classes": []}
        weights = b"".join(array.tobytes() for array in self.weights)
        wanted = {name: y[0] for name, y in self.maps.items() if name != "input"}
        return given(plan | {"layers": self.layers}, weights, self.x, wanted)


RUN = """(networks) => networks.map(({ plan, weights, input, wanted }) =>
  distances(engine.forward(engine.readNetwork(plan, buffer(weights)), floats(input)), wanted))"""


def test_two_hundred_drawn_networks_compute_what_pytorch_computes(page):
    rng = np.random.default_rng(16)
    networks = [Drawn(rng).given() for _ in range(200)]
    kinds = {layer["op"] for network in networks for layer in network["plan"]["layers"]}
    assert len(kinds) == 20, kinds  # all that network.js has
    for network, apart in zip(networks, page.evaluate(RUN, networks), strict=True):
        assert max(apart.values()) < CLOSE, (apart, network["plan"]["layers"])


def run_in_torch(model, x):
    """Return {name of a layer: what it gives for x (1, C, H, W)} of a model's modules."""
    names = getattr(model, "names", {})
    maps, hooks = {}, []
    for path, module in model.named_modules():
        if not module._modules:
            name = names.get(path, path)
            keep = lambda _, args, y, name=name: maps.update({name: y[0].clone()})  # noqa: E731
            hooks.append(module.register_forward_hook(keep))
    with torch.no_grad():
        model.eval()(x)
    for hook in hooks:
        hook.remove()
    return maps


def of_plan(maps, plan, most=10**9):
    """Return the maps of the layers in a plan, of at most so many numbers."""
    names = [layer["name"] for layer in plan["layers"] if layer["name"] in maps]
    return {name: maps[name] for name in names if maps[name].numel() <= most}


def as_half(model):
    """Round a model's numbers to float16, as the file has them, and shake what starts at 0 or 1."""
    for parameter in model.parameters():
        if parameter.ndim == 1:
            nn.init.uniform_(parameter, -0.1, 0.1)
        parameter.data = parameter.data.half().float()
    return model


NARROW = {f"conv{i}": 8 for i in range(1, 6)} | {"fc6": 16, "fc7": 16}
OURS = {
    "2012": {"image_size": 96},
    "2012-code": {"image_size": 96},
    "caffe": {"image_size": 99},
    "torchvision": {"image_size": 80},
    "bn": {"image_size": 99, "activation": "tanh", "pooling": "avg"},
    "small": {"activation": "leaky_relu", "normalization": "lrn"},
}


def test_every_variant_of_alexnet_computes_what_pytorch_computes(page):
    torch.manual_seed(3)
    networks = []
    for variant, knobs in OURS.items():
        model = as_half(alexnet(variant, 5, widths=NARROW, init="kaiming", **knobs))
        x = torch.randn(1, *model.plan[0].shape)
        about = {"name": variant, "title": "", "classes": list("abcde"), "side": x.shape[2]}
        channels = x.shape[1]
        plan, weights = web_plan(model, **about, mean=[0] * channels, scale=[1] * channels)
        maps = run_in_torch(model, x)
        wanted = {
            layer["name"]: maps[layer["name"]]
            for layer in plan["layers"]
            if "drop" not in layer["name"]
        }
        networks.append(given(plan, weights, x, wanted))
    for variant, apart in zip(OURS, page.evaluate(RUN, networks), strict=True):
        assert len(apart) >= 18 and max(apart.values()) < 1e-3, (variant, apart)


# --- the networks that come with the package --------------------------------------------------

BUNDLED_RUN = """async ({ plan, weights, input, wanted, rgb, width, height }) => {
  const network = engine.readNetwork(plan, buffer(weights));
  const maps = engine.forward(network, floats(input));
  const apart = distances(maps, wanted);
  const [last] = Object.values(maps).slice(-1);
  const beside = startNetwork(network);
  const inWorker = await beside.run(floats(input));
  // the worker's maps, each number of them
  const same = Object.entries(maps).every(([name, { data, shape }]) => {
    const other = inWorker.maps[name];
    return String(other.shape) === String(shape) && distance(other.data, data) === 0;
  });
  beside.stop();
  return { apart, shares: [...engine.softmax(last.data)], same,
    shapes: Object.fromEntries(Object.entries(maps).map(([name, { shape }]) => [name, shape])),
    names: Object.keys(maps), milliseconds: inWorker.milliseconds };
}"""


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network_computes_what_pytorch_computes(page, name):
    model, about = bundled(name), BUNDLED[name]
    x = about.input(animal("dog"))  # (1, C, side, side)
    maps = run_in_torch(model, x)
    plan, weights = bundled_web_plan(name)
    inside = {
        layer["name"]: maps[layer["name"]] for layer in plan["layers"] if layer["name"] in maps
    }
    assert len(inside) >= 19
    result = page.evaluate(BUNDLED_RUN, given(plan, weights, x, inside))
    assert max(result["apart"].values()) < CLOSE, result["apart"]
    with torch.no_grad():
        shares = model(x).softmax(1)[0].numpy()  # (classes,)
    assert np.abs(shares - result["shares"]).max() < CLOSE
    assert result["same"] and result["milliseconds"] > 0
    assert result["names"] == [layer["name"] for layer in plan["layers"]]
    assert all(result["shapes"][key] == list(y.shape) for key, y in inside.items())


# --- pictures ---------------------------------------------------------------------------------

PICTURES = """(pictures) => Promise.all(pictures.map(async ({ plan, rgb, width, height }) => {
  const bytes = new Uint8Array(buffer(rgb));
  const data = new ImageData(width, height);
  for (let i = 0; i < 4 * width * height; i++)
    data.data[i] = i % 4 === 3 ? 255 : bytes[3 * Math.floor(i / 4) + (i % 4)];
  const bitmap = await createImageBitmap(data, { colorSpaceConversion: "none" });
  const { input, picture } = inputFromPicture(plan, bitmap);
  const side = [picture.width, picture.height];
  return { input: [...input], side, first: [...picture.data.subarray(0, 4)] };
}))"""


def test_a_picture_is_scaled_as_in_python(page):
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (9, 14, 3), dtype=np.uint8)
    cases = [(animal("dog"), 96, 3), (photo("cat"), 28, 1), (noise, 16, 3), (noise[:, :9], 9, 1)]
    cases += [(noise.transpose(1, 0, 2).copy(), 5, 3)]
    sent = []
    for pixels, side, channels in cases:
        picture = {"channels": channels, "side": side}
        picture |= {"mean": [10] * channels, "scale": [2] * channels}
        sent.append({"plan": {"input": picture}, "rgb": b64encode(pixels.tobytes()).decode()})
        sent[-1] |= {"width": pixels.shape[1], "height": pixels.shape[0]}
    for (pixels, side, channels), got in zip(cases, page.evaluate(PICTURES, sent), strict=True):
        wanted = square_of(pixels, side)  # (side, side, 3)
        wanted = wanted if channels == 3 else gray(wanted)[..., None]  # (side, side, C)
        numbers = np.array(got["input"]).reshape(channels, side, side).transpose(1, 2, 0)
        levels = np.abs(numbers * 2 + 10 - wanted)
        # Pillow filters the columns first where that is faster, and so rounds other numbers.
        assert levels.max() <= 1 and levels.mean() < 0.2, (side, levels.max(), levels.mean())
        assert got["side"] == [side, side] and got["first"][3] == 255
        assert got["first"][0] == pytest.approx(numbers[0, 0, 0] * 2 + 10)


def test_a_larger_square_is_cut_and_a_huge_picture_is_taken(page):
    result = page.evaluate(
        """() => {
        const canvas = new OffscreenCanvas(1900, 1700);
        const context = canvas.getContext("2d");
        context.fillStyle = "rgb(200, 100, 50)";
        context.fillRect(250, 150, 1400, 1400);  // all but the edge of the middle square
        const input = { channels: 3, side: 6, mean: [0, 0, 0], scale: [1, 1, 1] };
        const whole = inputFromPicture({ input: { ...input, side: 8 } }, canvas);
        const cut = inputFromPicture({ input: { ...input, square: 8 } }, canvas);
        return { whole: [...whole.input], cut: [...cut.input],
          empty: fault(() => inputFromPicture({ input }, { width: 0, height: 0 })) };
      }"""
    )
    whole = np.array(result["whole"]).reshape(3, 8, 8)
    assert np.array_equal(np.array(result["cut"]).reshape(3, 6, 6), whole[:, 1:7, 1:7])
    assert whole[0, 4, 4] == 200 and whole[2, 4, 4] == 50
    assert whole[2, 0, 0] > 100  # transparent is white
    assert result["empty"] == "The picture is empty, or not loaded yet."


# --- beside the page --------------------------------------------------------------------------

TINY = """
const tiny = {
  format: 1, name: "tiny", title: "Tiny", classes: ["a", "b"],
  input: { channels: 1, side: 3, mean: [0], scale: [1] },
  layers: [
    { name: "conv1", op: "conv", inputs: ["input"], kernel: 3, stride: 1, padding: 0, groups: 1,
      weight: { at: 0, shape: [2, 1, 3, 3] }, bias: { at: 18, shape: [2] } },
    { name: "relu1", op: "relu", inputs: ["conv1"] },
    { name: "flat", op: "flatten", inputs: ["relu1"] },
  ],
};
const tinyWeights = new Uint16Array(20).fill(0x3c00).buffer;  // ones
const nine = (i) => new Float32Array(9).fill(i);
"""
BESIDE = f"""async () => {{
  {TINY}
  const network = engine.readNetwork(tiny, tinyWeights);
  const out = {{}};
  const beside = startNetwork(network);
  const input = nine(2);
  out.run = [...(await beside.run(input)).maps.flat.data];
  out.inputKept = input.length;  // not handed over
  const scores = [];
  const all = beside.each(20, nine, (i, two) => {{ scores[i] = two[0]; }});
  out.count = await all.done;
  out.scores = scores;

  // stop after three results: no more of them come, and `done` ends with their number
  const seen = [];
  const some = beside.each(1000, nine, (i) => {{
    seen.push(i);
    if (seen.length === 3) some.stop();
  }});
  out.stopped = [await some.done, seen.length];
  await beside.run(input);  // the workers go on with other work
  out.later = seen.length;

  out.wrongInput = await rejected(beside.run(new Float32Array(4)));
  const noFive = (i) => {{
    if (i === 5) throw Error("no five");
    return nine(i);
  }};
  out.wrongMake = await rejected(beside.each(9, noFive, () => {{}}).done);
  out.again = [...(await beside.run(input)).maps.flat.data];

  let answered = false;
  beside.run(input).then(() => {{ answered = true; }});
  beside.stop();
  beside.run(input).then(() => {{ answered = true; }});
  const other = startNetwork(network);  // whose answer comes after the one that must not come
  await other.run(input);
  other.stop();
  out.answered = answered;
  return out;
}}"""
# How a host may keep workers from starting: at once, or after a while.
FORBIDDEN = {
    "in workers": "Own",
    "where none may start": "function () { throw 0; }",
    "where they fail later": """function () {
      setTimeout(() => this.onerror());
      this.postMessage = this.terminate = () => {};
    }""",
}


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_network_runs_beside_the_page_and_stops(page, host):
    start = f"async () => {{ const Own = Worker; Worker = {FORBIDDEN[host]};"
    function = BESIDE.replace("async () => {", start, 1)
    result = page.evaluate(function.replace("return out;", "Worker = Own; return out;"))
    assert result["run"] == result["again"] == [19, 19]  # nine times two, and the bias
    assert result["inputKept"] == 9
    assert result["count"] == 20 and result["scores"] == [9 * i + 1 for i in range(20)]
    assert result["stopped"] == [3, 3] and result["later"] == 3
    assert result["wrongInput"] == 'The network "tiny" reads 1 × 3 × 3 numbers, but was given 4.'
    assert result["wrongMake"] == "no five"
    assert result["answered"] is False


# --- faults -----------------------------------------------------------------------------------

# What is changed in a sound plan and its weights, and what the page says then.
FAULTS = [
    ("plan = null", "This is not the plan of a network: it lists no layers."),
    ("plan = [1, 2]", "This is not the plan of a network: it lists no layers."),
    ("plan.layers = []", "This is not the plan of a network: it lists no layers."),
    ("plan.format = 2", "The plan is of format 2, and this page reads format 1: export"),
    ("delete plan.input", "The plan doesn't say what its network reads"),
    ("plan.input.side = 2.5", "The plan doesn't say what its network reads"),
    ("plan.input.square = 2", "The plan doesn't say what its network reads"),
    ("plan.input.mean = [0, 0]", "The plan needs a mean and a scale for each of the 1 channels"),
    ("plan.input.scale = [0]", "no scale is 0"),
    ("plan.classes = 'ab'", "The plan's classes are not a list of names."),
    ("plan.classes = ['a']", "names 1 classes, but its last layer gives 2 numbers"),
    ("relu.name = ''", 'Layer 2 of the plan has no name, or no kind ("op").'),
    ("plan.layers[1] = 3", "Layer 2 of the plan has no name"),
    ("relu.op = 'silu'", 'The layer "relu1" is of the kind "silu", which this page can\'t compute'),
    ("relu.op = 'toString'", 'is of the kind "toString", which this page can\'t compute'),
    ("relu.inputs = ['conv2']", '"relu1" (relu) reads "conv2", which is no layer before it'),
    ("relu.inputs = ['toString']", 'reads "toString", which is no layer before it'),
    ("relu.inputs = []", '"relu1" (relu) needs exactly one input.'),
    ("relu.inputs = ['conv1', 'conv1']", "needs exactly one input"),
    ("relu.inputs = 'conv1'", "needs exactly one input"),
    ("relu.name = 'conv1'", "shares its name with another"),
    ("relu.name = 'input'", "shares its name with another"),
    ("conv.kernel = 0", '"conv1" (conv) has a wrong setting: kernel is 0.'),
    ("delete conv.kernel", "has a wrong setting: kernel is undefined."),
    ("conv.stride = '1'", 'has a wrong setting: stride is "1".'),
    ("conv.groups = 2", "can't share 1 channels and 2 kernels among 2 groups"),
    ("Object.assign(relu, { op: 'maxpool', kernel: 2 })", "window of 2 × 2, but its input, with"),
    ("conv.kernel = 2", "needs weights of 2 × 1 × 2 × 2, but the file has 2 × 1 × 3 × 3"),
    ("delete conv.weight", "has no weights"),
    ("conv.weight.at = -1", "doesn't say where its weight is"),
    ("conv.weight.shape = []", "doesn't say where its weight is"),
    ("conv.bias.shape = [3]", "needs numbers up to number 21, but the file of weights has only 20"),
    ("conv.bias = { at: 17, shape: [3] }", "needs weights of 2, but the file has 3"),
    ("weights = weights.slice(0, 30)", "the file of weights has only 15"),
    ("weights = new ArrayBuffer(80)", "uses 40 bytes, and the file has 80"),
    ("weights = new Uint16Array(20).fill(0x7c00).buffer", "weight that is not a finite number"),
    ("flat.op = 'linear'", "has no weights"),
    ("flat.op = 'softmax'", "reads a list of numbers, but gets 2 × 1 × 1"),
    ("Object.assign(relu, { op: 'maxpool', kernel: 1, padding: 1 })", "more padding than half"),
    ("flat.op = 'concat'; flat.inputs = ['input', 'relu1']", "can't join maps of 1 × 3 × 3 and"),
    ("flat.op = 'add'; flat.inputs = ['input', 'relu1']", "can't add 1 × 3 × 3 and 2 × 1 × 1"),
    ("relu.op = 'flatten'; flat.op = 'globalavg'", "reads maps, but gets 2 numbers"),
    ("Object.assign(relu, { op: 'batchnorm', weight: { at: 0, shape: [2] } })", "has no shift"),
    ("Object.assign(relu, { op: 'pad', top: 1e8 })", "gives 2 × 100000001 × 1 numbers, too many"),
    ("Object.assign(relu, { ...LRN, groups: 3 })", "can't share 2 maps among 3 groups"),
    ("Object.assign(relu, { ...LRN, beta: null })", "has a wrong setting: beta is null"),
]


def test_each_fault_of_a_plan_has_its_sentence(page):
    cases = ", ".join(
        f"(plan, weights) => {{ const [conv, relu, flat] = plan.layers; {code};"
        " return [plan, weights]; }"
        for code, _ in FAULTS
    )
    found = page.evaluate(
        f"""() => {{ {TINY}
        const LRN = {{ op: "lrn", size: 5, alpha: 1, beta: 1, k: 1 }};
        const sound = () => [structuredClone(tiny), tinyWeights.slice()];
        const faults = [{cases}].map((change) =>
          fault(() => engine.readNetwork(...change(...sound()))));
        return [fault(() => engine.readNetwork(...sound())), ...faults];
      }}"""
    )
    assert found[0] == "no fault"
    for (code, sentence), got in zip(FAULTS, found[1:], strict=True):
        assert sentence in got and got.endswith("."), (code, got)
        assert got.count(". ") == 0


# --- where networks come from -----------------------------------------------------------------


def test_two_files_are_read_and_others_are_refused(page):
    result = page.evaluate(
        f"""async () => {{ {TINY}
        const file = (name, ...parts) => new File(parts, name);
        const plan = file("Tiny.JSON", JSON.stringify(tiny));
        const weights = file("tiny.bin", tinyWeights);
        const read = await networkFromFiles([weights, plan]);
        engine.readNetwork(read.plan, read.weights);
        const wrong = [[], [plan], [plan, plan], [plan, file("cat.png", "x")],
          [plan, weights, weights], [file("a.json", "{{"), weights]];
        return [read.plan.name, read.weights.byteLength,
          ...await Promise.all(wrong.map((files) => rejected(networkFromFiles(files))))];
      }}"""
    )
    assert result[:2] == ["tiny", 40]
    assert "None was chosen." in result[2]
    assert "Chosen: Tiny.JSON." in result[3]
    assert "Chosen: Tiny.JSON and Tiny.JSON." in result[4]
    assert "Choose two files together, the plan (NAME.json) and the weights (NAME.bin)" in result[5]
    assert "Chosen: Tiny.JSON, tiny.bin and tiny.bin." in result[6]
    assert result[7].startswith("a.json is not JSON (") and "export the network again" in result[7]


KERNEL = """async ([messages, names]) => {
  class Model {
    listeners = new Set();
    on(name, fn) { this.listeners.add(fn); }
    off(name, fn) { this.listeners.delete(fn); }
    send({ network }) {
      for (const { content, buffers } of messages[network])
        setTimeout(() => [...this.listeners].forEach((fn) =>
          fn(content, buffers.map((text) => new DataView(buffer(text))))));
    }
  }
  const model = new Model();
  const shares = [];
  const { plan, weights } = await fetchNetwork(model, "big", (share) => shares.push(share));
  const view = new Uint8Array(weights);
  const other = await rejected(fetchNetwork(model, "other"));
  const none = await rejected(fetchNetwork({ on() {}, off() {} }, "big"));
  const sum = view.reduce((a, b) => a + b);
  return { title: plan.title, bytes: view.length, last: view.at(-1), sum, shares,
    other, none, listeners: model.listeners.size, size: networkSize("tiny") };
}"""


def test_a_kernel_sends_a_network_in_parts(page, monkeypatch):
    class Asks(base.NetworkWidget, anywidget.AnyWidget):
        _esm = "export default {}"

    widget, sent = Asks(), []
    monkeypatch.setattr(base, "PART", 1000)
    monkeypatch.setattr(
        widget,
        "send",
        lambda content, buffers=(): sent.append(
            {"content": content, "buffers": [b64encode(part).decode() for part in buffers]}
        ),
    )
    weights = bytes(range(250)) * 14  # four parts
    widget.add_network({"name": "big", "title": "A big one"}, weights)
    messages = {}
    for name in ("big", "other"):
        widget._handle_custom_msg({"network": name}, [])
        messages[name] = sent[:]
        sent.clear()
    for other in ({"something": 1}, "text"):  # not for it
        widget._handle_custom_msg(other, [])
    assert sent == []
    assert len(messages["big"]) == 4 and sum("plan" in m["content"] for m in messages["big"]) == 1
    result = page.evaluate(KERNEL, [messages, ["big", "other"]])
    assert (result["title"], result["bytes"], result["last"]) == ("A big one", 3500, 249)
    assert result["sum"] == sum(weights)
    assert result["shares"] == [0, 0.25, 0.5, 0.75, 1, 1]
    assert (
        result["other"]
        == "There is no network 'other' here; there are big, " + ", ".join(network_sizes()) + "."
    )
    assert result["none"] == "There is no kernel here to ask for the network."
    assert result["listeners"] == 0 and result["size"] == 6
