"""Pruning: weights set to zero, the least important first."""

import numpy as np
import torch
from torch import Tensor, nn


def prunable(model: nn.Module) -> dict[str, Tensor]:
    """The weights that compression touches, by name: of convolutions, linear layers; no biases."""
    return {
        f"{name}.weight": module.weight
        for name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    }


@torch.no_grad()
def prune_weights(model: nn.Module, sparsity: float) -> None:
    """Set the fraction `sparsity` of all weights, smallest magnitude first, to 0, in place.

    Source: Han et al. 2015, "Learning both Weights and Connections"; global in scope.
    """
    weights = list(prunable(model).values())
    magnitudes = torch.cat([weight.abs().flatten() for weight in weights]).numpy()
    count = round(sparsity * len(magnitudes))
    if count == 0:
        return
    kept = np.ones(len(magnitudes), np.float32)
    kept[np.argpartition(magnitudes, count - 1)[:count]] = 0
    parts = torch.from_numpy(kept).split([weight.numel() for weight in weights])
    for weight, part in zip(weights, parts, strict=True):
        weight.mul_(part.view_as(weight))


def fraction_zero(model: nn.Module) -> float:
    """Share of the weights that are exactly 0."""
    weights = prunable(model).values()
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return zeros / sum(weight.numel() for weight in weights)
