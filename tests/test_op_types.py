"""Which operation ran in which type, watched as it runs; and updates too small for 16 bits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.core.data import load
from workbench.core.precision import master
from workbench.core.precision.master import master_weights
from workbench.core.precision.op_types import DTYPES, IMAGES, op_types
from workbench.core.precision.watching import watching
from workbench.core.training import untrained
from workbench.core.training.batches import training_batches
from workbench.measurement import Superseded
from workbench.measurement.precision import LayerTypes, Master, OpMap
from workbench.setting import Setting

CNN = Setting(dataset="digits", model="small_cnn")
PLAIN = Setting(dataset="digits", model="mlp", learning_rate=0.003, batch_size=32, momentum=0.0)


def ignore(found: object) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def maps() -> dict[str, OpMap]:
    return {dtype: op_types(CNN, dtype, ignore) for dtype in DTYPES}


def of_kind(found: OpMap, kind: str) -> list[LayerTypes]:
    return [layer for layer in found.layers if layer.kind == kind]


# The map


def test_without_autocast_everything_runs_in_float32(maps: dict[str, OpMap]) -> None:
    found = maps["float32"]
    assert {kind for each in found.operations for kind in each.types} == {"float32"}
    assert set(found.quantities) == {"float32"}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_autocast_takes_products_to_16_bits_and_leaves_the_loss(
    maps: dict[str, OpMap], dtype: str
) -> None:
    found = maps[dtype]
    for kind in ("Conv2d", "Linear"):
        for layer in of_kind(found, kind):
            assert layer.ran["forward"] == layer.ran["backward"] == (dtype,)
    parts = {layer.name: layer for layer in found.layers if not layer.kind}
    assert set(parts) == {"softmax", "cross entropy"}
    for part in parts.values():
        assert part.ran == {"forward": ("float32",), "backward": ("float32",)}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_weights_their_gradients_and_their_updates_stay_float32(
    maps: dict[str, OpMap], dtype: str
) -> None:
    weighted = [layer for layer in maps[dtype].layers if layer.stored]
    model = untrained(CNN, load(CNN.dataset))
    own = [name for name, each in model.named_modules() if list(each.parameters(recurse=False))]
    assert [layer.name for layer in weighted] == own
    for layer in weighted:
        assert (layer.stored, layer.gradient) == ("float32", "float32")
        assert layer.ran["update"] == ("float32",)


def test_the_types_are_those_of_the_tensors_that_layers_give(maps: dict[str, OpMap]) -> None:
    """Agreement with hooks, which see what torch hands over between layers."""
    data = load(CNN.dataset)
    model = untrained(CNN, data).train()
    seen: dict[str, str] = {}

    def keep(name: str) -> Callable[[nn.Module, Any, torch.Tensor], None]:
        return lambda _module, _inputs, output: seen.update({name: str(output.dtype)})

    for name, module in model.named_modules():
        module.register_forward_hook(keep(name))
    pictures = torch.zeros(2, *data.image_shape)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        model(pictures)
    for layer in maps["bfloat16"].layers:
        if layer.kind:
            assert f"torch.{layer.ran['forward'][0]}" == seen[layer.name]


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_every_layer_of_a_branching_network_finds_its_way_back(dtype: str) -> None:
    found = op_types(replace(CNN, model="resnet8"), dtype, ignore)
    for layer in found.layers:
        assert "forward" in layer.ran
        if layer.stored:
            assert set(layer.ran) == {"forward", "backward", "update"}, layer.name


def test_watching_changes_no_result_and_leaves_nothing_behind() -> None:
    data = load(CNN.dataset)
    batch = next(
        training_batches(replace(CNN, batch_size=IMAGES), data, torch.Generator().manual_seed(0))
    )
    losses = []
    for is_watched in (False, True):
        model = untrained(CNN, data).train()
        if is_watched:
            with watching(model) as watcher:
                loss = functional.cross_entropy(model(batch[0]), batch[1])
                watcher.mark(loss, "")
                loss.backward()
            assert watcher.operations
        else:
            loss = functional.cross_entropy(model(batch[0]), batch[1])
            loss.backward()
        gradients = [weight.grad for weight in model.parameters() if weight.grad is not None]
        losses.append([loss.detach(), *gradients])
        assert not any(module._forward_hooks for module in model.modules())
    assert all(torch.equal(one, other) for one, other in zip(*losses, strict=True))


def test_the_map_grows_and_can_be_stopped() -> None:
    told: list[OpMap] = []

    def stop_at_third(found: OpMap) -> None:
        told.append(found)
        if len(told) == 3:
            raise Superseded

    with pytest.raises(Superseded):
        op_types(CNN, "bfloat16", stop_at_third)
    lengths = [len(found.operations) for found in told]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


# Master weights


@pytest.fixture(scope="module")
def trained() -> Master:
    return master_weights(PLAIN, ignore)


def test_a_float32_weight_moves_where_a_16_bit_one_stays(trained: Master) -> None:
    def share(name: str) -> float:
        return max(cell.value for (row, _c), cell in trained.unchanged.cells.items() if row == name)

    assert share("weights_bfloat16") > share("weights_float16") > share("weights_float32")
    assert share("master_bfloat16") < share("weights_float16")


def test_master_weights_learn_as_float32_does(trained: Master) -> None:
    last = trained.loss.columns[-1]
    plain, pure, kept = (
        trained.loss.cells[name, last].value
        for name in ("weights_float32", "weights_bfloat16", "master_bfloat16")
    )
    assert abs(kept - plain) < abs(pure - plain) / 4


def test_float32_is_the_training_that_torch_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master, "UPDATES", 20)
    found = master_weights(PLAIN, ignore)
    data = load(PLAIN.dataset)
    model = untrained(PLAIN, data).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=PLAIN.learning_rate)
    losses = []
    batches = training_batches(PLAIN, data, torch.Generator().manual_seed(PLAIN.seed))
    for (pictures, labels), _number in zip(batches, range(20), strict=False):
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(pictures), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    mean = sum(losses) / len(losses)
    assert found.loss.cells["weights_float32", "20"].value == pytest.approx(mean, rel=1e-5)


def test_the_histogram_counts_every_weight_once(trained: Master) -> None:
    assert trained.histogram is not None
    counted = sum(trained.histogram.counts) + trained.histogram.zeros
    model = untrained(PLAIN, load(PLAIN.dataset))
    assert counted == sum(weight.numel() for weight in model.parameters())
