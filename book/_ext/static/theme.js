/* What the theme's buttons and menus do, as far as these pages have them: the colours, two menus,
 * two sidebars, the search by keyboard, and where in the page the reader is.
 *
 * The theme's own scripts do this and much more, in forty times the bytes; site_files.py leaves
 * them out. The classes and ids are the theme's.
 */
(() => {
  "use strict";

  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // --- light, dark, or as the reader's system; the page's first lines have set what was chosen

  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  function setMode(mode) {
    const system = prefersDark.matches ? "dark" : "light";
    const theme = mode === "auto" ? system : mode;
    if (root.dataset.mode !== mode) root.dataset.mode = mode;
    if (root.dataset.theme !== theme) root.dataset.theme = theme; // every style is asked again
    for (const menu of all(".dropdown-menu"))
      menu.classList.toggle("dropdown-menu-dark", root.dataset.theme === "dark");
    try {
      localStorage.setItem("mode", mode);
      localStorage.setItem("theme", root.dataset.theme);
    } catch {} // a browser may forbid it: then the choice holds for this page
  }
  setMode(root.dataset.mode ?? "auto");
  prefersDark.addEventListener("change", () => root.dataset.mode === "auto" && setMode("auto"));
  for (const button of all(".theme-switch-button")) {
    button.title = button.dataset.bsTitle;
    button.addEventListener("click", () => {
      // the first click always changes something
      const modes = prefersDark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
      setMode(modes[(modes.indexOf(root.dataset.mode) + 1) % 3]);
    });
  }

  // --- menus

  const menus = all(".dropdown-toggle").map((button) => {
    const menu = button.nextElementSibling;
    menu.classList.add("dropdown-menu-end");
    menu.dataset.bsPopper = "static"; // its place is the style sheet's matter
    const items = all(".dropdown-item", menu);
    const show = (open) => {
      menu.classList.toggle("show", open);
      button.setAttribute("aria-expanded", open);
    };
    const isOpen = () => menu.classList.contains("show");
    button.addEventListener("click", () => show(!isOpen()));
    button.parentNode.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape" && isOpen()) {
        show(false);
        button.focus();
      } else if (step) {
        show(true);
        const at = items.indexOf(document.activeElement);
        const next = at < 0 && step < 0 ? items.length - 1 : at + step + items.length;
        items[(at < 0 && step > 0 ? 0 : next) % items.length].focus();
        event.preventDefault();
      }
    });
    return { inside: button.parentNode, show };
  });
  for (const kind of ["click", "focusin"])
    document.addEventListener(kind, ({ target }) => {
      for (const { inside, show } of menus) if (!inside.contains(target)) show(false);
    });

  // --- search: Ctrl K, or ⌘ K, and the buttons

  /** Let a click beside a dialog close it, and Escape, which Sphinx's scripts keep for themselves. */
  function closable(dialog) {
    dialog.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
      const { left, right, top, bottom } = dialog.getBoundingClientRect();
      if (target === dialog && (x < left || x > right || y < top || y > bottom)) dialog.close();
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      dialog.close();
    });
  }
  const dialog = one("#pst-search-dialog");
  const field = one(":not(dialog) > form.bd-search input"); // the search page's own
  const search = () => {
    if (field) {
      field.focus();
      field.select();
    } else if (dialog.open) dialog.close();
    else dialog.showModal();
  };
  const mac = /^Mac|^iP/.test(navigator.platform);
  if (mac)
    for (const hint of all(".search-button__kbd-shortcut"))
      one(".kbd-shortcut__modifier", hint).textContent = "⌘";
  addEventListener("keydown", (event) => {
    const asked = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (asked && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search();
    }
  });
  for (const button of all(".search-button__button")) button.addEventListener("click", search);
  if (dialog) closable(dialog);

  // --- sidebars: a wide window hides the left one; in a narrow window each is a dialog

  function move(from, to) {
    to.append(...from.childNodes);
    to.classList.add(...from.classList);
    from.removeAttribute("class");
  }
  for (const name of ["primary", "secondary"]) {
    const button = one(`.${name}-toggle`);
    const sidebar = one(`#pst-${name}-sidebar`);
    const modal = one(`#pst-${name}-sidebar-modal`);
    if (!button || !sidebar || !modal) continue;
    button.addEventListener("click", () => {
      if (name === "primary" && matchMedia("(min-width: 992px)").matches) {
        sidebar.classList.toggle("pst-sidebar-hidden");
        return;
      }
      move(sidebar, modal);
      modal.showModal();
    });
    closable(modal);
    modal.addEventListener(
      "click",
      ({ target }) => target.closest("a[href^='#']") && modal.close(),
    );
    modal.addEventListener("close", () => {
      move(modal, sidebar);
      button.focus();
    });
  }

  // The list of pages stays where it was; at first it shows the page that is open.
  const pages = one(".bd-sidebar-primary");
  const place = sessionStorage.getItem("sidebar-scroll-top");
  const here = all(".bd-docs-nav .active").at(-1);
  requestAnimationFrame(() => {
    // now, not at once, since it lays the page out
    if (place !== null) pages.scrollTop = place;
    else if (here) {
      const below = here.getBoundingClientRect().top - pages.getBoundingClientRect().top;
      if (below > pages.clientHeight / 2) pages.scrollTop = below - pages.clientHeight / 4;
    }
  });
  addEventListener("pagehide", () => sessionStorage.setItem("sidebar-scroll-top", pages.scrollTop));

  // --- where the reader is: the last heading that has come into the window's upper third

  const entries = all("#pst-page-toc-nav .toc-entry");
  const links = all("#pst-page-toc-nav a");
  const headings = new Map();
  for (const link of links) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) headings.set(one("h1, h2, h3, h4", target) ?? target, link);
  }
  let held = 0; // until then a link that was followed stays marked
  function mark(link) {
    for (const other of links) {
      other.classList.toggle("active", other === link);
      if (other === link) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
    for (const entry of entries) entry.classList.toggle("active", entry.contains(link));
  }
  function follow(hash) {
    const link = links.find((candidate) => candidate.hash === hash);
    if (!link) return;
    held = performance.now() + 1000;
    mark(link);
  }
  follow(location.hash);
  addEventListener("hashchange", () => follow(location.hash));
  for (const link of links) link.addEventListener("click", () => follow(link.hash));
  const observer = new IntersectionObserver(
    (seen) => {
      const last = seen.filter((entry) => entry.isIntersecting).at(-1);
      if (last && performance.now() > held) mark(headings.get(last.target));
    },
    { rootMargin: "0px 0px -70% 0px" },
  );
  for (const heading of headings.keys()) observer.observe(heading);

  // The bar above the text has a shadow once the text has moved under it.
  const top = one(".sbt-scroll-pixel-helper");
  if (top)
    new IntersectionObserver(([entry]) =>
      document.body.classList.toggle("scrolled", entry.boundingClientRect.y < 0),
    ).observe(top);

  // --- what scrolls sideways must be reachable by keyboard, and only then be a stop

  const WIDE = "pre, .cell_output > .output, .pst-scrollable-table-container, div.math";
  // The browser calls this when it has laid the page out, so that asking costs nothing.
  const widths = new ResizeObserver((changes) => {
    for (const { target: box } of changes)
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  });
  for (const box of all(`#main-content :is(${WIDE})`)) widths.observe(box);
})();
