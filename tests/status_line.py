"""What a widget says, for the tests of several widgets."""


def status(page):
    """Return the sentence of the status line now, without its wait until the hand is still."""
    return page.evaluate("drawn().then(() => view.el.alexnetWidget.said())")
