"""The deployable graph (ONNX): exported once per architecture, its weights swapped ever after."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import cast
from warnings import catch_warnings, simplefilter

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper
from torch import nn
from torch.fx import symbolic_trace
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_conv_bn_weights
from torch.onnx import OnnxExporterError

from workbench.locale import _

OPSET = 17
INPUT, OUTPUT = "images", "logits"
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """An exported architecture: the ONNX model, and which batch norms went into which layers.

    `swappable`: every weight of the model is an initializer of the same name, so that a new set of
    weights needs no new export.
    """

    proto: ModelProto
    folds: tuple[tuple[str, str], ...]
    swappable: bool

    def with_weights(self, model: nn.Module, shape: tuple[int, int, int]) -> ModelProto:
        """The graph with the weights of `model`, of this architecture; any widths will do."""
        if not self.swappable:
            return export(model, shape).proto
        return _regrouped(with_initializers(self.proto, folded_weights(model, self.folds)))


def _regrouped(proto: ModelProto) -> ModelProto:
    """`proto`, each depthwise convolution with as many groups as its weight now has channels."""
    sizes = {item.name: item.dims for item in proto.graph.initializer}
    for node, attribute in grouped(proto):
        if sizes[node.input[1]][1] == 1:
            attribute.i = sizes[node.input[1]][0]
    return proto


def grouped(proto: ModelProto) -> list[tuple[NodeProto, AttributeProto]]:
    """The convolutions in more than one group, with the attribute that says in how many."""
    return [
        (node, attribute)
        for node in proto.graph.node
        for attribute in node.attribute
        if attribute.name == "group" and attribute.i > 1
    ]


def export(model: nn.Module, shape: tuple[int, int, int]) -> Graph:
    """Fold batch norms and export `model` for pictures of `shape` (channels, height, width)."""
    folds = foldable(model)
    folded = deepcopy(model).eval()
    for layer, norm in folds:
        fused = fuse_conv_bn_eval(
            cast(nn.Conv2d, folded.get_submodule(layer)),
            cast(nn.BatchNorm2d, folded.get_submodule(norm)),
        )
        folded.set_submodule(layer, fused)
        folded.set_submodule(norm, nn.Identity())
    proto = _export(folded, shape)
    exported = {initializer.name for initializer in proto.graph.initializer}
    names = folded_weights(model, folds).keys()
    return Graph(proto=proto, folds=folds, swappable=names <= exported)


def _export(model: nn.Module, shape: tuple[int, int, int]) -> ModelProto:
    file = BytesIO()
    try:
        with catch_warnings():
            # The TorchScript exporter is deprecated, yet takes 0.1 s, its successor 2 to 17.
            simplefilter("ignore")
            torch.onnx.export(
                model,
                (torch.zeros(2, *shape),),
                file,  # type: ignore[arg-type]  # a file in memory is taken too
                dynamo=False,
                opset_version=OPSET,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
            )
    except OnnxExporterError as error:
        raise ValueError(
            _("PyTorch cannot export this network to ONNX: {reason}").format(
                reason=str(error).partition("  [")[0].splitlines()[0]
            )
        ) from error
    proto = onnx.load_from_string(file.getvalue())
    _part_equal_weights(proto)
    return proto


def _part_equal_weights(proto: ModelProto) -> None:
    """Give each weight an initializer of its own name, in place.

    The exporter keeps one of those that are equal, as all biases of a fresh network are, and reads
    the others from it by way of an Identity.
    """
    values = {item.name: item for item in proto.graph.initializer}
    for node in list(proto.graph.node):
        if node.op_type == "Identity" and node.input[0] in values:
            copy = proto.graph.initializer.add()
            copy.CopyFrom(values[node.input[0]])
            copy.name = node.output[0]
            values[copy.name] = copy
            proto.graph.node.remove(node)


def foldable(model: nn.Module) -> tuple[tuple[str, str], ...]:
    """(convolution, batch norm) pairs by name where the one feeds only the other."""
    try:
        traced = symbolic_trace(model)
    except (
        Exception
    ):  # a network that fx cannot trace is exported unfolded, which is right if slower
        return ()
    modules = dict(model.named_modules())
    pairs = []
    for node in traced.graph.nodes:
        if node.op == "call_module" and isinstance(modules[str(node.target)], nn.BatchNorm2d):
            source = node.args[0]
            feeds_only_this = source.op == "call_module" and len(source.users) == 1
            if feeds_only_this and isinstance(modules[str(source.target)], nn.Conv2d):
                pairs.append((str(source.target), str(node.target)))
    return tuple(pairs)


def folded_weights(
    model: nn.Module, folds: tuple[tuple[str, str], ...]
) -> dict[str, NDArray[np.generic]]:
    """The weights of `model` by name, each batch norm folded into the layer before it."""
    state = {
        name: value.detach()
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    for layer, norm in folds:
        module = model.get_submodule(norm)
        weight, bias = fuse_conv_bn_weights(
            state[f"{layer}.weight"],
            state.get(f"{layer}.bias"),
            state.pop(f"{norm}.running_mean"),
            state.pop(f"{norm}.running_var"),
            module.eps,  # type: ignore[arg-type]
            state.pop(f"{norm}.weight"),
            state.pop(f"{norm}.bias"),
        )
        state[f"{layer}.weight"], state[f"{layer}.bias"] = weight.detach(), bias.detach()
    return {name: value.numpy() for name, value in state.items()}


def readers(proto: ModelProto) -> dict[str, list[NodeProto]]:
    """The nodes that take each tensor, by its name."""
    found: dict[str, list[NodeProto]] = {}
    for node in proto.graph.node:
        for name in node.input:
            found.setdefault(name, []).append(node)
    return found


def rebuilt(proto: ModelProto, nodes: list[NodeProto], constants: list[TensorProto]) -> ModelProto:
    """A model of these nodes and constants with the input and the output of `proto`."""
    graph = helper.make_graph(nodes, "rebuilt", proto.graph.input, proto.graph.output, constants)
    return helper.make_model(
        graph,
        opset_imports=proto.opset_import,
        ir_version=proto.ir_version,
        producer_name="workbench",
    )


def with_initializers(proto: ModelProto, arrays: Arrays) -> ModelProto:
    """A copy of `proto` whose initializers named in `arrays` hold those values, of any shape."""
    copy = ModelProto()
    copy.CopyFrom(proto)
    for initializer in copy.graph.initializer:
        if initializer.name in arrays:
            # asarray: ascontiguousarray makes vectors of scalars, and no int8 Add is fused then
            value = np.asarray(arrays[initializer.name], order="C")
            fresh = numpy_helper.from_array(value, initializer.name)
            initializer.CopyFrom(fresh)
    return copy
