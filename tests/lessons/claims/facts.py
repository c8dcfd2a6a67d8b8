"""Facts that the claims of several pages use, from the package and its table of results."""

from alexnet_lib.data import results
from alexnet_lib.networks import plan

ALEXNET = {row.name: row for row in plan("2012")}
CONV1_OUTPUTS = ALEXNET["conv1"].outputs
IMAGE = ALEXNET["pad1"].outputs  # 227 pixels a side, as PyTorch needs them
PARAMETERS = sum(row.parameters for row in ALEXNET.values())
CONVOLUTION_COSTS, FULLY_CONNECTED_COSTS = (
    [row.multiply_adds for row in ALEXNET.values() if row.kind == kind] for kind in ("conv", "fc")
)

SIDE = {name: row.shape[-1] for name, row in ALEXNET.items() if len(row.shape) == 3}  # of a map
IMAGE_SIDE = SIDE["pad1"]
CROP_SIDE = SIDE["input"]  # what the paper prints

RESULTS = results()
MACHINE = RESULTS["constants"]["paper"]["machine"]
DATA, SGD = RESULTS["constants"]["paper"]["data"], RESULTS["constants"]["paper"]["sgd"]
SECOND, ONE_NETWORK, *_, WINNER = RESULTS["tables"]["ilsvrc2012"]["rows"]
STEPS = DATA["training_images"] * SGD["epochs"] // SGD["batch"]
