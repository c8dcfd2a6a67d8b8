"""What axe finds on a page, with one text for all that look alike.

Contrast takes axe three quarters of its time, since it asks for what lies behind each text. So it
is asked once for each look: a tag, its classes, its colour and size, and the colours behind it. All
other rules see the whole page.
"""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

# Without these axe spends half of its time on describing what is right, and asks the network again
# for every style sheet.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
OTHERS = {"rules": {"color-contrast": {"enabled": False}}}
ON_THE_WHOLE_PAGE = "(options) => axe.run(document, options)"
ON_ONE_OF_EACH_LOOK = """(options) => {
  const looks = new Map();
  const hasText = (node) =>
    node.nodeName === "INPUT" ||
    [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  for (const element of document.querySelectorAll("body *")) {
    if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const look = [element.nodeName, element.className, color, fontSize, fontWeight];
    look.push(getComputedStyle(element.parentElement).color);
    for (let behind = element; behind; behind = behind.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(behind);
      if (backgroundColor !== "rgba(0, 0, 0, 0)") look.push(backgroundColor);
      if (backgroundImage !== "none" || opacity !== "1") look.push(backgroundImage, opacity);
    }
    const key = look.join(" ");
    if (!looks.has(key)) looks.set(key, element);
  }
  return axe.run({ include: [...looks.values()] }, options);
}"""


def colour_complaints(page):
    """Return what axe finds wrong with the colours of a page's texts, as a report."""
    return report(page, ON_ONE_OF_EACH_LOOK, OPTIONS | COLOURS)


def complaints(page):
    """Return all that axe finds wrong with a page, as a report."""
    return report(page, ON_THE_WHOLE_PAGE, OPTIONS | OTHERS) + colour_complaints(page)


def report(page, script, options):
    """Return what axe finds in a run, as a text; it is empty if nothing is wrong."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(script, options))
    return found.generate_report() if found.violations_count else ""
