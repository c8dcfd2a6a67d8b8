"""The networks that come with the package, trained: what each reads, and what its answers mean.

"fashion"     the small AlexNet, trained on all of Fashion-MNIST: 10 kinds of clothes
"squeezenet"  SqueezeNet 1.1 with ImageNet's weights: 1000 classes of photographs

For example, with the 227 × 227 pixels of a photograph, (227, 227, 3) uint8:

    model = bundled("squeezenet")
    about = BUNDLED["squeezenet"]
    x = about.input(pixels)       # (1, 3, 227, 227)
    shares = model(x).softmax(1)  # (1, 1000)
    about.top(shares[0])          # a list that begins with ("German shepherd", 0.99)
"""

from dataclasses import dataclass

import numpy as np
import torch

from alexnet_lib.data import gray, imagenet_classes, network_weights
from alexnet_lib.data.pictures import square_of
from alexnet_lib.data.sources import CLOTHES
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.squeeze import squeezenet

__all__ = ["BUNDLED", "Bundled", "bundled"]


@dataclass(frozen=True)
class Bundled:
    """What a bundled network reads, and what its scores stand for.

    name, title  as asked for, and as printed
    side         height and width of its images
    mean, scale  of each channel: it reads (pixel - mean) / scale, for pixels from 0 to 255
    classes      the name of each score
    source       where the network comes from
    licence      of its weights; data/networks/LICENSE has the texts
    """

    name: str
    title: str
    side: int
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    classes: tuple[str, ...]
    source: str
    licence: str

    @property
    def channels(self):
        """How many channels its images have: 3, red, green and blue, or 1, grey."""
        return len(self.mean)

    def square(self, pixels):
        """Return the middle square of a picture as the network sees it, uint8, before `input`.

        (H, W, 3) or in grey (H, W) -> (side, side, 3), or (side, side) for a network that reads
        grey
        """
        pixels = square_of(pixels, self.side)  # (side, side, 3) or (side, side)
        if self.channels == 1 and pixels.ndim == 3:
            return gray(pixels)  # (side, side)
        if self.channels == 3 and pixels.ndim == 2:
            return np.stack([pixels] * 3, axis=2)  # (side, side, 3)
        return pixels

    def input(self, pixels):
        """Return what the network reads of a picture: the middle square, scaled and normalized.

        (H, W, 3) or in grey (H, W), uint8 -> (1, C, side, side) float32
        """
        values = self.square(pixels).reshape(self.side, self.side, self.channels)
        values = (values - np.array(self.mean)) / np.array(self.scale)  # (side, side, C)
        return torch.from_numpy(values.astype(np.float32)).permute(2, 0, 1)[None].contiguous()

    def top(self, shares, count=5):
        """Return the likeliest classes of shares (classes,): [(name, share), …]."""
        best = torch.as_tensor(shares).topk(min(count, len(self.classes)))
        return [
            (self.classes[i], share)
            for share, i in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]


def bundled(name):
    """Return a bundled network, trained and ready to predict.

    name  "fashion" or "squeezenet"; `BUNDLED[name]` says what it reads
    """
    if name not in list(BUNDLED):
        names = " or ".join(f'"{known}"' for known in BUNDLED)
        raise ValueError(f"There is no bundled network {name!r}: ask for {names}.")
    if name == "squeezenet":
        return squeezenet()
    model = alexnet("small", in_channels=1, image_size=28)
    arrays = network_weights(name).items()
    model.load_state_dict({key: torch.from_numpy(array) for key, array in arrays})
    return model.eval()


# Every bundled network by its name.
BUNDLED = {
    "fashion": Bundled(
        name="fashion",
        title="Small AlexNet",
        side=28,
        mean=(72.573,),  # of the training images, as the trainer computes it
        scale=(89.8875,),
        classes=CLOTHES,
        source="https://github.com/zalandoresearch/fashion-mnist",
        licence="BSD 3-Clause",
    ),
    "squeezenet": Bundled(
        name="squeezenet",
        title="SqueezeNet 1.1",
        side=227,
        mean=(123.68, 116.779, 103.939),
        scale=(1.0, 1.0, 1.0),
        classes=imagenet_classes(),
        source="https://github.com/forresti/SqueezeNet",
        licence="BSD 2-Clause",
    ),
}
