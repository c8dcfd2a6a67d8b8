"""The book's widgets: pictures with controls, live in a notebook and on the website.

`WIDGETS` maps the name that a page uses (`data-alexnet-widget="convolution"`) to the class. Every
module in this folder is imported, and a widget in it registers itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from alexnet_lib.widgets.base import WIDGETS, Widget

for module in iter_modules(__path__, f"{__name__}."):  # in the order of their names
    import_module(module.name)
classes = {widget.__name__: widget for widget in WIDGETS.values()}
globals().update(classes)

__all__ = ["WIDGETS", "Widget", *classes]
