"""What of a network depends on one layer's weight, so that all else is computed only once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, ValueInfoProto, helper
from onnxruntime import InferenceSession

from workbench.core.engine.graph import INPUT, OUTPUT
from workbench.core.engine.runners import OnnxRuntime, Pictures, session_of
from workbench.locale import message

Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """The tensors that a layer's part of the network takes, and a session of that part."""

    weight: str
    taken: tuple[str, ...]
    session: InferenceSession

    def answers(self, weight: NDArray[np.float32], prefix: Arrays) -> NDArray[np.int64]:
        """Classes with `weight` in this layer, from what the other layers computed before it."""
        feed = {self.weight: weight, **{name: prefix[name] for name in self.taken}}
        scores = self.session.run([OUTPUT], feed)[0]
        found: NDArray[np.int64] = scores.argmax(axis=1)
        return found


def split(proto: ModelProto, weight: str) -> Split:
    """The part of `proto` after the constant `weight`, which becomes one of its inputs."""
    dependent: set[str] = {weight}
    nodes = []
    for node in proto.graph.node:
        if any(name in dependent for name in node.input):
            dependent.update(node.output)
            nodes.append(node)
    constants = {item.name: item for item in proto.graph.initializer}
    read = dict.fromkeys(name for node in nodes for name in node.input if name)
    taken = tuple(n for n in read if n not in dependent and n not in constants)
    kept = [constants[name] for name in read if name in constants and name != weight]
    inputs = [_open(weight, list(constants[weight].dims)), *[_open(name, None) for name in taken]]
    graph = helper.make_graph(nodes, "suffix", inputs, list(proto.graph.output), kept)
    model = helper.make_model(graph, opset_imports=proto.opset_import, ir_version=proto.ir_version)
    return Split(weight=weight, taken=taken, session=session_of(model.SerializeToString()))


def _open(name: str, shape: list[int] | None) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def computed_once(proto: ModelProto, names: set[str], pictures: Pictures) -> Arrays:
    """The tensors `names` for all `pictures`, the network's own input among them."""
    copy = ModelProto()
    copy.CopyFrom(proto)
    inside = [name for name in names if name != INPUT]
    copy.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in inside)
    engine = OnnxRuntime(copy.SerializeToString(), message("calibration"))
    found = engine.outputs(pictures)
    return {INPUT: pictures, **{name: found[name] for name in inside}}
