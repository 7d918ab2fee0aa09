"""Networks made by a function in somebody's Python file."""

import sys
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from inspect import Parameter, signature
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any, TypeVar

import torch
from torch import nn

from workbench.core.files import reason
from workbench.core.own_model.patience import Endless, within
from workbench.locale import _

GIVEN = ("classes", "channels", "size")
"""Arguments that a factory may have: how many classes and channels, and the images' side."""
LONGEST_S = 60
Value = TypeVar("Value")


def made_by(
    path: Path, content: bytes, name: str, shape: tuple[int, int, int], classes: int
) -> nn.Module:
    """The network that the function `name` of the Python file makes, on the CPU in float32."""
    factory = _factory(_module(path, content), path, name)
    known = dict(zip(GIVEN, (classes, shape[0], shape[1]), strict=True))
    wanted = {argument: known[argument] for argument in _wanted(factory, path, name)}
    model = _ended(path, lambda: factory(**wanted))
    if not isinstance(model, nn.Module):
        rule = _("{name} in {path} returns a network, a torch.nn.Module, got {value}")
        raise ValueError(rule.format(name=name, path=path, value=type(model).__name__))
    return model.to("cpu", torch.float32)


def stopped(path: Path, error: BaseException) -> str:
    """Where in the file it went wrong, and how, in one sentence."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line, told = error.lineno, error.msg
    else:
        lines = [f.lineno for f in extract_tb(error.__traceback__) if f.filename == str(path)]
        line = lines[-1] if lines else None
        told = reason(error) if isinstance(error, Exception) else str(error)
    words = _("{path} stops in line {line} with {kind}: {reason}")
    kind = type(error).__name__
    return words.format(path=path, line=line or "?", kind=kind, reason=told)


def _module(path: Path, content: bytes) -> ModuleType:
    return _run(path, content, f"own_{sha256(content).hexdigest()[:12]}")


@lru_cache(maxsize=16)
def _run(path: Path, content: bytes, name: str) -> ModuleType:
    """The file as a module, once for each content, so that an edited file is read anew."""
    module = ModuleType(name)
    module.__file__ = str(path)
    # Dataclasses and pickles look for a class's module by its name.
    sys.modules[name] = module
    try:
        _ended(path, lambda: exec(compile(content, str(path), "exec"), vars(module)))
    except ValueError:
        del sys.modules[name]
        raise
    return module


def _ended(path: Path, act: Callable[[], Value]) -> Value:
    """What a stranger's code gives; ValueError where it raises anything, or does not end."""
    try:
        return within(LONGEST_S, act)
    except Endless as error:
        rule = _("{path} makes its network in at most {most} s, and was ended after that")
        raise ValueError(rule.format(path=path, most=LONGEST_S)) from error
    except BaseException as error:
        raise ValueError(stopped(path, error)) from error


def _factory(module: ModuleType, path: Path, name: str) -> Callable[..., Any]:
    found = getattr(module, name, None)
    if isinstance(found, nn.Module):
        rule = _(
            "{name} in {path} is one network; name a function that makes a new one, since every"
            " training begins with its own weights"
        )
        raise ValueError(rule.format(name=name, path=path))
    if not callable(found):
        known = [word for word, each in vars(module).items() if _is_own(each, module)]
        rule = _("{path} has no function {name}; it has {known}")
        known_text = ", ".join(known) or _("none")
        raise ValueError(rule.format(path=path, name=name, known=known_text))
    return found  # type: ignore[no-any-return]


def _is_own(found: object, module: ModuleType) -> bool:
    return callable(found) and getattr(found, "__module__", None) == module.__name__


def _wanted(factory: Callable[..., Any], path: Path, name: str) -> list[str]:
    """The arguments to give: those of ours that it has; any other must have a default."""
    try:
        arguments = signature(factory).parameters.values()
    except (TypeError, ValueError):  # a builtin without a signature
        return []
    kinds = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    named = [each for each in arguments if each.kind in kinds]
    starred = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    needed = [
        each.name
        for each in arguments
        if each.kind not in starred
        and each.default is Parameter.empty
        and not (each in named and each.name in GIVEN)
    ]
    if needed:
        rule = _("{name} in {path} needs no arguments but {given}, got {value}")
        raise ValueError(
            rule.format(name=name, path=path, given=", ".join(GIVEN), value=", ".join(needed))
        )
    return [each.name for each in named if each.name in GIVEN]
