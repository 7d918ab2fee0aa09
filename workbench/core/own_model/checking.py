"""Whether a network of anybody's goes through the whole loop: answers, learns, is exported."""

from collections.abc import Callable
from copy import deepcopy
from typing import TypeVar

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.parameter import is_lazy

from workbench.core.engine.graph import INPUT, export
from workbench.core.engine.runners import session_of
from workbench.core.files import reason
from workbench.core.pruning import prunable
from workbench.locale import _

Shape = tuple[int, int, int]
Value = TypeVar("Value")
TOLERANCE = 1e-3
"""How far the exported network's scores may be from PyTorch's, as a share of the largest."""


@torch.no_grad()
def given_shapes(model: nn.Module, name: str, shape: Shape) -> nn.Module:
    """`model`, its lazy layers, if it has any, made for images of `shape`."""
    if any(map(is_lazy, [*model.parameters(), *model.buffers()])):
        was_training = model.training
        _tried(_taken(shape), lambda: model.eval()(torch.zeros(1, *shape)), name)
        model.train(was_training)
    return model


def check_classifier(model: nn.Module, name: str, shape: Shape, classes: int) -> None:
    """Refuse, in one sentence, what is no classifier of such images or cannot be worked with."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        copy = _tried(_copied, lambda: deepcopy(model), name)
        copy = copy.to(memory_format=torch.channels_last)
        images = torch.rand(3, *shape).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            scores = _tried(_taken(shape), lambda: copy.eval()(images), name)
            _check_scores(scores, name, classes, len(images))
        if not prunable(copy):
            rule = _("{model} has no convolution and no linear layer, whose weights are compressed")
            raise ValueError(rule.format(model=name))
        if shared := _shared(copy):
            raise ValueError(
                _saved(name, _("{names} are one tensor").format(names=", ".join(shared)))
            )
        _tried(_saved, lambda: save(_contiguous(copy)), name)
        _check_export(copy, name, shape, images, scores)
        with torch.enable_grad():
            _tried(_learned, lambda: _learn(copy.train(), images), name)


def _check_scores(scores: object, name: str, classes: int, count: int) -> None:
    if isinstance(scores, Tensor) and scores.shape == (count, classes):
        if scores.isfinite().all():
            return
        rule = _("{model} gives scores that are no numbers (NaN or infinite); look at its weights")
        raise ValueError(rule.format(model=name))
    got = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
    rule = _(
        "{model} is no classifier of {classes} classes: for {count} images it gives scores of shape"
        " ({count}, {classes}), got {value}"
    )
    raise ValueError(rule.format(model=name, classes=classes, count=count, value=got))


def _check_export(
    model: nn.Module, name: str, shape: Shape, images: Tensor, scores: Tensor
) -> None:
    """Export it, and compare its answers: a trace keeps only what happened while it was taken."""
    graph = _tried(_exported, lambda: export(model, shape), name)
    run = session_of(graph.proto.SerializeToString()).run
    found = _tried(_exported, lambda: run(None, {INPUT: images.numpy()})[0], name)
    near = TOLERANCE * max(1.0, float(scores.abs().max()))
    if found.shape != scores.shape or not np.abs(found - scores.numpy()).max() <= near:
        rule = _(
            "{model} answers otherwise once it is exported: its steps must depend neither on how"
            " many images there are, nor on what they show, nor on chance"
        )
        raise ValueError(rule.format(model=name))


def _tried(told: Callable[[str, str], str], act: Callable[[], Value], name: str) -> Value:
    """What `act` returns, or its error in the words of `told`."""
    try:
        return act()
    except Exception as error:  # a stranger's code raises anything
        why = reason(error).partition("  [")[0]
        raise ValueError(told(name, why)) from error


def _copied(name: str, why: str) -> str:
    return _("{model} cannot be copied: {reason}").format(model=name, reason=why)


def _taken(shape: Shape) -> Callable[[str, str], str]:
    channels, height, width = shape
    rule = _(
        "{model} cannot take images of {channels} channels and {height} x {width} pixels: {reason}"
    )
    return lambda name, why: rule.format(
        model=name, channels=channels, height=height, width=width, reason=why
    )


def _saved(name: str, why: str) -> str:
    rule = _("{model} cannot be saved, each layer with weights of its own: {reason}")
    return rule.format(model=name, reason=why)


def _shared(model: nn.Module) -> list[str]:
    """The names of tensors that lie in the same place of memory."""
    by_place: dict[int, list[str]] = {}
    for key, value in model.state_dict().items():
        if value.numel():
            by_place.setdefault(value.data_ptr(), []).append(key)
    return next((names for names in by_place.values() if len(names) > 1), [])


def _exported(name: str, why: str) -> str:
    return _("{model} cannot be exported to ONNX: {reason}").format(model=name, reason=why)


def _learned(name: str, why: str) -> str:
    return _("{model} cannot be trained: {reason}").format(model=name, reason=why)


def _learn(model: nn.Module, images: Tensor) -> None:
    cross_entropy(model(images), torch.zeros(len(images), dtype=torch.long)).backward()


def _contiguous(model: nn.Module) -> dict[str, Tensor]:
    return {key: value.contiguous() for key, value in model.state_dict().items()}
