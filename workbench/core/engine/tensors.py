"""Which tensors of a graph int8 would store: what layers take and hand on, and what stays float."""

from onnx import ModelProto, helper

from workbench.core.engine.graph import INPUT, OUTPUT, grouped, readers

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
