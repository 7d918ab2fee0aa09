"""Each layer compressed alone: the heat map of the textbook loop, only sooner."""

from copy import deepcopy
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.utils import prune

from tests.networks import fresh_network, pictures_of, shipped_network
from workbench.core.engine import Compiler
from workbench.core.engine.graph import folded_weights
from workbench.core.models import FAMILIES, build
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable
from workbench.core.studies import sensitivity as module
from workbench.core.studies.sensitivity import bit_sensitivity, sensitivity
from workbench.core.studies.suffix import Rest, split, typed
from workbench.measurement import Grid, Progress, Superseded, ignore
from workbench.setting import SHIPPED, Setting

SHAPE = (1, 28, 28)
TRAINED = tuple(model for data, model in SHIPPED if data == "digits")
pytestmark = pytest.mark.usefixtures("cache")


def settings_of(model: str) -> Setting:
    return SHIPPED["digits", model]


def right_of(model: str, changed: Any) -> int:
    """How many of the first 1,000 validation images torch gets right."""
    data = shipped_network("digits", model).data
    pictures = torch.from_numpy(normalized(data.validation_images[:1000], data))
    placed = pictures.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        scores = changed.to(memory_format=torch.channels_last)(placed)
    return int((scores.argmax(1).numpy() == data.validation_labels[:1000]).sum())


def assert_same_map(model: str, grid: Grid, change: Any) -> None:
    """Every cell within one image of a deep copy of which `change` altered one layer."""
    network = shipped_network("digits", model).model
    assert len(grid.cells) == len(grid.rows) * len(grid.columns)
    for (layer, level), cell in grid.cells.items():
        copy = deepcopy(network)
        change(copy.get_submodule(layer), level)
        assert cell.n is not None
        assert abs(round(cell.value * cell.n) - right_of(model, copy)) <= 1, (layer, level)


@pytest.mark.parametrize("model", TRAINED)
def test_pruning_alone_gives_the_map_of_the_textbook_loop(model: str) -> None:
    def pruned_by_torch(layer: Any, level: str) -> None:
        prune.l1_unstructured(layer, "weight", amount=float(level))

    grid = sensitivity(settings_of(model), ignore)
    assert grid.columns == ("0.1", "0.3", "0.5", "0.6", "0.7", "0.8", "0.9", "0.95")
    assert_same_map(model, grid, pruned_by_torch)


@pytest.mark.parametrize("model", TRAINED)
def test_rounding_alone_gives_the_map_of_torchs_own_rounding(model: str) -> None:
    def rounded_by_torch(layer: Any, level: str) -> None:
        weight, limit = layer.weight.data, 2 ** (int(level) - 1) - 1
        steps = weight.flatten(1).abs().amax(1) / limit
        zeros = torch.zeros(len(steps), dtype=torch.int32)
        layer.weight.data = torch.fake_quantize_per_channel_affine(
            weight, steps, zeros, 0, -limit, limit
        )

    grid = bit_sensitivity(settings_of(model), ignore)
    assert grid.columns == ("8", "6", "5", "4", "3", "2")
    assert_same_map(model, grid, rounded_by_torch)


def test_rows_are_the_layers_in_the_order_of_the_network() -> None:
    network = shipped_network("digits", "small_cnn").model
    grid = sensitivity(settings_of("small_cnn"), ignore)
    assert [f"{row}.weight" for row in grid.rows] == list(prunable(network))


@pytest.mark.parametrize(
    ("survey", "provenance"), [(sensitivity, "measured"), (bit_sensitivity, "simulated")]
)
def test_a_cell_says_how_it_was_got_and_how_sure_it_is(survey: Any, provenance: str) -> None:
    grid = survey(settings_of("mlp"), ignore)
    images = min(1000, len(shipped_network("digits", "mlp").data.validation_labels))
    for cell in grid.cells.values():
        assert (cell.provenance, cell.n, cell.unit) == (provenance, images, "fraction")
        assert str(images) in str(cell.how)
        assert cell.low <= cell.value <= cell.high
    assert grid.machine["processor"]


