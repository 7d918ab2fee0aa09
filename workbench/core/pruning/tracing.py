"""The groups of a network, read from its trace: whose channels meet goes together."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from workbench.core.pruning.criteria import in_eval
from workbench.core.pruning.groups import Group, Place, Side
from workbench.core.pruning.operations import (
    MEETING,
    PASSING,
    PASSING_FUNCTIONS,
    PASSING_METHODS,
)
from workbench.locale import _


def channel_groups(model: nn.Module, shape: tuple[int, int, int]) -> tuple[Group, ...]:
    """The groups of `model`, for pictures of `shape`, whose channels can be removed, in order.

    Inputs and classes stay, and so do channels that meet an operation that is not known here.
    """
    try:
        traced = fx.symbolic_trace(model)
    except Exception as error:  # fx raises whatever the network's own code does to a proxy
        reason = " ".join(str(error).split()).partition(". ")[0]
        raise ValueError(
            _(
                "channels are removed from networks that PyTorch can trace; granularity weight is"
                " possible for this one, got {reason}"
            ).format(reason=reason)
        ) from error
    with torch.no_grad(), in_eval(model):
        ShapeProp(traced).propagate(torch.zeros(1, *shape))
    return Reader(traced).groups()


@dataclass(frozen=True)
class _Channels:
    """The channels of a tensor: of which space they are, and how many features stand for one."""

    space: int
    repeat: int = 1


class Reader:
    """Walks through a traced network and unites the spaces whose channels meet."""

    def __init__(self, traced: fx.GraphModule) -> None:
        self._traced = traced
        self._modules = dict(traced.named_modules())
        self._parent: list[int] = []
        self._size: dict[int, int] = {}
        self._fixed: set[int] = set()
        self._places: list[tuple[int, Place]] = []
        self._of: dict[fx.Node, _Channels] = {}

    def groups(self) -> tuple[Group, ...]:
        for node in self._traced.graph.nodes:
            self._read(node)
        fixed = {self._root(space) for space in self._fixed}
        found: dict[int, list[Place]] = {}
        for space, place in self._places:
            found.setdefault(self._root(space), []).append(place)
        return tuple(
            self._group(root, tuple(dict.fromkeys(places)))
            for root, places in found.items()
            if root not in fixed and any(place.side == "out" for place in places)
        )

    def _group(self, root: int, places: tuple[Place, ...]) -> Group:
        made_by = [place.layer for place in places if place.side == "out"]
        linear = all(isinstance(self._modules[layer], nn.Linear) for layer in made_by)
        return Group(
            name=made_by[0],
            channels=self._size[root],
            of=self._size[root],
            kind="neuron" if linear else "filter",
            places=places,
        )

    def _read(self, node: fx.Node) -> None:
        shape = getattr(node.meta.get("tensor_meta"), "shape", None)
        if node.op == "output":
            self._fix(*self._taken(node))
        elif shape is None or len(shape) < 2 or node.op in ("placeholder", "get_attr"):
            self._fix(*self._taken(node))
            if shape is not None:
                self._of[node] = self._new(shape[1] if len(shape) > 1 else 1)
                self._fix(self._of[node])
        elif node.op == "call_module":
            self._read_module(node, self._modules[str(node.target)], shape)
        else:
            self._read_function(node, shape)

    def _read_module(self, node: fx.Node, module: nn.Module, shape: Any) -> None:
        layer, taken = str(node.target), self._taken(node)
        if isinstance(module, nn.Linear) and len(shape) == 2:
            self._note(layer, "in", taken[0])
            self._of[node] = self._made(layer, module.out_features)
        elif isinstance(module, nn.Conv2d) and module.groups == 1:
            self._note(layer, "in", taken[0])
            self._of[node] = self._made(layer, module.out_channels)
        elif isinstance(module, nn.Conv2d) and _is_depthwise(module):
            self._note(layer, "depthwise", taken[0])
            self._of[node] = taken[0]
        elif isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            self._note(layer, "norm", taken[0])
            self._of[node] = taken[0]
        elif isinstance(module, nn.Flatten) and module.start_dim == 1:
            self._flatten(node, taken[0], shape)
        elif isinstance(module, PASSING):
            self._of[node] = taken[0]
        else:
            self._stop(node, shape)

    def _read_function(self, node: fx.Node, shape: Any) -> None:
        name = node.target if isinstance(node.target, str) else None
        taken = self._taken(node)
        if node.target in MEETING or name in ("add", "add_", "mul", "mul_"):
            if len(taken) == 2:
                self._unite(*taken)
            self._of[node] = taken[0]
        elif node.target is torch.flatten or name == "flatten":
            is_whole = _argument(node, 1, "start_dim") == 1
            self._flatten(node, taken[0], shape) if is_whole else self._stop(node, shape)
        elif self._passes(node, name):
            self._of[node] = taken[0]
        else:
            self._stop(node, shape)

    def _passes(self, node: fx.Node, name: str | None) -> bool:
        """Whether a function treats each channel by itself; a mean does over height and width."""
        if node.target is torch.mean or name == "mean":
            return not {0, 1} & set(_dimensions(node))
        return node.target in PASSING_FUNCTIONS or name in PASSING_METHODS

    def _taken(self, node: fx.Node) -> list[_Channels]:
        return [self._of[source] for source in node.all_input_nodes if source in self._of]

    def _new(self, size: int) -> _Channels:
        self._parent.append(len(self._parent))
        self._size[self._parent[-1]] = size
        return _Channels(self._parent[-1])

    def _made(self, layer: str, size: int) -> _Channels:
        made = self._new(size)
        self._note(layer, "out", made)
        return made

    def _note(self, layer: str, side: Side, channels: _Channels) -> None:
        """That `channels` appear there; a layer that runs twice has the same ones each time."""
        for space, place in self._places:
            if (place.layer, place.side) == (layer, side):
                self._unite(_Channels(space, place.repeat), channels)
        place = Place(layer=layer, side=side, repeat=channels.repeat)
        self._places.append((channels.space, place))

    def _flatten(self, node: fx.Node, taken: _Channels, shape: Any) -> None:
        before = node.all_input_nodes[0].meta["tensor_meta"].shape
        self._of[node] = _Channels(taken.space, taken.repeat * (shape[1] // before[1]))

    def _stop(self, node: fx.Node, shape: Any) -> None:
        """An operation that is not known: what goes in and what comes out stays whole."""
        self._fix(*self._taken(node))
        self._of[node] = self._new(shape[1])
        self._fix(self._of[node])

    def _fix(self, *channels: _Channels) -> None:
        self._fixed.update(each.space for each in channels)

    def _unite(self, one: _Channels, other: _Channels) -> None:
        roots = self._root(one.space), self._root(other.space)
        if self._size[roots[0]] != self._size[roots[1]] or one.repeat != other.repeat:
            self._fix(one, other)
        self._parent[roots[1]] = roots[0]

    def _root(self, space: int) -> int:
        while self._parent[space] != space:
            space = self._parent[space]
        return space


def _is_depthwise(module: nn.Conv2d) -> bool:
    return module.groups == module.in_channels == module.out_channels


def _argument(node: fx.Node, place: int, name: str) -> Any:
    return node.kwargs.get(name, node.args[place] if len(node.args) > place else None)


def _dimensions(node: fx.Node) -> tuple[int, ...]:
    """The dimensions that a mean is taken over; 1 among them where that is not said."""
    found = _argument(node, 1, "dim")
    named = (1,) if found is None else (found,) if isinstance(found, int) else tuple(found)
    most = len(node.all_input_nodes[0].meta["tensor_meta"].shape)
    return tuple(dim if dim >= 0 else dim + most for dim in named)
