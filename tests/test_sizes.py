"""Sizes: counted by hand, and the laws of what pruning and fewer bits save."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch import nn

from workbench.core.engine import Compiler, Engine
from workbench.core.models import build
from workbench.core.pruning import prunable, prune_weights
from workbench.core.sizes import (
    file_sizes,
    macs,
    memory,
    packed_bytes,
    parameter_counts,
    training_files,
)
from workbench.measurement import Quantity
from workbench.setting import BITS, Setting

SHAPE = (1, 28, 28)
CONVOLUTIONS = [(16, 1), (32, 16), (64, 32)]
SIDES = [14, 7, 4]
WEIGHTS = sum(outputs * inputs * 9 for outputs, inputs in CONVOLUTIONS) + 10 * 64 * 4
CHANNELS = 16 + 32 + 64 + 10
OTHERS = 2 * (16 + 32 + 64) + 10


@pytest.fixture
def model() -> nn.Module:
    """small_cnn at its default, no parameter of it exactly 0."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = build(Setting(model="small_cnn"), SHAPE, 10).eval()
        for parameter in made.parameters():
            nn.init.normal_(parameter)
    return made


def float32(model: nn.Module) -> Engine:
    return Compiler(model, SHAPE).float32(model)


def test_macs_equal_those_counted_by_hand(model: nn.Module) -> None:
    by_hand = sum(
        outputs * inputs * 9 * side * side
        for (outputs, inputs), side in zip(CONVOLUTIONS, SIDES, strict=True)
    )
    found = macs(model, SHAPE)
    assert found.value == by_hand + 10 * 64 * 4
    assert (found.unit, found.provenance) == ("MAC", "computed")


def test_macs_of_mlp_are_its_weights() -> None:
    mlp = build(Setting(model="mlp"), SHAPE, 10)
    assert macs(mlp, SHAPE).value == sum(w.numel() for w in prunable(mlp).values())


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad, torch.enable_grad])
def test_macs_count_zeros_and_do_not_depend_on_who_asks(model: nn.Module, mode: type) -> None:
    before = macs(model, SHAPE).value
    prune_weights(model, 0.9)
    with mode():
        assert macs(model, SHAPE).value == before


def test_parameters_equal_those_counted_by_hand(model: nn.Module) -> None:
    counts = parameter_counts(model)
    assert counts["parameters"].value == WEIGHTS + OTHERS
    assert counts["nonzero_parameters"].value == WEIGHTS + OTHERS


@pytest.mark.parametrize("sparsity", [0.25, 0.5, 0.95])
def test_pruning_leaves_the_parameters_and_lowers_those_not_zero(
    model: nn.Module, sparsity: float
) -> None:
    prune_weights(model, sparsity)
    counts = parameter_counts(model)
    assert counts["parameters"].value == WEIGHTS + OTHERS
    assert counts["nonzero_parameters"].value == WEIGHTS + OTHERS - round(sparsity * WEIGHTS)


def packed(model: nn.Module, bits: int) -> Quantity:
    """All layers at the same bits."""
    return packed_bytes(model, dict.fromkeys(prunable(model), bits))


def test_layers_pack_at_their_own_bits(model: nn.Module) -> None:
    first, *rest = prunable(model)
    mixed = packed_bytes(model, {first: 4, **dict.fromkeys(rest, 8)}).value
    assert packed(model, 4).value < mixed < packed(model, 8).value


def test_levels_cost_what_describes_them(model: nn.Module) -> None:
    bits = dict.fromkeys(prunable(model), 4)
    channel = packed_bytes(model, bits, Setting()).value
    tensor = packed_bytes(model, bits, Setting(quantized_per="tensor")).value
    table = packed_bytes(model, bits, Setting(levels="kmeans")).value
    both = packed_bytes(model, bits, Setting(weight_symmetry="asymmetric")).value
    layers = len(bits)
    assert channel - tensor == 4 * (CHANNELS - layers)
    assert table - tensor == 4 * layers * (16 - 1)
    assert both - channel == 4 * CHANNELS


def test_masks_that_are_kept_double_the_training_file(model: nn.Module) -> None:
    prune_weights(model, 0.5)
    plain, kept = (
        training_files(model, Setting(sparsity=0.5, masks=masks))["checkpoint_bytes"].value  # type: ignore[arg-type]
        for masks in ("removed", "kept")
    )
    assert kept - plain == pytest.approx(4 * WEIGHTS, abs=1000)


