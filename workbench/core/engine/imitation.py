"""Activations rounded to few bits and computed on in float32: the accuracy of it, not the speed."""

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from workbench.core.engine.calibration import Ranges
from workbench.core.engine.graph import INPUT, rebuilt
from workbench.core.engine.levels import activation_grid
from workbench.core.engine.tensors import quantized_tensors
from workbench.setting import Setting


def imitated(proto: ModelProto, ranges: Ranges, setting: Setting) -> ModelProto:
    """`proto` with every tensor that int8 would store on the grid of the setting's own bits."""
    names = quantized_tensors(proto)
    rounded = {name: f"{name}.rounded" for name in names}
    constants: dict[str, NDArray[np.float32]] = {}
    nodes: list[NodeProto] = []

    def put(name: str) -> None:
        made, needed = _rounding(name, ranges[name], setting)
        nodes.extend(made)
        constants.update(needed)

    if INPUT in rounded:
        put(INPUT)
    for node in proto.graph.node:
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.input[:] = [rounded.get(name, name) for name in node.input]
        nodes.append(copy)
        for name in node.output:
            if name in rounded:
                put(name)
    made = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    return rebuilt(proto, nodes, [*proto.graph.initializer, *made])


def _rounding(
    name: str, ends: tuple[float, float], setting: Setting
) -> tuple[list[NodeProto], dict[str, NDArray[np.float32]]]:
    """Divide, round, shift, limit, and all the way back; 16 bits: to float16 and back."""
    if setting.bits_of_activations == 16:
        half = f"{name}.float16"
        there = helper.make_node("Cast", [name], [half], to=TensorProto.FLOAT16)
        back = helper.make_node("Cast", [half], [f"{name}.rounded"], to=TensorProto.FLOAT)
        return [there, back], {}
    bits, symmetry = setting.bits_of_activations, setting.activation_symmetry
    step, zero, lowest, highest = activation_grid(*ends, bits=bits, symmetry=symmetry)
    numbers = {"step": step, "zero": zero, "lowest": lowest, "highest": highest}
    made = {f"{name}.{word}": np.array(value, np.float32) for word, value in numbers.items()}
    chain = (
        ("Div", "step"), ("Round", None), ("Add", "zero"), ("Clip", "lowest"), ("Sub", "zero"),
        ("Mul", "step"),
    )  # fmt: skip
    nodes, last = [], name
    for number, (kind, word) in enumerate(chain):
        output = f"{name}.rounded" if number == len(chain) - 1 else f"{name}.rounding{number}"
        inputs = [last, *([f"{name}.{word}"] if word else [])]
        if kind == "Clip":
            inputs.append(f"{name}.highest")
        nodes.append(helper.make_node(kind, inputs, [output]))
        last = output
    return nodes, made
