"""What the book says about AlexNet, held to the package and to PyTorch, one claim to a test.

First the numbers: sizes, parameters, work, what the paper's constants mean. Then what is often
read about AlexNet and is not so. What the published results say of one another: test_data.py.
"""

import inspect
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib import scratch
from alexnet_lib.data import photo, results
from alexnet_lib.networks.models import alexnet
from alexnet_lib.networks.sizes import output_size
from alexnet_lib.networks.variants import plan
from alexnet_lib.scratch import SGD, Parameter

RESULTS = results()
PAPER, PROGRAM = RESULTS["constants"]["paper"], RESULTS["constants"]["program"]
LOGS = RESULTS["logs"]
ERRATA = {erratum["id"]: erratum for erratum in RESULTS["errata"]}

ROWS = {row.name: row for row in plan("2012")}
WHOLE = {  # without groups: as if one GPU had held the whole network
    row.name: row for row in plan("2012", groups={"conv2": 1, "conv4": 1, "conv5": 1})
}
TORCHVISION = {row.name: row for row in plan("torchvision")}
CONVS = [f"conv{i}" for i in range(1, 6)]
DENSE = ["fc6", "fc7", "fc8"]
LEARNED = CONVS + DENSE


def total(rows, what, names=LEARNED):
    return sum(getattr(rows[name], what) for name in names)


def memory(rows):
    """Bytes of all that the layers give for one image, as float32; the padded image is no layer."""
    return sum(4 * row.outputs for row in rows.values() if row.kind not in ("input", "pad"))


# ---- The layers of the paper's network


@pytest.mark.parametrize(
    ("name", "shape", "parameters", "million", "size"),
    [
        ("conv1", (96, 55, 55), 34_944, 105.415, 1_161_600),
        ("norm1", (96, 55, 55), 0, 0, 1_161_600),
        ("pool1", (96, 27, 27), 0, 0, 279_936),
        ("conv2", (256, 27, 27), 307_456, 223.949, 746_496),
        ("norm2", (256, 27, 27), 0, 0, 746_496),
        ("pool2", (256, 13, 13), 0, 0, 173_056),
        ("conv3", (384, 13, 13), 885_120, 149.520, 259_584),
        ("conv4", (384, 13, 13), 663_936, 112.140, 259_584),
        ("conv5", (256, 13, 13), 442_624, 74.760, 173_056),
        ("pool5", (256, 6, 6), 0, 0, 36_864),
        ("fc6", (4096,), 37_752_832, 37.749, 16_384),
        ("fc7", (4096,), 16_781_312, 16.777, 16_384),
        ("fc8", (1000,), 4_097_000, 4.096, 4_000),
    ],
)
def test_each_layer_of_2012(name, shape, parameters, million, size):
    """Its shape, parameters, million multiply-adds, and bytes of output per image."""
    row = ROWS[name]
    assert row.shape == shape
    assert row.parameters == parameters
    assert round(row.multiply_adds / 1e6, 3) == million
    assert 4 * row.outputs == size


def test_the_paper_has_5_convolutions_3_dense_layers_3_poolings_2_normalizations():
    kinds = [row.kind for row in ROWS.values()]
    counts = {kind: kinds.count(kind) for kind in ("conv", "fc", "maxpool", "lrn", "dropout")}
    assert counts == {"conv": 5, "fc": 3, "maxpool": 3, "lrn": 2, "dropout": 2}
    assert counts["conv"] + counts["fc"] == PAPER["network"]["learned_layers"] == 8
    assert kinds.count("relu") == 7  # after every learned layer but the last, which gives scores


def test_60_965_224_parameters_and_724_million_multiply_adds():
    assert total(ROWS, "parameters") == sum(row.parameters for row in ROWS.values()) == 60_965_224
    assert round(total(ROWS, "multiply_adds") / 1e6, 3) == 724.407
    assert total(ROWS, "parameters") // 10**6 == PAPER["network"]["parameters_million"]


