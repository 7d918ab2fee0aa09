"""A network of your own: made by a function in a Python file, or weights for one that is known."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import nn

from workbench.core.files import FileProblem, reason
from workbench.core.own_model.checking import check_classifier, given_shapes
from workbench.core.own_model.factory import made_by
from workbench.core.own_model.weights import put_weights
from workbench.locale import _
from workbench.setting import Setting, expanded

FILE = "file:"
SPEC = re.compile(r"file:(?P<path>.+?\.(?P<ending>py|pt|pth|safetensors)):(?P<rest>.+)", re.I)

Build = Callable[[Setting, tuple[int, int, int], int], nn.Module]
_CHECKED: set[object] = set()
"""What was seen to work, so that not every training waits for it again."""


@dataclass(frozen=True, kw_only=True)
class Own:
    """The file of a network; `rest` is its factory, or the model that its weights are for."""

    path: Path
    is_code: bool
    rest: str


def is_own(name: str) -> bool:
    """Whether a model's name stands for a file of the user's."""
    return name.startswith(FILE)


def has_weights(name: str) -> bool:
    """Whether a model comes trained, its weights in a file."""
    return is_own(name) and not _own(name).is_code


def identity_of(name: str) -> str:
    """What changes when a file behind the model `name` does; empty where there is none."""
    if not is_own(name):
        return ""
    own = _own(name)
    nested = "" if own.is_code else identity_of(own.rest)
    return sha256(_content(own.path)).hexdigest()[:12] + nested


@torch.inference_mode(mode=False)
def own_model(
    setting: Setting,
    asked: Mapping[str, Any],
    shape: tuple[int, int, int],
    classes: int,
    build: Build,
) -> nn.Module:
    """The network behind file:PATH.py:FACTORY or file:PATH.pt:MODEL, once it is seen to work.

    `asked`: arguments that only networks of ours have. `build` makes that of any other setting.
    """
    own, name = _own(setting.model), setting.model
    content = _content(own.path)
    if own.is_code:
        _check_nothing_asked(setting.model, asked)
        made = made_by(own.path, content, own.rest, shape, classes)
        model = given_shapes(made, name, shape)
    else:
        model = build(replace(setting, model=own.rest), shape, classes)
        put_weights(model, own.path, content, own.rest)
    key = name, identity_of(name), tuple(asked.items()), shape, classes
    if key not in _CHECKED:
        check_classifier(model, name, shape, classes)
        _CHECKED.add(key)
    return model


def _own(name: str) -> Own:
    found = SPEC.fullmatch(name)
    if found is None:
        rule = _(
            "a network of your own is file:PATH.py:FACTORY, a function that makes it, or"
            " file:PATH.pt:MODEL, weights for a network that MODEL names, got {value}"
        )
        raise ValueError(rule.format(value=name))
    is_code = found["ending"].lower() == "py"
    return Own(path=expanded(found["path"]).absolute(), is_code=is_code, rest=found["rest"])


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        told = _("{path} cannot be read: {reason}").format(path=path, reason=reason(error))
        raise FileProblem(told) from error


def _check_nothing_asked(name: str, asked: Mapping[str, Any]) -> None:
    if asked:
        rule = _("{model} is a network of your own and has no {name} to set")
        raise ValueError(rule.format(model=name, name=", ".join(asked)))
