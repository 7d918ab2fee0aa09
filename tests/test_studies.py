"""Studies: what is counted is exact, what is measured says so, and any of them can be ended."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.networks import error_of, shipped_network
from workbench.core.engine.calibration import at_ease
from workbench.core.engine.runners import OnnxRuntime, TorchEager
from workbench.core.latency import Timings
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.core.pruning import prunable
from workbench.core.studies import crossover as crossover_module
from workbench.core.studies import cuts as cuts_module
from workbench.core.studies import ladder as ladder_module
from workbench.core.studies import staircase as staircase_module
from workbench.core.studies.cliffs import CRITERIA, bit_cliff, sparsity_cliff
from workbench.core.studies.crossover import crossover
from workbench.core.studies.cuts import cuts
from workbench.core.studies.ladder import ladder, ladder_masks
from workbench.core.studies.staircase import CHANNELS, convolution, staircase
from workbench.locale import message
from workbench.measurement import Grid, Progress, Report, Superseded, ignore
from workbench.setting import SHIPPED, Setting

Survey = Callable[[Setting, Report], Grid]
SURVEYS: list[Survey] = [staircase, crossover, cuts, ladder, bit_cliff, sparsity_cliff]
MLP, CNN = SHIPPED["digits", "mlp"], SHIPPED["digits", "small_cnn"]
pytestmark = pytest.mark.usefixtures("cache", "quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few timings: how long something takes is never asserted here."""
    monkeypatch.setattr(staircase_module, "ROUNDS", 6)
    for module in (crossover_module, cuts_module, ladder_module):
        monkeypatch.setattr(module, "SECONDS", 0.0)


@pytest.mark.parametrize("survey", SURVEYS)
def test_every_cell_is_there_and_says_how_it_was_got(survey: Survey) -> None:
    grid = survey(replace(MLP, inference_batch=4), ignore)
    assert grid.cells.keys() == {(row, column) for row in grid.rows for column in grid.columns}
    for cell in grid.cells.values():
        assert str(cell.how)
        if cell.low is not None and cell.high is not None:
            assert cell.low <= cell.value <= cell.high
    assert grid.machine["processor"]


@pytest.mark.parametrize("survey", SURVEYS)
def test_what_is_reported_only_grows_to_what_is_returned(survey: Survey) -> None:
    told: list[Progress] = []
    grid = survey(replace(MLP, inference_batch=4), told.append)
    assert all(now.done <= later.done <= later.total for now, later in pairwise(told[1:]))
    grids = [progress.grid for progress in told if progress.grid is not None]
    assert all(few.cells.keys() <= more.cells.keys() for few, more in pairwise(grids))
    assert grids[-1].cells == grid.cells
    assert {(one.rows, one.columns) for one in grids} == {(grid.rows, grid.columns)}


@pytest.mark.parametrize("survey", SURVEYS)
@pytest.mark.parametrize("wanted", [0, 4])
def test_a_study_that_nobody_wants_ends_at_the_next_report(survey: Survey, wanted: int) -> None:
    told: list[Progress] = []

    def report(progress: Progress) -> None:
        told.append(progress)
        if len(told) > wanted:
            raise Superseded

    with pytest.raises(Superseded):
        survey(MLP, report)
    assert len(told) == wanted + 1


def test_untrained_networks_leave_torchs_random_numbers_to_others() -> None:
    before = torch.get_rng_state()
    crossover(replace(MLP, inference_batch=1), ignore)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("channels", CHANNELS)
def test_the_convolution_that_is_timed_is_torchs(channels: int) -> None:
    proto = convolution(channels)
    weight = torch.from_numpy(
        np.frombuffer(proto.graph.initializer[0].raw_data, np.float32).copy()
    ).view(channels, channels, 3, 3)
    maps = np.random.default_rng(1).normal(size=(2, channels, 14, 14)).astype(np.float32)
    found = OnnxRuntime(proto.SerializeToString(), message("calibration")).logits(maps)
    expected = functional.conv2d(torch.from_numpy(maps), weight, padding=1).numpy()
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1e-4 * np.abs(expected).max()