def test_62_378_344_parameters_and_1135_million_multiply_adds_are_the_network_without_groups():
    """Both are often quoted for the paper's network, the second as "1.1 billion operations"."""
    assert total(WHOLE, "parameters") == 62_378_344
    assert round(total(WHOLE, "multiply_adds") / 1e6, 3) == 1135.256
    work = {name: round(WHOLE[name].multiply_adds / 1e6, 1) for name in ("conv2", "conv4", "conv5")}
    assert work == {"conv2": 447.9, "conv4": 224.3, "conv5": 149.5}


def test_torchvisions_has_61_100_840_parameters_714_million_multiply_adds_and_gives_4_43_mb():
    assert total(TORCHVISION, "parameters") == RESULTS["published"]["torchvision"]["parameters"]
    assert round(total(TORCHVISION, "multiply_adds") / 1e6, 3) == 714.188
    assert round(memory(TORCHVISION) / 1e6, 2) == 4.43


def test_dense_layers_have_96_percent_of_the_parameters_and_do_8_percent_of_the_work():
    parameters, work = (total(ROWS, what, DENSE) for what in ("parameters", "multiply_adds"))
    assert round(parameters / 1e6, 1) == 58.6
    assert round(100 * parameters / total(ROWS, "parameters"), 1) == 96.2
    assert round(100 * work / total(ROWS, "multiply_adds"), 1) == 8.1
    shares = [total(ROWS, what, CONVS) for what in ("parameters", "multiply_adds")]
    assert round(100 * shares[0] / total(ROWS, "parameters"), 1) == 3.8
    assert round(100 * shares[1] / total(ROWS, "multiply_adds"), 1) == 91.9


def test_7_76_mb_of_outputs_with_dropout_before_the_dense_layers():
    """The paper has dropout after fc6 and fc7: 4096 outputs where 9216 would be, so 7.74 MB."""
    before, after = 4 * ROWS["flatten"].outputs, 4 * ROWS["drop7"].outputs
    assert (before, after) == (36_864, 16_384)
    assert memory(ROWS) == 7_737_760
    assert round((memory(ROWS) + before - after) / 1e6, 2) == 7.76


def training_flops(rows):
    """Count 2 per multiply-add: forward, for the weights, and for all inputs but conv1's."""
    return 2 * (3 * total(rows, "multiply_adds") - rows["conv1"].multiply_adds)


def test_training_takes_4_14_billion_operations_for_an_image():
    assert round(training_flops(ROWS) / 1e9, 3) == 4.136
    assert round(training_flops(TORCHVISION) / 1e9, 4) == 4.1446


def count_operations(model, backward):
    """Return the operations for one image by PyTorch's own counter, without computing anything."""
    from torch.utils.flop_counter import FlopCounterMode

    x = torch.empty(1, *model.plan[0].shape, device="meta")  # a shape without numbers
    with FlopCounterMode(display=False) as counter:
        scores = model(x)
        if backward:
            scores.sum().backward()
    return counter.get_total_flops()


def test_pytorchs_own_counter_finds_the_same_to_the_digit():
    """Backward only without groups: what the counter says there of groups is not what they cost."""
    with torch.device("meta"):
        paper = alexnet("2012", normalization=None)  # whose products are not counted either
        theirs = alexnet("torchvision")
    assert count_operations(paper, backward=False) == 2 * total(ROWS, "multiply_adds")
    assert count_operations(theirs, backward=False) == 2 * total(TORCHVISION, "multiply_adds")
    assert count_operations(theirs, backward=True) == training_flops(TORCHVISION)


def test_two_gpus_hold_half_the_kernels_each_and_meet_in_conv3():
    groups = {name: ROWS[name].settings["groups"] for name in CONVS}
    assert groups == {"conv1": 1, "conv2": 2, "conv3": 1, "conv4": 2, "conv5": 2}
    halved = WHOLE["conv2"].parameters - 256, ROWS["conv2"].parameters - 256  # without biases
    assert halved == (614_400, 307_200)


