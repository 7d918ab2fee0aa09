"""Which operation ran in which type: one update under autocast, layer by layer."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import nn
from torch.nn import functional

from workbench.core.data import load
from workbench.core.machine import use_one_thread
from workbench.core.precision.watching import LOSS, types_of, watching
from workbench.core.training import untrained
from workbench.core.training.batches import training_batches
from workbench.core.training.interruptible import Asking
from workbench.locale import message
from workbench.measurement import Quantity
from workbench.measurement.precision import LayerTypes, Operation, OpMap, Phase
from workbench.setting import Setting

IMAGES = 8
"""Of a batch: types do not depend on it, and 16 bits may be slow here."""
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
PHASES: tuple[Phase, ...] = ("forward", "backward", "update")
PLUMBING = {
    "_to_copy", "detach", "view", "t", "empty", "clone", "ones_like", "alias", "expand",
    "_unsafe_view", "transpose", "permute", "copy_", "zeros_like", "fill_", "new_empty_strided",
}  # fmt: skip
"""Operations that move, cast or make numbers, and work none out."""
WATCHED = message("every operation of one update on {n} images, as torch ran it here", n=IMAGES)


@torch.inference_mode(mode=False)  # else a caller's would leave no way back
@torch.enable_grad()
def op_types(setting: Setting, dtype: str, tell: Callable[[OpMap], None]) -> OpMap:
    """One update of the network of `setting` under autocast to `dtype`, operation by operation."""
    use_one_thread()
    setting = replace(setting, batch_size=IMAGES)
    data = load(setting.dataset)
    model = untrained(setting, data).train()
    pictures, labels = next(training_batches(setting, data, torch.Generator().manual_seed(0)))
    # One weight after the other, so that each has operations of its own.
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.learning_rate, foreach=False)
    with watching(model) as watcher:

        def found() -> OpMap:
            return _map(setting, dtype, model, watcher.operations)

        hooks = Asking(lambda: tell(found())).between_layers(model)
        try:
            is_mixed = DTYPES[dtype] is not torch.float32
            with torch.autocast("cpu", dtype=DTYPES[dtype], enabled=is_mixed):
                loss = functional.cross_entropy(model(pictures), labels)
            watcher.mark(loss, "")
            watcher.phase = "backward"
            loss.backward()
            watcher.phase = "update"
            optimizer.step()
        finally:
            for hook in hooks:
                hook.remove()
    return found()


def _map(setting: Setting, dtype: str, model: nn.Module, operations: list[Operation]) -> OpMap:
    worked = [each for each in operations if each.layer and each.name not in PLUMBING]
    order = list(dict.fromkeys(each.layer for each in worked))
    layers = tuple(_layer(name, model, worked) for name in order)
    return OpMap(
        setting=setting, dtype=dtype, layers=layers, operations=tuple(operations),
        quantities=_counted(operations),
    )  # fmt: skip


def _layer(name: str, model: nn.Module, worked: Sequence[Operation]) -> LayerTypes:
    """One layer; what a network adds up between its layers belongs to the module that does so."""
    ran = {}
    for phase in PHASES:
        own = [each for each in worked if each.layer == name and each.phase == phase]
        if own:
            ran[phase] = tuple(dict.fromkeys(kind for each in own for kind in each.types))
    if name in LOSS.values():
        return LayerTypes(name=name, kind="", ran=ran)
    module = model.get_submodule(name)
    weights = list(module.parameters(recurse=False))
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    return LayerTypes(
        name=name, kind=type(module).__name__, ran=ran,
        stored=", ".join(types_of(weights)), gradient=", ".join(types_of(gradients)),
    )  # fmt: skip


def _counted(operations: Sequence[Operation]) -> dict[str, Quantity]:
    """How many operations gave numbers of each type, and how many were casts."""
    counts: Counter[str] = Counter()
    for each in operations:
        if each.is_cast:
            counts["casts"] += 1
        elif each.name not in PLUMBING and each.gives:
            counts[each.gives[0]] += 1
    return {
        name: Quantity(value=count, unit="count", provenance="measured", how=WATCHED)
        for name, count in counts.items()
    }
