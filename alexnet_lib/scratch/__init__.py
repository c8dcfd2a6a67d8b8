"""Every layer of AlexNet and its kin from scratch in NumPy, forward and backward.

A file for each idea, each to be read top to bottom:

    convolution     the loops of the definition, and one matrix product per group
    pooling         max, average, adaptive, global
    linear          fully connected layers, and the flattening before them
    activations     ReLU, leaky ReLU, ELU, GELU, sigmoid, tanh
    softmax         from scores to probabilities, and the loss
    dropout         the paper's form and the inverted one
    normalization   local response normalization, batch normalization
    layers          the same as layers, which hold their parameters and gradients
    network         layers in a row, and gradient descent: a network that trains
    arrays          types, and what the others refuse

First come plain functions: `f(x, ...)` gives y, and `f_backward(dy, x, ...)` turns the gradient
of a loss with respect to y into those with respect to what f was given. The layers are thin
over them. All gradients are exact: the tests hold each to PyTorch's and to finite differences.
"""

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
from alexnet_lib.scratch.convolution import (
    col2im,
    conv2d,
    conv2d_backward,
    conv2d_loops,
    im2col,
)
from alexnet_lib.scratch.dropout import (
    dropout,
    dropout_backward,
    dropout_mask,
)
from alexnet_lib.scratch.layers import (
    ELU,
    GELU,
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LeakyReLU,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    Parameter,
    ReLU,
    Sigmoid,
    Tanh,
)
from alexnet_lib.scratch.linear import (
    flatten,
    flatten_backward,
    linear,
    linear_backward,
)
from alexnet_lib.scratch.network import (
    SGD,
    Sequential,
)
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
from alexnet_lib.scratch.softmax import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)

__all__ = [
    "ELU",
    "GELU",
    "SGD",
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
    "Sequential",
    "Sigmoid",
    "Tanh",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "dropout_mask",
    "elu",
    "elu_backward",
    "flatten",
    "flatten_backward",
    "gelu",
    "gelu_backward",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "im2col",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "local_response_norm",
    "local_response_norm_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "running_statistics",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
