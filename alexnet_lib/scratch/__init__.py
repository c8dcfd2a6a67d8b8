"""Every layer of AlexNet and its kin from scratch in NumPy, forward and backward.

A file for each idea; read each from top to bottom:

    convolution     the loops of the definition, and one matrix product per group
    pooling         max, average, adaptive, global
    linear          fully connected layers, and the flattening before them
    activations     ReLU, leaky ReLU, ELU, GELU, sigmoid, tanh
    softmax         from scores to probabilities, and the loss
    dropout         the paper's form and the inverted one
    normalization   local response normalization, batch normalization
    layers          the same as layers, which hold their parameters and gradients
    network         layers in a row, and gradient descent: a network that trains
    arrays          types, and the checks of the others' arguments

Plain functions come first: `f(x, ...)` returns y, and `f_backward(dy, x, ...)` turns the gradient
of a loss with respect to y into its gradients with respect to the arguments of f. The layers are
thin wrappers around them. All gradients are exact: the tests compare each with PyTorch's and with
finite differences.
"""

from importlib import import_module

FILES = ["activations", "convolution", "dropout", "layers", "linear", "network", "normalization"]
FILES += ["pooling", "softmax"]
PUBLIC = {}
for file in [import_module(f"{__name__}.{name}") for name in FILES]:
    PUBLIC |= {name: getattr(file, name) for name in file.__all__}
globals().update(PUBLIC)  # scratch.dropout is the function, not the file of the same name
__all__ = sorted(PUBLIC)