def test_each_width_of_the_stairs_is_timed_equally_often() -> None:
    grid = staircase(replace(MLP, inference_batch=1), ignore)
    assert grid.columns == tuple(str(channels) for channels in CHANNELS)
    assert {cell.n for cell in grid.cells.values()} == {staircase_module.ROUNDS}
    for cell in grid.cells.values():
        assert (cell.unit, cell.provenance, cell.interval) == ("ms", "measured", "percentiles")


def test_a_map_of_widths_compares_int8_with_float32_of_the_same_network() -> None:
    setting = replace(CNN.baseline, width=8)
    data = shipped_network("digits", "small_cnn").data
    int8, float32 = crossover_module._engines(setting, data, at_ease)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        model = build(setting, data.image_shape, len(data.classes)).eval()
    assert error_of(float32, model, normalized(data.test_images[:64], data)) < 1e-5
    kinds = [
        {node.op_type for node in proto.graph.node} if (proto := side.graph) else set()
        for side in (int8, float32)
    ]
    assert ["QuantizeLinear" in kind for kind in kinds] == [True, False]


def test_the_map_of_widths_is_refused_where_widths_are_not_known() -> None:
    with pytest.raises(ValueError, match=r"one of mlp, small_cnn, resnet8, got mobilenet_v2"):
        crossover(replace(CNN, model="mobilenet_v2"), ignore)


def test_the_arithmetic_left_by_a_cut_is_counted_exactly() -> None:
    grid = cuts(MLP, ignore)
    network = shipped_network("digits", "mlp").model
    sizes = [weight.shape[1] for weight in prunable(network).values()] + [10]

    def products(p: float) -> float:
        inner = [round(size * (1 - p)) for size in sizes[1:-1]]
        return sum(a * b for a, b in pairwise([sizes[0], *inner, 10]))

    for column in grid.columns:
        p = float(column)
        assert grid.cells["formula", column].value == (1 - p) ** 2
        assert grid.cells["macs_share", column].value == products(p) / products(0)


def test_a_cut_of_nothing_leaves_all_of_the_arithmetic_and_more_leaves_less() -> None:
    grid = cuts(CNN, ignore)
    shares = [grid.cells["macs_share", column].value for column in grid.columns]
    assert shares[0] == 1
    assert all(less < more for more, less in pairwise(shares))
    for row, provenance in {
        "formula": "computed", "macs_share": "computed", "time_share": "measured",
    }.items():  # fmt: skip
        assert {grid.cells[row, column].provenance for column in grid.columns} == {provenance}


def test_a_narrow_network_is_cut_as_far_as_each_layer_keeps_a_channel() -> None:
    grid = cuts(replace(CNN, width=2, epochs=1), ignore)
    assert grid.columns == ("0.0", "0.125", "0.25", "0.375", "0.5", "0.625", "0.75")
    assert len(grid.cells) == 3 * len(grid.columns)


def test_the_time_share_of_a_cut_is_the_smaller_networks_over_the_whole_ones() -> None:
    timings = Timings(candidate_ms=[1.0, 1.0, 1.0], baseline_ms=[4.0, 4.0, 4.0])
    assert cuts_module._share(timings).value == 0.25


@pytest.mark.parametrize(
    ("setting", "rungs"),
    [(MLP, ("weight", "pattern", "neuron")), (CNN, ("weight", "pattern", "kernel", "filter"))],
)
def test_only_removed_channels_make_a_file_or_the_arithmetic_smaller(
    setting: Setting, rungs: tuple[str, ...]
) -> None:
    grid = ladder(setting, ignore)
    whole = shipped_network("digits", setting.model)
    size = len(whole.compiler.float32(whole.model).file)
    assert grid.rows == rungs
    for rung in rungs[:-1]:
        assert grid.cells[rung, "macs_share"].value == 1
        assert grid.cells[rung, "file_bytes"].value == size
        assert grid.cells[rung, "deflated_bytes"].value < size
    assert grid.cells[rungs[-1], "macs_share"].value < 0.5
    assert grid.cells[rungs[-1], "file_bytes"].value < size


