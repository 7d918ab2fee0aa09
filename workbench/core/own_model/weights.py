"""Weights from somebody's file, read without running any code that it may hold."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from workbench.core.files import FileProblem, reason
from workbench.locale import _

MOST_NAMED = 3
KEYS = ("state_dict", "model_state_dict", "model")
"""Where training scripts keep the weights in a checkpoint that has more."""
PARALLEL = "module."
"""What DataParallel puts before every name."""


def put_weights(model: nn.Module, path: Path, content: bytes, name: str) -> None:
    """Put the weights in the file's `content` into `model`, which `name` names."""
    state = _safetensors(path, content) if path.suffix == ".safetensors" else _torch(path, content)
    own = model.state_dict()
    odd = sorted(own.keys() ^ state.keys()) or [
        key for key, value in own.items() if value.shape != state[key].shape
    ]
    if odd:
        named = ", ".join(odd[:MOST_NAMED]) + (", …" if len(odd) > MOST_NAMED else "")
        rule = _("{path} does not hold the weights of this {model}: {names} differ")
        raise FileProblem(rule.format(path=path, model=name, names=named))
    model.load_state_dict({key: value.to(own[key].dtype) for key, value in state.items()})


def _safetensors(path: Path, content: bytes) -> Mapping[str, Tensor]:
    try:
        return load(content)
    except SafetensorError as error:
        raise _unreadable(path, error) from error


def _torch(path: Path, content: bytes) -> Mapping[str, Tensor]:
    """The state dict of a .pt file; what is more than weights is refused with the reason."""
    if _is_program(content):
        raise FileProblem(
            _(
                "{path} is a whole program (TorchScript or torch.export), whose layers cannot be"
                " pruned; save model.state_dict() and name the network"
            ).format(path=path)
        )
    try:
        found = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        names = re.findall(r"GLOBAL (\S+)", str(error))
        if not names:
            raise _unreadable(path, error) from error
        rule = _(
            "{path} holds code beside weights ({name}), which loading would run, so it is not"
            " loaded; save model.state_dict() alone"
        )
        raise FileProblem(rule.format(path=path, name=names[0])) from error
    except Exception as error:  # a broken file raises nearly anything: EOFError, RuntimeError
        raise _unreadable(path, error) from error
    return _state(path, found)


def _state(path: Path, found: Any) -> Mapping[str, Tensor]:
    """The weights, also out of a checkpoint that has more, or out of one of DataParallel."""
    if isinstance(found, Mapping):
        found = next(
            (found[key] for key in KEYS if found.get(key) and _is_state(found[key])), found
        )
    if not _is_state(found):
        held = ", ".join(map(str, found)) if isinstance(found, Mapping) else type(found).__name__
        rule = _("{path} holds a state dict, tensors by name and nothing else, got {value}")
        raise FileProblem(rule.format(path=path, value=held))
    is_parallel = all(key.startswith(PARALLEL) for key in found)
    return {key.removeprefix(PARALLEL): found[key] for key in found} if is_parallel else found


def _is_state(found: Any) -> bool:
    return isinstance(found, Mapping) and all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in found.items()
    )


def _is_program(content: bytes) -> bool:
    try:
        names = ZipFile(BytesIO(content)).namelist()
    except BadZipFile:
        return False
    parts = [name.partition("/")[2] for name in names]
    return any(part == "constants.pkl" or part == "archive_format" for part in parts)


def _unreadable(path: Path, error: Exception) -> FileProblem:
    told = " ".join(reason(error).split()).partition(". ")[0]
    if len(told.split()) < 2:  # a bare number or the name of an error says nothing
        told = _("it is no file of weights, or cut short")
    return FileProblem(
        _("{path} cannot be read as weights: {reason}").format(path=path, reason=told)
    )
