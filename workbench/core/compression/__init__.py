"""The steps of a compression, in their order, from the trained network to the one that is run."""

from collections import OrderedDict
from copy import deepcopy
from dataclasses import replace
from functools import partial

from torch import nn

from workbench.core.accuracy import validation_accuracy
from workbench.core.compression.steps import DO, STEPS
from workbench.core.compression.work import Work, Workshop, rounded
from workbench.core.pruning import prunable
from workbench.core.repair import LOOKED_AT
from workbench.locale import Message, message
from workbench.measurement import Point
from workbench.setting import Step, check_layers, steps_of

__all__ = ["Work", "Workshop", "compressed"]

REPAIRS = ("recalibrate", "finetune")
MOST_REMEMBERED = 6
_REPAIRED: OrderedDict[object, Work] = OrderedDict()
"""What fine-tuning made, by the steps that led there, so that further steps need not wait anew."""


def compressed(trained: nn.Module, shop: Workshop) -> tuple[Work, nn.Module]:
    """The network after all steps of the setting, and as it was before its weights were rounded.

    `trained` is left as it is.
    """
    steps = steps_of(shop.setting)
    layers = {name.removesuffix(".weight"): name for name in prunable(trained)}
    check_layers("layer_bits", shop.setting.layers_bits, layers)
    check_layers("layer_sparsity", shop.setting.layer_sparsities, layers)
    done, work = _start(trained, steps, shop)
    is_repaired = any(step.kind in REPAIRS for step in steps)
    if is_repaired and done == 0:
        work = _looked_at(work, message("trained"), shop)
    for number, step in enumerate(steps[done:], start=done + 1):
        work = DO[step.kind](work, step, shop)
        if is_repaired and step.kind != "finetune":  # which looks itself, on the way
            work = _looked_at(work, STEPS[step.kind], shop)
        if step.kind == "finetune":
            _remember(_key(steps[:number], shop), work)
    return replace(work, model=rounded(work, shop)), work.twin or work.model


def _start(trained: nn.Module, steps: tuple[Step, ...], shop: Workshop) -> tuple[int, Work]:
    """The longest beginning of the steps that is remembered, and the network after it."""
    for number in range(len(steps), 0, -1):
        if (key := _key(steps[:number], shop)) in _REPAIRED:
            _REPAIRED.move_to_end(key)
            work = _REPAIRED[key]
            return number, _copied(work)
    return 0, Work(model=deepcopy(trained) if steps else trained)


READ_BY = {
    "prune": ("criterion", "scope", "pattern", "layer_sparsity", "snap_to"),
    "recalibrate": (),
    "finetune": ("finetune_rate",),
    "quantize": (
        "weight_symmetry", "activation_symmetry", "quantized_per", "levels", "batch_norm",
        "layer_bits", "masks", "engine",
    ),
}  # fmt: skip
"""Fields that a step reads beside its own values."""


def _key(steps: tuple[Step, ...], shop: Workshop) -> object:
    names = sorted({name for step in steps for name in READ_BY[step.kind]})
    read = tuple(getattr(shop.setting, name) for name in names)
    return shop.setting.training, shop.architecture, steps, read


def _copied(work: Work) -> Work:
    return replace(
        work,
        model=deepcopy(work.model),
        tags=deepcopy(work.tags),
        twin=deepcopy(work.twin),
    )


def _remember(key: object, work: Work) -> None:
    kept = _copied(work)
    _REPAIRED[key] = kept
    while len(_REPAIRED) > MOST_REMEMBERED:
        _REPAIRED.popitem(last=False)


def _looked_at(work: Work, step: Message, shop: Workshop) -> Work:
    """With a point of the curve: how many validation images are right after this step."""
    stage = message("accuracy on validation images")
    check = partial(shop.say, stage, work)
    found = validation_accuracy(rounded(work, shop), shop.architecture.data, check, LOOKED_AT)
    point = Point(step=step, epochs=0.0, accuracy=found)
    work = replace(work, curve=(*work.curve, point))
    shop.say(stage, work)
    return work
