"""The trainer on a GPU. Skipped, and counted as skipped, where there is none."""

import pytest
import tiny
import torch

from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import devices
from alexnet_lib.training.trainer import Trainer

pytestmark = pytest.mark.gpu


def test_a_gpu_is_taken_if_there_is_one():
    setup = devices.choose()
    assert setup.device.type == "cuda" and setup.dtype in ("bf16", "fp16", "fp32")


@pytest.mark.parametrize("dtype", ["auto", "fp32", "fp16"])
def test_it_learns_there(dtype, train, test):
    run = tiny.trainer(dtype=dtype, device="cuda")
    run.fit(train, test)
    assert run.history[-1]["test_accuracy"] > 0.9
    assert all(weight.device.type == "cuda" for weight in run.model.parameters())


def test_it_goes_on_where_it_was(train, test, tmp_path):
    """On a GPU not to the last bit: the order of some sums varies."""
    whole = tiny.trainer(device="cuda", dtype="fp32", ema=0.9)
    whole.fit(train, test)
    half = tiny.trainer(device="cuda", dtype="fp32", ema=0.9, folder=tmp_path, epochs=2)
    half.fit(train, test)
    rest = tiny.trainer(tiny.network(seed=9), device="cuda", dtype="fp32", ema=0.9, folder=tmp_path)
    rest.fit(train, test, resume=True)
    for name, weight in whole.model.state_dict().items():
        torch.testing.assert_close(rest.model.state_dict()[name], weight, rtol=1e-3, atol=1e-4)


def test_a_checkpoint_moves_between_devices(train, test, tmp_path):
    from alexnet_lib.training import checkpoints

    run = tiny.trainer(device="cuda", folder=tmp_path, dtype="fp32")
    run.fit(train, test)
    there = tiny.trainer(tiny.network(seed=9), device="cpu", dtype="fp32")
    there.load(checkpoints.load_latest(tmp_path)[1])
    assert there.evaluate(test)["loss"] == pytest.approx(run.evaluate(test)["loss"], rel=1e-3)


def test_compiled_and_eager_agree(train):
    runs = [tiny.trainer(device="cuda", dtype="fp32", compile=how) for how in ("yes", "no")]
    for run in runs:
        run.fit(train)
    one, other = (run.history[-1]["loss"] for run in runs)
    assert one == pytest.approx(other, rel=0.05, abs=0.01)


def test_the_papers_network_makes_a_step():
    run = Trainer(alexnet("2012", num_classes=3), batch=4, device="cuda", report="none")
    losses = run.overfit_one_batch(tiny.images(8, channels=3, side=224), steps=2)
    assert all(loss > 0 for loss in losses)
