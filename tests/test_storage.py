"""Weights stored in fewer bytes, and activations imitated: files, answers, and their labels."""

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from tests.networks import Trained, shipped_network
from workbench.core.engine import Built, is_real_int8
from workbench.core.engine.levels import activation_grid
from workbench.core.engine.storage import shared
from workbench.core.pruning import prunable, prune_weights
from workbench.core.quantization import quantize_weights
from workbench.core.sizes import memory
from workbench.setting import Setting

STORED: dict[str, dict[str, Any]] = {
    "float16": {"weight_bits": 16},
    "int8": {"weight_bits": 8, "activation_bits": 32},
    "int8 per tensor": {"weight_bits": 8, "activation_bits": 32, "quantized_per": "tensor"},
    "uint8": {"weight_bits": 8, "activation_bits": 32, "weight_symmetry": "asymmetric"},
    "uint8 per tensor": {
        "weight_bits": 8,
        "activation_bits": 32,
        "weight_symmetry": "asymmetric",
        "quantized_per": "tensor",
    },
    "uint8 before folding": {
        "weight_bits": 8,
        "activation_bits": 32,
        "weight_symmetry": "asymmetric",
        "batch_norm": "separate",
    },
    "codebook": {"weight_bits": 4, "levels": "kmeans"},
    "masks": {"sparsity": 0.5, "masks": "kept"},
}
SHARE_OF_FILE = {"float16": 0.5, "masks": 2.0}
BYTE = 0.25


@pytest.fixture(scope="module", params=["small_cnn", "resnet8", "mlp"])
def net(request: pytest.FixtureRequest, cache: Path) -> Trained:
    return shipped_network("digits", request.param)


def built(net: Trained, **fields: Any) -> tuple[Built, NDArray[np.float32]]:
    """The engine of a setting, and the scores of its rounded weights in plain float32."""
    setting = Setting(**fields)
    model = deepcopy(net.model)
    with torch.no_grad():
        prune_weights(model, setting.sparsity)
        quantize_weights(model, setting, net.compiler.folds)
    made = net.compiler.build(setting, model, net.calibration)
    return made, net.compiler.float32(model).logits(net.test)


@pytest.mark.parametrize("kind", STORED)
def test_a_stored_weight_is_unpacked_to_what_it_was_rounded_to(net: Trained, kind: str) -> None:
    made, expected = built(net, **STORED[kind])
    found = made.engine.logits(net.test)
    # float16 rounds the folded weight once more; all others are exact.
    allowed = 2e-3 if kind == "float16" else 1e-4
    assert np.abs(found - expected).max() <= allowed * np.abs(expected).max()
    assert not made.is_simulated


@pytest.mark.parametrize("kind", STORED)
def test_its_file_takes_the_bytes_of_its_weights(net: Trained, kind: str) -> None:
    made, _scores = built(net, **STORED[kind])
    weights = 4 * sum(weight.numel() for weight in prunable(net.model).values())
    whole = len(net.compiler.float32(net.model).file)
    expected = whole - weights + SHARE_OF_FILE.get(kind, BYTE) * weights
    assert len(made.engine.file) == pytest.approx(expected, rel=0.1, abs=6000)


