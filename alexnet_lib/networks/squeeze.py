"""SqueezeNet 1.1: as accurate as AlexNet on ImageNet, with a fiftieth of its parameters.

It saves them in three ways. A `Fire` squeezes its input into a few maps with 1 × 1 kernels before
larger kernels see it. Half of the larger kernels are 1 × 1 as well. And no layer is fully
connected: the last convolution makes a map for each class, and the mean of the map is its score.

    model = squeezenet()                                           # with its ImageNet weights
    scores = model(torch.zeros(1, 3, 227, 227))                    # (1, 1000)
    model = squeezenet(num_classes=5, weights=None)                # to be trained

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB
model size", 2016; version 1.1 of their program. With the same weights it computes the same as
`torchvision.models.squeezenet1_1`.
"""

import torch
from torch import nn

from alexnet_lib.arguments import as_int
from alexnet_lib.data import network_weights

__all__ = ["Fire", "SqueezeNet", "squeezenet"]


def squeezenet(num_classes=1000, *, weights="imagenet"):
    """Return SqueezeNet 1.1, ready to predict: x (N, 3, H, W) -> scores (N, num_classes).

    num_classes  with other than 1000 classes, conv10 starts with new weights
    weights      "imagenet" loads the bundled weights; None draws all of them

    It reads red, green and blue from 0 to 255 less the means in `bundled.BUNDLED["squeezenet"]`.
    """
    if weights not in ("imagenet", None):
        raise ValueError(f'weights must be "imagenet" or None, but {weights!r} was given.')
    model = SqueezeNet(num_classes)
    if weights is not None:
        state = model.state_dict()
        for name, array in network_weights("squeezenet").items():
            if state[name].shape == array.shape:  # not if conv10 has other classes
                state[name] = torch.from_numpy(array)
        model.load_state_dict(state)
    return model.eval()


class Fire(nn.Module):
    """Squeezes the maps into a few, and expands these with kernels of 1 × 1 and of 3 × 3.

    channels  maps of the input
    squeeze   kernels of the first convolution
    expand    kernels of each of the other two; the output has twice as many maps
    """

    def __init__(self, channels, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.squeeze_relu = nn.ReLU()
        self.expand1 = nn.Conv2d(squeeze, expand, 1)
        self.expand1_relu = nn.ReLU()
        self.expand3 = nn.Conv2d(squeeze, expand, 3, padding=1)
        self.expand3_relu = nn.ReLU()

    def forward(self, x):
        """Compute y (N, 2 · expand, H, W) from x (N, channels, H, W)."""
        x = self.squeeze_relu(self.squeeze(x))  # (N, squeeze, H, W)
        pixels = self.expand1_relu(self.expand1(x))  # (N, expand, H, W)
        windows = self.expand3_relu(self.expand3(x))  # (N, expand, H, W)
        return torch.cat([pixels, windows], 1)  # (N, 2 · expand, H, W)


class SqueezeNet(nn.Module):
    """The layers of SqueezeNet 1.1: two convolutions, and eight `Fire` between them.

    Its poolings round up, as in Caffe: a window that hangs over the far edge counts too.
    """

    def __init__(self, num_classes=1000):
        super().__init__()
        num_classes = as_int(num_classes, "num_classes", 1)
        self.conv1 = nn.Conv2d(3, 64, 3, stride=2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire2 = Fire(64, 16, 64)
        self.fire3 = Fire(128, 16, 64)
        self.pool3 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire4 = Fire(128, 32, 128)
        self.fire5 = Fire(256, 32, 128)
        self.pool5 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fire6 = Fire(256, 48, 192)
        self.fire7 = Fire(384, 48, 192)
        self.fire8 = Fire(384, 64, 256)
        self.fire9 = Fire(512, 64, 256)
        self.drop9 = nn.Dropout(0.5)
        self.conv10 = nn.Conv2d(512, num_classes, 1)
        self.relu10 = nn.ReLU()
        self.pool10 = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()

    def features(self, x):
        """Compute the maps that conv10 reads, (N, 512, h, w), from x (N, 3, H, W).

        The sizes beside the lines are those for images of 227 × 227 pixels.
        """
        x = self.relu1(self.conv1(x))  # (N, 64, 113, 113)
        x = self.fire3(self.fire2(self.pool1(x)))  # (N, 128, 56, 56)
        x = self.fire5(self.fire4(self.pool3(x)))  # (N, 256, 28, 28)
        x = self.fire7(self.fire6(self.pool5(x)))  # (N, 384, 14, 14)
        return self.fire9(self.fire8(x))  # (N, 512, 14, 14)

    def forward(self, x):
        """Compute scores (N, num_classes) from x (N, 3, H, W); the loss applies the softmax."""
        x = self.drop9(self.features(x))  # (N, 512, 14, 14)
        x = self.relu10(self.conv10(x))  # (N, num_classes, 14, 14): where is each class?
        return self.flatten(self.pool10(x))  # (N, num_classes): how much of each class?
