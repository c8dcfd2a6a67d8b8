/* Small corrections to the theme that only a script can make. */
(() => {
  "use strict";

  // A button to copy a cell's code. (Browsers give the clipboard to safe addresses only.)
  if (navigator.clipboard)
    for (const pre of document.querySelectorAll(".cell_input pre")) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "copy-code", textContent: "Copy" });
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(pre.textContent.trimEnd());
        button.textContent = "Copied";
        setTimeout(() => {
          button.textContent = "Copy";
        }, 2000);
      });
      pre.after(button);
    }

  // A field above questions, which hides those that lack one of its words.
  for (const place of document.querySelectorAll(".question-filter")) {
    const label = Object.assign(document.createElement("label"), {
      textContent: "Show those with ",
    });
    const field = Object.assign(document.createElement("input"), { type: "search" });
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    const questions = [...document.querySelectorAll(".question")];
    const texts = questions.map((question) => question.textContent.toLowerCase());
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      questions.forEach((question, i) => {
        question.hidden = !words.every((word) => texts[i].includes(word));
      });
      for (const group of document.querySelectorAll(".question-group"))
        group.hidden = !group.querySelector(".question:not([hidden])");
      const shown = questions.filter((question) => !question.hidden).length;
      count.textContent = words.length ? `${shown} of ${questions.length} questions` : "";
    });
    label.append(field);
    place.append(label, count);
  }

  // What a reader copies has a formula as TeX, which can be pasted into a notebook.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || !selection.toString()) return;
    const part = document.createElement("div");
    part.append(selection.getRangeAt(0).cloneContents());
    const formulas = [...part.querySelectorAll("math")];
    if (!formulas.length) return;
    for (const formula of formulas) {
      const tex = formula.dataset.tex ?? formula.querySelector("annotation")?.textContent;
      const sign = formula.getAttribute("display") === "block" ? "$$" : "$";
      if (tex) formula.replaceWith(sign + tex + sign);
    }
    document.querySelector("article").append(part); // text has its lines only where it is shown
    event.clipboardData.setData("text/plain", part.innerText.trim());
    event.clipboardData.setData("text/html", part.innerHTML);
    part.remove();
    event.preventDefault();
  });
})();
