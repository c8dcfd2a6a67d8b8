/* Small corrections to the theme that only a script can make. */
(() => {
  "use strict";

  // Menus and maths come after the first frame: they take long to start, and widgets shouldn't
  // wait for them. The page has settings for MathJax only if it has maths.
  const later = [...document.querySelectorAll("script[data-later]")].map((s) => s.dataset.later);
  if (window.MathJax) later.push(new URL("mathjax/startup.js", document.currentScript.src).href);
  const load = (src) =>
    document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
  requestAnimationFrame(() => setTimeout(() => later.forEach(load)));

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

  // A formula that scrolls sideways must be reachable by keyboard, and only then be a stop.
  // (The theme does the same for code and tables.)
  const stops = () => {
    for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  };
  // The page's width changes with the window, its height when the maths is set.
  addEventListener("load", () => new ResizeObserver(stops).observe(document.body));
})();
