"""Nine weights of the first layer, step by step from numbers to levels and back."""

import numpy as np
import torch
from torch import Tensor, nn

from workbench.core.pruning import prunable
from workbench.core.quantization.grid import grid_of
from workbench.core.quantization.weights import Folds, bits_of, gain, layer_names
from workbench.measurement import Rounding
from workbench.setting import Setting

NINE = 9
MOST_BITS = 8


@torch.no_grad()
def rounding(
    unrounded: nn.Module, final: nn.Module, setting: Setting, folds: Folds
) -> Rounding | None:
    """The first nine weights of the first layer; None where it has no levels at equal distances."""
    layer = layer_names(final)[0]
    bits = bits_of(layer, setting)
    before, after = (prunable(model)[f"{layer}.weight"] for model in (unrounded, final))
    if bits > MOST_BITS or setting.levels == "kmeans" or before.shape != after.shape:
        return None
    now = gain(final, layer, folds) if setting.batch_norm == "folded" else None
    if now is not None:
        before, after = before * now, after * now
    grid = grid_of(before, bits, symmetry=setting.weight_symmetry, per=setting.quantized_per)
    channel = torch.arange(before.numel()) // before[0].numel()
    place = channel[:NINE] if len(grid.step) > 1 else torch.zeros(NINE, dtype=torch.long)
    return Rounding(
        layer=layer,
        bits=bits,
        before=_nine(before).astype(np.float32),
        levels=_nine(grid.levels(before)).astype(np.int64),
        step=grid.step[place].numpy(),
        zero_point=grid.zero_point[place].numpy().astype(np.int64),
        after=_nine(after).astype(np.float32),
    )


def _nine(values: Tensor) -> np.ndarray:
    found: np.ndarray = values.detach().flatten()[:NINE].numpy()
    return found
