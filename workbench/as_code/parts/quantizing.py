"""int8 by ONNX Runtime's own tool, and the values that activations take."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

from workbench.as_code.parts.exporting import Array

Ends = tuple[float, float]
Ranges = Mapping[str, Ends]
Choose = Callable[[NDArray[np.int64], Ends], Ends]
KINDS = ["Conv", "Gemm", "Add", "GlobalAveragePool", "Relu"]


class Images(CalibrationDataReader):  # type: ignore[misc]
    """Calibration images, one at a time."""

    def __init__(self, pictures: Array) -> None:
        self.left: Iterator[Array] = iter(pictures)

    def get_next(self) -> dict[str, Array] | None:
        return next(({"images": picture[None]} for picture in self.left), None)


def is_thin(weight: onnx.TensorProto) -> bool:
    """A convolution of fewer than 4 input channels is faster in float32."""
    return len(weight.dims) == 4 and weight.dims[1] < 4


def quantize(
    file: str,
    to: str,
    pictures: Array,
    per_channel: bool = True,
    weight_limit: int = 127,
    activations: QuantType = QuantType.QUInt8,
    grids: Mapping[str, tuple[float, int]] | None = None,
) -> None:
    """Write the int8 form of an ONNX file; `grids`: steps and zero points of activations.

    Without them both follow from the smallest and the largest value of the calibration images.
    """
    graph = onnx.load(file).graph
    thin = {item.name for item in graph.initializer if is_thin(item)}
    kind, shift = (np.int8, 128) if activations == QuantType.QInt8 else (np.uint8, 0)
    told: dict[str, list[dict[str, Any]]] = {
        name: [{"scale": np.array(step, np.float32), "zero_point": np.array(zero - shift, kind)}]
        for name, (step, zero) in (grids or {}).items()
    }
    if weight_limit < 127:  # 8 bits saturate on a processor without VNNI
        told |= weight_steps(graph, thin, weight_limit, per_channel)
    logging.disable(logging.WARNING)  # advice to pre-process the graph: it is folded already
    quantize_static(
        file,
        to,
        Images(pictures),
        op_types_to_quantize=KINDS,
        per_channel=per_channel,
        activation_type=activations,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in graph.node if thin & set(node.input[1:2])],
        extra_options={"OpTypesToExcludeOutputQuantization": ["Gemm"]}
        | ({"TensorQuantOverrides": told} if told else {}),
    )


def weight_steps(
    graph: onnx.GraphProto, thin: set[str], limit: int, per_channel: bool
) -> dict[str, list[dict[str, Any]]]:
    """Steps of weights such that the largest one is the level `limit`."""
    constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    names = [node.input[1] for node in graph.node if node.op_type in ("Conv", "Gemm")]
    found = {}
    for name in (name for name in names if name not in thin):
        flat = np.abs(constants[name].reshape(len(constants[name]) if per_channel else 1, -1))
        steps = (np.maximum(flat.max(axis=1), 1e-12) / limit).astype(np.float32)
        more = {"zero_point": np.array(0, np.int8)} | ({"axis": 0} if per_channel else {})
        found[name] = [{"scale": np.array(step), **more} for step in steps]
    return found


def put_relus_back(file: str, quantized: str) -> None:
    """Symmetric levels reach below 0, so that they cannot do a ReLU's work."""
    model = onnx.load(quantized)
    makers = {name: node for node in model.graph.node for name in node.output}
    nodes = list(model.graph.node)
    for relu in onnx.load(file).graph.node:
        if relu.op_type == "Relu" and relu.name not in {node.name for node in nodes}:
            maker = makers[relu.output[0]]
            maker.output[:] = relu.input[:]
            nodes.insert(nodes.index(maker) + 1, relu)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, quantized)


def quantized_tensors(file: str) -> list[str]:
    """The activations that an int8 file quantizes."""
    nodes = onnx.load(file).graph.node
    return [node.input[0] for node in nodes if node.op_type == "QuantizeLinear"]


def observed(file: str, names: list[str], pictures: Array) -> Iterator[dict[str, Array]]:
    """The values of these tensors, for 32 calibration images at a time."""
    model = onnx.load(file)
    model.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in names)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    for start in range(0, len(pictures), 32):
        part = pictures[start : start + 32]
        yield dict(zip(names, session.run(names, {"images": part}), strict=True))


def ranges(file: str, names: list[str], pictures: Array, choose: Choose | None = None) -> Ranges:
    """Smallest and largest value of each tensor, or what `choose` makes of its histogram."""
    asked = [name for name in names if name != "images"]
    known = "images" in names
    widest = dict.fromkeys(names, (np.inf, -np.inf))
    for values in observed(file, asked, pictures):
        for name, value in values.items():
            low, high = widest[name]
            widest[name] = min(low, float(value.min())), max(high, float(value.max()))
    if known:
        widest["images"] = float(pictures.min()), float(pictures.max())
    if choose is None:
        return widest
    counted = {name: np.zeros(2048, np.int64) for name in names}
    for values in observed(file, asked, pictures):
        for name, value in values.items():
            counted[name] += histogram(value, widest[name])
    if known:
        counted["images"] += histogram(pictures, widest["images"])
    return {name: choose(counted[name], widest[name]) for name in names}


def histogram(values: Array, ends: Ends) -> NDArray[np.int64]:
    found = torch.histc(torch.from_numpy(values), 2048, *ends)
    return found.numpy().astype(np.int64)
