"""What AlexNet's successors cost, and what a shortcut does for a deep stack of layers.

    python benchmarks/legacy.py [--runs N] [--save]

torchvision's models run once as shapes without numbers, which counts their parameters, their
multiply-adds, the numbers that they put out, and their depth: the layers with weights that come one
after another on the longest way through. Then stacks of 2 to 40 small layers, with a shortcut
around each layer and without, learn 2,000 pictures of clothes, at three rates each; what counts is
the share of these very pictures that they still misname. About 3 minutes on one free core.
"""

import sys

import record
import script
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from alexnet_lib.data import load, results
from alexnet_lib.networks.anatomy import anatomy

LAYERS = (2, 10, 20, 40)
RATES = (0.003, 0.01, 0.03)
WIDTH, EPOCHS, BATCH, PICTURES = 64, 3, 50, 2000
SMALL = 0.1  # what the first weights of a layer with a shortcut are multiplied by


class DepthCount(TorchDispatchMode):
    """Gives every tensor its depth: how many products with weights are behind it, one by one."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        """Run an operation; its results lie deeper by one if it is a layer's product."""
        result = operation(*args, **kwargs or {})
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        depth = max([getattr(tensor, "depth", 0) for tensor in given], default=0)
        depth += operation.overloadpacket.__name__ in ("convolution", "addmm", "mm")
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                leaf.depth = max(depth, getattr(leaf, "depth", 0))  # in place: as deep as before
        return result


def make_model(weights):
    """Return the model that an entry such as "AlexNet_Weights" belongs to, as shapes alone."""
    from torchvision import models

    names = {name.replace("_", ""): name for name in models.list_models(module=models)}
    name = names[weights.partition("_Weights")[0].lower().replace("_", "")]
    extra = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        return models.get_model(name, **extra).eval()


def depth_of(model):
    """Return how many layers with weights the longest way through a model has."""
    image = torch.empty(1, 3, 224, 224, device="meta")  # (1, 3, 224, 224)
    with torch.no_grad(), DepthCount():
        return model(image).depth


def measure_models():
    """Return {key of results.toml: costs} for one photograph of 224 × 224."""
    costs = {}
    for key, entry in results()["successors"].items():
        model = make_model(entry["weights"])
        counted = anatomy(model, (1, 3, 224, 224))
        costs[key] = {
            "parameters": counted.parameters,
            "multiply_adds": counted.multiply_adds,
            "depth": depth_of(model),
            "outputs": counted.memory // 4,
        }
        print(key, costs[key], flush=True)
    return costs


class Stack(nn.Module):
    """A row of equal layers with ReLU, with a shortcut around each of them or without."""

    def __init__(self, layers, shortcut):
        super().__init__()
        self.first = nn.Linear(784, WIDTH)
        self.middle = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(layers))
        self.last = nn.Linear(WIDTH, 10)
        self.shortcut = shortcut
        for layer in self.middle:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
            if shortcut:
                layer.weight.data *= SMALL

    def forward(self, x):
        """x (N, 784) -> scores (N, 10)."""
        x = self.first(x)  # (N, 64)
        for layer in self.middle:
            new = F.relu(layer(x))  # (N, 64)
            x = x + new if self.shortcut else new
        return self.last(x)


def training_error(layers, shortcut, rate, seed, x, y):
    """Return the percentage of x (N, 784) that a stack misnames after learning them."""
    torch.manual_seed(seed)
    net = Stack(layers, shortcut)
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(y)).split(BATCH):
            loss = F.cross_entropy(net(x[part]), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return 100 * (net(x).argmax(1) != y).double().mean().item()


def measure_stacks(count):
    """Return the errors of each stack, {"plain" or "shortcut": {layers: {rate: errors}}}."""
    train, _ = load("fashion-mnist-small")
    x = torch.tensor(train.images[:PICTURES, :, :, 0]).float().flatten(1) / 255  # (N, 784)
    x = (x - x.mean()) / x.std()
    y = torch.tensor(train.labels[:PICTURES]).long()  # (N,)
    errors = {}
    for name in ("plain", "shortcut"):
        errors[name] = {}
        for layers in LAYERS:
            errors[name][layers] = {}
            for rate in RATES:
                found = [
                    round(training_error(layers, name == "shortcut", rate, seed, x, y), 2)
                    for seed in range(count)
                ]
                errors[name][layers][rate] = found
                print(name, layers, rate, found, flush=True)
    return errors


def main():
    """Measure, print, and save if asked to."""
    parser = script.make_parser(__doc__)
    parser.add_argument("--runs", type=script.count, default=5, help="seeds for each stack")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would gain little on so small a network
    machine = record.machine()
    figures = {"models": measure_models(), "stacks": measure_stacks(options.runs)}
    script.save(options, "legacy", figures, machine)


if __name__ == "__main__":
    sys.exit(script.run(main))
