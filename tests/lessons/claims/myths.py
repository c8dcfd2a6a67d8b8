"""The numbers on the page "Common errors, tested": the false ones that it quotes, and the true."""

from math import ceil, e, log

from claims.facts import (
    ALEXNET,
    CONVOLUTION_COSTS,
    CROP_SIDE,
    DATA,
    FULLY_CONNECTED_COSTS,
    IMAGE_SIDE,
    ONE_NETWORK,
    PARAMETERS,
    RESULTS,
    SIDE,
    WINNER,
)
from torchvision.transforms import RandomResizedCrop

from alexnet_lib.networks import plan

PAPER, PROGRAM = RESULTS["constants"]["paper"], RESULTS["constants"]["program"]
KERNEL, STRIDE = (ALEXNET["conv1"].settings[name] for name in ("kernel", "stride"))
POOL, LRN = PAPER["pooling"], PAPER["lrn"]
WORK = sum(CONVOLUTION_COSTS + FULLY_CONNECTED_COSTS)
DENSE = [row.parameters for row in ALEXNET.values() if row.kind == "fc"]
WHOLE = plan("2012", groups=dict.fromkeys(("conv2", "conv4", "conv5"), 1))
PLACES = DATA["image"] - DATA["crop"] + 1
STAGES = (SIDE["conv1"], SIDE["conv2"], SIDE["conv5"])  # what each pooling reads

CLAIMS = [
    # Layers and sizes
    (r"From # pixels to #\?", (CROP_SIDE, SIDE["conv1"])),
    (r"The image has # × # pixels", (CROP_SIDE, CROP_SIDE)),
    (r"A kernel of # × # with stride #", (KERNEL, KERNEL, STRIDE)),
    (r"makes # × # numbers of it", (SIDE["conv1"], SIDE["conv1"])),
    (r"make of #, and what of #\?", (CROP_SIDE, IMAGE_SIDE)),
    (r"Of 224 it makes #:", (CROP_SIDE - KERNEL) // STRIDE + 1),
    (r"change the image to # pixels", ceil((CROP_SIDE - KERNEL) / STRIDE) * STRIDE + KERNEL),
    (r"gets the # × # × 3 numbers", (IMAGE_SIDE, IMAGE_SIDE)),
    (r"227 × 227 × # numbers", ALEXNET["input"].shape[0]),
    (r"whole image to # outputs", ALEXNET["fc6"].outputs),
    (r"their pooling, # of them with # × # numbers", ALEXNET["pool5"].shape),
    (r"windows overlap, # × # with stride #", (POOL["kernel"], POOL["kernel"], POOL["stride"])),
    (r"with windows of # × # that don't", (POOL["stride"], POOL["stride"])),
    (r"both make of #, # and #\?", STAGES),
    (r"# maps, one for each kernel", ALEXNET["conv1"].shape[0]),
    (r"windows, # in a row, and they overlap by # pixels", (SIDE["conv1"], KERNEL - STRIDE)),
    (r"side by side they would need #\.", KERNEL * SIDE["conv1"]),
    (r"conv1 has \$# \\cdot #\$ such", (ALEXNET["conv1"].shape[0], ALEXNET["input"].shape[0])),
    (r"conv1 makes # numbers of #,", (ALEXNET["conv1"].outputs, ALEXNET["input"].outputs)),
    (r"photograph back from # scores", DATA["classes"]),
    # Numbers
    (r"# million parameters", sum(row.parameters for row in WHOLE) // 1e5 / 10),
    (r"The paper's has #,", PARAMETERS),
    (r"its abstract calls # million", PAPER["network"]["parameters_million"]),
    (r"# billion operations\?", 1.1),
    (r"costs AlexNet # billion floating-point", 1.1),
    (r"# billion are the multiply-adds", round(sum(row.multiply_adds for row in WHOLE) / 1e9, 1)),
    (r"network has # billion of them", 1.1),
    (r"takes # million multiply-adds", round(WORK / 1e6)),
    (r"multiply-adds, or # billion operations", round(2 * WORK / 1e9, 2)),
    (r"hold # % of the parameters", round(100 * sum(DENSE) / PARAMETERS)),
    (r"do # % of the work", round(100 * sum(FULLY_CONNECTED_COSTS) / WORK)),
    (r"at all # × # places", (SIDE["conv1"], SIDE["conv1"])),
    (r"does # % of the work", round(100 * CONVOLUTION_COSTS[0] / WORK)),
    (r"Crops of # × # pixels", (DATA["crop"], DATA["crop"])),
    (r"an image of # × #, and", (DATA["image"], DATA["image"])),
    (r"one direction, # − # or one more", (DATA["image"], DATA["crop"])),
    (r"make # of one image", PAPER["augmentation"]["factor"]),
    (r"# places, for the first one counts too", PLACES),
    (r"so # images\.", 2 * PLACES**2),
    (r"The paper prints # and", PAPER["augmentation"]["factor"]),
    (r"draws from all #\.", PLACES),
    (r"One network with # %\?", WINNER["top5_test"]),
    (r"the paper, had # % top-5 error", WINNER["top5_test"]),
    (r"missed # % of the validation images", ONE_NETWORK["top5"]),
    (r"# points, from one training", RESULTS["claims"]["overlap"]["top1"]),
    # Learning
    (r"a rate of #\. Sign", round(0.1 * 0.1, 2)),
    (r"\$#\^\{50\}\$ is #\.", (1.2, round(1.2**50, -2))),
    # Training and testing
    (r"With \$k = #\$ and so", LRN["k"]),
    (r"divided by \$2\^\{#\} = #\$", (LRN["beta"], round(LRN["k"] ** LRN["beta"], 2))),
    (r"The paper's p is #,", PAPER["dropout"]["rate"]),
    (r"1 − p, which is # here", 1 - 0.2),
    # The code
    (r"window of # in # pixels", (DATA["crop"], DATA["image"])),
    (r"covers # % of the area", round(100 * (DATA["crop"] / DATA["image"]) ** 2)),
    (r"makes # × # of # pixels, as in", (SIDE["conv1"], SIDE["conv1"], CROP_SIDE)),
    (r"from # % to all of it", round(100 * RandomResizedCrop(DATA["crop"]).scale[0])),
    (r"with # classes\.", DATA["classes"]),
    (r"can't get below #,", round(-log(e / (e + DATA["classes"] - 1)), 2)),
    (r"below 5.91, from # at the start", round(log(DATA["classes"]), 2)),
]
