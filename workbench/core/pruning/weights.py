"""Weight pruning: single weights set to zero, the least important first."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from workbench.locale import _
from workbench.setting import NO_PATTERN, check_layers

Weights = Mapping[str, Tensor]


def prunable(model: nn.Module) -> dict[str, Tensor]:
    """The weights that compression touches, by name: of convolutions, linear layers; no biases."""
    return {
        f"{name}.weight": module.weight
        for name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    }


@torch.no_grad()
def prune_weights(
    model: nn.Module,
    sparsity: float,
    *,
    scores: Weights | None = None,
    scope: str = "global",
    pattern: str = NO_PATTERN,
    layers: Mapping[str, float] | None = None,
) -> dict[str, Tensor]:
    """Set the fraction `sparsity` of the weights, lowest score first, to 0, in place.

    `scores`: by default the magnitudes (Han et al. 2015). `scope`: the lowest of all layers
    together, or of each layer. `layers`: fractions of single layers. `pattern` N:M instead keeps N
    of every M neighbours. What is 0 already goes first. Returns what is kept, True, by weight name.
    """
    weights, own = prunable(model), dict(layers or {})
    check_layers("layer_sparsity", own, {name.removesuffix(".weight"): 0 for name in weights})
    ranks = {
        name: torch.where(
            weight == 0, -torch.inf, (weight.abs() if scores is None else scores[name])
        )
        for name, weight in weights.items()
    }
    kept: dict[str, Tensor] = {}
    together = [name for name in weights if name.removesuffix(".weight") not in own]
    if pattern != NO_PATTERN:
        kept |= {name: _kept_of_pattern(ranks[name], pattern) for name in together}
    elif scope == "global":
        kept |= _kept({name: ranks[name] for name in together}, sparsity)
    else:
        for name in together:
            kept |= _kept({name: ranks[name]}, sparsity)
    for layer, fraction in own.items():
        kept |= _kept({f"{layer}.weight": ranks[f"{layer}.weight"]}, fraction)
    for name, weight in weights.items():
        weight.mul_(kept[name])
    return {name: kept[name] for name in weights}


def _kept(ranks: Weights, sparsity: float) -> dict[str, Tensor]:
    """All but exactly the fraction `sparsity` of lowest rank, over all these weights together."""
    if not ranks:
        return {}
    together = torch.cat([rank.flatten() for rank in ranks.values()]).numpy()
    kept = np.ones(len(together), np.bool_)
    count = round(sparsity * len(together))
    if count:
        kept[np.argpartition(together, count - 1)[:count]] = False
    parts = torch.from_numpy(kept).split([rank.numel() for rank in ranks.values()])
    return {
        name: part.view_as(rank) for (name, rank), part in zip(ranks.items(), parts, strict=True)
    }


def _kept_of_pattern(rank: Tensor, pattern: str) -> Tensor:
    """The N highest of every M neighbours along the inputs; fewer than M at the end all stay."""
    most, group = (int(word) for word in pattern.split(":"))
    rows = rank.movedim(1, -1)
    whole = rows.shape[-1] // group * group
    blocks = rows[..., :whole].unflatten(-1, (-1, group))
    highest = blocks.argsort(dim=-1, descending=True, stable=True)[..., :most]
    chosen = torch.zeros(blocks.shape, dtype=torch.bool).scatter_(-1, highest, value=True)
    kept = torch.ones(rows.shape, dtype=torch.bool)
    kept[..., :whole] = chosen.flatten(-2)
    return kept.movedim(-1, 1)


def check_not_emptied(kept: Weights) -> None:
    """Refuse masks that leave a layer without any weight: the network would answer blindly."""
    for name, mask in kept.items():
        if not mask.any():
            count = mask.numel()
            rule = _(
                "sparsity leaves at least 1 of the {count} weights of layer {layer}, got 0 left;"
                " less sparsity, or a smaller one for this layer alone, is possible"
            )
            raise ValueError(rule.format(layer=name.removesuffix(".weight"), count=count))


def fraction_zero(model: nn.Module) -> float:
    """Share of the weights that are exactly 0."""
    weights = prunable(model).values()
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return zeros / sum(weight.numel() for weight in weights)
