"""What a network costs and sees, counted from its layers."""

from typing import Any

import torch
from torch import Tensor, nn


@torch.no_grad()
def multiply_adds(model: nn.Module, shape: tuple[int, int, int]) -> int:
    """Of all convolutions and linear layers, for one picture."""
    counted: list[int] = []

    def count(layer: Any, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        counted.append(layer.weight[0].numel() * output[0].numel())

    kinds = (nn.Conv2d, nn.Linear)
    layers = [part for part in model.modules() if isinstance(part, kinds)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    model.eval()(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return sum(counted)


def field_seen(model: nn.Module) -> int:
    """The side of the square of pixels that one place of the last map sees."""
    field, jump = 1, 1
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            field += (layer.kernel_size[0] - 1) * jump
            jump *= layer.stride[0]
    return field
