"""Layers: each is its function, remembers what its backward pass needs, and starts from a seed."""

import numpy as np
import pytest

from alexnet_lib import scratch
from alexnet_lib.scratch import BatchNorm, Conv2d, Dropout, Layer, Linear, ReLU, conv2d

IMAGES = (2, 4, 6, 6)
# layer -> its arguments, and the function behind it
FIXED = {
    "MaxPool2d": ((3, 2, 1), scratch.max_pool2d),
    "AvgPool2d": ((3, 2, 1), scratch.avg_pool2d),
    "AdaptiveAvgPool2d": ((4,), scratch.adaptive_avg_pool2d),
    "GlobalAvgPool2d": ((), scratch.global_avg_pool2d),
    "LocalResponseNorm": ((3, 0.5, 0.8, 1.5, False), scratch.local_response_norm),
    "Flatten": ((), scratch.flatten),
    "ReLU": ((), scratch.relu),
    "LeakyReLU": ((0.3,), scratch.leaky_relu),
    "ELU": ((0.7,), scratch.elu),
    "GELU": ((), scratch.gelu),
    "Sigmoid": ((), scratch.sigmoid),
    "Tanh": ((), scratch.tanh),
}


def generator():
    return np.random.default_rng(0)


def test_every_layer_is_in_one_of_these_tests():
    layers = {
        name
        for name in scratch.__all__
        if isinstance(getattr(scratch, name), type) and issubclass(getattr(scratch, name), Layer)
    }
    assert layers == {*FIXED, "Layer", "Sequential", "Conv2d", "Linear", "BatchNorm", "Dropout"}


@pytest.mark.parametrize("name", FIXED)
def test_a_layer_is_its_function(name):
    how, function = FIXED[name]
    backward = getattr(scratch, f"{function.__name__}_backward")
    layer = getattr(scratch, name)(*how)
    x = generator().standard_normal(IMAGES)
    y = layer.forward(x)
    assert np.array_equal(y, function(x, *how))
    dy = generator().standard_normal(y.shape)
    assert np.array_equal(layer.backward(dy), backward(dy, x, *how))
    assert layer.parameters() == []


def test_the_defaults_of_a_layer_are_its_functions():
    x = generator().standard_normal(IMAGES) * 30
    for name, (how, function) in FIXED.items():
        needed = how[:1] if name.endswith("Pool2d") else ()
        layer = getattr(scratch, name)(*needed)
        assert np.array_equal(layer.forward(x), function(x, *needed))


def test_convolution_and_linear_leave_their_gradients_in_their_parameters(slopes):
    conv_how = (2, 1), (1, 0), (1, 2), 2  # stride, padding, dilation, groups
    conv = Conv2d(4, 6, (3, 2), *conv_how, rng=generator())
    images, rows = generator().standard_normal(IMAGES), generator().standard_normal((3, 4))
    weight, bias = conv.weight.value, conv.bias.value
    assert np.array_equal(conv.forward(images), conv2d(images, weight, bias, *conv_how))
    for layer, x in [(conv, images), (Linear(4, 3, rng=generator()), rows)]:
        dy = generator().standard_normal(layer.forward(x).shape)
        dx = layer.backward(dy)

        def f(x, weight, bias, layer=layer):
            layer.weight.value, layer.bias.value = weight, bias
            return layer.forward(x)

        arrays = x, layer.weight.value, layer.bias.value
        slopes(f, arrays, (dx, layer.weight.gradient, layer.bias.gradient), dy)


def test_weights_start_so_that_a_signal_keeps_its_size():
    conv = Conv2d(16, 64, 5, groups=2, rng=generator())
    linear = Linear(1000, 300, rng=generator())
    assert conv.weight.value.shape == (64, 8, 5, 5)
    assert conv.weight.value.std() == pytest.approx(np.sqrt(2 / (8 * 5 * 5)), rel=0.02)
    assert linear.weight.value.std() == pytest.approx(np.sqrt(2 / 1000), rel=0.02)
    assert abs(linear.weight.value.mean()) < 1e-3
    assert not conv.bias.value.any()
    assert not linear.bias.value.any()
    again = Linear(1000, 300, rng=generator())
    assert np.array_equal(linear.weight.value, again.weight.value)

    rng = generator()
    x = rng.standard_normal((100, 300))
    for _ in range(10):
        x = ReLU().forward(Linear(300, 300, rng=rng).forward(x))  # (100, 300)
    assert 0.5 < (x * x).mean() < 2


def test_dropout_draws_in_training_and_rests_in_a_test():
    layer, x = Dropout(0.4, rng=generator()), np.ones((4, 50))
    first, second = layer.forward(x), layer.forward(x)
    assert not np.array_equal(first, second)
    assert np.array_equal(layer.backward(x), second)  # the mask of the last forward
    layer.eval()
    assert np.array_equal(layer.forward(x), x)
    assert np.array_equal(layer.backward(x), x)
    paper = Dropout(0.4, inverted=False, rng=generator())
    assert set(np.unique(paper.forward(x))) == {0, 1}
    paper.eval()
    assert np.array_equal(paper.forward(x), 0.6 * x)
    paper.train()
    assert set(np.unique(paper.forward(x))) == {0, 1}


def test_batch_norm_gathers_what_a_test_uses():
    layer = BatchNorm(3, momentum=0.5)
    x = generator().normal(7, 2, (400, 3))
    for _ in range(30):
        layer.forward(x)
    layer.eval()
    before = layer.running
    y = layer.forward(x)
    assert layer.running is before
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(y.std(0), 1, rtol=1e-2)
    np.testing.assert_allclose(layer.backward(x), x / np.sqrt(before[1] + 1e-5), rtol=1e-12)


def test_float32_stays_float32():
    x = generator().standard_normal(IMAGES).astype(np.float32)
    for layer in (Conv2d(4, 2, 3, rng=generator()), BatchNorm(4), Dropout(rng=generator())):
        for parameter in layer.parameters():
            parameter.value = parameter.value.astype(np.float32)
        y = layer.forward(x)
        assert y.dtype == layer.backward(y).dtype == np.float32
        assert all(parameter.gradient.dtype == np.float32 for parameter in layer.parameters())


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ReLU().backward(np.ones(2)), "ReLU can't go backward before it went forward"),
        (lambda: BatchNorm(2).backward(np.ones(2)), "BatchNorm can't go backward before it went"),
        (lambda: Dropout(rng=generator()).backward(np.ones(2)), "Dropout can't go backward before"),
        (lambda: Linear(2, 3, rng=generator()).backward(np.ones(2)), "Linear can't go backward be"),
        (lambda: Conv2d(3, 4, 3, groups=2, rng=generator()), "3 input channels can't be shared"),
        (lambda: Conv2d(4, 3, 3, groups=2, rng=generator()), "3 output channels can't be shared"),
        (lambda: Conv2d(4, 4, 0, rng=generator()), "kernel must be at least 1, but 0 was given"),
        (lambda: Conv2d(4, 4, 3, rng=7), "rng must be a generator such as .*, but 7 was given"),
        (lambda: Linear(0, 4, rng=generator()), "the number of inputs must be at least 1, but 0"),
        (lambda: Linear(4, 1.5, rng=generator()), "the number of outputs must be a whole number"),
        (lambda: BatchNorm(0), "channels must be at least 1, but 0 was given"),
        (lambda: Dropout(1, rng=generator()), "p must be at least 0 and less than 1"),
        (lambda: Dropout(rng=None), "rng must be a generator .*, but None was given"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
