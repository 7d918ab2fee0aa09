"""What of a network depends on one layer's weight, so that all else is computed only once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, ValueInfoProto, helper

from workbench.core.engine.graph import INPUT, OUTPUT, with_initializers
from workbench.core.engine.runners import OnnxRuntime, Pictures, session_of
from workbench.locale import message

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """The part of a network after one weight, and the tensors of the rest that it takes."""

    weight: str
    taken: tuple[str, ...]
    part: ModelProto

    def answers(
        self, weight: NDArray[np.float32], prefixes: Iterable[Arrays]
    ) -> Iterator[NDArray[np.int64]]:
        """Classes with `weight` in this layer, from what the rest of the network computed.

        A new session for each weight: as a constant it is packed for the processor, which saves
        more time than the millisecond that a session takes.
        """
        file = with_initializers(self.part, {self.weight: weight}).SerializeToString()
        session = session_of(file)
        for prefix in prefixes:
            scores = session.run([OUTPUT], {name: prefix[name] for name in self.taken})[0]
            yield scores.argmax(axis=1)


class Rest:
    """The tensors of a network that do not depend on some weight, to be computed once."""

    def __init__(self, proto: ModelProto, names: Iterable[str]) -> None:
        self._inside = sorted(set(names) - {INPUT})
        copy = ModelProto()
        copy.CopyFrom(proto)
        copy.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in self._inside)
        self._engine = OnnxRuntime(copy.SerializeToString(), message("calibration"))

    def of(self, pictures: Pictures) -> Arrays:
        """The tensors for these pictures, the pictures themselves among them."""
        found = self._engine.outputs(pictures)
        return {INPUT: pictures, **{name: found[name] for name in self._inside}}


def split(proto: ModelProto, weight: str) -> Split:
    """The part of `proto` that depends on the constant `weight`; what it takes has no type yet."""
    dependent: set[str] = {weight}
    nodes = []
    for node in proto.graph.node:
        if any(name in dependent for name in node.input):
            dependent.update(node.output)
            nodes.append(node)
    constants = {item.name: item for item in proto.graph.initializer}
    read = dict.fromkeys(name for node in nodes for name in node.input if name)
    taken = tuple(n for n in read if n not in dependent and n not in constants)
    kept = [constants[name] for name in read if name in constants]
    graph = helper.make_graph(nodes, "suffix", [], list(proto.graph.output), kept)
    part = helper.make_model(graph, opset_imports=proto.opset_import, ir_version=proto.ir_version)
    return Split(weight=weight, taken=taken, part=part)


def typed(bare: Split, example: Mapping[str, NDArray[np.generic]]) -> Split:
    """`bare` with the types and sizes that its inputs have for one picture, `example`.

    Without sizes ONNX Runtime keeps convolutions out of its blocked layout: half as fast.
    """
    part = ModelProto()
    part.CopyFrom(bare.part)
    part.graph.input.extend(_declared(name, example[name]) for name in bare.taken)
    return Split(weight=bare.weight, taken=bare.taken, part=part)


def _declared(name: str, array: NDArray[np.generic]) -> ValueInfoProto:
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    sizes: list[int | str] = list(array.shape)
    if array.ndim > 1:  # a vector is a shape or another constant, the same for any batch
        sizes[0] = f"{name}.batch"
    return helper.make_tensor_value_info(name, kind, sizes)
