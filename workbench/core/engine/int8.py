"""Real int8: the graph with quantize/dequantize pairs that ONNX Runtime turns into int8 kernels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from workbench.core.engine.graph import INPUT, grouped, rebuilt, with_initializers
from workbench.core.engine.levels import BIAS_LIMIT, activation_scale, quantized, weight_scale
from workbench.core.engine.scheme import scheme
from workbench.core.engine.tensors import (
    WEIGHTED,
    clipped_outputs,
    quantized_tensors,
    thin_layers,
)
from workbench.setting import Setting

Ranges = Mapping[str, tuple[float, float]]


def with_pairs(proto: ModelProto, symmetry: str = "asymmetric") -> ModelProto:
    """The int8 form of an exported graph: the structure only, its numbers come by `int8_arrays`.

    A symmetric grid reaches as far below 0 as above it, so that ReLUs have to stay.
    """
    weights = {item.name: item for item in proto.graph.initializer}
    kind = TensorProto.INT8 if scheme().activations is np.int8 else TensorProto.UINT8
    pairs = {name: f"{name}.dequantized" for name in quantized_tensors(proto)}
    nodes: list[NodeProto] = _pair(INPUT, kind) if INPUT in pairs else []
    initializers = _placeholders(INPUT, kind) if INPUT in pairs else []
    replaced: set[str] = set()
    thin = thin_layers(proto)
    clipped = clipped_outputs(proto) if symmetry == "asymmetric" else {}
    for node in proto.graph.node:
        if node.output[0] in clipped.values():
            continue
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.output[:] = [clipped.get(name, name) for name in node.output]
        copy.input[:] = [pairs.get(name, name) for name in node.input]
        if node.op_type in WEIGHTED and node.input[1] in weights and node.name not in thin:
            for index, name in enumerate(node.input[1:], start=1):
                if name in weights:
                    nodes.append(_dequantize(name, axis=0))
                    initializers += _weight_placeholders(name, is_bias=index == 2)
                    copy.input[index] = f"{name}.dequantized"
                    replaced.add(name)
        nodes.append(copy)
        for name in copy.output:
            if name in pairs:
                nodes += _pair(name, kind)
                initializers += _placeholders(name, kind)
    kept = [item for name, item in weights.items() if name not in replaced]
    return rebuilt(proto, nodes, kept + initializers)


def _pair(name: str, kind: int) -> list[NodeProto]:
    quantize = helper.make_node(
        "QuantizeLinear", [name, f"{name}.scale", f"{name}.zero_point"], [f"{name}.quantized"]
    )
    return [quantize, _dequantize(name)]


def _dequantize(name: str, axis: int | None = None) -> NodeProto:
    attributes: dict[str, Any] = {} if axis is None else {"axis": axis}
    inputs = [f"{name}.quantized", f"{name}.scale", f"{name}.zero_point"]
    return helper.make_node("DequantizeLinear", inputs, [f"{name}.dequantized"], **attributes)


def _placeholders(name: str, kind: int) -> list[TensorProto]:
    return [
        helper.make_tensor(f"{name}.scale", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor(f"{name}.zero_point", kind, [], [0]),
    ]


def _weight_placeholders(name: str, *, is_bias: bool) -> list[TensorProto]:
    kind = TensorProto.INT32 if is_bias else TensorProto.INT8
    return [
        helper.make_tensor(f"{name}.quantized", kind, [1], [0]),
        helper.make_tensor(f"{name}.scale", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor(f"{name}.zero_point", kind, [1], [0]),
    ]


def int8_arrays(
    proto: ModelProto, ranges: Ranges, setting: Setting
) -> dict[str, NDArray[np.generic]]:
    """Every number of the int8 graph, from the weights in `proto` and the activations' ranges.

    Those that stay float32, of thin layers and of batch norms that nothing folds, are taken over.
    """
    arrays: dict[str, NDArray[np.generic]] = {}
    scales: dict[str, float] = {}
    for name, (low, high) in ranges.items():
        scale, zero_point = activation_scale(low, high, setting.activation_symmetry)
        scales[name] = float(scale)
        arrays[f"{name}.scale"], arrays[f"{name}.zero_point"] = scale, zero_point
    weights = {item.name: item for item in proto.graph.initializer}
    arrays |= {name: numpy_helper.to_array(item) for name, item in weights.items()}
    thin = thin_layers(proto)
    for node in proto.graph.node:
        if node.op_type in WEIGHTED and node.input[1] in weights and node.name not in thin:
            weight = numpy_helper.to_array(weights[node.input[1]])
            scale = weight_scale(weight, setting.quantized_per)
            if len(node.input) > 2 and node.input[2] in weights:
                bias = numpy_helper.to_array(weights[node.input[2]])
                # A channel of zeros, all pruned, has no step of its own, and still its bias.
                least = np.abs(bias) / (BIAS_LIMIT * scales[node.input[0]])
                scale = np.maximum(scale, least).astype(np.float32)
                bias_scale = (scale * scales[node.input[0]]).astype(np.float32)
                arrays |= quantized(node.input[2], bias, bias_scale, BIAS_LIMIT, np.int32)
            arrays |= quantized(node.input[1], weight, scale, scheme().weight_limit, np.int8)
    return arrays


def int8_model(
    template: ModelProto, proto: ModelProto, ranges: Ranges, setting: Setting
) -> ModelProto:
    """The int8 graph of `proto`'s weights.

    `template`: `with_pairs` of the same architecture, in which the same layers are thin.
    """
    model = with_initializers(template, int8_arrays(proto, ranges, setting))
    groups = {node.name: attribute.i for node, attribute in grouped(proto)}
    for node, attribute in grouped(model):
        attribute.i = groups.get(node.name, 1)
    return model
