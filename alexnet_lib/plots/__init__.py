"""Every figure that the lessons draw, in one style.

Each function returns a `Picture`: the figure, and a sentence for readers who can't see it.
A file for each kind of figure, and `base` for what they share:

    bends     functions that bend      bends
    cells     numbers in a grid        sliding_window, numbers, confusion
    images    sheets of images         pictures, filters, feature_maps
    channels  many into one sum        channels
    charts    bars and curves          bars, curves, costs
    clouds    points and their axes    cloud
    graphs    a computation            graph, unit_graph, layer_graph
    layers    a network to scale       network
    events    a timeline               timeline
    occlusion what an answer rests on  occlusion
    planes    a plane, and valleys     plane, valley, contours
    pooling   windows and results      pooling
    rows      rows of pictures       picture_rows
    spreads   runs of the same kind    spread
    thinned   units crossed out        crossed_out
    units     a small network          units
"""

from importlib import import_module

FILES = ["base", "bends", "cells", "channels", "charts", "clouds", "events", "graphs", "images"]
FILES += ["layers", "occlusion", "planes", "pooling", "rows", "spreads", "thinned", "units"]
PUBLIC = {}
for file in [import_module(f"{__name__}.{name}") for name in FILES]:
    PUBLIC |= {name: getattr(file, name) for name in file.__all__}
globals().update(PUBLIC)  # plots.pooling is the function, not the file of the same name
__all__ = sorted(PUBLIC)
