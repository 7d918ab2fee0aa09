"""Operations that keep channels apart, and operations in which channels of two tensors meet."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

PASSING = (
    nn.ReLU, nn.ReLU6, nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid, nn.SiLU, nn.GELU, nn.Tanh,
    nn.LeakyReLU, nn.ELU, nn.Identity, nn.Dropout, nn.Dropout2d, nn.MaxPool2d, nn.AvgPool2d,
    nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d,
)  # fmt: skip
"""Modules that treat each channel by itself."""
PASSING_FUNCTIONS: set[Callable[..., Any]] = {
    torch.relu, functional.relu, functional.relu6, functional.hardswish, functional.hardsigmoid,
    functional.silu, functional.gelu, torch.sigmoid, functional.dropout, functional.max_pool2d,
    functional.avg_pool2d, functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d,
}  # fmt: skip
PASSING_METHODS = {"relu", "relu_", "sigmoid", "contiguous", "clone"}
MEETING: set[Callable[..., Any]] = {
    operator.add, operator.iadd, torch.add, operator.mul, operator.imul, torch.mul,
}  # fmt: skip
"""Functions that take a channel of each of two tensors: sums around a block, and gates."""
