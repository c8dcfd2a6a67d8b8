"""The book's widgets: pictures with controls, live in a notebook and on the website.

`WIDGETS` maps the name that a page uses (`data-alexnet-widget="convolution"`) to the class.
"""

from alexnet_lib.widgets.backprop import BackpropWidget
from alexnet_lib.widgets.base import Widget
from alexnet_lib.widgets.convolution import ConvolutionWidget
from alexnet_lib.widgets.dropout import DropoutWidget
from alexnet_lib.widgets.fully_connected import FullyConnectedWidget
from alexnet_lib.widgets.pooling import PoolingWidget
from alexnet_lib.widgets.softmax import SoftmaxWidget
from alexnet_lib.widgets.timeline import TimelineWidget

WIDGETS = {
    widget.name: widget
    for widget in (
        BackpropWidget,
        ConvolutionWidget,
        DropoutWidget,
        FullyConnectedWidget,
        PoolingWidget,
        SoftmaxWidget,
        TimelineWidget,
    )
}

__all__ = [
    "WIDGETS",
    "BackpropWidget",
    "ConvolutionWidget",
    "DropoutWidget",
    "FullyConnectedWidget",
    "PoolingWidget",
    "SoftmaxWidget",
    "TimelineWidget",
    "Widget",
]
