"""Engines agree: with torch on every test image, and swapped weights with a fresh export."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.networks import (
    CHECKED,
    Trained,
    error_of,
    fresh_network,
    pictures_of,
    shipped_network,
)
from workbench.core.engine import Compiler, runners
from workbench.core.engine.graph import export
from workbench.core.engine.runners import OnnxRuntime, TorchEager
from workbench.core.models import build
from workbench.core.pruning import prune_weights
from workbench.setting import Setting

SHAPE = (1, 28, 28)
SMALL = (1, 8, 8)


@pytest.fixture(scope="module", params=CHECKED, ids=" ".join)
def net(request: pytest.FixtureRequest, cache: Path) -> Trained:
    return shipped_network(*request.param)


def test_float32_answers_every_test_image_as_torch_does(net: Trained) -> None:
    scores = net.compiler.float32(net.model).logits(net.test)
    assert int((scores.argmax(1) != net.scores.argmax(1)).sum()) == 0
    np.testing.assert_allclose(scores, net.scores, atol=1e-4, rtol=1e-4)


def test_resnet8_answers_fashion_images_as_torch_does(cache: Path) -> None:
    net, model = shipped_network("fashion_mnist", "small_cnn"), fresh_network("resnet8", SHAPE)
    few = net.test[:1000]
    scores = Compiler(model, SHAPE).float32(model).logits(few)
    assert np.array_equal(scores.argmax(1), TorchEager(model, "cpu").logits(few).argmax(1))


def test_a_pruned_network_runs_as_torch_runs_it(net: Trained) -> None:
    pruned = deepcopy(net.model)
    prune_weights(pruned, 0.5)
    assert error_of(net.compiler.float32(pruned), pruned, net.test[:500]) < 1e-5


def test_swapping_weights_equals_a_fresh_export(net: Trained) -> None:
    pruned = deepcopy(net.model)
    prune_weights(pruned, 0.7)
    fresh, few = Compiler(pruned, net.data.image_shape), net.test[:200]
    for compile_float32 in (net.compiler.float32, fresh.float32):
        assert error_of(compile_float32(pruned), pruned, few) < 1e-5
    swapped, exported = (c.int8(pruned, net.calibration) for c in (net.compiler, fresh))
    np.testing.assert_array_equal(swapped.logits(few), exported.logits(few))


def test_compiling_leaves_the_network_as_it_was(net: Trained) -> None:
    before = {name: value.clone() for name, value in net.model.state_dict().items()}
    Compiler(net.model, net.data.image_shape).int8(net.model, net.calibration)
    after = net.model.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


@pytest.mark.parametrize("name", ["small_cnn", "resnet8"])
def test_folding_batch_norms_changes_no_score(name: str) -> None:
    model = fresh_network(name, SHAPE)
    graph = export(model, SHAPE)
    assert graph.swappable
    assert len(graph.folds) == sum(isinstance(m, nn.BatchNorm2d) for m in model.modules())
    assert not any(node.op_type == "BatchNormalization" for node in graph.proto.graph.node)
    assert error_of(Compiler(model, SHAPE).float32(model), model, pictures_of(SHAPE)) < 1e-5


@pytest.mark.parametrize("name", ["mlp", "small_cnn", "resnet8"])
def test_one_compiler_runs_its_architecture_in_any_width(name: str) -> None:
    """Down to layers too thin for int8, as removed channels leave them, and up again."""
    compiler, few = Compiler(fresh_network(name, SHAPE), SHAPE), pictures_of(SHAPE)
    for width in (8, 3, 1, 24):
        model = build(Setting(model=name, width=width), SHAPE, 10).eval()
        assert error_of(compiler.float32(model), model, few) < 1e-5
        found = compiler.int8(model, few)
        assert error_of(found, model, few) < 0.05
        alone = Compiler(model, SHAPE).int8(model, few)
        np.testing.assert_array_equal(found.logits(few), alone.logits(few))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"])
def test_torchvisions_networks_compile_and_agree(name: str) -> None:
    model = fresh_network(name, SHAPE)
    assert export(model, SHAPE).swappable
    assert error_of(Compiler(model, SHAPE).float32(model), model, pictures_of(SHAPE)) < 1e-4


def test_networks_with_equal_weights_still_get_their_own() -> None:
    blank = nn.Sequential(
        *(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3)),
        *(nn.ReLU(), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 10)),
    ).eval()
    for name, value in blank.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(value)
    compiler, filled = Compiler(blank, SMALL), deepcopy(blank)
    for value in filled.parameters():
        nn.init.normal_(value)
    assert export(blank, SMALL).swappable
    for model in (blank, filled):
        assert error_of(compiler.float32(model), model, pictures_of(SMALL)) < 1e-5


class Branching(nn.Module):
    """A network that cannot be traced symbolically: what it does depends on its input."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
        self.classifier = nn.Linear(4 * 36, 10)

    def forward(self, images: Tensor) -> Tensor:
        features = self.layers(images)
        return self.classifier(features if features.sum() >= 0 else -features)


def test_a_network_that_cannot_be_traced_is_exported_all_the_same() -> None:
    model, other = Branching().eval(), Branching().eval()
    compiler = Compiler(model, SMALL)
    for either in (model, other):
        assert error_of(compiler.float32(either), either, pictures_of(SMALL)) < 1e-5
        int8 = compiler.int8(either, pictures_of(SMALL))
        assert error_of(int8, either, pictures_of(SMALL)) < 0.1


def test_a_network_that_onnx_has_no_words_for_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^PyTorch cannot export this network to ONNX: .+$"):
        export(nn.Sequential(nn.AdaptiveAvgPool2d(7), nn.Flatten()), SMALL)


def test_a_device_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    setting = Setting(engine="torch", device="cuda")
    with pytest.raises(ValueError, match=r"^device is one that this machine has: .*, got cuda$"):
        Compiler(model, SMALL).build(setting, model, pictures_of(SMALL))


def test_a_forward_pass_is_over_when_its_device_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    monkeypatch.setattr(runners, "synchronize", waited.append)
    engine = TorchEager(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), "cpu")
    engine.call(pictures_of(SMALL))()
    assert waited == ["cpu"]


@pytest.mark.parametrize(
    ("setting", "kind", "words"),
    [
        (Setting(), OnnxRuntime, "float32"),
        (Setting(weight_bits=4), OnnxRuntime, "float32"),
        (Setting(weight_bits=8), OnnxRuntime, "int8"),
        (Setting(engine="torch"), TorchEager, "PyTorch eager, float32"),
        (Setting(engine="torch", weight_bits=8), TorchEager, "PyTorch eager, float32"),
    ],
)
def test_the_engine_is_the_one_asked_for_and_says_so(
    setting: Setting, kind: type, words: str
) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    engine = Compiler(model, SMALL).build(setting, model, pictures_of(SMALL)).engine
    assert isinstance(engine, kind)
    assert words in str(engine.name)
    engine.call(pictures_of(SMALL))()