def test_the_one_gpu_network_of_the_comparison_has_98_percent_of_the_parameters():
    """The paper's footnote: conv5 and the dense layers were not halved, to keep them as many."""
    half = {"conv1": 48, "conv2": 128, "conv3": 192, "conv4": 192}
    rows = plan("2012", widths=half, groups={"conv2": 1, "conv4": 1, "conv5": 1})
    share = sum(row.parameters for row in rows) / total(ROWS, "parameters")
    assert round(100 * share) == 98
    assert sum(row.multiply_adds for row in rows) < 0.55 * total(ROWS, "multiply_adds")


# ---- What the paper prints, and what is right


def test_650_000_neurons_are_the_outputs_of_the_learned_layers():
    assert total(ROWS, "outputs") == 659_272
    assert round(total(ROWS, "outputs"), -4) - PAPER["network"]["neurons"] == 10_000


def test_erratum_the_caption_has_253_440_where_conv1_has_290_400():
    printed, erratum = PAPER["network"]["caption_neurons"], ERRATA["caption"]
    assert printed[0] == erratum["printed"] == 55 * 48 * 96
    assert ROWS["conv1"].outputs == erratum["right"] == 55 * 55 * 96
    assert printed[1:] == [ROWS[name].outputs for name in LEARNED[1:]]
    assert sum(printed) == 622_312
    assert math.prod(PAPER["network"]["input"]) == PAPER["network"]["input_neurons"]


def test_erratum_2178_crops_not_2048():
    data, erratum = PAPER["data"], ERRATA["crops"]
    places = data["image"] - data["crop"] + 1
    assert PROGRAM["augmentation"]["factor"] == erratum["right"] == 2 * places**2 == 2178
    assert PAPER["augmentation"]["factor"] == erratum["printed"] == 2 * (places - 1) ** 2


def test_erratum_224_fits_when_the_division_is_rounded_up_and_227_else():
    assert output_size(224, 11, stride=4) == 54
    assert output_size(227, 11, stride=4) == 55
    assert output_size(224, 11, stride=4, padding=2) == 55  # torchvision's way
    assert output_size(224, 11, stride=4, ceil=True) == 55  # the program's
    assert (ERRATA["input_size"]["printed"], ERRATA["input_size"]["right"]) == (224, 227)
    assert ROWS["input"].shape == tuple(reversed(PAPER["network"]["input"]))


def test_224_rounded_up_is_three_zeros_at_the_right_and_the_bottom():
    """The first 54 windows are those of the bare image; the 55th reads zeros beyond its edge."""
    conv = nn.Conv2d(3, 4, 11, stride=4)
    x = torch.randn(1, 3, 224, 224)
    y = conv(F.pad(x, (0, 3, 0, 3)))  # (1, 4, 55, 55)
    assert y.shape[2:] == (55, 55)
    assert torch.equal(y[..., :54, :54], conv(x))
    corner = x[..., 216:, 216:]  # (1, 3, 8, 8): all that the last window finds of the image
    inside = (corner * conv.weight[..., :8, :8]).sum((1, 2, 3)) + conv.bias
    torch.testing.assert_close(y[0, :, 54, 54], inside)
    assert ROWS["pad1"].settings == {"bottom": 3, "right": 3}
    centered = F.conv2d(x, conv.weight, conv.bias, stride=4, padding=2)
    assert centered.shape == y.shape
    assert not torch.allclose(centered, y)


def test_erratum_no_more_than_1_percent_of_the_parameters():
    shares = {name: 100 * ROWS[name].parameters / total(ROWS, "parameters") for name in CONVS}
    above = {name: round(share, 2) for name, share in shares.items() if share > 1}
    assert above == {"conv3": ERRATA["one_percent"]["right"], "conv4": 1.09}


