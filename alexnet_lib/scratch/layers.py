"""Layers as a network needs them: a function, its way back, and what the one leaves for the other.

    forward(x) -> y      computes, and remembers what the way back needs
    backward(dy) -> dx   hands the gradient on, and leaves each `Parameter` its own

The arithmetic is not here but in the functions of the other files; so are the shapes.

Weights start as normal numbers with deviation sqrt(2 / fan_in), where fan_in counts what one
output sums up: so a signal keeps its size through layers of ReLU (He and others, 2015).
Biases start at 0. `rng` draws: np.random.default_rng(seed), the same seed for the same network.
"""

import numpy as np

from alexnet_lib.arguments import channels_per_group, pair, whole
from alexnet_lib.scratch.activations import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from alexnet_lib.scratch.arrays import need_generator
from alexnet_lib.scratch.convolution import conv2d, conv2d_backward
from alexnet_lib.scratch.dropout import dropout, dropout_backward, dropout_mask
from alexnet_lib.scratch.linear import flatten, flatten_backward, linear, linear_backward
from alexnet_lib.scratch.normalization import (
    batch_norm,
    batch_norm_backward,
    local_response_norm,
    local_response_norm_backward,
    running_statistics,
)
from alexnet_lib.scratch.pooling import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

__all__ = [
    "ELU",
    "GELU",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm",
    "Conv2d",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "Layer",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "MaxPool2d",
    "Parameter",
    "ReLU",
    "Sigmoid",
    "Tanh",
]


class Parameter:
    """Numbers that are learned: `value`, and `gradient`, the loss's slope along each of them."""

    def __init__(self, value):
        self.value = value
        self.gradient = None  # until the first backward; each backward replaces it


class Layer:
    """What all layers share: they train or are tested, and some have parameters."""

    training = True
    x = None  # the last input

    def parameters(self):
        """All that is learned here, as a list."""
        return [value for value in vars(self).values() if isinstance(value, Parameter)]

    def train(self, training=True):
        """From now on as in training (dropout drops, batch normalization looks at the batch)."""
        self.training = training

    def eval(self):
        """From now on as in a test."""
        self.train(False)

    def remembered(self):
        """The last input, which the way back needs."""
        if self.x is None:
            raise ValueError(
                f"{type(self).__name__} can't go backward before it went forward:"
                " call forward(x) first."
            )
        return self.x


