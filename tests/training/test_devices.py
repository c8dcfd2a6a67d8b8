"""What `devices` picks for a device, and what it refuses."""

import pytest
import torch

from alexnet_lib.networks.models import alexnet
from alexnet_lib.training import devices

CPU = torch.device("cpu")


def test_the_choice_is_the_same_every_time_and_is_said():
    one = devices.choose("cpu")
    assert one == devices.choose(CPU)
    assert one.dtype == ("bf16" if devices.has_bf16() else "fp32")
    assert one.channels_last and not one.compile
    assert one.summary.startswith("cpu (")
    assert one.dtype in one.summary and "channels last" in one.summary


def test_what_is_asked_for_is_taken():
    setup = devices.choose("cpu", "fp32", "contiguous", "no")
    assert setup.layout == torch.contiguous_format and "fp32 (as asked)" in setup.summary


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"device": "cpu", "dtype": "fp16"}, "no fast arithmetic for it"),
        ({"device": "cpu", "compile": "yes"}, "makes training no faster"),
        ({"device": "cuda:99"}, 'no device "cuda:99" on this machine'),
        ({"device": "gpu"}, 'device must be "auto", "cpu"'),
        ({"device": "meta"}, 'must be on "cpu", "cuda" or "mps"'),
    ],
)
def test_what_is_slow_or_not_there_is_refused(asked, why):
    with pytest.raises(ValueError, match=why):
        devices.choose(**asked)


def test_without_instructions_bf16_is_refused(monkeypatch):
    monkeypatch.setattr(devices, "has_bf16", lambda: False)
    assert devices.choose("cpu").dtype == "fp32"
    with pytest.raises(ValueError, match="would emulate"):
        devices.choose("cpu", "bf16")


def test_matrix_products_stay_float32():
    before = torch.get_float32_matmul_precision()
    a = torch.randn(300, 300, generator=torch.Generator().manual_seed(0))  # (300, 300)
    with devices.full_speed(devices.choose("cpu")):
        product = a @ a
    torch.testing.assert_close(product.double(), a.double() @ a.double(), rtol=1e-4, atol=1e-4)
    assert torch.get_float32_matmul_precision() == before


def test_a_device_that_rounds_more_is_left_alone(monkeypatch):
    monkeypatch.setattr(devices, "matmul_error", lambda: 1e-3)
    with devices.full_speed(devices.choose("cpu")):
        assert torch.get_float32_matmul_precision() == "highest"


def test_the_ceiling_is_a_speed_and_draws_no_numbers():
    draws = torch.get_rng_state()
    speed = devices.ceiling(devices.choose("cpu", "fp32"), side=256, seconds=0.01)
    assert 0 < speed < float("inf")
    assert devices.ceiling(devices.choose("cpu", "fp32"), side=256, seconds=0.01) >= speed
    assert torch.equal(draws, torch.get_rng_state())


def test_the_work_of_a_training_step():
    """torchvision's network: PyTorch's own counter gives 4,144,564,224 FLOP for it."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        model = alexnet("torchvision")
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 224, 224, device="meta")).sum().backward()
    assert devices.training_flop(model, (1, 3, 224, 224)) == counter.get_total_flops()
    assert devices.training_flop(torch.nn.ReLU(), (1, 3, 8, 8)) is None
    assert devices.training_flop(model, (1, 5, 8, 8)) is None


@pytest.mark.parametrize(
    ("line", "abilities"),
    [
        ("flags\t\t: fpu avx avx2 fma", ["AVX2"]),
        (
            "flags : avx2 avx512f avx512_bf16 amx_bf16",
            ["AVX2", "AVX-512", "AVX-512_BF16", "AMX_BF16"],
        ),
        ("Features : asimd bf16", ["NEON", "BF16"]),
        ("model name : avx2", []),
    ],
)
def test_the_processors_abilities_are_named(line, abilities, monkeypatch):
    monkeypatch.setattr(devices.Path, "read_text", lambda self, **_: f"processor : 0\n{line}\n")
    assert devices.abilities() == [name.replace("_", " ") for name in abilities]


def test_on_another_system_no_ability_is_named(monkeypatch):
    def read_text(self, **_):
        raise OSError

    monkeypatch.setattr(devices.Path, "read_text", read_text)
    assert devices.abilities() == []
