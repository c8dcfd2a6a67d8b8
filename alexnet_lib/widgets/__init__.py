"""The book's widgets: pictures with controls, live in a notebook and on the website.

`WIDGETS` maps the name that a page uses (`data-alexnet-widget="convolution"`) to the class.
"""

from alexnet_lib.widgets.base import Widget
from alexnet_lib.widgets.convolution import ConvolutionWidget

WIDGETS = {widget.name: widget for widget in (ConvolutionWidget,)}

__all__ = ["WIDGETS", "ConvolutionWidget", "Widget"]
