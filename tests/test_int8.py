"""Real int8: as ONNX Runtime's own quantization, in the scheme that this CPU asks for."""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from onnxruntime import quantization
from torch import nn

from tests.networks import (
    CHECKED,
    Trained,
    error_of,
    fresh_network,
    pictures_of,
    shipped_network,
)
from workbench.core.engine import Compiler, Engine, scheme
from workbench.core.engine.graph import INPUT
from workbench.core.engine.runners import Pictures
from workbench.core.models import build
from workbench.core.pruning import prune_weights
from workbench.setting import Setting
from workbench.statistics import mcnemar

SHAPE = (1, 28, 28)
SMALL = (1, 8, 8)
FLAGS = {
    "S8S8": {"architecture": "arm64", "neon": True},
    "has VNNI": {"architecture": "x86_64", "avx512_vnni": True},
    "7 bits": {"architecture": "x86_64", "avx2": True},
}


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Networks of chance are the same whichever test ran before."""
    torch.manual_seed(0)


@pytest.fixture(scope="module", params=CHECKED, ids=" ".join)
def net(request: pytest.FixtureRequest, cache: Path) -> Trained:
    return shipped_network(*request.param)


@pytest.fixture(params=FLAGS)
def cpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine with the flags of FLAGS; what its scheme's name says."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: FLAGS[request.param])
    scheme.cache_clear()
    yield request.param
    scheme.cache_clear()


class Calibration(quantization.CalibrationDataReader):
    """One batch of pictures, in the form that ONNX Runtime's quantization asks for."""

    def __init__(self, pictures: Pictures) -> None:
        self._batches = iter([{INPUT: pictures}])

    def get_next(self) -> dict[str, Pictures] | None:  # type: ignore[override]
        return next(self._batches, None)


def their_logits(
    float32: Engine, calibration: Pictures, pictures: Pictures, folder: Path
) -> NDArray[np.float32]:
    """Scores after ONNX Runtime's own static quantization in our scheme."""
    plain, quantized = folder / "plain.onnx", folder / "int8.onnx"
    plain.write_bytes(float32.file)
    quantization.quantize_static(
        plain,
        quantized,
        Calibration(calibration),
        quant_format=quantization.QuantFormat.QDQ,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        per_channel=True,
        reduce_range=scheme().weight_limit < 127,
    )
    session = onnxruntime.InferenceSession(quantized, providers=["CPUExecutionProvider"])
    return session.run(None, {INPUT: pictures})[0]


def test_int8_answers_as_onnx_runtimes_own_static_quantization(
    net: Trained, tmp_path: Path
) -> None:
    float32 = net.compiler.float32(net.model)
    expected = their_logits(float32, net.calibration, net.test, tmp_path)
    found = net.compiler.int8(net.model, net.calibration).logits(net.test)
    assert (found.argmax(1) == expected.argmax(1)).mean() >= 0.97
    assert mcnemar(net.right(expected), net.right(found)).verdict == "cannot tell"


def test_int8_differs_from_float32_on_few_images(net: Trained) -> None:
    scores = net.compiler.int8(net.model, net.calibration).logits(net.test)
    assert (scores.argmax(1) == net.scores.argmax(1)).mean() >= 0.98


def test_the_int8_file_is_at_most_two_fifths_of_the_float32_file(net: Trained) -> None:
    int8 = net.compiler.int8(net.model, net.calibration)
    assert len(int8.file) <= 0.4 * len(net.compiler.float32(net.model).file)


def test_resnet8_runs_in_int8_after_its_first_layer_to_the_last(
    cache: Path, tmp_path: Path
) -> None:
    net = shipped_network("digits", "resnet8")
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    options.log_severity_level = 3  # it warns that the file fits this machine alone
    int8 = net.compiler.int8(net.model, net.calibration)
    onnxruntime.InferenceSession(int8.file, options, providers=["CPUExecutionProvider"])
    kinds = Counter(node.op_type for node in onnx.load(tmp_path / "optimized.onnx").graph.node)
    assert (kinds["QLinearConv"], kinds["QLinearAdd"], kinds["QGemm"]) == (9, 3, 1)
    assert kinds["Conv"] + kinds["FusedConv"] == 1  # one input channel: float32 is faster
    assert not {"Add", "Gemm"} & kinds.keys()


