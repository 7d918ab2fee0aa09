"""Real int8: the graph with quantize/dequantize pairs that ONNX Runtime turns into int8 kernels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from workbench.core.engine.graph import INPUT, OUTPUT, grouped, readers, with_initializers
from workbench.core.engine.levels import BIAS_LIMIT, activation_scale, quantized, weight_scale
from workbench.core.engine.scheme import scheme
from workbench.setting import Setting

Ranges = Mapping[str, tuple[float, float]]

WEIGHTED = ("Conv", "Gemm")
# Average pooling stays float: its int8 kernel took twice the time of the whole small_cnn.
COMPUTING = (*WEIGHTED, "Add", "GlobalAveragePool")
CLIPPING = ("Relu", "Clip")
FEWEST_INPUTS = 4
"""A convolution of fewer channels stays float32: with one, int8 took twice as long as all else."""


def quantized_tensors(proto: ModelProto) -> list[str]:
    """The activations that are stored in int8: what each layer takes, and what it hands on.

    The network's last output stays float.
    """
    fixed, thin = fixed_tensors(proto), thin_layers(proto)
    clipped = clipped_outputs(proto)
    names: list[str] = []
    for node in proto.graph.node:
        if node.op_type not in COMPUTING or node.output[0] in fixed:
            continue
        count = 0 if node.name in thin else 1 if node.op_type in WEIGHTED else len(node.input)
        taken = node.input[:count]
        names += [name for name in taken if name not in fixed]
        names.append(clipped.get(node.output[0], node.output[0]))
    return [name for name in dict.fromkeys(names) if name != OUTPUT]


def thin_layers(proto: ModelProto) -> set[str]:
    """The convolutions that stay float32 because they take too few channels; no depthwise ones."""
    inputs = {item.name: item.dims[1] for item in proto.graph.initializer if len(item.dims) == 4}
    thin = {name for name, count in inputs.items() if count < FEWEST_INPUTS}
    found = {node.name for node in proto.graph.node if thin & set(node.input[1:2])}
    return found - {node.name for node, _attribute in grouped(proto)}


def fixed_tensors(proto: ModelProto) -> set[str]:
    """Those that no pixel reaches: weights, constants, and whole numbers computed of shapes."""
    fixed = {item.name for item in proto.graph.initializer}
    for node in proto.graph.node:
        if node.op_type == "Shape" or all(name in fixed for name in node.input if name):
            fixed.update(node.output)
    return fixed


def clipped_outputs(proto: ModelProto) -> dict[str, str]:
    """From a layer's output to that of the ReLU which alone reads it.

    int8 saturates at the ends of the range seen after the ReLU, so the ReLU itself is left out:
    ONNX Runtime makes one int8 kernel of an addition only where none follows.
    """
    taken_by = readers(proto)
    layers = [node.output[0] for node in proto.graph.node if node.op_type in COMPUTING]
    return {
        output: after[0].output[0]
        for output in layers
        if len(after := taken_by.get(output, [])) == 1 and after[0].op_type in CLIPPING
    }


def observing(proto: ModelProto) -> ModelProto:
    """`proto` with every tensor that is to be quantized as a further output, for calibration."""
    copy = ModelProto()
    copy.CopyFrom(proto)
    for name in quantized_tensors(proto):
        if name != INPUT:
            copy.graph.output.append(helper.make_empty_tensor_value_info(name))
    return copy


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
                if name not in weights:
                    continue
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
    graph = helper.make_graph(
        nodes, "int8", proto.graph.input, proto.graph.output, kept + initializers
    )
    return helper.make_model(
        graph,
        opset_imports=proto.opset_import,
        ir_version=proto.ir_version,
        producer_name="workbench",
    )


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
