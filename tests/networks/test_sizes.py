"""Sizes, parameters and multiply-adds of a layer: as PyTorch has them, and as published."""

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from alexnet_lib.networks.sizes import (
    conv_multiply_adds,
    conv_parameters,
    output_size,
    reads,
)

# The five convolutions of the 2012 network, from the paper and its code: c_in, c_out, kernel,
# groups, output side, parameters, millions of multiply-adds.
CONVOLUTIONS = {
    "conv1": (3, 96, 11, 1, 55, 34_944, 105.415),
    "conv2": (96, 256, 5, 2, 27, 307_456, 223.949),
    "conv3": (256, 384, 3, 1, 13, 885_120, 149.520),
    "conv4": (384, 384, 3, 2, 13, 663_936, 112.140),
    "conv5": (384, 256, 3, 2, 13, 442_624, 74.760),
}


def test_output_size_is_pytorchs_for_all_small_settings():
    compared = 0
    for n, kernel, stride, padding, dilation in product(
        range(1, 10), range(1, 6), range(1, 4), range(4), range(1, 4)
    ):
        if dilation * (kernel - 1) + 1 > n + 2 * padding:
            with pytest.raises(ValueError, match=r"make the kernel .*smaller"):
                output_size(n, kernel, stride, padding, dilation)
            continue
        image, ones = torch.zeros(1, 1, n), torch.zeros(1, 1, kernel)
        expected = F.conv1d(image, ones, None, stride, padding, dilation).shape[2]
        assert output_size(n, kernel, stride, padding, dilation) == expected
        compared += 1
    assert compared > 1000


def test_the_riddle_of_224_and_227():
    assert output_size(224, 11, 4) == 54
    assert output_size(227, 11, 4) == 55
    assert output_size(224, 11, 4, padding=2) == 55
    assert output_size(224, 11, 4, ceil=True) == 55


@given(st.integers(1, 60), st.integers(1, 12), st.integers(1, 6), st.integers(0, 6))
@settings(max_examples=200)
def test_ceil_counts_one_more_window_exactly_where_one_hangs_over(n, kernel, stride, padding):
    room = n + 2 * padding - kernel
    if room < 0:
        return
    hangs_over = room % stride > 0
    floor = output_size(n, kernel, stride, padding)
    assert output_size(n, kernel, stride, padding, ceil=True) == floor + hangs_over


def test_sizes_are_plain_ints():
    assert type(output_size(np.int64(227), np.int64(11), 4)) is int
    assert type(conv_parameters(np.int64(3), 96, 11)) is int


@given(
    st.integers(1, 30), st.integers(1, 6), st.integers(1, 7), st.integers(0, 4), st.integers(1, 3)
)
@settings(max_examples=200)
def test_reads_is_the_gradient_of_the_sum_of_all_windows(n, kernel, stride, padding, dilation):
    if dilation * (kernel - 1) + 1 > n + 2 * padding:
        return
    x = torch.zeros(1, 1, n, dtype=torch.float64, requires_grad=True)  # (1, 1, n)
    ones = torch.ones(1, 1, kernel, dtype=torch.float64)  # (1, 1, kernel)
    F.conv1d(x, ones, None, stride, padding, dilation).sum().backward()
    counts = reads(n, kernel, stride, padding, dilation)  # (n,)
    assert counts.shape == (n,)
    assert counts.dtype.kind == "i"
    assert counts.tolist() == x.grad[0, 0].tolist()


def test_alexnets_first_layer_reads_all_of_227_and_not_all_of_224():
    assert (reads(227, 11, 4) > 0).all()
    assert (reads(224, 11, 4) == 0).nonzero()[0].tolist() == [223]


@pytest.mark.parametrize("layer", CONVOLUTIONS)
def test_the_published_convolutions(layer):
    c_in, c_out, kernel, groups, out, parameters, millions = CONVOLUTIONS[layer]
    assert conv_parameters(c_in, c_out, kernel, groups) == parameters
    multiply_adds = conv_multiply_adds(c_in, c_out, kernel, out, groups)
    assert round(multiply_adds / 1e6, 3) == millions


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kernel", [1, 4, (3, 5)])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_parameters_are_pytorchs(groups, kernel, bias):
    layer = nn.Conv2d(6, 12, kernel, groups=groups, bias=bias)
    expected = sum(weight.numel() for weight in layer.parameters())
    assert conv_parameters(6, 12, kernel, groups, bias) == expected


def test_multiply_adds_count_the_weights_once_per_position():
    layer = nn.Conv2d(6, 12, (3, 5), stride=2, groups=3)
    out = layer(torch.zeros(1, 6, 20, 30)).shape[2:]
    expected = layer.weight.numel() * out[0] * out[1]
    assert conv_multiply_adds(6, 12, (3, 5), tuple(out), 3) == expected
    assert conv_multiply_adds(6, 12, (3, 5), (9, 13), 3) == expected


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: output_size(5, 7),
            "kernel of 7 spans 7 pixels, but the image has 5: make the kernel smaller",
        ),
        (
            lambda: output_size(5, 3, padding=1, dilation=4),
            r"dilation 4 spans 9 pixels.* has 7 \(5 and padding.*dilation sm",
        ),
        (lambda: output_size(5, 3, stride=0), "stride must be at least 1, but 0 was given"),
        (lambda: output_size(5, 3, padding=-1), "padding must be at least 0, but -1 was given"),
        (lambda: output_size(5, 3, dilation=0), "dilation must be at least 1, but 0 was given"),
        (lambda: output_size(5, 0), "kernel must be at least 1, but 0 was given"),
        (lambda: output_size(0, 1), "the image's size must be at least 1, but 0 was given"),
        (lambda: output_size(5, 2.5), r"kernel must be a whole number, but 2\.5 was given"),
        (lambda: output_size(5, "3"), "kernel must be a whole number, but '3' was given"),
        (lambda: output_size((5, 5), 3), r"image's size must be a whole number, but \(5, 5\)"),
        (lambda: reads(5, 7), "spans 7 pixels"),
        (lambda: conv_parameters(3, 96, 11, groups=2), "3 input channels can't be shared out"),
        (lambda: conv_parameters(4, 9, 3, groups=2), "9 output channels can't be shared out"),
        (lambda: conv_parameters(4, 8, 3, groups=0), "groups must be at least 1, but 0"),
        (lambda: conv_parameters(0, 8, 3), "number of input channels must be at least 1"),
        (lambda: conv_parameters(4, 8, (3, 3, 3)), r"one whole number or a pair, but \(3, 3, 3\)"),
        (lambda: conv_multiply_adds(3, 96, 11, 0), "out must be at least 1, but 0 was given"),
    ],
)
def test_impossible_settings_are_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        call()
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "module", ["networks.sizes", "networks.variants", "scratch", "check", "data"]
)
def test_importing_needs_numpy_alone(module):
    code = (
        f"import sys, alexnet_lib.{module};"
        "print([m for m in ('torch', 'matplotlib', 'anywidget', 'PIL') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