def test_the_scheme_follows_the_cpus_flags_and_is_named(cpu: str, cache: Path) -> None:
    assert cpu in str(scheme().name)
    assert (scheme().weight_limit == 63) == (cpu == "7 bits")
    assert (scheme().activations is np.int8) == (cpu == "S8S8")
    net = shipped_network("digits", "small_cnn")
    int8 = Compiler(net.model, net.data.image_shape).int8(net.model, net.calibration)
    assert str(scheme().name) in str(int8.name)
    assert (int8.logits(net.test).argmax(1) == net.scores.argmax(1)).mean() >= 0.98


def test_this_machines_scheme_is_one_of_the_three() -> None:
    assert sum(words in str(scheme().name) for words in FLAGS) == 1


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"])
def test_torchvisions_networks_are_about_as_exact_as_onnx_runtimes_own(
    name: str, tmp_path: Path
) -> None:
    model, pictures = fresh_network(name, SHAPE), pictures_of(SHAPE)
    compiler = Compiler(model, SHAPE)
    float32, int8 = compiler.float32(model), compiler.int8(model, pictures)
    exact = float32.logits(pictures)
    found = np.abs(int8.logits(pictures) - exact).mean()
    assert len(int8.file) <= 0.5 * len(float32.file)
    theirs = their_logits(float32, pictures, pictures, tmp_path)
    assert found <= 1.5 * np.abs(theirs - exact).mean() + 1e-6


def test_a_channel_without_weights_keeps_its_bias(cache: Path) -> None:
    net = shipped_network("fashion_mnist", "small_cnn")
    model, few = deepcopy(net.model), net.test[:500]
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                module.weight[::2] = 0
            if isinstance(module, nn.BatchNorm2d):
                module.bias[::2] = 1
    int8 = net.compiler.int8(model, net.calibration)
    assert error_of(int8, model, few) < 0.05


@pytest.mark.parametrize("sparsity", [0.5, 0.8, 0.95])
def test_pruned_weights_are_zero_in_the_int8_file_too(cache: Path, sparsity: float) -> None:
    net = shipped_network("digits", "small_cnn")
    model = deepcopy(net.model)
    prune_weights(model, sparsity)
    proto = onnx.load_from_string(net.compiler.int8(model, net.calibration).file)
    arrays = [onnx.numpy_helper.to_array(item) for item in proto.graph.initializer]
    weights = [array for array in arrays if array.dtype == np.int8 and array.ndim > 1]
    zeros = sum(int((array == 0).sum()) for array in weights)
    assert zeros >= round(sparsity * sum(array.size for array in weights))


def unfolded() -> nn.Module:
    """A network whose batch norms come after a ReLU, so that no layer takes them in."""
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3)),
        *(nn.ReLU(), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 10)),
    ).eval()


def depthwise(width: int) -> nn.Module:
    """A network of `width` channels, each with a filter of its own in the middle."""
    return nn.Sequential(
        *(nn.Conv2d(1, width, 3), nn.ReLU(), nn.Conv2d(width, width, 3, groups=width)),
        *(nn.ReLU(), nn.Conv2d(width, 4, 1), nn.Flatten(), nn.Linear(64, 10)),
    ).eval()


def narrow(width: int) -> nn.Module:
    return build(Setting(model="small_cnn", width=width), SMALL, 10).eval()


def test_numbers_that_stay_float_are_those_of_the_network_at_hand() -> None:
    model, pictures = unfolded(), pictures_of(SMALL)
    compiler, filled = Compiler(model, SMALL), deepcopy(model)
    for value in filled.parameters():
        nn.init.normal_(value)
    for either in (model, filled):
        assert error_of(compiler.int8(either, pictures), either, pictures) < 0.05


def test_a_channel_that_never_answers_stays_silent() -> None:
    """Its range is nothing: in steps of nearly nothing, what lies below the ReLU overflows."""
    model, pictures = depthwise(1), pictures_of(SMALL)
    nn.init.constant_(model.get_parameter("2.bias"), -100)
    compiler = Compiler(model, SMALL)
    assert error_of(compiler.int8(model, pictures), model, pictures) < 0.05


@pytest.mark.parametrize("make", [depthwise, narrow])
def test_a_network_that_lost_all_but_a_few_channels_runs_too(
    make: Callable[[int], nn.Module],
) -> None:
    """Its layers may be too thin for int8, or alone in their group, and wide ones come after it."""
    torch.manual_seed(0)
    compiler, pictures = Compiler(make(8), SMALL), pictures_of(SMALL)
    for width in (8, 5, 3, 2, 1, 6):
        model = make(width)
        assert error_of(compiler.float32(model), model, pictures) < 1e-5
        assert error_of(compiler.int8(model, pictures), model, pictures) < 0.08
