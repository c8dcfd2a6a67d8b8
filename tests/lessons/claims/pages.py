"""The numbers on pages that are not notebooks, by their path in the repository."""

from claims.facts import (
    ALEXNET,
    CONV1_OUTPUTS,
    CROP_SIDE,
    IMAGE,
    MACHINE,
    ONE_NETWORK,
    PARAMETERS,
    RESULTS,
    SECOND,
    SGD,
    SIDE,
    WINNER,
)

from alexnet_lib.data import load
from alexnet_lib.networks import plan
from alexnet_lib.training import RECIPES


def parameters(variant):
    """Return the number of parameters of a variant."""
    return sum(row.parameters for row in plan(variant))


DENSE_PARAMETERS = sum(row.parameters for row in ALEXNET.values() if row.kind == "fc")
IMAGENET = {"train": 1_281_167, "val": 50_000}  # photographs, as its organizers publish it
IMAGENET_BYTES = {side: 3 * side**2 for side in (256, 224, 128)}

PAGE_CLAIMS = {
    "book/index.md": [
        (r"In # an entry", RESULTS["sources"]["scoreboard"]["year"]),
        (r"had # guesses", 5),  # the top-5 error
        (r"on # % of them", WINNER["top5_test"]),
        (r"next best entry missed # %", SECOND["top5_test"]),
        (r"convolutional networks, # of them averaged", WINNER["nets"]),
        (r"has # million parameters", round(PARAMETERS / 1e6)),
        (r"trained in # to \w+ days", MACHINE["days"][0]),
        (r"trained in \w+ to # days", MACHINE["days"][1]),
        (r"on # graphics cards", MACHINE["gpus"]),
    ],
    "book/index-zh.md": [
        (r"猜 # 次", 5),  # the top-5 error
        (r"# 次全错", 5),
        (r"第二名在 #%", SECOND["top5_test"]),
        (r"第一名只有 #%", WINNER["top5_test"]),
        (r"由 # 个网络取平均", WINNER["nets"]),
        (r"有 # 万个参数", round(PARAMETERS / 1e6) * 100),
        (r"在 # 块游戏显卡上", MACHINE["gpus"]),
        (r"训练了 # 到 # 天", tuple(MACHINE["days"])),
        (r"和 (?=1 × 1)#", 1),
        (r"1 × # 卷积", 1),
    ],
    "book/network/training_recipes.md": [
        (r"bundled # pictures", len(load("fashion-mnist-small").train)),
        (r"a pixel: # bytes", IMAGENET_BYTES[256]),
        (r"\| # for training", IMAGENET["train"]),
        (r"\| # for testing", IMAGENET["val"]),
        *((rf"\| {side} \| # \|", each) for side, each in IMAGENET_BYTES.items()),
        *(
            (rf"\| {side} \| [\d,]+ \| # GB", round(each * IMAGENET["train"] / 1e9, 1))
            for side, each in IMAGENET_BYTES.items()
        ),
        *(
            (rf"\| {side} \| [\d,]+ \| [\d.]+ GB \| # GB", round(each * IMAGENET["val"] / 1e9, 1))
            for side, each in IMAGENET_BYTES.items()
        ),
        (r"The # of the recipe are", RECIPES["2012"].batch),
        (r"of the recipe are # for", RECIPES["2012"].batch / 8),
        (r"network takes # MB", round(2 * 4 * PARAMETERS / 1e6)),  # weights and velocities
        (r"MB: # million weights", round(PARAMETERS / 1e6)),
    ],
    "book/faq.yml": [
        (r"each of # kinds of things", ALEXNET["fc8"].outputs),
        (r"# in the network of the paper", PARAMETERS),
        (r"of 2014, has # in all", parameters("torchvision")),
        (r"Without its groups it would have #", parameters("caffe")),
        (r"The paper says #,", CROP_SIDE),
        (r"rounded sizes up, so that # works", CROP_SIDE),
        (r"crops of # pixels", CROP_SIDE),
        (r"on # pixels gives", CROP_SIDE),
        (r"pixels gives #, not", -(-CROP_SIDE // 4)),
        (r"gives \d+, not #", SIDE["conv1"]),
        (r"of 2012 had # % top-5", WINNER["top5_test"]),
        (r"the next team # %", SECOND["top5_test"]),
        (r"one alone had # %", ONE_NETWORK["top5"]),
        (r"convolution turns # numbers", IMAGE),
        (r"numbers into #: there", CONV1_OUTPUTS),
        (r"5 × 5 on a colour picture have # parameters", (5 * 5 * 3 + 1) * 12),
        (r"AlexNet took about # epochs", SGD["epochs"]),
    ],
    "book/course.yml": [
        (r"where # % of AlexNet's parameters are", round(100 * DENSE_PARAMETERS / PARAMETERS)),
        (r"the factor that # hides", RESULTS["constants"]["paper"]["dropout"]["rate"]),
    ],
}
