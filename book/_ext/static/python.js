/* Python in the page: fetches it when asked to, starts it in a worker, runs cells and stops.
 *
 *   alexnetPython.start(report)      report(stage, done): "fetch" with done from 0 to 1, "unpack",
 *                                    "start", "numpy", "ready"; a promise, rejected with a sentence
 *   alexnetPython.run(cells, hear)   cells [[name, source], …]; hear(name, kind, text), as
 *                                    cell_runner.py sends it; a promise of "finished" or "stopped"
 *   alexnetPython.stop()             ends the worker, whatever it does, and starts another
 *
 * Python comes as scripts that hold base64, since a page that was opened from a folder may load
 * scripts but read no files. `practice_pages.py` writes them, and their list: `parts`.
 */
(() => {
  "use strict";

  const here = new URL(".", document.currentScript.src);
  const files = new Map(); // name -> the pieces of a file, in order
  const fetched = new Set(); // the scripts that have arrived
  let worker = null;
  let compiled = null; // the interpreter, which the next worker need not compile again
  let starting = null;
  let ready = false;
  let current = null; // the run in progress

  // --- the worker: its text becomes a script of its own -----------------------------------------

  function inWorker() {
    const text = (bytes) => new TextDecoder().decode(bytes);
    const LOCK = {
      info: { arch: "wasm32", platform: "emscripten_3_1_58", version: "0.27.7", python: "3.12.7" },
      packages: {},
    };
    let python = null;

    async function unpack(given) {
      const unpacked = new Map();
      for (const [name, blob] of given) {
        const stream = name.endsWith(".gz")
          ? blob.stream().pipeThrough(new DecompressionStream("gzip"))
          : blob.stream();
        const bytes = await new Response(stream).arrayBuffer();
        unpacked.set(name.replace(/\.gz$/, ""), bytes);
      }
      return unpacked;
    }

    async function begin({ given, module }) {
      const unpacked = await unpack(given);
      postMessage({ stage: "start" });
      const interpreter = module ?? (await WebAssembly.compile(unpacked.get("pyodide.asm.wasm")));
      WebAssembly.instantiateStreaming = async (response, imports) => ({
        module: interpreter,
        instance: await WebAssembly.instantiate(interpreter, imports),
      });
      // Pyodide asks for its files by address; here they are.
      self.fetch = async (address) => {
        const name = String(address).split("/").pop();
        if (name === "pyodide-lock.json") return new Response(JSON.stringify(LOCK));
        return new Response(unpacked.get(name));
      };
      // oxlint-disable-next-line no-eval -- it runs as a script would: what it declares is global
      const evaluate = eval;
      self.importScripts = (address) =>
        evaluate(text(unpacked.get(String(address).split("/").pop())));
      evaluate(text(unpacked.get("pyodide.js")));
      python = await self.loadPyodide({ indexURL: "https://page.invalid/" });
      postMessage({ stage: "numpy" });
      for (const name of ["numpy.zip", "alexnet.zip"])
        python.unpackArchive(unpacked.get(name), "zip", {
          extractDir: "/lib/python3.12/site-packages",
        });
      python.runPython("import numpy, alexnet_lib.check, cell_runner");
      postMessage({ stage: "ready", module: module ? null : interpreter });
    }

    function answer({ cells }) {
      const runner = python.pyimport("cell_runner");
      runner.run_cells(python.toPy(cells), (cell, kind, said) => postMessage({ cell, kind, said }));
      runner.destroy();
      postMessage({ finished: true });
    }

    self.onmessage = async ({ data }) => {
      try {
        if (data.given) await begin(data);
        else answer(data);
      } catch (error) {
        postMessage({ lost: String(error?.message ?? error) });
      }
    };
  }

  // --- fetching ---------------------------------------------------------------------------------

  const bytesOf = (base64) =>
    Uint8Array.fromBase64
      ? Uint8Array.fromBase64(base64)
      : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  function part(name, index, base64) {
    if (!files.has(name)) files.set(name, []);
    files.get(name)[index] = bytesOf(base64);
  }

  const script = (file) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = new URL(file, here).href;
      element.onload = () => resolve(element.remove());
      element.onerror = () => {
        element.remove();
        reject(new Error("fetch"));
      };
      document.head.append(element);
    });

  async function fetchAll(report) {
    const parts = window.alexnetPython.parts;
    const total = parts.reduce((sum, [, size]) => sum + size, 0);
    const waiting = parts.filter(([file]) => !fetched.has(file));
    let done = total - waiting.reduce((sum, [, size]) => sum + size, 0);
    report("fetch", done / total);
    const next = async () => {
      while (waiting.length) {
        const [file, size] = waiting.shift();
        await script(file);
        fetched.add(file);
        done += size;
        report("fetch", done / total);
      }
    };
    await Promise.all([next(), next(), next()]);
  }

  // --- starting and running -----------------------------------------------------------------------

  const SENTENCES = {
    fetch:
      "A part of Python could not be loaded. Are you offline, or was the folder copied without " +
      "its _static part? Press the button to try again.",
    old:
      "This browser can't run Python in a page (WebAssembly or DecompressionStream is missing). " +
      "A newer one can; or open the exercise in Colab.",
    lost:
      "Python ran out of memory or broke down, and was started again. Your answers are still " +
      "here. A list or an array in your code may be far too large, or a function may call itself " +
      "without an end.",
    start: "Python could not be started in this browser. Reload the page to try again.",
  };

  const able = typeof WebAssembly === "object" && window.DecompressionStream && window.Worker;

  function launch(report) {
    const address = URL.createObjectURL(new Blob([`(${inWorker})()`], { type: "text/javascript" }));
    return new Promise((resolve, reject) => {
      worker = new Worker(address);
      worker.onmessage = ({ data }) => {
        if (data.stage === "ready") {
          compiled = data.module ?? compiled;
          worker.onmessage = hear;
          worker.onerror = (event) => {
            event.preventDefault();
            lose();
          };
          ready = true;
          report("ready", 1);
          resolve();
        } else if (data.stage) report(data.stage, 1);
        else if (data.lost) {
          console.error("Python did not start:", data.lost);
          reject(new Error("start"));
        }
      };
      worker.onerror = (event) => {
        event.preventDefault();
        console.error("Python did not start:", event.message);
        reject(new Error("start"));
      };
      const given = [...files].map(([name, pieces]) => [name, new Blob(pieces)]);
      report("unpack", 1);
      worker.postMessage({ given, module: compiled });
    }).finally(() => URL.revokeObjectURL(address));
  }

  // Whoever starts or restarts Python hears of it.
  let listener = () => {};

  function start(report) {
    if (report) listener = report;
    starting ??= (async () => {
      if (!able) throw new Error(SENTENCES.old);
      try {
        await fetchAll((...news) => listener(...news));
        await launch((...news) => listener(...news));
      } catch (error) {
        starting = null;
        dismiss();
        throw new Error(SENTENCES[error.message] ?? SENTENCES.start, { cause: error });
      }
    })();
    return starting;
  }

  function dismiss() {
    if (worker) worker.onmessage = worker.onerror = null; // it may have sent something already
    worker?.terminate();
    worker = null;
    ready = false;
  }

  function restart() {
    dismiss();
    starting = null;
    return start();
  }

  function hear({ data }) {
    if (data.lost) lose();
    else if (data.finished) end("finished");
    else current?.hear(data.cell, data.kind, data.said);
  }

  function end(how) {
    const ended = current;
    current = null;
    ended?.resolve(how);
  }

  function lose() {
    const ended = current;
    current = null;
    restart().catch(() => {});
    ended?.reject(new Error(SENTENCES.lost));
  }

  function run(cells, listen) {
    if (current) return Promise.reject(new Error("Python is still busy."));
    return new Promise((resolve, reject) => {
      const mine = { hear: listen, resolve, reject };
      current = mine;
      start().then(
        () => {
          if (current === mine) worker.postMessage({ cells });
        },
        (error) => {
          if (current === mine) current = null;
          reject(error);
        },
      );
    });
  }

  function stop() {
    if (!current) return starting ?? Promise.resolve();
    end("stopped");
    return restart();
  }

  window.alexnetPython = {
    parts: [],
    part,
    start,
    run,
    stop,
    missing: able ? "" : SENTENCES.old, // why this browser can't, as a sentence
    isReady: () => ready,
  };
})();