@pytest.mark.parametrize("sparsity", [0.3, 0.5, 0.77])
@pytest.mark.parametrize("model", ["small_cnn", "resnet8"])
def test_each_rung_takes_whole_pieces_of_its_size(model: str, sparsity: float) -> None:
    masks, weights = ladder_masks(replace(SHIPPED["digits", model], sparsity=sparsity))
    count, windows = weights.size, weights.shape[0] * weights.shape[1]
    assert all(mask.shape == weights.shape for mask in masks.values())
    pattern = np.moveaxis(masks["pattern"], 1, -1).reshape(-1, 4)
    assert (pattern.sum(axis=1) == 2).all()
    kernels = masks["kernel"].reshape(windows, -1)
    assert (kernels.any(axis=1) == kernels.all(axis=1)).all()
    assert (~kernels.all(axis=1)).sum() == round(sparsity * windows)
    filters = masks["filter"].reshape(len(weights), -1)
    assert (filters.any(axis=1) == filters.all(axis=1)).all()
    assert filters.all(axis=1).sum() == int(len(weights) * (1 - sparsity) + 0.5)
    assert 0 < masks["weight"].sum() < count


def test_kernels_that_go_are_those_of_least_magnitude() -> None:
    masks, weights = ladder_masks(replace(CNN, sparsity=0.3))
    sizes, stays = np.abs(weights).sum(axis=(2, 3)), masks["kernel"].any(axis=(2, 3))
    assert sizes[~stays].max() <= sizes[stays].min()


def rounded_by_torch(weight: torch.Tensor, bits: int, per: str) -> torch.Tensor:
    limit = 2 ** (bits - 1) - 1
    if per == "tensor":
        step = float(weight.abs().max()) / limit
        return torch.fake_quantize_per_tensor_affine(weight, step, 0, -limit, limit)
    steps = weight.flatten(1).abs().amax(1) / limit
    zeros = torch.zeros(len(steps), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, steps, zeros, 0, -limit, limit)


@pytest.mark.parametrize(
    ("model", "per"), [("mlp", "tensor"), ("mlp", "channel"), ("small_cnn", "channel")]
)
def test_the_cliff_is_that_of_torchs_own_rounding(model: str, per: str) -> None:
    """One step a tensor with batch norms: the folded weight is rounded, which torch's is not."""
    grid, shipped = bit_cliff(SHIPPED["digits", model], ignore), shipped_network("digits", model)
    images, labels = (
        shipped.data.validation_images[:2000],
        shipped.data.validation_labels[:2000],
    )
    pictures = normalized(images, shipped.data)
    for bits in grid.columns:
        copy: Any = deepcopy(shipped.model)
        with torch.no_grad():
            for weight in prunable(copy).values():
                weight.copy_(rounded_by_torch(weight, int(bits), per))
        right = int((TorchEager(copy, "cpu").logits(pictures).argmax(1) == labels).sum())
        cell = grid.cells[per, bits]
        assert (cell.provenance, cell.n) == ("simulated", len(labels))
        assert abs(round(cell.value * len(labels)) - right) <= 1, bits


def test_the_sparsity_cliff_starts_at_the_whole_network_and_random_falls_first(
    cache: Path,
) -> None:
    setting = SHIPPED["digits", "small_cnn"]
    grid, net = sparsity_cliff(setting, ignore), shipped_network("digits", "small_cnn")
    images = normalized(net.data.validation_images[:2000], net.data)
    scores = TorchEager(deepcopy(net.model), "cpu").logits(images)
    whole = float((scores.argmax(1) == net.data.validation_labels[:2000]).mean())
    assert {grid.cells[rule, "0.0"].value for rule in CRITERIA} == {whole}
    assert grid.cells["magnitude", "0.5"].value > grid.cells["random", "0.5"].value + 0.3
    assert all(cell.provenance == "measured" for cell in grid.cells.values())
