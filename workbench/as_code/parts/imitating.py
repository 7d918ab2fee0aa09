"""Activations of any bits, imitated by nodes that round in float32."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from workbench.as_code.parts.quantizing import Ends, Ranges


def or_one(reach: float) -> float:
    """The range, or 1 where nothing ever answered: vanishing steps overflow int8 kernels."""
    return reach if reach > 1e-6 else 1.0


def grid(ends: Ends, bits: int, is_symmetric: bool = False) -> tuple[float, int, int, int]:
    """Step, zero point, lowest and highest level of a range that is widened to hold 0."""
    low, high = min(ends[0], 0.0), max(ends[1], 0.0)
    highest = 2**bits - 1
    if is_symmetric:
        middle = 2 ** (bits - 1)
        return or_one(max(-low, high)) / max(middle - 1, 1), middle, 1, highest
    step = or_one(high - low) / highest
    return step, round(-low / step), 0, highest


def imitate(file: str, found: Ranges, bits: int, is_symmetric: bool = False) -> None:
    """Round every one of these tensors, in place, as `bits` bits would; all else is float32."""
    model = onnx.load(file)
    nodes: list[onnx.NodeProto] = []
    for node in [None, *model.graph.node]:
        if node is not None:
            node.input[:] = [f"{n}.rounded" if n in found else n for n in node.input]
            nodes.append(node)
        for name in ["images"] if node is None else node.output:
            if name in found:
                made, numbers = rounding_of(name, found[name], bits, is_symmetric)
                nodes += made
                model.graph.initializer.extend(
                    numpy_helper.from_array(np.array(v, np.float32), n) for n, v in numbers.items()
                )
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, file)


def rounding_of(
    name: str, ends: Ends, bits: int, is_symmetric: bool
) -> tuple[list[onnx.NodeProto], dict[str, float]]:
    """Divide, round, shift, limit, and all the way back; 16 bits: to float16 and back."""
    if bits == 16:
        there = helper.make_node("Cast", [name], [f"{name}.half"], to=TensorProto.FLOAT16)
        back = helper.make_node("Cast", [f"{name}.half"], [f"{name}.rounded"], to=TensorProto.FLOAT)
        return [there, back], {}
    step, zero, lowest, highest = grid(ends, bits, is_symmetric)
    numbers = {"step": step, "zero": zero, "low": lowest, "high": highest}
    chain = [
        ("Div", ["step"]), ("Round", []), ("Add", ["zero"]), ("Clip", ["low", "high"]),
        ("Sub", ["zero"]), ("Mul", ["step"]),
    ]  # fmt: skip
    nodes, last = [], name
    for place, (kind, words) in enumerate(chain):
        output = f"{name}.rounded" if place == len(chain) - 1 else f"{name}.{place}"
        nodes.append(helper.make_node(kind, [last, *[f"{name}.{w}" for w in words]], [output]))
        last = output
    return nodes, {f"{name}.{word}": float(value) for word, value in numbers.items()}