def test_erratum_the_printed_alpha_is_five_times_that_of_the_program_and_of_pytorch():
    """LocalResponseNorm(5, 1e-4, 0.75, 2) is the program's; alpha=5e-4 is the printed formula."""
    n, beta, k = (PAPER["lrn"][name] for name in ("n", "beta", "k"))
    printed, effective = PAPER["lrn"]["alpha"], PROGRAM["lrn"]["alpha"]
    assert effective == pytest.approx(printed / n)
    assert (ERRATA["lrn_alpha"]["printed"], ERRATA["lrn_alpha"]["right"]) == (printed, effective)

    x = 60 * torch.randn(2, 12, 5, 5, dtype=torch.float64)
    squares = F.pad(x**2, (0, 0, 0, 0, n // 2, n // 2))  # (2, 16, 5, 5)
    sums = squares.unfold(1, n, 1).sum(-1)  # (2, 12, 5, 5)
    formula = x / (k + printed * sums) ** beta
    program = x / (k + effective * sums) ** beta

    def pytorch(alpha):
        return nn.LocalResponseNorm(n, alpha, beta, k)(x)

    torch.testing.assert_close(pytorch(printed), program)
    torch.testing.assert_close(pytorch(5 * printed), formula)
    assert not torch.allclose(program, formula, rtol=0.1)
    ours = scratch.local_response_norm(x.numpy(), n, printed, beta, k, divide=False)
    np.testing.assert_allclose(ours, formula.numpy())
    settings = ROWS["norm1"].settings
    assert (settings["size"], settings["alpha"], settings["beta"], settings["k"]) == (
        n,
        printed,
        beta,
        k,
    )


def test_normalization_learns_nothing():
    assert not list(nn.LocalResponseNorm(5).parameters())
    assert ROWS["norm1"].parameters == ROWS["norm2"].parameters == 0


def test_erratum_eigenvalues_are_too_large_to_be_added_to_pixels():
    """Of grey levels from 0 to 255: 0.1 · λ is brighter than white, 0.1 · √λ a little lighter."""
    std = PAPER["augmentation"]["color_std"]
    for name in ("coffee", "cat"):
        pixels = photo(name).reshape(-1, 3).astype(float)  # (51529, 3)
        largest = np.linalg.eigvalsh(np.cov(pixels.T))[-1]
        assert std * largest > 255
        assert 3 < std * largest**0.5 < 25


def test_the_usual_eigenvalues_work_because_of_their_unit():
    """They are of pixels from 0 to 1. There 0.1 · λ is 5.5 grey levels; from 0 to 255, 1414."""
    std = PAPER["augmentation"]["color_std"]
    values = RESULTS["constants"]["others"]["color"]["eigenvalues"]
    assert round(sum(values), 3) == 0.241
    assert round(std * values[0] * 255, 1) == 5.5
    assert round(std * values[0] * 255**2) == 1414
    assert round(std * values[0] ** 0.5 * 255) == 12


# ---- How it was trained


def steps_taken(paper, steps=30, drop=15):
    """Return the steps of a number under a constant slope; at `drop`, the rate falls to a tenth."""
    w = Parameter(np.zeros(1))
    sgd, sizes = SGD([w], lr=0.1, momentum=0.9, paper=paper), []
    for step in range(steps):
        if step == drop:
            sgd.lr = 0.01
        before, w.gradient = w.value, np.array([-1.0])
        sgd.step()
        sizes.append((w.value - before).item())
    return sizes


def test_after_a_drop_of_the_learning_rate_the_paper_steps_9_times_as_far_as_pytorch():
    paper, pytorch = steps_taken(paper=True), steps_taken(paper=False)
    assert paper[:15] == pytest.approx(pytorch[:15])
    assert round(paper[15], 2) == 0.72
    assert round(pytorch[15], 2) == 0.08
    assert round(paper[15] / pytorch[15]) == 9

    w = torch.zeros(1, requires_grad=True)
    sgd, theirs = torch.optim.SGD([w], lr=0.1, momentum=0.9), []
    for step in range(30):
        if step == 15:
            sgd.param_groups[0]["lr"] = 0.01
        before, w.grad = w.item(), -torch.ones(1)
        sgd.step()
        theirs.append(w.item() - before)
    assert pytorch == pytest.approx(theirs, abs=1e-5)


def test_pytorch_lets_biases_decay_and_the_program_did_not():
    layer = nn.Linear(2, 2)
    before = layer.bias.detach().clone()  # (2,)
    (0 * layer(torch.zeros(1, 2)).sum()).backward()  # no slope: what moves, decays
    torch.optim.SGD(layer.parameters(), lr=1, weight_decay=0.5).step()
    torch.testing.assert_close(layer.bias, before / 2)
    assert PROGRAM["sgd"]["bias_weight_decay"] == 0


def test_biases_learned_at_twice_the_rate_of_weights():
    assert PROGRAM["sgd"]["bias_learning_rate"] == 2 * PROGRAM["sgd"]["learning_rate"]


def test_a_batch_had_four_crops():
    assert PAPER["sgd"]["batch"] // PROGRAM["augmentation"]["chunk"] == 4


def test_the_start_that_the_program_had_and_the_paper_lacks_is_felt_from_end_to_end():
    """std 0.03 in conv3 to conv5: scores 27 times as large without the biases of 1, and with them
    a gradient 15 times as large at conv1.
    """
    torch.manual_seed(0)
    model = alexnet("2012", widths={"fc6": 1024, "fc7": 1024}).eval()  # the ratios are the same
    wide, ones = PROGRAM["start"]["wide"], PAPER["start"]["bias_one"]
    assert ones == PROGRAM["start"]["bias_one"]
    assert ones == [name for name in LEARNED if ROWS[name].settings["bias"] == 1]
    factor = PROGRAM["start"]["wide_std"] / PAPER["start"]["std"]
    x, labels = 60 * torch.randn(2, 3, 224, 224), torch.tensor([0, 1])

    def score_spread_and_gradient(bias):
        """Return the spread of the scores, and the size of the loss's gradient at conv1."""
        for name in ones:
            model.layer(name).bias.data.fill_(bias)
        scores = model(x)  # (2, 1000)
        (slope,) = torch.autograd.grad(F.cross_entropy(scores, labels), model.layer("conv1").weight)
        return scores.std().item(), slope.norm().item()

    paper = score_spread_and_gradient(bias=0)[0], score_spread_and_gradient(bias=1)[1]
    for name in wide:
        model.layer(name).weight.data.mul_(factor)
    program = score_spread_and_gradient(bias=0)[0], score_spread_and_gradient(bias=1)[1]
    assert program[0] / paper[0] == pytest.approx(27, rel=0.2)
    assert program[1] / paper[1] == pytest.approx(15, rel=0.2)


def points(old, new):
    """How many points of error the second log is better, for one guess and for five."""
    return tuple(round(100 * (LOGS[old][key] - LOGS[new][key]), 1) for key in ("top1", "top5"))


def test_two_halves_that_never_talk_are_1_2_and_1_1_points_worse():
    assert points("150", "145") == (1.2, 1.1)


def test_without_the_second_normalization_and_with_another_schedule_it_was_better():
    first, five = points("145", "167")
    assert first > 0
    assert five > 0


def test_fading_two_images_into_one_gained_0_3_points_with_one_guess_and_lost_with_five():
    assert points("170", "170-fade") == (0.3, -0.1)


def test_ten_patches_gain_1_6_points_and_in_2014_2_1():
    assert points("145-2010-center", "145-2010")[0] == 1.6
    assert points("cuda-convnet2-center", "cuda-convnet2")[0] == 2.1


def test_torchvisions_one_patch_misses_2_8_and_2_7_points_more_than_the_papers_ten():
    ours, paper = RESULTS["published"]["torchvision"], RESULTS["tables"]["ilsvrc2012"]["rows"][1]
    assert paper["model"] == "1 CNN"
    assert round(100 - ours["top1_accuracy"] - paper["top1"], 1) == 2.8
    assert round(100 - ours["top5_accuracy"] - paper["top5"], 1) == 2.7


def test_resnet_50_gained_4_7_points_by_training_alone():
    after, before = (RESULTS["successors"][n] for n in ("resnet50_retrained", "resnet50"))
    assert after["parameters"] == before["parameters"]
    assert round(after["top1_accuracy"] - before["top1_accuracy"], 1) == 4.7


def test_squeezenet_has_50_times_fewer_parameters_than_torchvisions_alexnet_and_beats_it():
    small, large = (RESULTS["successors"][name] for name in ("squeezenet", "alexnet"))
    assert 49 < large["parameters"] / small["parameters"] < 50
    assert small["top1_accuracy"] > large["top1_accuracy"]


# ---- Common errors, tested


def test_not_8_dense_layers_and_6_poolings():
    model = alexnet_of_torchvision()
    counts = {
        kind: sum(isinstance(layer, kind) for layer in model.modules())
        for kind in (nn.Conv2d, nn.Linear, nn.MaxPool2d, nn.Dropout)
    }
    assert counts == {nn.Conv2d: 5, nn.Linear: 3, nn.MaxPool2d: 3, nn.Dropout: 2}


def alexnet_of_torchvision():
    """Return torchvision's own AlexNet, fast since it has no weights."""
    models = pytest.importorskip("torchvision").models
    with torch.device("meta"):
        return models.alexnet()


def test_the_first_dense_layer_reads_9216_numbers_not_the_image():
    """227 · 227 · 3 = 154,587 of them would need a matrix of 2.36 GiB for this layer alone."""
    assert ROWS["flatten"].shape == (256 * 6 * 6,) == (9216,)
    first = next(m for m in alexnet_of_torchvision().modules() if isinstance(m, nn.Linear))
    assert first.in_features == 9216
    image = math.prod(ROWS["pad1"].shape)
    assert image == 154_587
    assert round(image * 4096 * 4 / 2**30, 2) == 2.36


def convs_before(kind, rows):
    """Return how many convolutions come before each layer of this kind."""
    kinds = [row.kind for row in rows.values()]
    return [kinds[:i].count("conv") for i, found in enumerate(kinds) if found == kind]


def test_pooling_comes_after_conv_1_2_5_and_normalization_after_1_2_only():
    for rows in (ROWS, TORCHVISION):
        assert convs_before("maxpool", rows) == [1, 2, 5]
    assert convs_before("lrn", ROWS) == [1, 2]
    assert convs_before("lrn", TORCHVISION) == []


def test_in_a_test_dropout_multiplies_by_the_probability_to_keep():
    """0.5 hides which of the two it is. 0.2 doesn't: what was trained at 0.8 · x is tested so."""
    rng, x, p = np.random.default_rng(0), np.ones(200_000), 0.2
    mask = scratch.dropout_mask(x.shape, p, rng)  # (200000,)
    trained = scratch.dropout(x, p, mask, inverted=False).mean()
    tested = scratch.dropout(x, p, inverted=False)  # (200000,)
    assert trained == pytest.approx(1 - p, abs=0.01)
    assert (tested == 1 - p).all()
    assert PROGRAM["dropout"]["test_factor"] == PROGRAM["dropout"]["keep"]
    assert PAPER["dropout"]["test_factor"] == 1 - PAPER["dropout"]["rate"]


def test_pytorchs_dropout_scales_in_training_and_leaves_the_test_alone():
    x, layer = torch.ones(1000), nn.Dropout(0.2)
    assert set(layer(x).tolist()) == {0, 1.25}
    assert torch.equal(layer.eval()(x), x)


ACTS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def first_and_last_gradient(act, std, depth=30, width=256):
    """Return the size of the loss's gradient at the first and the last layer of a deep network."""
    torch.manual_seed(1)
    weights = [(std * torch.randn(width, width)).requires_grad_() for _ in range(depth)]
    h = torch.randn(32, width)
    for weight in weights:
        h = ACTS[act](h @ weight)  # (32, width)
    h.pow(2).mean().backward()
    return weights[0].grad.norm().item(), weights[-1].grad.norm().item()


@pytest.mark.parametrize("act", ACTS)
def test_relu_does_not_keep_gradients_from_vanishing_if_the_weights_start_small(act):
    assert first_and_last_gradient(act, std=0.01)[0] == 0


@pytest.mark.parametrize(
    ("act", "gain", "low", "high"),
    [("relu", 2, 0.3, 3), ("tanh", 1, 0.3, 3), ("sigmoid", 1, 0, 1e-15)],
)
def test_with_the_right_start_tanh_keeps_them_as_well_as_relu(act, gain, low, high):
    first, last = first_and_last_gradient(act, std=(gain / 256) ** 0.5)
    assert low < first / last < high


def test_what_relu_helps_is_saturation():
    """The slope at 5: 1 for ReLU, 0.00018 for tanh, 0.0066 for sigmoid; at -5 ReLU has none."""
    slopes = {}
    for name, act in ACTS.items():
        u = torch.tensor([5.0, -5.0], requires_grad=True)
        act(u).sum().backward()
        slopes[name] = [float(f"{slope:.2g}") for slope in u.grad.tolist()]
    assert slopes == {"relu": [1, 0], "tanh": [1.8e-4] * 2, "sigmoid": [6.6e-3] * 2}


def test_pooling_turns_with_the_image_it_does_not_ignore_the_turn():
    image, pool = torch.rand(1, 1, 32, 32), nn.MaxPool2d(2)
    turned = image.rot90(1, (2, 3))
    assert torch.equal(pool(turned), pool(image).rot90(1, (2, 3)))
    assert not torch.equal(pool(turned), pool(image))


@pytest.mark.parametrize(("kernel", "kept"), [(2, 1 / 3), (3, 1 / 2)])
def test_a_shift_by_one_pixel_changes_most_of_what_pooling_gives(kernel, kept):
    """Of noise, a third of the outputs stay with 2 × 2 windows, and half with 3 × 3, stride 2.

    A window and the shifted one have k - 1 columns in common of k + 1 in all, and an output stays
    if the largest of all is among the common ones.
    """
    assert kept == (kernel - 1) / (kernel + 1)
    image = torch.rand(1, 1, 1000, 1000, generator=torch.Generator().manual_seed(0))
    pool = nn.MaxPool2d(kernel, 2)
    same = (pool(image) == pool(image.roll(1, 3))).float().mean().item()
    assert same == pytest.approx(kept, abs=0.01)


def test_imagenet_can_not_be_downloaded_by_torchvision():
    """ImageNet(download=True, train=True) is often written: it takes a folder and a split."""
    datasets = pytest.importorskip("torchvision").datasets
    takes = inspect.signature(datasets.ImageNet.__init__).parameters
    assert list(takes)[:3] == ["self", "root", "split"]
    assert takes["split"].default == "train"
    assert not {"train", "download"} & set(takes)


def test_a_softmax_before_the_cross_entropy_keeps_the_loss_above_5_91():
    """For 1000 classes: it starts at 6.91 = ln 1000 and ends at 5.91 with every image right."""
    label = torch.tensor([0])
    sure = F.one_hot(label, 1000).float()  # (1, 1000): what softmax gives at its best
    assert round(F.cross_entropy(sure, label).item(), 2) == 5.91
    assert round(F.cross_entropy(torch.zeros(1, 1000), label).item(), 2) == 6.91
    assert round(math.log(1000), 2) == 6.91
    assert F.cross_entropy(100 * sure, label).item() < 1e-6  # the same image, with scores


def test_overlapping_windows_give_the_same_sizes_as_those_that_do_not():
    """27, 13 and 6 either way: so the paper's comparison changes nothing else."""
    sizes = [[output_size(n, kernel, stride=2) for n in (55, 27, 13)] for kernel in (2, 3)]
    assert sizes == [[27, 13, 6]] * 2


def test_relu_and_max_pooling_may_change_places_relu_and_normalization_may_not():
    x = torch.randn(4, 8, 13, 13)
    pool, norm = nn.MaxPool2d(3, 2), nn.LocalResponseNorm(5, alpha=0.1)
    assert torch.equal(pool(F.relu(x)), F.relu(pool(x)))
    assert not torch.allclose(norm(F.relu(x)), F.relu(norm(x)))
