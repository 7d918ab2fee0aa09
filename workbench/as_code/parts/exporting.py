"""The file that a device gets, and ONNX Runtime to run it."""

from collections.abc import Callable
from warnings import catch_warnings, simplefilter

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from workbench.as_code.parts.data import Answer

Stored = tuple[list[onnx.NodeProto], dict[str, NDArray[np.generic]]]
Array = NDArray[np.float32]


def export(model: nn.Module, shape: tuple[int, int, int], file: str) -> None:
    """Write the network as ONNX; the exporter folds batch norms into their convolutions."""
    with catch_warnings():
        simplefilter("ignore")
        torch.onnx.export(
            model.eval(),
            (torch.zeros(2, *shape),),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["images"],
            output_names=["logits"],
            dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}},
        )


def session_of(file: str, threads: int = 1) -> onnxruntime.InferenceSession:
    """An ONNX file under ONNX Runtime; its threads do not spin while they wait."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def in_onnxruntime(file: str) -> Answer:
    """Scores of an ONNX file under ONNX Runtime, on one thread."""
    session = session_of(file)
    return lambda pictures: session.run(None, {"images": pictures})[0]


def store(file: str, stored: Callable[[str, Array], Stored]) -> None:
    """Keep the weights of convolutions and linear layers otherwise than as float32."""
    model = onnx.load(file)
    constants = {item.name: item for item in model.graph.initializer}
    layers = [node for node in model.graph.node if node.op_type in ("Conv", "Gemm")]
    nodes: list[onnx.NodeProto] = []
    for name in dict.fromkeys(node.input[1] for node in layers):
        made, arrays = stored(name, numpy_helper.to_array(constants[name]))
        nodes += made
        model.graph.initializer.remove(constants[name])
        model.graph.initializer.extend(numpy_helper.from_array(v, n) for n, v in arrays.items())
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])
    onnx.save(model, file)


def as_float16(name: str, weight: Array) -> Stored:
    node = helper.make_node("Cast", [f"{name}.float16"], [name], to=TensorProto.FLOAT)
    return [node], {f"{name}.float16": weight.astype(np.float16)}


def with_masks(name: str, weight: Array) -> Stored:
    """The weight and a mask beside it, as torch.nn.utils.prune keeps them."""
    node = helper.make_node("Mul", [f"{name}.orig", f"{name}.mask"], [name])
    return [node], {f"{name}.orig": weight, f"{name}.mask": (weight != 0).astype(np.float32)}


def as_int8(name: str, weight: Array, per_channel: bool = True) -> Stored:
    """Whole numbers of one byte, and a step for each output channel or one in all."""
    flat = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    flat = flat if per_channel else np.full_like(flat, flat.max())
    step = (np.maximum(flat, 1e-12) / 127).astype(np.float32)
    column = step.reshape(-1, *[1] * (weight.ndim - 1))
    levels = np.clip(np.rint(weight / column), -127, 127).astype(np.int8)
    cast = helper.make_node("Cast", [f"{name}.levels"], [f"{name}.whole"], to=TensorProto.FLOAT)
    times = helper.make_node("Mul", [f"{name}.step", f"{name}.whole"], [name])
    return [cast, times], {f"{name}.levels": levels, f"{name}.step": column}


def as_int8_per_tensor(name: str, weight: Array) -> Stored:
    return as_int8(name, weight, False)


def as_uint8(name: str, weight: Array, per_channel: bool = True) -> Stored:
    """The same, the levels reaching from the least value to the largest."""
    flat = weight.reshape(len(weight), -1)
    low, high = np.minimum(flat.min(axis=1), 0), np.maximum(flat.max(axis=1), 0)
    if not per_channel:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    step = (np.maximum(high - low, 1e-12) / 255).astype(np.float32)
    column = (-1, *[1] * (weight.ndim - 1))
    zero = np.rint(-low / step).astype(np.float32).reshape(column)
    step = step.reshape(column)
    levels = np.clip(np.rint(weight / step) + zero, 0, 255).astype(np.uint8)
    nodes = [
        helper.make_node("Cast", [f"{name}.levels"], [f"{name}.whole"], to=TensorProto.FLOAT),
        helper.make_node("Sub", [f"{name}.whole", f"{name}.zero"], [f"{name}.moved"]),
        helper.make_node("Mul", [f"{name}.step", f"{name}.moved"], [name]),
    ]
    return nodes, {f"{name}.levels": levels, f"{name}.step": step, f"{name}.zero": zero}


def as_uint8_per_tensor(name: str, weight: Array) -> Stored:
    return as_uint8(name, weight, False)


def as_codebook(name: str, weight: Array) -> Stored:
    """A byte for each weight: its place in a table of the values that all weights share."""
    ordered = np.sort(weight, axis=None)
    gap = 1e-5 * np.abs(ordered).max(initial=1e-12)  # folding left equal values a bit apart
    values = ordered[np.diff(ordered, prepend=-np.inf) > gap]
    places = np.searchsorted((values[1:] + values[:-1]) / 2, weight).astype(np.uint8)
    nodes = [
        helper.make_node("Cast", [f"{name}.places"], [f"{name}.wide"], to=TensorProto.INT32),
        helper.make_node("Gather", [f"{name}.values", f"{name}.wide"], [name], axis=0),
    ]
    return nodes, {f"{name}.values": values, f"{name}.places": places}
