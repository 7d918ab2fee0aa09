"""What compression did to a network, told layer by layer, weight by weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.core.pruning import prunable
from workbench.core.quantization import levels_used, sqnr_db
from workbench.locale import Message, message
from workbench.measurement import (
    ActivationHistogram,
    Closeup,
    Layer,
    Quantity,
    Rounding,
    Unit,
    WeightHistogram,
)

BINS = 41
Kind = Literal["convolution", "depthwise", "linear"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Versions:
    """One network as trained, after pruning and repair, and as it is run; tags as in Work."""

    trained: nn.Module
    unrounded: nn.Module
    final: nn.Module
    tags: nn.Module | None

    def places(self, name: str) -> Tensor:
        """Where each weight of the final layer `name` stood in the trained one, in its shape."""
        if self.tags is not None:
            return prunable(self.tags)[name].long()
        weight = prunable(self.final)[name]
        return torch.arange(weight.numel()).view(weight.shape)

    def in_trained_shape(self, name: str, values: Tensor, missing: float) -> Tensor:
        """Values of the final layer's weights put where the trained ones were."""
        whole = torch.full_like(prunable(self.trained)[name], missing).flatten()
        whole[self.places(name).flatten()] = values.detach().flatten().float()
        return whole.view_as(prunable(self.trained)[name])


def weight_histogram(versions: Versions) -> WeightHistogram:
    """Trained weights by value; apart, what pruning took away and what rounding made zero."""
    trained = prunable(versions.trained)
    values = _in_a_row(trained)
    limit = float(np.abs(values).max()) or 1.0
    unrounded, final = prunable(versions.unrounded), prunable(versions.final)
    is_pruned, is_zero = (
        _in_a_row({n: versions.in_trained_shape(n, w[n], 0.0) for n in trained}) == 0
        for w in (unrounded, final)
    )

    def counts(chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(np.histogram(values[chosen], BINS, (-limit, limit))[0].tolist())

    return WeightHistogram(
        edges=tuple(np.linspace(-limit, limit, BINS + 1).tolist()),
        kept=counts(~is_zero),
        pruned=counts(is_pruned),
        rounded=counts(is_zero & ~is_pruned),
        threshold=_border(np.abs(values), is_pruned),
    )


def _border(sizes: NDArray[np.float32], is_pruned: NDArray[np.bool_]) -> float | None:
    """The magnitude that parts what went from what stayed, if one does."""
    if not is_pruned.any() or is_pruned.all():
        return None
    largest_gone, smallest_left = sizes[is_pruned].max(), sizes[~is_pruned].min()
    return float(largest_gone) if largest_gone <= smallest_left else None


def _in_a_row(weights: Mapping[str, Tensor]) -> NDArray[np.float32]:
    return torch.cat([weight.detach().flatten() for weight in weights.values()]).numpy()


def layers(versions: Versions) -> tuple[Layer, ...]:
    """Every weighted layer in order: widths now and before, zeros, and how well it was rounded."""
    modules = dict(versions.final.named_modules())
    found = []
    for name, weight in prunable(versions.final).items():
        layer = name.removesuffix(".weight")
        trained, unrounded = (prunable(m)[name] for m in (versions.trained, versions.unrounded))
        found.append(
            Layer(
                name=layer,
                kind=_kind(modules[layer]),
                inputs=weight.shape[1],
                outputs=weight.shape[0],
                before=(trained.shape[1], trained.shape[0]),
                quantities=_layer_quantities(weight, unrounded),
            )
        )
    return tuple(found)


def _kind(module: nn.Module) -> Kind:
    if isinstance(module, nn.Linear):
        return "linear"
    return "depthwise" if isinstance(module, nn.Conv2d) and module.groups > 1 else "convolution"


def _layer_quantities(weight: Tensor, unrounded: Tensor) -> dict[str, Quantity]:
    found = {
        "weights": _computed(weight.numel(), "count", message("weights of the layer")),
        "zeros": _computed(
            int((weight == 0).sum()), "count", message("weights of the layer that are zero")
        ),
    }
    if not torch.equal(weight, unrounded):
        found["sqnr_db"] = _computed(sqnr_db(unrounded, weight), "dB", SQNR)
        found["levels_used"] = _computed(levels_used(weight), "count", LEVELS)
    return found


SQNR = message("10 log10 of the weights' mean square over the mean square of what rounding changed")
LEVELS = message("different values that the weights of one channel take, mean over the channels")


def _computed(value: float, unit: Unit, how: Message) -> Quantity:
    return Quantity(value=value, unit=unit, provenance="computed", how=how)


def rounding_quality(versions: Versions) -> dict[str, Quantity]:
    """`sqnr_db` and `levels_used` over all weights; nothing where nothing was rounded."""
    final, unrounded = prunable(versions.final), prunable(versions.unrounded)
    before, after = (torch.cat([w.flatten() for w in m.values()]) for m in (unrounded, final))
    if torch.equal(before, after):
        return {}
    levels = [levels_used(weight) for weight in final.values()]
    return {
        "sqnr_db": _computed(sqnr_db(before, after), "dB", SQNR),
        "levels_used": _computed(float(np.mean(levels)), "count", LEVELS),
    }


def closeup(
    versions: Versions, rounding: Rounding | None, activations: ActivationHistogram | None
) -> Closeup:
    """The second weighted layer, or the only one, as a matrix before and after."""
    names = list(prunable(versions.trained))
    name = names[min(1, len(names) - 1)]
    after = versions.in_trained_shape(name, prunable(versions.final)[name], float("nan"))
    return Closeup(
        layer=name.removesuffix(".weight"),
        before=prunable(versions.trained)[name].detach().flatten(1).numpy(),
        after=after.flatten(1).numpy(),
        rounding=rounding,
        activations=activations,
    )