@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.95])
def test_csr_takes_what_scipys_csr_takes(model: nn.Module, sparsity: float) -> None:
    prune_weights(model, sparsity)
    arrays = [csr_array(weight.detach().flatten(1).numpy()) for weight in prunable(model).values()]
    expected = sum(a.data.nbytes + 4 * len(a.indices) + 4 * len(a.indptr) for a in arrays)
    assert training_files(model, Setting())["csr_bytes"].value == expected


@pytest.mark.parametrize("bits", BITS)
def test_packed_bytes_without_zeros_are_bits_steps_and_the_others(
    model: nn.Module, bits: int
) -> None:
    steps = CHANNELS if bits < 16 else 0
    expected = np.ceil((WEIGHTS * bits + 32 * (steps + OTHERS)) / 8)
    found = packed(model, bits)
    assert found.value == expected
    assert (found.unit, found.provenance) == ("bytes", "computed")


@pytest.mark.parametrize("bits", BITS)
def test_packed_bytes_with_zeros_are_a_mask_and_those_kept(bits: int) -> None:
    layer = nn.Sequential(nn.Linear(100, 10, bias=False))
    nn.init.ones_(layer[0].weight)  # type: ignore[arg-type]
    prune_weights(layer, 0.9)
    steps = 10 if bits < 16 else 0
    assert packed(layer, bits).value == np.ceil((1000 + 100 * bits + 32 * steps) / 8)


@pytest.mark.parametrize("bits", BITS)
def test_more_zeros_never_pack_larger(model: nn.Module, bits: int) -> None:
    sizes = []
    for sparsity in (0.0, 0.02, 0.3, 0.6, 0.9):
        prune_weights(model, sparsity)
        sizes.append(packed(model, bits).value)
    assert sizes == sorted(sizes, reverse=True)


def test_fewer_bits_pack_smaller(model: nn.Module) -> None:
    sizes = [packed(model, bits).value for bits in BITS]
    assert sizes == sorted(sizes, reverse=True)


def test_zeros_shrink_the_deflated_file_but_not_the_file(model: nn.Module) -> None:
    before = file_sizes(float32(model))
    prune_weights(model, 0.9)
    after = file_sizes(float32(model))
    assert after["file_bytes"].value == before["file_bytes"].value
    assert after["deflated_bytes"].value < 0.4 * after["file_bytes"].value
    assert all(quantity.provenance == "measured" for quantity in after.values())


def test_the_file_is_as_long_as_what_would_be_written(model: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(float32(model).file)
    assert file_sizes(float32(model))["file_bytes"].value == path.stat().st_size
    assert 4 * WEIGHTS < path.stat().st_size < 4 * (WEIGHTS + OTHERS) + 10_000


def test_activations_are_the_most_that_live_at_once(model: nn.Module) -> None:
    """The picture and the first layer's output; its ReLU works in place."""
    found = memory(Compiler(model, SHAPE).proto)
    blocks = (28 * 28 + 16 * 14 * 14, 16 * 14 * 14 + 32 * 7 * 7)
    assert found["activation_bytes"].value == 4 * max(blocks)
    assert found["activation_bytes"].provenance == "estimated"
    assert found["weight_bytes"].value == pytest.approx(4 * (WEIGHTS + 112 + 10), abs=64)


def test_a_residual_network_keeps_its_shortcut_alive() -> None:
    resnet = build(Setting(model="resnet8"), SHAPE, 10).eval()
    first, halved = 16 * 28 * 28, 32 * 14 * 14
    found = memory(Compiler(resnet, SHAPE).proto)
    assert found["activation_bytes"].value == 4 * (first + 2 * halved)


def test_int8_needs_about_a_quarter_of_the_memory(model: nn.Module) -> None:
    compiler = Compiler(model, SHAPE)
    pictures = np.random.default_rng(0).normal(size=(64, *SHAPE)).astype(np.float32)
    int8 = compiler.int8(model, pictures).graph
    assert int8 is not None
    float32_memory, int8_memory = memory(compiler.proto), memory(int8)
    # steps, zero points and 32-bit biases come on top; the picture itself comes as float32
    assert 0.25 < int8_memory["weight_bytes"].value / float32_memory["weight_bytes"].value < 0.3
    share = int8_memory["activation_bytes"].value / float32_memory["activation_bytes"].value
    assert 0.25 <= share < 0.45
