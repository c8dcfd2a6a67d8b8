/* "Edit and run" at the short programs of a lesson: the code becomes an editor, and Python runs it.
 *
 * The page's `#live-cells` holds, for each cell of the class tag_live, the code that it builds on,
 * and the addresses of what is loaded when the reader presses the button, and not before.
 */
(() => {
  "use strict";

  const { before, scripts, style } = JSON.parse(document.getElementById("live-cells").textContent);
  const root = document.documentElement.dataset.content_root ?? "";
  const load = (element, properties) =>
    new Promise((resolve, reject) => {
      const made = Object.assign(document.createElement(element), { async: false, ...properties });
      made.onload = resolve;
      made.onerror = () => reject(new Error("A part of this page could not be loaded."));
      document.head.append(made);
    });
  let loaded = null;
  const loadAll = () =>
    (loaded ??= Promise.all([
      load("link", { rel: "stylesheet", href: root + style }),
      ...scripts.map((file) => load("script", { src: root + file })),
    ]).catch((error) => {
      loaded = null;
      throw error;
    }));

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const STAGES = {
    unpack: "Unpacking …",
    start: "Python is starting …",
    numpy: "NumPy is starting …",
  };

  function liven(cell, given) {
    const input = cell.querySelector(".cell_input");
    const code = input.querySelector("pre");
    const original = code.textContent.trimEnd();
    const status = make("span", { className: "practice-state", role: "status" });
    const begin = make("button", {
      type: "button",
      className: "live-begin",
      textContent: "Edit and run",
      title: "Python runs in this page: 9 MB, once.",
    });
    const output = make("div", { className: "practice-output", hidden: true });
    input.after(make("div", { className: "live-actions" }, begin, status), output);
    let editor = null;
    let running = false;

    async function open() {
      begin.disabled = true;
      status.textContent = "The editor is being fetched …";
      await loadAll();
      const box = make("div", { className: "practice-editor" });
      box.addEventListener("keydown", (event) => event.stopPropagation());
      input.replaceChildren(box);
      editor = window.alexnetEditor({
        parent: box,
        text: original,
        label: "The code of this program",
        help: "",
        onChange: () => {},
        onRun: run,
      });
      const reset = make("button", { type: "button", textContent: "As it was" });
      reset.addEventListener("click", () => {
        editor.text = original;
        editor.focus();
      });
      begin.after(reset);
      begin.parentNode.classList.add("practice-actions");
      begin.disabled = false;
      await run();
      editor.focus();
    }

    async function run() {
      if (running) return window.alexnetPython.stop();
      running = true;
      begin.textContent = "Stop";
      output.replaceChildren();
      let failed = false;
      try {
        await window.alexnetPython.start((stage, done) => {
          const percent =
            stage === "fetch" ? `Fetching Python: ${Math.round(100 * done)} % of 9 MB` : "";
          status.textContent = percent || (STAGES[stage] ?? "");
        });
        status.textContent = "Running …";
        const how = await window.alexnetPython.run(
          [
            ["the lines before", given],
            ["this program", editor.text],
          ],
          (name, kind, said) => {
            if (kind !== "text" && kind !== "error") return;
            failed ||= kind === "error";
            output.hidden = false;
            const sign = kind === "error" ? "wrong" : "";
            for (const line of said.replace(/\n$/, "").split("\n"))
              output.append(make("div", { className: sign, textContent: line }));
          },
        );
        status.textContent =
          how === "stopped" ? "Stopped." : failed ? "It stopped with an error." : "It ran.";
      } finally {
        running = false;
        begin.textContent = "Run";
      }
    }

    begin.addEventListener("click", () =>
      (editor ? run() : open()).catch((error) => {
        status.textContent = error.message;
        begin.disabled = false;
      }),
    );
  }

  document.querySelectorAll(".cell.tag_live").forEach((cell, i) => liven(cell, before[i]));
})();
