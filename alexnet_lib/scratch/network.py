"""A network that trains: layers in a row, and the rule by which their parameters move.

    net = Sequential(Conv2d(1, 8, 3, rng=rng), ReLU(), Flatten(), Linear(288, 10, rng=rng))
    sgd = SGD(net.parameters(), lr=0.1, momentum=0.9)

    scores = net.forward(x)                               # (N, 10), one step of training:
    loss = cross_entropy(scores, labels)
    net.backward(cross_entropy_backward(scores, labels))  # backward from the loss to x
    sgd.step()

The network doesn't know what a layer computes, only that it has forward and backward.
"""

import numpy as np

from alexnet_lib.scratch.arrays import as_float
from alexnet_lib.scratch.layers import Layer

__all__ = ["SGD", "Sequential"]


class Sequential(Layer):
    """Layers in a row, each fed by the one before it; a layer itself."""

    def __init__(self, *layers):
        for layer in layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"A network is made of layers, but {layer!r} was given.")
        self.layers = layers

    def forward(self, x):
        """Go through every layer, first to last: input of the first -> output of the last."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        """Go through every layer, last to first: gradient of the output -> gradient of the input.

        On the way each parameter gets a new `gradient`, which replaces the one before.
        """
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def parameters(self):
        """Return the parameters of all layers, first to last, weights before biases."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def train(self, training=True):
        """Switch every layer to training, or to testing."""
        for layer in self.layers:
            layer.train(training)


class SGD:
    """Gradient descent with momentum and weight decay, in one of two forms.

        paper=False (PyTorch)   v <- momentum v + (g + weight_decay w)        w <- w - lr v
        paper=True              v <- momentum v - lr weight_decay w - lr g    w <- w + v

    w is a parameter's value, g its gradient, v its velocity, which starts at 0. While the learning
    rate stays the same, both forms do the same. When it drops, the paper's velocity still carries
    the old rate, while PyTorch slows down at once. You may change `lr` at any time.

    Every parameter in the list decays. To spare the biases, give them a separate SGD.
    """

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0, paper=False):
        self.parameters = list(parameters)
        self.lr = as_float(lr, "lr", 0)
        self.momentum = as_float(momentum, "momentum", 0)
        self.weight_decay = as_float(weight_decay, "weight_decay", 0)
        self.paper = paper
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self):
        """Move every parameter once, by its latest gradient."""
        if any(parameter.gradient is None for parameter in self.parameters):
            raise ValueError("A parameter has no gradient yet: call backward before step.")
        lr = as_float(self.lr, "lr", 0)
        for i, parameter in enumerate(self.parameters):
            w = parameter.value
            g = parameter.gradient
            v = self.velocities[i]
            if self.paper:
                v = self.momentum * v - lr * self.weight_decay * w - lr * g
                parameter.value = w + v
            else:
                v = self.momentum * v + (g + self.weight_decay * w)
                parameter.value = w - lr * v
            self.velocities[i] = v
