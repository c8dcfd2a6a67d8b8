"""Layers as a network needs them: a function, its backward pass, and the memory between the two.

    forward(x) -> y      computes y, and remembers what the backward pass needs
    backward(dy) -> dx   passes the gradient on, and stores the gradient of each `Parameter`

The functions of the other files do the arithmetic and check the shapes.

Weights start as normal numbers with deviation sqrt(2 / fan_in), where fan_in is the number of
inputs that one output sums up: so a signal keeps its size through layers of ReLU (He and others,
2015). Biases start at 0. `rng` is np.random.default_rng(seed): the same seed, the same network.
"""

import numpy as np

from alexnet_lib.arguments import as_int, as_pair, channels_per_group
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
from alexnet_lib.scratch.arrays import check_generator
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
    """Numbers to learn: their `value`, and their `gradient`, the loss's slope along each."""

    def __init__(self, value):
        self.value = value
        self.gradient = None  # until the first backward pass; each one replaces it


class Layer:
    """The base of all layers: a mode, training or test, and perhaps parameters."""

    training = True
    x = None  # the last input

    def parameters(self):
        """Return the parameters of the layer as a list."""
        return [value for value in vars(self).values() if isinstance(value, Parameter)]

    def train(self, training=True):
        """Switch to training: dropout drops, batch normalization uses the batch's statistics."""
        self.training = training

    def eval(self):
        """Switch to testing."""
        self.train(False)

    def last_input(self):
        """Return the last input, which the backward pass needs."""
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
        kh, kw = as_pair(kernel, "kernel", 1)
        self.weight = Parameter(he_weights((c_out, c_group, kh, kw), rng))
        self.bias = Parameter(np.zeros(c_out))  # (c_out,)
        self.settings = stride, padding, dilation, groups

    def forward(self, x):
        """Compute x (N, c_in, H, W) -> y (N, c_out, H', W')."""
        self.x = x
        return conv2d(x, self.weight.value, self.bias.value, *self.settings)

    def backward(self, dy):
        """Compute dy like y -> dx like x."""
        gradients = conv2d_backward(dy, self.last_input(), self.weight.value, *self.settings)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class Linear(Layer):
    """`linear` with its weights and biases: x (N, n_in) -> y (N, n_out)."""

    def __init__(self, n_in, n_out, *, rng):
        n_in = as_int(n_in, "the number of inputs", 1)
        n_out = as_int(n_out, "the number of outputs", 1)
        self.weight = Parameter(he_weights((n_out, n_in), rng))
        self.bias = Parameter(np.zeros(n_out))  # (n_out,)

    def forward(self, x):
        """Compute x (N, n_in) -> y (N, n_out)."""
        self.x = x
        return linear(x, self.weight.value, self.bias.value)

    def backward(self, dy):
        """Compute dy (N, n_out) -> dx (N, n_in)."""
        gradients = linear_backward(dy, self.last_input(), self.weight.value)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class BatchNorm(Layer):
    """`batch_norm`, and the running mean and variance: x (N, C) or (N, C, H, W) -> y like x."""

    def __init__(self, channels, eps=1e-5, momentum=0.1):
        channels = as_int(channels, "channels", 1)
        self.weight = Parameter(np.ones(channels))  # (C,)
        self.bias = Parameter(np.zeros(channels))  # (C,)
        self.running = np.zeros(channels), np.ones(channels)  # (C,) mean, (C,) variance
        self.eps = eps
        self.momentum = momentum

    def forward(self, x):
        """Compute x (N, C) or (N, C, H, W) -> y like x; training updates the running statistics."""
        self.x = x
        self.statistics = None if self.training else self.running
        y = batch_norm(x, self.weight.value, self.bias.value, self.statistics, self.eps)
        if self.training:
            self.running = running_statistics(self.running, x, self.momentum)
        return y

    def backward(self, dy):
        """Compute dy like x -> dx like x."""
        x = self.last_input()
        gradients = batch_norm_backward(dy, x, self.weight.value, self.statistics, self.eps)
        dx, self.weight.gradient, self.bias.gradient = gradients
        return dx


class Dropout(Layer):
    """`dropout` with a new mask in each forward of training: x of any shape -> y like x."""

    def __init__(self, p=0.5, inverted=True, *, rng):
        self.p = p
        self.inverted = inverted
        self.rng = rng
        dropout_mask((), p, rng)  # raises now what it would raise in training

    def forward(self, x):
        """Compute x of any shape -> y like x."""
        self.x = x
        self.mask = dropout_mask(np.shape(x), self.p, self.rng) if self.training else None
        return dropout(x, self.p, self.mask, self.inverted)

    def backward(self, dy):
        """Compute dy like x -> dx like x."""
        self.last_input()
        return dropout_backward(dy, self.p, self.mask, self.inverted)


class Fixed(Layer):
    """A layer without parameters: a function of x, its backward pass, and their settings."""

    def __init__(self, function, function_backward, *settings):
        self.function = function
        self.function_backward = function_backward
        self.settings = settings

    def forward(self, x):
        """Compute y = function(x, *settings)."""
        self.x = x
        return self.function(x, *self.settings)

    def backward(self, dy):
        """Compute dy like y -> dx like x."""
        return self.function_backward(dy, self.last_input(), *self.settings)


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


def he_weights(shape, rng):
    """Draw the first weights; `shape` is (outputs, ...), and the rest of it makes up fan_in."""
    check_generator(rng)
    fan_in = np.prod(shape[1:])
    return rng.normal(0, np.sqrt(2 / fan_in), shape)
