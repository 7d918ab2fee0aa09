"""What of a network depends on one layer's weight, so that all else is computed only once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper

from workbench.core.engine.graph import INPUT, OUTPUT, with_initializers
from workbench.core.engine.runners import OnnxRuntime, Pictures, session_of
from workbench.locale import message

Arrays = dict[str, NDArray[np.float32]]


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


def split(proto: ModelProto, weight: str) -> Split:
    """The part of `proto` that depends on the constant `weight`."""
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
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in taken]
    graph = helper.make_graph(nodes, "suffix", inputs, list(proto.graph.output), kept)
    part = helper.make_model(graph, opset_imports=proto.opset_import, ir_version=proto.ir_version)
    return Split(weight=weight, taken=taken, part=part)


def computed_once(proto: ModelProto, names: set[str], pictures: Pictures) -> Arrays:
    """The tensors `names` for all `pictures`, the network's own input among them."""
    copy = ModelProto()
    copy.CopyFrom(proto)
    inside = [name for name in names if name != INPUT]
    copy.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in inside)
    engine = OnnxRuntime(copy.SerializeToString(), message("calibration"))
    found = engine.outputs(pictures)
    return {INPUT: pictures, **{name: found[name] for name in inside}}
