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

from alexnet_lib.networks import plan

PAPER, PROGRAM = RESULTS["constants"]["paper"], RESULTS["constants"]["program"]
KERNEL, STRIDE = (ALEXNET["conv1"].settings[name] for name in ("kernel", "stride"))
POOL = PAPER["pooling"]
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
    # Training and testing
    (r"The paper's p is #,", PAPER["dropout"]["rate"]),
    (r"1 − p, which is # here", 1 - 0.2),
    # The code
    (r"with # classes\.", DATA["classes"]),
    (r"can't get below #,", round(-log(e / (e + DATA["classes"] - 1)), 2)),
    (r"below 5.91, from # at the start", round(log(DATA["classes"]), 2)),
]