@pytest.mark.parametrize(("survey", "first"), [(sensitivity, "0.5"), (bit_sensitivity, "4")])
def test_the_map_fills_by_whole_columns_the_telling_one_first(survey: Any, first: str) -> None:
    grids: list[Grid] = []

    def report(progress: Progress) -> None:
        if progress.grid is not None and (not grids or progress.grid is not grids[-1]):
            assert len(progress.grid.cells) == progress.done
            grids.append(progress.grid)

    whole = survey(settings_of("small_cnn"), report)
    assert grids[-1].cells == whole.cells
    for few, more in pairwise(grids):
        assert len(more.cells) == len(few.cells) + 1
        assert few.cells.items() <= more.cells.items()
    column = grids[len(whole.rows)]
    assert column.cells.keys() == {(row, first) for row in whole.rows}


@pytest.mark.parametrize("survey", [sensitivity, bit_sensitivity])
@pytest.mark.parametrize("wanted", [0, 2, 20])
def test_a_scan_that_nobody_wants_ends_at_the_next_report(survey: Any, wanted: int) -> None:
    calls = 0

    def report(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls > wanted:
            raise Superseded

    with pytest.raises(Superseded):
        survey(settings_of("small_cnn"), report)
    assert calls == wanted + 1


@pytest.mark.parametrize("most", [0, 100_000])
def test_too_little_memory_changes_nothing_but_the_time(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = sensitivity(settings_of("small_cnn"), ignore)
    monkeypatch.setattr(module, "MOST_HELD", most)
    tight = sensitivity(settings_of("small_cnn"), ignore)
    for key, cell in roomy.cells.items():
        assert cell.n is not None
        assert abs(tight.cells[key].value - cell.value) <= 1 / cell.n + 1e-9


@pytest.mark.parametrize("most", [0, 100_000, 300_000_000])
def test_what_is_held_stays_within_its_limit(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    compute = Rest.of

    def watched(rest: Rest, pictures: NDArray[np.float32]) -> Any:
        found = compute(rest, pictures)
        if len(pictures) > 1:  # one picture tells the sizes, and is not held
            held.append(sum(array.nbytes for name, array in found.items() if name != "images"))
        return found

    monkeypatch.setattr(Rest, "of", watched)
    monkeypatch.setattr(module, "MOST_HELD", most)
    sensitivity(settings_of("small_cnn"), ignore)
    assert sum(held) <= most
    assert (sum(held) > 0) == (most > 0)


@pytest.mark.parametrize("name", [*FAMILIES, "shufflenet_v2_x0_5"])
def test_a_part_after_a_layer_answers_as_the_whole_network(name: str) -> None:
    """shufflenet: shapes computed on the way are tensors of whole numbers."""
    shape = SHAPE if name in FAMILIES else (3, 32, 32)
    network = fresh_network(name, shape) if name in FAMILIES else None
    if network is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = build(Setting(model=name), shape, 10).eval()
    compiler, pictures = Compiler(network, shape), pictures_of(shape, 24)
    proto = compiler.float32(network).graph
    assert proto is not None
    layers = [layer.removesuffix(".weight") for layer in prunable(network)]
    for layer in {layers[0], layers[len(layers) // 2], layers[-1]}:
        changed = deepcopy(network)
        with torch.no_grad():
            prunable(changed)[f"{layer}.weight"].mul_(-0.5)
        folded = np.asarray(folded_weights(changed, compiler.folds)[f"{layer}.weight"], np.float32)
        bare = split(proto, f"{layer}.weight")
        rest = Rest(proto, bare.taken)
        part = typed(bare, rest.of(pictures[:1]))
        prefixes = [rest.of(pictures[:16]), rest.of(pictures[16:])]
        answers = np.concatenate(list(part.answers(folded, prefixes)))
        whole = compiler.float32(changed).logits(pictures).argmax(axis=1)
        assert (answers == whole).all(), layer


def test_the_part_after_the_last_layer_is_that_layer_alone() -> None:
    network = fresh_network("resnet8", SHAPE)
    proto = Compiler(network, SHAPE).float32(network).graph
    assert proto is not None
    last = split(proto, "classifier.weight")
    assert [node.op_type for node in last.part.graph.node] == ["Gemm"]
    assert len(split(proto, "stem.0.weight").part.graph.node) == len(proto.graph.node)