class Conv2d(Layer):
    """`conv2d` with its kernels and biases: x (N, c_in, H, W) -> y (N, c_out, H', W')."""

    def __init__(self, c_in, c_out, kernel, stride=1, padding=0, dilation=1, groups=1, *, rng):
        c_group = channels_per_group(c_in, groups, "input")
        channels_per_group(c_out, groups, "output")
        kh, kw = pair(kernel, "kernel", 1)
        self.weight = Parameter(he((c_out, c_group, kh, kw), rng))
        self.bias = Parameter(np.zeros(c_out))  # (c_out,)
        self.settings = stride, padding, dilation, groups

    def forward(self, x):
        """x (N, c_in, H, W) -> y (N, c_out, H', W')."""
        self.x = x
        return conv2d(x, self.weight.value, self.bias.value, *self.settings)

    def backward(self, dy):
        """dy like y -> dx like x."""
        gradients = conv2d_backward(dy, self.remembered(), self.weight.value, *self.settings)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class Linear(Layer):
    """`linear` with its weights and biases: x (N, n_in) -> y (N, n_out)."""

    def __init__(self, n_in, n_out, *, rng):
        n_in = whole(n_in, "the number of inputs", 1)
        n_out = whole(n_out, "the number of outputs", 1)
        self.weight = Parameter(he((n_out, n_in), rng))
        self.bias = Parameter(np.zeros(n_out))  # (n_out,)

    def forward(self, x):
        """x (N, n_in) -> y (N, n_out)."""
        self.x = x
        return linear(x, self.weight.value, self.bias.value)

    def backward(self, dy):
        """dy (N, n_out) -> dx (N, n_in)."""
        gradients = linear_backward(dy, self.remembered(), self.weight.value)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class BatchNorm(Layer):
    """`batch_norm`, and the running mean and variance: x (N, C) or (N, C, H, W) -> y like x."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        channels = whole(channels, "channels", 1)
        self.weight = Parameter(np.ones(channels))  # (C,)
        self.bias = Parameter(np.zeros(channels))  # (C,)
        self.running = np.zeros(channels), np.ones(channels)  # (C,) mean, (C,) variance
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        """x (N, C) or (N, C, H, W) -> y like x; in training, the running statistics follow."""
        self.x, self.used = x, None if self.training else self.running
        y = batch_norm(x, self.weight.value, self.bias.value, self.used, self.eps)
        if self.training:
            self.running = running_statistics(self.running, x, self.momentum)
        return y

    def backward(self, dy):
        """dy like x -> dx like x."""
        x, weight = self.remembered(), self.weight.value
        gradients = batch_norm_backward(dy, x, weight, self.used, self.eps)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class Dropout(Layer):
    """`dropout` with a new mask in each forward of training: x of any shape -> y like x."""

    def __init__(self, p=0.5, inverted=True, *, rng):
        self.p, self.inverted, self.rng = p, inverted, rng
        dropout_mask((), p, rng)  # refuses now what it would refuse in training

    def forward(self, x):
        """x of any shape -> y like x."""
        self.x = x
        self.mask = dropout_mask(np.shape(x), self.p, self.rng) if self.training else None
        return dropout(x, self.p, self.mask, self.inverted)

    def backward(self, dy):
        """dy like x -> dx like x."""
        self.remembered()
        return dropout_backward(dy, self.p, self.mask, self.inverted)


class Fixed(Layer):
    """A layer that learns nothing: a function of x, its way back, and their settings."""

    def __init__(self, function, function_backward, *settings):
        self.function, self.function_backward = function, function_backward
        self.settings = settings

    def forward(self, x):
        """y = function(x, *settings)."""
        self.x = x
        return self.function(x, *self.settings)

    def backward(self, dy):
        """dy like y -> dx like x."""
        return self.function_backward(dy, self.remembered(), *self.settings)


class MaxPool2d(Fixed):
    """`max_pool2d`: x (N, C, H, W) -> y (N, C, H', W')."""

    def __init__(self, kernel, stride=None, padding=0):
        super().__init__(max_pool2d, max_pool2d_backward, kernel, stride, padding)


class AvgPool2d(Fixed):
    """`avg_pool2d`: x (N, C, H, W) -> y (N, C, H', W')."""

    def __init__(self, kernel, stride=None, padding=0):
        super().__init__(avg_pool2d, avg_pool2d_backward, kernel, stride, padding)


class AdaptiveAvgPool2d(Fixed):
    """`adaptive_avg_pool2d`: x (N, C, H, W) -> y (N, C, H', W'), size = (H', W')."""

    def __init__(self, size):
        super().__init__(adaptive_avg_pool2d, adaptive_avg_pool2d_backward, size)


class GlobalAvgPool2d(Fixed):
    """`global_avg_pool2d`: x (N, C, H, W) -> y (N, C)."""

    def __init__(self):
        super().__init__(global_avg_pool2d, global_avg_pool2d_backward)


class LocalResponseNorm(Fixed):
    """`local_response_norm`: x (N, C, H, W) -> y (N, C, H, W)."""

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, divide=True):
        settings = size, alpha, beta, k, divide
        super().__init__(local_response_norm, local_response_norm_backward, *settings)


class Flatten(Fixed):
    """`flatten`: x (N, ...) -> y (N, the product of the rest)."""

    def __init__(self):
        super().__init__(flatten, flatten_backward)


class ReLU(Fixed):
    """`relu`: x of any shape -> y like x."""

    def __init__(self):
        super().__init__(relu, relu_backward)


class LeakyReLU(Fixed):
    """`leaky_relu`: x of any shape -> y like x."""

    def __init__(self, slope=0.01):
        super().__init__(leaky_relu, leaky_relu_backward, slope)


class ELU(Fixed):
    """`elu`: x of any shape -> y like x."""

    def __init__(self, alpha=1.0):
        super().__init__(elu, elu_backward, alpha)


class GELU(Fixed):
    """`gelu`: x of any shape -> y like x."""

    def __init__(self):
        super().__init__(gelu, gelu_backward)


class Sigmoid(Fixed):
    """`sigmoid`: x of any shape -> y like x."""

    def __init__(self):
        super().__init__(sigmoid, sigmoid_backward)


class Tanh(Fixed):
    """`tanh`: x of any shape -> y like x."""

    def __init__(self):
        super().__init__(tanh, tanh_backward)


def he(shape, rng):
    """Weights to start with; `shape` is (outputs, ...), and the rest makes up fan_in."""
    need_generator(rng)
    fan_in = np.prod(shape[1:])
    return rng.normal(0, np.sqrt(2 / fan_in), shape)
