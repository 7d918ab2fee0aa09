"""Weights stored otherwise than as float32, in a real file, which the engine unpacks itself."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from workbench.core.engine.graph import rebuilt
from workbench.core.engine.levels import quantized, quantized_from_least, weight_scale
from workbench.core.quantization.codebook import nearest
from workbench.setting import Setting, is_one_grid

MOST_SHARED = 256
INT8_LIMIT = 127
Weight = NDArray[np.float32]
Stored = tuple[list[NodeProto], dict[str, NDArray[np.generic]]]
"""Nodes that make a weight, and the constants that they make it of."""


def storage_of(setting: Setting) -> Callable[[str, Weight], Stored] | None:
    """How the weights of such a setting are stored, or None where they stay float32."""
    if setting.masks == "kept":
        return masked
    if setting.layer_bits or setting.weight_bits == 32:
        return None
    if setting.weight_bits == 16:
        return as_float16 if setting.batch_norm == "folded" else None
    if setting.levels == "kmeans":
        return as_codebook if setting.batch_norm == "folded" else None
    if setting.weight_bits == 8 and is_one_grid(setting):
        store = as_int8 if setting.weight_symmetry == "symmetric" else as_uint8
        return partial(store, per=setting.quantized_per)
    return None


def stored(proto: ModelProto, store: Callable[[str, Weight], Stored]) -> ModelProto:
    """`proto` with the weights of its convolutions and linear layers stored by `store`."""
    names = weight_names(proto)
    nodes: list[NodeProto] = []
    kept: list[TensorProto] = []
    for item in proto.graph.initializer:
        if item.name not in names:
            kept.append(item)
            continue
        made, constants = store(item.name, numpy_helper.to_array(item))
        nodes += made
        kept += [numpy_helper.from_array(value, name) for name, value in constants.items()]
    return rebuilt(proto, [*nodes, *proto.graph.node], kept)


def weight_names(proto: ModelProto) -> set[str]:
    """The constants that are weights of convolutions and linear layers."""
    constants = {item.name for item in proto.graph.initializer}
    return {
        node.input[1]
        for node in proto.graph.node
        if node.op_type in ("Conv", "Gemm") and node.input[1] in constants
    }


def masked(name: str, weight: Weight) -> Stored:
    """Each weight and a mask beside it, both in 32 bits, as PyTorch's pruning keeps them."""
    parts = [f"{name}.orig", f"{name}.mask"]
    node = helper.make_node("Mul", parts, [name])
    return [node], {parts[0]: weight, parts[1]: (weight != 0).astype(np.float32)}


def as_float16(name: str, weight: Weight) -> Stored:
    """Half of the bytes."""
    half = f"{name}.float16"
    node = helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT)
    return [node], {half: weight.astype(np.float16)}


def as_int8(name: str, weight: Weight, per: str) -> Stored:
    """A quarter of the bytes, and a step for each output channel or one in all."""
    scale = weight_scale(weight, per, INT8_LIMIT)
    return _in_steps(name, quantized(name, weight, scale, INT8_LIMIT, np.int8))


def as_uint8(name: str, weight: Weight, per: str) -> Stored:
    """The same bytes, and a zero point beside each step: levels from the least to the largest."""
    return _in_steps(name, quantized_from_least(name, weight, per))


def _in_steps(name: str, parts: dict[str, NDArray[np.generic]]) -> Stored:
    """Whole numbers made float32, moved by their zero points, times their steps.

    DequantizeLinear says the same in one node, which ONNX Runtime computes anew at every call: that
    took two to three times as long as float32. These three it computes once, when it loads.
    """
    whole, moved, shift, scale = (f"{name}.{w}" for w in ("whole", "moved", "shift", "scale"))
    levels, zero_point = parts[f"{name}.quantized"], parts[f"{name}.zero_point"]
    column = (-1, *[1] * (levels.ndim - 1))
    constants = {f"{name}.quantized": levels, scale: parts[scale].reshape(column)}
    nodes = [helper.make_node("Cast", [f"{name}.quantized"], [whole], to=TensorProto.FLOAT)]
    if zero_point.any():
        constants[shift] = -zero_point.astype(np.float32).reshape(column)
        nodes.append(helper.make_node("Add", [shift, whole], [moved]))
    nodes.append(helper.make_node("Mul", [scale, moved if zero_point.any() else whole], [name]))
    return nodes, constants


def as_codebook(name: str, weight: Weight) -> Stored:
    """A byte for each weight, its place in a table of the values that the weights share."""
    values, places = shared(weight)
    book, index, wide = f"{name}.values", f"{name}.places", f"{name}.places32"
    nodes = [
        helper.make_node("Cast", [index], [wide], to=TensorProto.INT32),
        helper.make_node("Gather", [book, wide], [name], axis=0),
    ]
    return nodes, {book: values, index: places}


def shared(weight: Weight) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The few values that weights take, ascending, and each weight's place among them.

    Folding a batch norm leaves the same value a last bit apart here and there.
    """
    ordered = np.sort(weight, axis=None)
    gap = 1e-5 * np.abs(ordered).max(initial=1e-12)
    values = ordered[np.diff(ordered, prepend=-np.inf) > gap]
    if len(values) > MOST_SHARED:
        raise ValueError(f"a codebook holds at most {MOST_SHARED} values, got {len(values)}")
    return values, nearest(weight, values).astype(np.uint8)
