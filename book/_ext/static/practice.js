/* An exercise in the page: an editor in every gap, a button at every check, and the notebook.
 *
 * The page's frames (`practice_pages.py` writes them) hold the text of each cell, which can be read
 * without this script; `window.alexnetExercise` holds the notebook; python.js runs cells.
 * A check runs every cell above it and then itself, in a Python that knows nothing else, so that
 * its answer depends on what the page shows and on nothing that was run before.
 */
(() => {
  "use strict";

  const { name: exercise, notebook } = window.alexnetExercise;
  const python = window.alexnetPython;
  const ids = notebook.cells.map((cell) => cell.metadata.nbgrader.grade_id);
  const source = (id) => notebook.cells[ids.indexOf(id)].source.join("");
  const frames = new Map(
    [...document.querySelectorAll("[data-cell]")].map((frame) => [frame.dataset.cell, frame]),
  );
  const SIZE = "9 MB, once";

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (textContent, action, className = "") => {
    const made = make("button", { type: "button", textContent, className });
    made.addEventListener("click", action);
    return made;
  };

  // --- what the reader wrote, kept in the browser -------------------------------------------------

  // Each answer has a key of its own, so that two tabs never overwrite what the other doesn't show.
  const key = (id) => `alexnet-practice/${exercise}/${id}`;
  let keeps = true; // whether the browser keeps anything

  function keep(id, text) {
    try {
      if (text === source(id)) localStorage.removeItem(key(id));
      else localStorage.setItem(key(id), JSON.stringify({ text, gap: source(id) }));
      if (!keeps) say("Your work is kept again.");
      keeps = true;
    } catch {
      if (keeps)
        say(
          "The browser can't keep your work (its storage is full, or switched off for this " +
            "page). Download your notebook before you close the page.",
        );
      keeps = false;
    }
  }

  function kept(id) {
    try {
      const found = JSON.parse(localStorage.getItem(key(id)));
      return typeof found?.text === "string" ? found : null;
    } catch {
      return null;
    }
  }

  // Answers to gaps that the exercise no longer has.
  function orphans() {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const [app, name, id] = localStorage.key(i).split("/");
        if (app === "alexnet-practice" && name === exercise && !answers.has(id)) found.push(id);
      }
    } catch {
      // no storage: nothing was kept
    }
    return found;
  }

  // --- answers ------------------------------------------------------------------------------------

  // id -> {get(), set(text)}: what the notebook's cell holds
  const answers = new Map();

  function edited(id) {
    keep(id, answers.get(id).get());
    for (const later of ids.slice(ids.indexOf(id))) checks.get(later)?.stale();
  }

  const emptied = (box) => {
    box.replaceChildren();
    return box;
  };

  // An editor takes long to make, and a page has ten: each is made a screen before it is seen.
  const waiting = new Map();
  const observer = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && arrive(entry.target)),
    { rootMargin: "100% 0px" },
  );
  function arrive(box) {
    observer.unobserve(box);
    waiting.get(box)?.();
    waiting.delete(box);
  }
  function whenNear(box, call) {
    waiting.set(box, call);
    observer.observe(box);
  }

  function buildGap(id, frame) {
    const label = `Your code for ${id}`;
    const box = make("div", { className: "practice-editor" });
    // Else the page would take "/" for a wish to search.
    box.addEventListener("keydown", (event) => event.stopPropagation());
    const output = make("div", { className: "practice-output", hidden: true });
    const before = kept(id);
    const text = before?.text ?? source(id);
    const place = make("pre", { textContent: text, tabIndex: 0 });
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", label);
    box.append(place);
    frame.replaceChildren(box, output);
    let editor = null;
    const open = () =>
      (editor ??= window.alexnetEditor({
        parent: emptied(box),
        text,
        label,
        help: "practice-keys",
        onChange: () => edited(id),
        onRun: () => runUpTo(id),
      }));
    whenNear(box, open);
    // Who presses Tab quickly is here before the page has seen that the editor is near.
    place.addEventListener("focus", () => open().focus());
    if (before && before.gap !== source(id))
      frame.append(
        make("p", {
          className: "practice-note",
          textContent:
            "This task has changed since you wrote your answer. Your answer is still here; " +
            "read the task again.",
        }),
      );
    answers.set(id, {
      get: () => editor?.text ?? text,
      set: (wanted) => {
        if ((editor?.text ?? text) !== wanted) open().text = wanted;
      },
    });
    outputs.set(id, output);
  }

  // An answer in words is the notebook's own beginning ("Your answer:"), and the text under it.
  function buildWords(id, frame) {
    const stub = source(id);
    const field = make("textarea", { rows: 7, className: "practice-words" });
    const label = make("label", {}, "Your answer", field);
    const model = frame.nextElementSibling?.matches(".practice-model")
      ? frame.nextElementSibling
      : null;
    const get = () => (field.value.trim() ? `${stub}\n\n${field.value}` : stub);
    const set = (text) => {
      field.value = text.startsWith(stub) ? text.slice(stub.length).trimStart() : text;
      look();
    };
    const compare = button("Compare with a model answer", () => {
      model.hidden = false;
      model.tabIndex = -1;
      model.focus();
    });
    const why = make("span", { className: "practice-state" });
    const look = () => {
      const enough = field.value.trim().split(/\s+/).length >= 8;
      compare.disabled = !enough;
      why.textContent = enough ? "" : "First write an answer of your own.";
    };
    frame.replaceChildren(label);
    if (model) {
      model.prepend(
        make("p", { className: "practice-model-title", textContent: "A model answer" }),
      );
      frame.append(make("div", { className: "practice-actions" }, compare, why));
    }
    answers.set(id, { get, set });
    set(kept(id)?.text ?? stub);
    field.addEventListener("input", () => {
      look();
      keep(id, get());
    });
  }

  // --- checks -------------------------------------------------------------------------------------

  const checks = new Map(); // id -> {stale(), begin(), end(passed)}
  const outputs = new Map(); // id of any cell that runs -> where it shows what it prints

  function buildCheck(id, frame) {
    const details = make("details", {}, make("summary", { textContent: "What the check asks" }));
    details.append(...frame.childNodes);
    const state = make("span", { className: "practice-state", textContent: "Not checked yet." });
    const press = button("Check", () => (running === id ? stop() : runUpTo(id)), "practice-press");
    const output = make("div", { className: "practice-output", hidden: true });
    const about = id.replace(/^check_/, "");
    frame.append(make("div", { className: "practice-actions" }, press, state), output, details);
    const show = (passed, text) => {
      frame.dataset.passed = passed;
      state.textContent = text;
      tally();
    };
    outputs.set(id, output);
    checks.set(id, {
      name: () => {
        press.textContent = running === id ? "Stop" : "Check";
        press.setAttribute("aria-label", `${press.textContent} ${about}`);
        press.title = python.isReady() ? "" : `This starts Python (${SIZE}).`;
        press.disabled = running !== null && running !== id;
      },
      stale: () => {
        if (frame.dataset.passed) show("", "Changed since the last check.");
      },
      begin: () => show("", "Running …"),
      end: (passed) => show(passed ? "yes" : "no", passed ? "✓ It passes." : "✗ Not yet."),
      stopped: () => show("", "Stopped."),
      passed: () => frame.dataset.passed === "yes",
    });
  }

  function tally() {
    const passed = [...checks.values()].filter((check) => check.passed()).length;
    panel.count.textContent = `${passed} of ${checks.size} checks pass.`;
  }

  // --- running ------------------------------------------------------------------------------------

  let running = null; // the id of the cell whose run is in progress, or "all"

  const sourceNow = (id) => (answers.has(id) ? answers.get(id).get() : source(id));

  function hear(id, kind, said) {
    const output = outputs.get(id);
    if (kind === "begin") {
      if (output) {
        output.replaceChildren();
        output.dataset.open = "";
        output.hidden = true;
      }
      checks.get(id)?.begin();
    } else if (kind === "text" || kind === "error") {
      if (!output) return;
      output.hidden = false;
      if (kind === "error") {
        failed.add(id);
        output.dataset.open = ""; // it has a line of its own
      }
      write(output, said);
    } else if (kind === "end") checks.get(id)?.end(!failed.has(id));
  }

  const failed = new Set();

  // Add a text to what a cell printed; a piece may begin in the middle of a line.
  function write(output, said) {
    const open = output.dataset.open ? output.lastElementChild : null;
    const lines = said.split("\n");
    output.dataset.open = lines.at(-1) === "" ? "" : "yes";
    if (!output.dataset.open) lines.pop();
    if (open) open.textContent += lines.shift() ?? "";
    for (const line of lines) {
      const sign = { "✓": "right", "✗": "wrong" }[line[0]] ?? "";
      output.append(make("div", { className: sign, textContent: line }));
    }
    // What scrolls must be reachable by keyboard.
    requestAnimationFrame(() => {
      if (output.scrollHeight > output.clientHeight) output.tabIndex = 0;
      else output.removeAttribute("tabindex");
    });
  }

  // Run the cells above one, and that one; checks above it are not asked again.
  const runUpTo = (id) =>
    run(
      id,
      ids.slice(0, ids.indexOf(id) + 1).filter((one) => one === id || !checks.has(one)),
    );
  const runAll = () => run("all", ids);

  async function run(what, cells) {
    if (running !== null) return;
    const runs = cells.filter((id) =>
      frames.get(id)?.matches("[class^=practice-]:not(.practice-words)"),
    );
    running = what;
    failed.clear();
    buttons();
    say(python.isReady() ? "Running …" : "Python is starting …");
    try {
      await startPython();
      const how = await python.run(
        runs.map((id) => [id, sourceNow(id)]),
        hear,
      );
      if (how === "stopped") {
        for (const id of runs)
          if (checks.has(id) && !checks.get(id).passed()) checks.get(id).stopped();
        say("Stopped. Python starts again; your answers are still here.");
      } else report(what);
    } catch (error) {
      if (checks.has(what)) checks.get(what).stopped();
      say(error.message);
    } finally {
      running = null;
      buttons();
    }
  }

  function report(what) {
    if (what === "all") return say(`Everything was run. ${panel.count.textContent}`);
    const output = outputs.get(what);
    const last = output?.lastElementChild?.textContent ?? "";
    const about = what.replace(/^check_/, "");
    if (!checks.has(what)) say(failed.has(what) ? last : `The code of ${about} was run.`);
    else if (checks.get(what).passed()) say(`✓ ${about} passes. ${panel.count.textContent}`);
    else say(output.querySelector(".wrong")?.textContent ?? last);
  }

  async function stop() {
    await python.stop().catch((error) => say(error.message));
    buttons();
  }

  // --- the panel ----------------------------------------------------------------------------------

  const panel = {};
  const say = (sentence) => {
    panel.status.textContent = sentence;
  };

  const STAGES = {
    unpack: "Unpacking …",
    start: "Python is starting …",
    numpy: "NumPy is starting …",
    ready: "Python is ready.",
  };

  function progress(stage, done) {
    panel.bar.hidden = stage === "ready";
    if (stage === "fetch") {
      panel.bar.value = done;
      if (done === 0) say("Python is being fetched …");
      panel.stage.textContent = `Fetching Python: ${Math.round(100 * done)} %`;
    } else {
      panel.bar.removeAttribute("value");
      panel.stage.textContent = STAGES[stage];
    }
    if (stage === "ready") {
      panel.stage.textContent = "";
      if (running === null) say(STAGES.ready);
      buttons();
    }
  }

  async function startPython() {
    panel.start.disabled = true;
    try {
      await python.start(progress);
    } finally {
      panel.bar.hidden = true;
      panel.stage.textContent = "";
      panel.start.disabled = false;
      buttons();
    }
  }

  function buttons() {
    panel.start.hidden = python.isReady();
    panel.stop.disabled = running === null;
    panel.all.disabled = running !== null;
    for (const check of checks.values()) check.name();
  }

  function buildPanel(frame) {
    panel.status = make("p", { className: "practice-status" });
    panel.status.setAttribute("role", "status");
    panel.stage = make("span", { className: "practice-state" });
    panel.bar = make("progress", { max: 1, hidden: true });
    panel.bar.setAttribute("aria-label", "Fetching and starting Python");
    panel.count = make("span", { className: "practice-count" });
    panel.start = button(`Start Python (${SIZE})`, () =>
      startPython().catch((error) => say(error.message)),
    );
    panel.start.className = "practice-start";
    panel.all = button("Run everything", runAll);
    panel.stop = button("Stop", stop);
    panel.reset = button("Start again", reset);
    panel.download = button("Download my notebook", download);
    panel.file = make("input", { type: "file", accept: ".ipynb,application/json", hidden: true });
    panel.file.addEventListener("change", openFile);
    panel.open = button("Open a notebook", () => panel.file.click());
    panel.undo = button("Undo", undo);
    panel.undo.hidden = true;
    frame.querySelector(".practice-off").replaceWith(
      make("div", { className: "practice-actions" }, panel.start, panel.bar, panel.stage),
      make("div", { className: "practice-actions" }, panel.all, panel.stop, panel.count),
      make(
        "div",
        { className: "practice-actions" },
        panel.download,
        panel.open,
        panel.file,
        panel.reset,
        panel.undo,
      ),
      panel.status,
      make("p", {
        id: "practice-keys",
        className: "practice-note",
        textContent:
          "Your work is kept in this browser, on this computer, and nowhere else. In a gap, " +
          "Tab indents, Shift + Enter runs the code; to leave it, press Escape and then Tab.",
      }),
    );
  }

  // --- the notebook -------------------------------------------------------------------------------

  // As nbformat writes a cell: a list of lines.
  const linesOf = (whole) => whole.match(/[^\n]*\n|[^\n]+$/g) ?? [];

  function filled() {
    const copy = structuredClone(notebook);
    for (const [id, answer] of answers) copy.cells[ids.indexOf(id)].source = linesOf(answer.get());
    return `${JSON.stringify(copy, null, 1)}\n`;
  }

  function download() {
    const blob = new Blob([filled()], { type: "application/x-ipynb+json" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${exercise}.ipynb` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`${exercise}.ipynb was saved with your answers. This is the file to hand in.`);
  }

  // Return {id: text} of the answers in a notebook; the code of cells that were added to it goes
  // with the gap above, where it runs in the same order.
  function answersIn(read) {
    const found = new Map();
    let gap = null;
    let early = "";
    for (const cell of read.cells) {
      const id = cell.metadata?.nbgrader?.grade_id;
      const whole = Array.isArray(cell.source) ? cell.source.join("") : String(cell.source);
      if (answers.has(id)) {
        found.set(id, cell.cell_type === "code" && early ? `${early}\n\n${whole}` : whole);
        if (cell.cell_type === "code") [gap, early] = [id, ""];
      } else if (!id && cell.cell_type === "code" && whole.trim()) {
        if (gap) found.set(gap, `${found.get(gap)}\n\n${whole}`);
        else early = early ? `${early}\n\n${whole}` : whole;
      }
    }
    return found;
  }

  async function openFile() {
    const [file] = panel.file.files;
    panel.file.value = "";
    if (!file) return;
    let found = new Map();
    try {
      found = answersIn(JSON.parse(await file.text()));
    } catch {
      return say(`${file.name} is not a notebook: choose a file that ends in .ipynb.`);
    }
    if (!found.size)
      return say(
        `${file.name} has no answers to this exercise: is it another exercise's notebook?`,
      );
    change(found);
    const missing = answers.size - found.size;
    say(
      `The answers of ${file.name} are in the page now.` +
        (missing ? ` It had none for ${missing} of the ${answers.size} gaps.` : "") +
        " Undo brings back what was here.",
    );
  }

  // --- start again, and undo ----------------------------------------------------------------------

  let undone = null; // {id: text} before the last change of all answers

  function change(texts) {
    undone = new Map([...answers].map(([id, answer]) => [id, answer.get()]));
    put(texts);
    panel.undo.hidden = false;
  }

  function put(texts) {
    for (const [id, whole] of texts) {
      answers.get(id).set(whole);
      keep(id, answers.get(id).get());
    }
  }

  function reset() {
    change(new Map([...answers.keys()].map((id) => [id, source(id)])));
    for (const output of outputs.values()) output.hidden = true;
    for (const check of checks.values()) check.stale();
    say("All gaps are empty again. Undo brings your answers back.");
  }

  function undo() {
    put(undone);
    panel.undo.hidden = true;
    panel.reset.focus();
    say("Your answers are back.");
  }

  // Another tab with this exercise has changed an answer: show the same here.
  addEventListener("storage", ({ key: changed, newValue }) => {
    for (const [id, answer] of answers)
      if (changed === key(id)) {
        const whole = newValue === null ? source(id) : JSON.parse(newValue).text;
        if (answer.get() === whole) return;
        answer.set(whole);
        say(`Your answer to ${id} was changed in another tab or window, and here with it.`);
      }
  });

  // --- build --------------------------------------------------------------------------------------

  const first = document.querySelector(".practice-panel");
  buildPanel(first);
  for (const [id, frame] of frames) {
    if (frame.matches(".practice-gap")) buildGap(id, frame);
    else if (frame.matches(".practice-words")) buildWords(id, frame);
    else if (frame.matches(".practice-check")) buildCheck(id, frame);
    else {
      const output = make("div", { className: "practice-output", hidden: true });
      frame.append(output);
      outputs.set(id, output);
    }
  }
  tally();
  buttons();
  if (python.missing) say(python.missing);
  const gone = orphans();
  if (gone.length) {
    const old = gone.map((id) => `# ${id}\n${kept(id)?.text ?? ""}`).join("\n\n");
    first.after(
      make(
        "details",
        { className: "practice-gone" },
        make("summary", {
          textContent: `Your answers to tasks that are no longer here: ${gone.join(", ")}`,
        }),
        make("pre", { textContent: old }),
      ),
    );
  }
  window.alexnetPractice = { filled, answersIn, put }; // for the tests
})();
