"""What makes a page hard to read: what axe finds, and texts with too little contrast.

axe needs three quarters of its time for contrast, since it asks what lies over and behind each
text, and half of the rest for links that only their colour tells from the words around. So
`poor_texts` computes contrast, for every page and theme, from colours alone, and `plain_links`
wants a line under every link in a sentence; axe's own rules are asked of a page of each kind
(`complaints(page, colours=True)`).
"""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

# Without these axe spends half of its time on describing what is right, and asks the network again
# for every style sheet.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
OF_COLOURS = ("color-contrast", "link-in-text-block")  # the two rules that take so long
# By WCAG 2: how many texts were looked at, and of those with too little contrast [contrast, what it
# needs, tag and class, words]. Over a picture there is no telling; what is switched off needs none.
CONTRASTS = """(selector) => {
  const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (css) => {
    if (!known.has(css)) {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = css;
      paint.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
      known.set(css, [r, g, b, a / 255]);
    }
    return known.get(css);
  };
  const over = ([r, g, b, a], [x, y, z]) => [
    r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1,
  ];
  const grounds = new Map();
  const ground = (node) => {
    if (!node) return [255, 255, 255, 1];
    if (!grounds.has(node)) {
      const { backgroundColor, backgroundImage } = getComputedStyle(node);
      const colour = rgba(backgroundColor);
      const behind = colour[3] === 1 ? colour : ground(node.parentElement);
      grounds.set(node, backgroundImage === "none" && behind ? over(colour, behind) : null);
    }
    return grounds.get(node);
  };
  const light = (rgb) => rgb.slice(0, 3)
    .map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const opacities = new Map([[null, 1]]);
  const opacity = (node) => {
    if (!opacities.has(node))
      opacities.set(node, getComputedStyle(node).opacity * opacity(node.parentElement));
    return opacities.get(node);
  };
  let count = 0;
  const poor = [];
  for (const node of document.querySelectorAll(selector)) {
    const text = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const field = node.value && !["range", "radio", "checkbox", "file"].includes(node.type);
    if (!(text || field) || node.closest("svg, :disabled, [aria-disabled=true], script, style"))
      continue;
    const { width, height } = node.getBoundingClientRect();
    const { color, fontSize, fontWeight, clipPath, position } = getComputedStyle(node);
    const isSeen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!isSeen || width < 2 || height < 2 || (position === "absolute" && clipPath !== "none"))
      continue;
    const behind = ground(node);
    if (!behind) continue;
    const [r, g, b, a] = rgba(color);
    const lights = [light(over([r, g, b, a * opacity(node)], behind)), light(behind)];
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    const size = parseFloat(fontSize);
    const needed = size >= 24 || (size >= 18.66 && fontWeight >= 700) ? 3 : 4.5;
    count += 1;
    if (contrast >= needed - 0.005) continue;
    const words = (node.value || node.textContent).trim().slice(0, 60);
    poor.push([contrast, needed, `${node.nodeName} ${node.className}`, words]);
  }
  return [count, poor.sort((one, other) => one[0] / one[1] - other[0] / other[1])];
}"""


def poor_texts(page, selector="body *"):
    """Return the texts that have too little contrast, the worst first, and what it is."""
    count, poor = page.evaluate(CONTRASTS, selector)
    assert count > 5  # else nothing was looked at
    return poor


# A link with words beside it in its block.
PLAIN_LINKS = """() => [...document.querySelectorAll("a[href]")].filter((link) => {
  const block = link.closest("p, li, dd, dt, td, th, figcaption, div");
  const { display, textDecorationLine } = getComputedStyle(link);
  const words = [...(block?.childNodes ?? [])].some((n) => n.nodeType === 3 && n.data.trim());
  return words && block.contains(link) && display === "inline" && link.textContent.trim()
    && link.checkVisibility({ visibilityProperty: true }) && textDecorationLine !== "underline";
}).map((link) => link.outerHTML.slice(0, 120))"""


def plain_links(page):
    """Return the links in sentences that only a colour tells from the words around them."""
    return page.evaluate(PLAIN_LINKS)


def complaints(page, colours=False):
    """Return what axe finds wrong with a page, as a text: empty if nothing is.

    colours  also ask its own rules for contrast and for links in sentences
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    rules = {} if colours else {"rules": {rule: {"enabled": False} for rule in OF_COLOURS}}
    found = AxeResults(page.evaluate("(options) => axe.run(document, options)", OPTIONS | rules))
    report = found.generate_report() if found.violations_count else ""
    return report + "".join(f"\nNo line under a link: {link}" for link in plain_links(page))
