"""What a widget says, for the tests of several widgets."""

SHOWN = "(text) => document.querySelector('[role=status]').innerText.includes(text)"


def status(page):
    """Return the sentence of the status line now, without its wait until the hand is still."""
    return page.evaluate("drawn().then(() => view.el.alexnetWidget.said())")


def shown(page, expected=None):
    """Return the status line, once it shows what is expected, or else what the widget says now."""
    page.wait_for_function(SHOWN, arg=status(page) if expected is None else expected)
    return page.get_by_role("status").inner_text()
