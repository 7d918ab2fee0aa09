"""The granularity ladder: the same share taken away in ever larger pieces."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.core.accuracy import accuracy, growing_predictions, right_answers
from workbench.core.architecture import Architecture
from workbench.core.engine import Engine
from workbench.core.latency import Timings, speedup, timed_in_turn
from workbench.core.machine import machine
from workbench.core.pruning import (
    Cut,
    chosen_channels,
    importance,
    mask_channels,
    prunable,
    prune_weights,
    remove_channels,
)
from workbench.core.sizes import file_sizes, macs
from workbench.core.studies.baseline import baseline_of
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report, ignore
from workbench.setting import Setting

COLUMNS = ("accuracy", "macs_share", "file_bytes", "deflated_bytes", "speedup")
HALF = 0.5
IMAGES = 1000
SECONDS = 0.5
Prune = Callable[[nn.Module, float, Architecture], nn.Module]


def _weights(model: nn.Module, sparsity: float, architecture: Architecture) -> nn.Module:
    """As many of each layer as on the other rungs, so that only the size of the pieces differs."""
    prune_weights(model, sparsity, scope="layer")
    return model


def _pattern(model: nn.Module, sparsity: float, architecture: Architecture) -> nn.Module:
    """2:4, which is one half, whatever the sparsity."""
    prune_weights(model, sparsity, pattern="2:4")
    return model


@torch.no_grad()
def _kernels(model: nn.Module, sparsity: float, architecture: Architecture) -> nn.Module:
    """Whole windows of convolutions, those of the smallest mean magnitude in each layer."""
    for weight in prunable(model).values():
        if weight.dim() == 4:
            sizes = weight.abs().mean(dim=(2, 3))
            going = sizes.flatten().argsort(stable=True)[: round(sparsity * sizes.numel())]
            stays = torch.ones(sizes.numel()).index_fill(0, going, 0)
            weight.mul_(stays.view(*sizes.shape, 1, 1))
    return model


def _kept(model: nn.Module, sparsity: float, architecture: Architecture) -> dict[str, Tensor]:
    cut = Cut(
        sparsity=sparsity,
        granularity=architecture.groups[0].kind,
        criterion="magnitude",
        scope="layer",
        snap_to=1,
        layers={},
    )
    scores = importance(model, "magnitude", architecture.learning_batch, 0)
    return chosen_channels(model, architecture.groups, cut, scores)


def _channels(model: nn.Module, sparsity: float, architecture: Architecture) -> nn.Module:
    return remove_channels(model, architecture.groups, _kept(model, sparsity, architecture))


def _masked(model: nn.Module, sparsity: float, architecture: Architecture) -> nn.Module:
    return mask_channels(model, architecture.groups, _kept(model, sparsity, architecture))


def _rungs(architecture: Architecture, *, is_masked: bool) -> dict[str, Prune]:
    """The granularities of this network, smallest first; an mlp has no windows."""
    found: dict[str, Prune] = {"weight": _weights, "pattern": _pattern}
    if any(weight.dim() == 4 for weight in prunable(architecture.form).values()):
        found["kernel"] = _kernels
    if architecture.groups:
        found[architecture.groups[0].kind] = _masked if is_masked else _channels
    return found


@torch.no_grad()
def ladder(setting: Setting, report: Report) -> Grid:
    """Rows: granularities; columns: accuracy on validation images, sizes, speed-up; no repair."""
    stage = message("climbing from weights to filters")
    report(Progress(stage=stage))
    architecture, model = baseline_of(setting, report)
    whole = architecture.compiler.float32(model)
    rungs = _rungs(architecture, is_masked=False)
    cells: dict[tuple[str, str], Quantity] = {}
    grid = Grid(rows=tuple(rungs), columns=COLUMNS, cells={}, machine=machine())
    for done, (rung, prune) in enumerate(rungs.items(), start=1):
        pruned = prune(deepcopy(model), setting.sparsity or HALF, architecture)
        now = Progress(stage=stage, done=done - 1, total=len(rungs), grid=grid)
        found = _measured(pruned, whole, architecture, setting, partial(report, now))
        cells |= {(rung, column): found[column] for column in COLUMNS}
        grid = replace(grid, cells=dict(cells))
        report(replace(now, done=done, grid=grid))
    return grid


def _measured(
    model: nn.Module,
    whole: Engine,
    architecture: Architecture,
    setting: Setting,
    check: Callable[[], None],
) -> dict[str, Quantity]:
    data, engine = architecture.data, architecture.compiler.float32(model)
    images, labels = data.validation_images[:IMAGES], data.validation_labels[:IMAGES]
    answers = np.empty(0, np.int64)
    for grown in growing_predictions(engine, images, data):
        answers = grown
        check()
    timings = Timings()
    pictures = architecture.test_batch(setting.inference_batch)
    for latest in timed_in_turn(engine, whole, pictures, SECONDS):
        timings = latest
        check()
    left = macs(model, data.image_shape).value / architecture.macs.value
    how = message("multiply-adds of the smaller network over those of the whole one")
    return {
        "accuracy": accuracy(right_answers(answers, labels), "measured"),
        "macs_share": Quantity(value=left, unit="fraction", provenance="computed", how=how),
        **file_sizes(engine, check),
        "speedup": speedup(timings),
    }


@torch.no_grad()
def ladder_masks(
    setting: Setting,
) -> tuple[dict[str, NDArray[np.bool_]], NDArray[np.float32]]:
    """Which weights of the second layer stay at each granularity, in its shape; and its weights."""
    architecture, model = baseline_of(setting, ignore)
    names = list(prunable(model))
    name = names[min(1, len(names) - 1)]
    masks = {
        rung: (
            prunable(prune(deepcopy(model), setting.sparsity or HALF, architecture))[name] != 0
        ).numpy()
        for rung, prune in _rungs(architecture, is_masked=True).items()
    }
    return masks, prunable(model)[name].detach().numpy()
