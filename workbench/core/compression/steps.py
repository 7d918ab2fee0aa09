"""What each step of a compression does to the network."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor, nn

from workbench.core.compression.work import Work, Workshop, as_quantized, rounded
from workbench.core.pruning import (
    Cut,
    check_not_emptied,
    check_scores_weights,
    chosen_channels,
    importance,
    prunable,
    prune_weights,
    remove_channels,
)
from workbench.core.quantization import fake_quantized
from workbench.core.repair import finetune, recalibrate
from workbench.locale import message
from workbench.measurement import Point, Progress, Quantity
from workbench.setting import Step

STEPS = {
    "prune": message("pruned"),
    "recalibrate": message("batch norms re-calibrated"),
    "finetune": message("fine-tuned"),
    "quantize": message("rounded"),
}


def _prune(work: Work, step: Step, shop: Workshop) -> Work:
    """Weights to zero, or channels away; weights that wait to be rounded are rounded first."""
    if work.bits is not None and work.twin is None:
        work = replace(work, model=rounded(work, shop), twin=work.model)
    shop.say(message("pruning"), work)
    setting = shop.setting
    scores = _scores(work.model, shop)
    if step.granularity == "weight":
        check_scores_weights(setting.criterion)
        masks = prune_weights(
            work.model,
            step.sparsity,
            scores=scores,
            scope=setting.scope or "global",
            pattern=setting.pattern,
            layers=setting.layer_sparsities,
        )
        check_not_emptied(masks)
        _mask(work.twin, masks)
        return work
    groups = work.groups or shop.architecture.groups
    cut = Cut(
        sparsity=step.sparsity,
        granularity=step.granularity,
        criterion=setting.criterion,
        scope=setting.scope or "layer",
        snap_to=setting.snap_to,
        layers=setting.layer_sparsities,
    )
    kept = chosen_channels(work.model, groups, cut, scores)
    left = tuple(replace(g, channels=len(kept.get(g.name, range(g.channels)))) for g in groups)
    return replace(
        work,
        model=remove_channels(work.model, groups, kept),
        tags=remove_channels(work.tags or tagged(work.model), groups, kept),
        twin=remove_channels(work.twin, groups, kept) if work.twin is not None else None,
        groups=left,
    )


@torch.no_grad()
def _mask(twin: nn.Module | None, masks: Mapping[str, Tensor]) -> None:
    """Set to zero in the unrounded twin what was pruned in the rounded network."""
    for name, weight in prunable(twin).items() if twin is not None else ():
        weight.mul_(masks[name])


def _scores(model: nn.Module, shop: Workshop) -> dict[str, Tensor]:
    return importance(
        model, shop.setting.criterion, shop.architecture.learning_batch, shop.setting.seed
    )


@torch.no_grad()
def tagged(model: nn.Module) -> nn.Module:
    """A copy whose weights are their own places, counted from 0 in each layer."""
    copy = deepcopy(model).double()  # float32 counts exactly only to 2^24
    for weight in prunable(copy).values():
        weight.copy_(torch.arange(weight.numel()).view(weight.shape))
    return copy


def _recalibrate(work: Work, step: Step, shop: Workshop) -> Work:
    began = perf_counter()
    recalibrate(work.model, shop.architecture.data, shop.telling(work))
    return replace(work, repair_seconds=work.repair_seconds + perf_counter() - began)


def _finetune(work: Work, step: Step, shop: Workshop) -> Work:
    began = perf_counter()
    curve = list(work.curve)

    def tell(epochs: float, found: Quantity) -> None:
        curve.append(Point(step=STEPS["finetune"], epochs=epochs, accuracy=found))

    def report(progress: Progress) -> None:
        shop.report(replace(progress, curve=tuple(curve)))

    rounding, folds = None, shop.architecture.compiler.folds
    if work.bits is not None:
        rounding = fake_quantized(work.model, as_quantized(work.bits, shop.setting), folds)
    data = shop.architecture.data
    finetune(work.model, shop.setting, step.epochs, data, report, tell, rounding)
    seconds = work.repair_seconds + perf_counter() - began
    # Its weights are new ones, not on a grid any more.
    return replace(work, curve=tuple(curve), repair_seconds=seconds, twin=None)


def _quantize(work: Work, step: Step, shop: Workshop) -> Work:
    """Only noted: weights are rounded when they are final, or when pruning comes after."""
    return replace(work, bits=step, twin=None)


DO: dict[str, Callable[[Work, Step, Workshop], Work]] = {
    "prune": _prune,
    "recalibrate": _recalibrate,
    "finetune": _finetune,
    "quantize": _quantize,
}