def kinds(file: bytes, folder: Path) -> Counter[str]:
    """The operations that are left once ONNX Runtime has loaded a file."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "loaded.onnx")
    options.log_severity_level = 3  # it warns that the file fits this machine alone
    onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(folder / "loaded.onnx").graph.node)


@pytest.mark.parametrize("kind", STORED)
def test_its_weights_are_unpacked_once_and_not_at_every_call(
    net: Trained, kind: str, tmp_path: Path
) -> None:
    made, _scores = built(net, **STORED[kind])
    plain = net.compiler.float32(net.model).file
    assert kinds(made.engine.file, tmp_path) == kinds(plain, tmp_path)


def test_below_8_bits_a_grid_is_imitated_in_a_float32_file(net: Trained) -> None:
    made, expected = built(net, weight_bits=4)
    assert made.is_simulated
    assert len(made.engine.file) == len(net.compiler.float32(net.model).file)
    assert np.allclose(made.engine.logits(net.test), expected, atol=1e-4)


def test_shared_values_are_found_and_put_back() -> None:
    values = np.array([-1.0, 0.0, 0.25, 2.0], np.float32)
    weight = np.random.default_rng(0).choice(values, (7, 3, 2))
    noisy = weight * (1 + 1e-7)
    book, places = shared(noisy.astype(np.float32))
    assert np.allclose(book, values)
    assert np.allclose(book[places], weight)


@pytest.mark.parametrize(
    ("fields", "is_real"),
    [
        ({"weight_bits": 8}, True),
        ({"weight_bits": 8, "activation_bits": 8, "quantized_per": "tensor"}, True),
        ({"weight_bits": 8, "activation_symmetry": "symmetric"}, True),
        ({"weight_bits": 8, "calibration_method": "mse"}, True),
        ({"weight_bits": 8, "activation_bits": 32}, False),
        ({"weight_bits": 8, "activation_bits": 4}, False),
        ({"weight_bits": 4, "activation_bits": 8}, False),
        ({"weight_bits": 8, "weight_symmetry": "asymmetric"}, False),
        ({"weight_bits": 8, "levels": "kmeans"}, False),
        ({"weight_bits": 8, "layer_bits": "classifier=4"}, False),
        ({"weight_bits": 8, "engine": "torch"}, False),
    ],
)
def test_only_what_int8_kernels_compute_is_real(fields: dict[str, Any], is_real: bool) -> None:
    assert is_real_int8(Setting(**fields)) == is_real


@pytest.mark.parametrize(
    "fields",
    [
        {"quantized_per": "tensor"},
        {"activation_symmetry": "symmetric"},
        {"calibration_method": "percentile", "percentile": 99.9},
        {"calibration_method": "mse"},
    ],
)
def test_real_int8_of_every_kind_answers_nearly_as_float32(
    net: Trained, fields: dict[str, Any]
) -> None:
    made, expected = built(net, weight_bits=8, **fields)
    same = made.engine.logits(net.test).argmax(1) == expected.argmax(1)
    assert not made.is_simulated
    assert same.mean() >= 0.97


def test_imitated_8_bits_answer_as_real_int8(net: Trained) -> None:
    """The imitation rounds the same tensors on the same grids, only in float32."""
    real, _scores = built(net, weight_bits=8)
    fake, _scores = built(net, weight_bits=8, layer_bits=f"{_last(net)}=8")
    assert fake.is_simulated
    one, other = (made.engine.logits(net.test) for made in (real, fake))
    assert (one.argmax(1) == other.argmax(1)).mean() >= 0.99
    assert np.abs(one - other).max() <= 0.1 * np.abs(one).max()


def _last(net: Trained) -> str:
    return list(prunable(net.model))[-1].removesuffix(".weight")


def test_fewer_activation_bits_never_help(net: Trained) -> None:
    right = [
        float(net.right(built(net, activation_bits=bits)[0].engine.logits(net.test)).mean())
        for bits in (16, 8, 4, 2)
    ]
    assert right[0] == pytest.approx(float(net.right(net.scores).mean()), abs=0.006)
    assert right[3] <= right[2] <= right[1] + 0.01


@pytest.mark.parametrize("symmetry", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("bits", [8, 5, 4, 3, 2])
@pytest.mark.parametrize("ends", [(0.0, 3.7), (-1.3, 2.1)])
def test_an_activation_grid_rounds_as_torchs_fake_quantize(
    symmetry: str, bits: int, ends: tuple[float, float]
) -> None:
    step, zero, lowest, highest = activation_grid(*ends, bits=bits, symmetry=symmetry)
    values = torch.linspace(ends[0] - 1, ends[1] + 1, 997)
    theirs = torch.fake_quantize_per_tensor_affine(values, step, zero, lowest, highest)
    ours = (((values / step).round() + zero).clamp(lowest, highest) - zero) * step
    moved = (ours - theirs).abs()  # torch multiplies by 1 / step, which parts ties otherwise
    assert float((moved > 1e-6).float().mean()) < 0.005
    assert float(moved.max()) <= step * 1.001
    assert ours.min() <= ends[0] + step
    assert ours.max() >= ends[1] - step


def test_activations_of_fewer_bits_are_for_onnxruntime_alone() -> None:
    with pytest.raises(ValueError, match="are for engine onnxruntime; 32 is possible with torch"):
        Setting(engine="torch", activation_bits=8)
    assert Setting(engine="torch", weight_bits=8).bits_of_activations == 32


@pytest.mark.parametrize("kind", STORED)
def test_stored_weights_are_float32_once_they_are_unpacked(net: Trained, kind: str) -> None:
    made, _scores = built(net, **STORED[kind])
    assert made.unpacked is not None
    assert memory(made.unpacked)["weight_bytes"].value == pytest.approx(
        memory(net.compiler.proto)["weight_bytes"].value
    )
