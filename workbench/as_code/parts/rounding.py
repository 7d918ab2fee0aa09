"""Fewer bits for weights, and training with them."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from workbench.as_code.parts.pruning import layers

OnValues = Callable[[Tensor, int], Tensor]


def in_half(weight: Tensor) -> Tensor:
    return weight.half().float()


def symmetric(weight: Tensor, bits: int, per_channel: bool = True) -> Tensor:
    """Each weight on the nearest of 2^bits - 1 levels; the largest magnitude is the last."""
    if bits >= 16:
        return in_half(weight) if bits == 16 else weight
    flat = weight.flatten(1) if per_channel else weight.reshape(1, -1)
    limit = 2 ** (bits - 1) - 1
    step = (flat.abs().amax(dim=1) / limit).clamp_min(1e-12).view(-1, *[1] * (weight.dim() - 1))
    found: Tensor = (weight / step).round().clamp(-limit, limit) * step
    return found


def symmetric_per_tensor(weight: Tensor, bits: int) -> Tensor:
    return symmetric(weight, bits, False)


def asymmetric(weight: Tensor, bits: int, per_channel: bool = True) -> Tensor:
    """Each weight on the nearest of 2^bits levels from the least to the largest value."""
    if bits >= 16:
        return in_half(weight) if bits == 16 else weight
    flat = weight.flatten(1) if per_channel else weight.reshape(1, -1)
    low, high = flat.amin(dim=1).clamp_max(0), flat.amax(dim=1).clamp_min(0)
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    step = ((high - low) / (highest - lowest)).clamp_min(1e-12)
    zero = (lowest - low / step).round().clamp(lowest, highest)
    step, zero = (each.view(-1, *[1] * (weight.dim() - 1)) for each in (step, zero))
    found: Tensor = (((weight / step).round() + zero).clamp(lowest, highest) - zero) * step
    return found


def asymmetric_per_tensor(weight: Tensor, bits: int) -> Tensor:
    return asymmetric(weight, bits, False)


def on_codebook(weight: Tensor, bits: int) -> Tensor:
    """Each weight replaced by the nearest of 2^bits shared values (k-means); zeros stay 0."""
    if bits >= 16:
        return in_half(weight) if bits == 16 else weight
    values = weight.detach().flatten().numpy()
    is_zero = values == 0
    ordered = np.sort(values[~is_zero])
    sums = np.concatenate([[0.0], np.cumsum(ordered, dtype=np.float64)])
    size = 2**bits - int(is_zero.any())
    centres = np.linspace(ordered[0], ordered[-1], size, dtype=np.float64)
    for _ in range(50):
        ends = np.searchsorted(ordered, ((centres[1:] + centres[:-1]) / 2).astype(np.float32))
        edges = np.concatenate([[0], ends, [len(ordered)]])
        number = np.diff(edges)
        means = np.divide(np.diff(sums[edges]), number, out=centres.copy(), where=number > 0)
        moved = np.abs(means - centres).max()
        centres = means
        if moved < 1e-9:
            break
    book = centres.astype(np.float32)
    found = np.zeros_like(values)
    found[~is_zero] = book[np.searchsorted((book[1:] + book[:-1]) / 2, values[~is_zero])]
    return torch.from_numpy(found).view_as(weight)


def gains(model: nn.Module) -> dict[str, Tensor]:
    """What each convolution's batch norm multiplies it by: the weight that is deployed has it."""
    kinds = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.ReLU)
    parts = [(n, part) for n, part in model.named_modules() if isinstance(part, kinds)]
    found = {}
    for (name, layer), (_, norm) in pairwise(parts):
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            gain = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)  # type: ignore[operator,arg-type]
            found[name] = torch.where(gain == 0, 1.0, gain).view(-1, 1, 1, 1)
    return found


def rounded(weight: Tensor, bits: int, on_values: OnValues, gain: Tensor | None) -> Tensor:
    return on_values(weight, bits) if gain is None else on_values(weight * gain, bits) / gain


@torch.no_grad()
def round_weights(
    model: nn.Module, bits: Mapping[str, int], on_values: OnValues, folded: bool
) -> None:
    """Round the weights of these layers; `folded`: as deployed, with their batch norms in them."""
    known = gains(model) if folded else {}
    for name in bits:
        layer = layers(model)[name]
        layer.weight.copy_(rounded(layer.weight, bits[name], on_values, known.get(name)))


class Rounded(nn.Module):
    """A layer computes with its rounded weight, and learns as if it had not been rounded."""

    def __init__(
        self, model: nn.Module, name: str, bits: int, on_values: OnValues, folded: bool
    ) -> None:
        super().__init__()
        self.of = (model, name, bits, on_values, folded)  # in a tuple: no part of its own part

    def forward(self, weight: Tensor) -> Tensor:
        model, name, bits, on_values, folded = self.of
        gain = gains(model).get(name) if folded else None
        moved = rounded(weight.detach(), bits, on_values, gain)
        return weight + (moved - weight).detach()


class RoundedInput:
    """A hook that rounds what a layer takes, within a range that follows the batches."""

    def __init__(self, bits: int, is_symmetric: bool) -> None:
        self.bits, self.is_symmetric = bits, is_symmetric
        self.ends: Tensor | None = None

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        taken = inputs[0]
        now = torch.stack([taken.detach().amin(), taken.detach().amax()])
        if self.ends is None:
            self.ends = now
        elif layer.training:
            self.ends = 0.9 * self.ends + 0.1 * now
        if self.bits == 16:
            return (taken + (taken.detach().half().float() - taken).detach(), *inputs[1:])
        return (self.on_grid(taken, self.ends), *inputs[1:])

    def on_grid(self, taken: Tensor, ends: Tensor) -> Tensor:
        limit = 2 ** (self.bits - 1) - 1
        if self.is_symmetric:
            step = (ends.abs().amax() / limit).clamp_min(1e-12)
            return torch.fake_quantize_per_tensor_affine(taken, float(step), 0, -limit, limit)
        low, high = ends[0].clamp_max(0), ends[1].clamp_min(0)
        step = ((high - low) / (2 * limit + 1)).clamp_min(1e-12)
        zero = int((-limit - 1 - low / step).round().clamp(-limit - 1, limit))
        return torch.fake_quantize_per_tensor_affine(taken, float(step), zero, -limit - 1, limit)


def rounding_begins(
    model: nn.Module,
    bits: Mapping[str, int],
    on_values: OnValues,
    folded: bool,
    input_bits: int = 32,
    is_symmetric: bool = False,
) -> list[Any]:
    """From here on the network computes with rounded weights and inputs while it learns."""
    hooks = []
    for name, layer in layers(model).items():
        made = Rounded(model, name, bits[name], on_values, folded)
        parametrize.register_parametrization(layer, "weight", made, unsafe=True)
        if input_bits < 32:
            hooks.append(layer.register_forward_pre_hook(RoundedInput(input_bits, is_symmetric)))
    return hooks


def rounding_ends(model: nn.Module, hooks: list[Any]) -> None:
    """The weights as learned, not rounded."""
    for hook in hooks:
        hook.remove()
    for layer in layers(model).values():
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
