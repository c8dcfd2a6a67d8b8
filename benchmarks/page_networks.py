"""Networks in the page beside PyTorch: milliseconds for a picture, by network.

    python benchmarks/page_networks.py [--rounds N] [--save]

The page computes with network.js, in Chromium or Chrome and on one core; PyTorch gets one thread.
They take turns. `read_ms` is what the page needs to read the weights, once; `first_ms` is the
first picture, when the browser hasn't compiled the code yet. What a reader may wait: 30 ms for the
small AlexNet, half a second for SqueezeNet.
"""

import base64
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import record
import script
import torch

from alexnet_lib.networks.bundled import BUNDLED, bundled
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.web import web_plan
from alexnet_lib.widgets import base

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

import browsers

BUDGET = {"small AlexNet": 30, "SqueezeNet": 500}  # ms
PAGE = """
const buffer = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
const engine = networkEngine();
const networks = {};
function timed(fn) {
  const began = performance.now();
  const value = fn();
  return [performance.now() - began, value];
}
function read(name) {
  const { plan, weights } = data[name];
  const bytes = buffer(weights);
  const [milliseconds, network] = timed(() => engine.readNetwork(plan, bytes));
  networks[name] = network;
  return milliseconds;
}
function run(name, times) {
  const input = new Float32Array(buffer(data[name].input));
  return Array.from({ length: times }, () => timed(() => engine.forward(networks[name], input))[0]);
}
"""


def make_networks():
    """Return {name: (model, input x (1, C, side, side), plan, weights)}."""
    torch.manual_seed(0)
    small = alexnet("small", 10, image_size=32, in_channels=1).eval()
    picture = {"mean": [0], "scale": [255], "side": 32, "classes": list("0123456789")}
    about = BUNDLED["squeezenet"]
    photograph = {"mean": about.mean, "scale": about.scale, "side": about.side}
    photograph["classes"] = about.classes
    networks = {
        "small AlexNet": (small, picture),
        "SqueezeNet": (bundled("squeezenet"), photograph),
    }
    made = {}
    for name, (model, settings) in networks.items():
        plan, weights = web_plan(model, name=name, title=name, **settings)
        x = torch.randn(1, len(settings["mean"]), settings["side"], settings["side"])
        made[name] = model, x, plan, weights
    return made


def open_page(browser, networks, folder):
    """Return a page that has the engine and the networks' files, but has read none."""
    data = {
        name: {
            "plan": plan,
            "weights": base64.b64encode(weights).decode(),
            "input": base64.b64encode(x.numpy().astype("<f4").tobytes()).decode(),
        }
        for name, (_, x, plan, weights) in networks.items()
    }
    code = "\n".join((base.HERE / f"{name}.js").read_text("utf8") for name in ("common", "network"))
    script_text = f"const data = {json.dumps(data)};\n{code}\n{PAGE}"
    file = Path(folder) / "page.html"
    file.write_text(f'<!doctype html><meta charset="utf-8"><script>{script_text}</script>', "utf8")
    page = browser.new_page()
    page.goto(file.as_uri())
    return page


def torch_ms(model, x, times):
    """Return the milliseconds of each of several runs in PyTorch."""
    seconds = []
    with torch.no_grad():
        for _ in range(times):
            began = time.perf_counter()
            model(x)
            seconds.append(time.perf_counter() - began)
    return [1000 * s for s in seconds]


def measure(rounds):
    """Return {network: figures}; the page and PyTorch take turns, a few pictures each."""
    from playwright.sync_api import sync_playwright

    torch.set_num_threads(1)
    networks = make_networks()
    figures = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = browsers.launch(playwright)
        if not browser:
            raise RuntimeError("no Chromium or Chrome: install one, or set CHROME to its path")
        page = open_page(browser, networks, folder)
        for name, (model, x, plan, weights) in networks.items():
            read = page.evaluate("read", name)
            (first,) = page.evaluate("(name) => run(name, 1)", name)
            times = 2 if x.numel() > 100_000 else 20
            page.evaluate("([name, times]) => run(name, times)", [name, times])  # warms up
            torch_ms(model, x, times)
            here, there = [], []
            for _ in range(rounds):
                here += page.evaluate("([name, times]) => run(name, times)", [name, times])
                there += torch_ms(model, x, times)
            figures[name] = {
                "kilobytes": round(len(weights) / 1000),
                "layers": len(plan["layers"]),
                "read_ms": round(read, 1),
                "first_ms": round(first, 1),
                "page_ms": round(median(here), 1),
                "page_ms_p95": round(float(np.percentile(here, 95)), 1),
                "torch_ms": round(median(there), 1),
                "budget_ms": BUDGET[name],
            }
            print(name, *(f"{key} {value}" for key, value in figures[name].items()), sep="   ")
        browser.close()
    return figures


def main():
    """Measure, print, and save if asked to; return 1 if a picture takes longer than it may."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--rounds", type=script.count, default=5, help="how often (default 5)")
    options = parser.parse_args()
    machine = record.machine()
    figures = measure(options.rounds)
    script.save(options, "page_networks", figures, machine)
    slow = [name for name, row in figures.items() if row["page_ms"] > row["budget_ms"]]
    if slow:
        print(f"Slower than a reader should have to wait: {', '.join(slow)}.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(script.run(main))
