"""Where PyTorch can compute on this machine, and why not elsewhere."""

from collections.abc import Mapping

import torch
from torch import nn

from workbench.locale import Message, _, message


def reasons() -> Mapping[str, Message]:
    """Why a device is not there, by its name; a device that is there is not among them.

    Source: torch.backends.cuda.is_built, torch.backends.mps.is_built.
    """
    found = {}
    if not torch.cuda.is_available():
        found["cuda"] = (
            message("PyTorch finds no CUDA device on this machine")
            if torch.backends.cuda.is_built()
            else message("this PyTorch was built without CUDA")
        )
    if not torch.backends.mps.is_available():
        found["mps"] = (
            message("PyTorch finds no Apple GPU that it can use (MPS needs macOS 12.3)")
            if torch.backends.mps.is_built()
            else message("this PyTorch was built without MPS, which is for Apple's GPUs")
        )
    return found


def check_device(device: str) -> None:
    """Refuse a device that this machine lacks, with the reason."""
    reason = reasons().get(device)
    if reason is not None:
        rule = _("device is one that this machine has: {reason}, got {value}")
        raise ValueError(rule.format(reason=reason, value=device))


def device_of(model: nn.Module) -> str:
    """Where the weights of `model` lie; the processor where it has none."""
    weight = next(model.parameters(), None)
    return "cpu" if weight is None else weight.device.type


def synchronize(device: str) -> None:
    """Wait until `device` has done what it was asked: it computes while Python goes on."""
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()
