"""Every figure that the lessons draw, in one style.

Each function returns a `Picture`: the figure, and a sentence for those who can't see it.
A file for each kind, and `base` for what they share:

    cells     numbers in a grid        sliding_window, numbers, confusion
    images    sheets of images         pictures, filters, feature_maps
    charts    bars and curves          bars, curves, costs
    graphs    a computation            graph
    layers    a network to scale       network
    events    what came after what     timeline
    pooling   what windows leave       pooling
    spreads   runs of the same kind    spread
    units     a small network          units
"""

from alexnet_lib.plots.base import Picture
from alexnet_lib.plots.cells import confusion, numbers, sliding_window
from alexnet_lib.plots.charts import bars, costs, curves
from alexnet_lib.plots.events import timeline
from alexnet_lib.plots.graphs import graph
from alexnet_lib.plots.images import feature_maps, filters, pictures
from alexnet_lib.plots.layers import network
from alexnet_lib.plots.pooling import pooling
from alexnet_lib.plots.spreads import spread
from alexnet_lib.plots.units import units

__all__ = [
    "Picture",
    "bars",
    "confusion",
    "costs",
    "curves",
    "feature_maps",
    "filters",
    "graph",
    "network",
    "numbers",
    "pictures",
    "pooling",
    "sliding_window",
    "spread",
    "timeline",
    "units",
]
