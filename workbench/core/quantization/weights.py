"""Quantization of weights: each moved to a value of few bits, as the setting says."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from workbench.core.pruning import prunable
from workbench.core.quantization.codebook import on_codebook
from workbench.core.quantization.grid import on_grid
from workbench.setting import Setting, check_layers

Folds = Sequence[tuple[str, str]]
"""(convolution, batch norm) pairs by name, of which the one feeds only the other."""


@torch.no_grad()
def quantize_weights(model: nn.Module, how: Setting | int, folds: Folds = ()) -> None:
    """Round every weight, in place, to the bits that `how` tells; they stay stored as float32.

    A bare number of bits is a symmetric grid for each output channel.
    """
    setting = how if isinstance(how, Setting) else Setting(weight_bits=how)
    weights = prunable(model)
    check_layers("layer_bits", setting.layers_bits, dict.fromkeys(layer_names(model)))
    for layer in layer_names(model):
        weight = weights[f"{layer}.weight"]
        weight.copy_(rounded(weight, bits_of(layer, setting), setting, gain(model, layer, folds)))


def layer_names(model: nn.Module) -> list[str]:
    """The layers that have weights to round."""
    return [name.removesuffix(".weight") for name in prunable(model)]


def bits_of(layer: str, setting: Setting) -> int:
    """The bits of a layer's weights: its own, or those of all."""
    return setting.layers_bits.get(layer, setting.weight_bits)


def rounded(weight: Tensor, bits: int, setting: Setting, gain: Tensor | None) -> Tensor:
    """`weight`, (channels, ...), on the values that it may take.

    With batch norms folded, what is rounded is the weight that is deployed: times its channel's
    gain. For a step per channel that is the same, for one step a tensor it is not.
    """
    if gain is None or setting.batch_norm == "separate":
        return _on_values(weight, bits, setting)
    return _on_values(weight * gain, bits, setting) / gain


def _on_values(weight: Tensor, bits: int, setting: Setting) -> Tensor:
    if setting.levels == "kmeans":
        return on_codebook(weight, bits)
    return on_grid(weight, bits, symmetry=setting.weight_symmetry, per=setting.quantized_per)


def gain(model: nn.Module, layer: str, folds: Folds) -> Tensor | None:
    """What folding multiplies each output channel by, in the weight's dimensions; None: nothing.

    Channels whose batch norm multiplies by 0 count as 1: nothing of them is left to be rounded.
    """
    norm_name = dict(folds).get(layer)
    if norm_name is None:
        return None
    norm = model.get_submodule(norm_name)
    variance: Tensor = norm.running_var  # type: ignore[assignment]
    found = norm.weight.detach() / torch.sqrt(variance + norm.eps)  # type: ignore[operator]
    return torch.where(found == 0, 1.0, found).view(-1, 1, 1, 1)
