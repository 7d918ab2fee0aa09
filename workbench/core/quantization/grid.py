"""Grids of equally distant levels, for a tensor or for each of its output channels."""

from dataclasses import dataclass

import torch
from torch import Tensor

LEAST = 1e-12  # a step for what is all zeros


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Levels `lowest` to `highest`, `step` apart, of which `zero_point` stands for 0.

    `step` and `zero_point` have one element for each output channel, or one in all.
    """

    step: Tensor
    zero_point: Tensor
    lowest: int
    highest: int

    def levels(self, weight: Tensor) -> Tensor:
        """Whole numbers for `weight`, (channels, ...): the nearest levels, within the limits."""
        step, zero_point = self._shaped(self.step, weight), self._shaped(self.zero_point, weight)
        return ((weight / step).round() + zero_point).clamp(self.lowest, self.highest)

    def values(self, levels: Tensor) -> Tensor:
        """What levels stand for."""
        step, zero_point = self._shaped(self.step, levels), self._shaped(self.zero_point, levels)
        return (levels - zero_point) * step

    @staticmethod
    def _shaped(value: Tensor, like: Tensor) -> Tensor:
        return value.view(-1, *[1] * (like.dim() - 1))


def highest_level(bits: int) -> int:
    """The largest symmetric signed whole number of `bits` bits: 127 for 8, 1 for 2."""
    return int(2 ** (bits - 1)) - 1


def grid_of(weight: Tensor, bits: int, *, symmetry: str, per: str) -> Grid:
    """The grid of `bits` bits that holds all of `weight`, (channels, ...), and 0 exactly.

    Symmetric: 2^bits - 1 levels, the last is the largest magnitude. Asymmetric: 2^bits levels from
    the smallest to the largest value. Source: Jacob et al. 2018; Nagel et al. 2021, section 2.2.
    """
    flat = weight.detach().flatten(1) if per == "channel" else weight.detach().reshape(1, -1)
    if symmetry == "symmetric":
        limit = highest_level(bits)
        step = (flat.abs().amax(dim=1) / limit).clamp_min(LEAST)
        return Grid(step=step, zero_point=torch.zeros_like(step), lowest=-limit, highest=limit)
    low, high = flat.amin(dim=1).clamp_max(0), flat.amax(dim=1).clamp_min(0)
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    step = ((high - low) / (highest - lowest)).clamp_min(LEAST)
    zero_point = (lowest - low / step).round().clamp(lowest, highest)
    return Grid(step=step, zero_point=zero_point, lowest=lowest, highest=highest)


def on_grid(
    weight: Tensor, bits: int, *, symmetry: str = "symmetric", per: str = "channel"
) -> Tensor:
    """`weight`, (channels, ...), moved to its nearest levels; 16 bits: to the nearest float16."""
    if bits == 32:
        return weight
    if bits == 16:
        return weight.half().float()
    grid = grid_of(weight, bits, symmetry=symmetry, per=per)
    return grid.values(grid.levels(weight))
