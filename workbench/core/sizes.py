"""Sizes: of the file, deflated, packed; parameters, multiply-adds and memory."""

import zlib
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import onnx
import torch
from onnx import ModelProto
from onnx.helper import tensor_dtype_to_np_dtype
from safetensors.torch import save
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from workbench.core.engine import Engine
from workbench.core.engine.graph import readers
from workbench.core.pruning import prunable
from workbench.locale import Message, message
from workbench.measurement import Quantity, Unit
from workbench.setting import Setting

DEFLATED_AT_ONCE = 2**17
IN_PLACE = {"Relu", "Clip", "QuantizeLinear", "DequantizeLinear", "Flatten", "Reshape", "Identity"}


def _computed(value: float, unit: Unit, how: Message) -> Quantity:
    return Quantity(value=value, unit=unit, provenance="computed", how=how)


def file_sizes(engine: Engine, check: Callable[[], None] = lambda: None) -> dict[str, Quantity]:
    """`file_bytes` as it would be shipped, and `deflated_bytes`, what a download of it takes."""
    file = engine.file
    packer, deflated = zlib.compressobj(6), 0
    for start in range(0, len(file), DEFLATED_AT_ONCE):
        check()
        deflated += len(packer.compress(file[start : start + DEFLATED_AT_ONCE]))
    deflated += len(packer.flush())
    return {
        "file_bytes": Quantity(
            value=len(file),
            unit="bytes",
            provenance="measured",
            how=message("length of the file that {engine} runs", engine=engine.name),
        ),
        "deflated_bytes": Quantity(
            value=deflated,
            unit="bytes",
            provenance="measured",
            how=message("the same file after zlib, level 6"),
        ),
    }


def packed_bytes(
    model: nn.Module, weight_bits: Mapping[str, int], setting: Setting | None = None
) -> Quantity:
    """The smallest plain form of the weights at `weight_bits` bits each, by the weight's name.

    Each layer is stored whole or, where that is shorter, as a bit for each weight that says whether
    it is zero, and the others; below 16 bits also its steps, or its table of values, in 32 bits, as
    `setting` says (by default a step per channel); all else in 32 bits.
    """
    weights = prunable(model)
    total = 0
    for name, weight in weights.items():
        count, kept, bits = weight.numel(), int(torch.count_nonzero(weight)), weight_bits[name]
        total += min(count * bits, count + kept * bits)
        total += 32 * _steps(weight, bits, setting or Setting()) if bits < 16 else 0
    others = sum(value.numel() for name, value in model.named_parameters() if name not in weights)
    how = message(
        "{bits} bits a weight, zeros by a bit mask where that is shorter; biases, steps and tables"
        " of values in 32 bits",
        bits=", ".join(str(bits) for bits in sorted(set(weight_bits.values()))),
    )
    return _computed((total + 32 * others + 7) // 8, "bytes", how)


def _steps(weight: Tensor, bits: int, setting: Setting) -> int:
    """How many numbers say what the levels of a weight are worth."""
    if setting.levels == "kmeans":
        return int(2**bits)
    channels = len(weight) if setting.quantized_per == "channel" else 1
    return channels * (2 if setting.weight_symmetry == "asymmetric" else 1)


def training_files(model: nn.Module, setting: Setting) -> dict[str, Quantity]:
    """`checkpoint_bytes`, the file from which training goes on, and `csr_bytes` of the weights."""
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    how = message("length of the safetensors file of the network in PyTorch")
    if setting.masks == "kept":
        kept = {name: (weight != 0).float() for name, weight in prunable(model).items()}
        how = message("the same file, with the masks that PyTorch's pruning keeps beside weights")
        state |= {f"{name}_mask": mask.contiguous() for name, mask in kept.items()}
    file = Quantity(value=len(save(state)), unit="bytes", provenance="measured", how=how)
    numbers = sum(
        2 * int(torch.count_nonzero(weight)) + len(weight) + 1
        for weight in prunable(model).values()
    )
    csr = message("4 bytes a non-zero value, its column, and each row's start; rows are outputs")
    return {"checkpoint_bytes": file, "csr_bytes": _computed(4 * numbers, "bytes", csr)}


def parameter_counts(model: nn.Module) -> dict[str, Quantity]:
    """`parameters` and `nonzero_parameters`, biases and batch norms included."""
    parameters = list(model.parameters())
    nonzero = sum(int(torch.count_nonzero(parameter)) for parameter in parameters)
    return {
        "parameters": _computed(
            sum(parameter.numel() for parameter in parameters),
            "count",
            message("all numbers that training sets"),
        ),
        "nonzero_parameters": _computed(nonzero, "count", message("parameters that are not zero")),
    }


def macs(model: nn.Module, shape: tuple[int, int, int]) -> Quantity:
    """Multiply-adds for one picture; zeros count, since dense kernels multiply them too."""
    counter = FlopCounterMode(display=False)
    # Dispatch under inference_mode hides the operations from the counter.
    with torch.inference_mode(mode=False), torch.no_grad(), counter:
        model(torch.zeros(1, *shape))
    how = message("half of the operations that PyTorch counts for one image; zeros count too")
    return _computed(counter.get_total_flops() // 2, "MAC", how)


def memory(proto: ModelProto) -> dict[str, Quantity]:
    """`weight_bytes` while running, and `activation_bytes`: the most at once for one image."""
    constants = sum(tensor_bytes(item.data_type, item.dims) for item in proto.graph.initializer)
    return {
        "weight_bytes": _computed(
            constants,
            "bytes",
            message("all constants of the graph, each in its own type, while the network runs"),
        ),
        "activation_bytes": Quantity(
            value=_peak_live(proto),
            unit="bytes",
            provenance="estimated",
            how=message(
                "most that must live at once for one image, if ReLUs and int8 conversions are part"
                " of their layer and memory is freed after its last use"
            ),
        ),
    }


def tensor_bytes(kind: int, dims: Iterable[int]) -> int:
    """Bytes of a tensor of this ONNX type and shape."""
    return int(np.prod([max(side, 1) for side in dims])) * int(
        tensor_dtype_to_np_dtype(kind).itemsize
    )


def _peak_live(proto: ModelProto) -> int:
    """Largest sum of the bytes of tensors that are still needed, over the steps of the graph."""
    sizes, place = _activation_bytes(proto), _places(proto)
    held: dict[str, int] = {}
    for name, size in sizes.items():
        held[place.get(name, name)] = min(size, held.get(place.get(name, name), size))
    steps = [[place.get(name, name) for name in node.input] for node in proto.graph.node]
    last_use = {name: step for step, names in enumerate(steps) for name in names}
    live = {item.name: held.get(item.name, 0) for item in proto.graph.input}
    peak = 0
    for step, node in enumerate(proto.graph.node):
        outputs = [place.get(name, name) for name in node.output]
        live |= {name: held.get(name, 0) for name in outputs}
        peak = max(peak, sum(live.values()))
        live = {name: size for name, size in live.items() if last_use.get(name, -1) > step}
    return peak


def _places(proto: ModelProto) -> dict[str, str]:
    """From a tensor to the one whose memory it takes over, as a ReLU's output does its input's."""
    taken_by = readers(proto)
    stored = {item.name for item in (*proto.graph.input, *proto.graph.initializer)}
    place: dict[str, str] = {}
    for node in proto.graph.node:
        source = node.input[0] if node.input else ""
        is_alone = all(reader.op_type in IN_PLACE for reader in taken_by.get(source, []))
        if node.op_type in IN_PLACE and is_alone and source not in stored:
            place[node.output[0]] = place.get(source, source)
    return place


def _activation_bytes(proto: ModelProto) -> dict[str, int]:
    """Bytes of each activation for a batch of one; weights that a kernel unpacks do not count."""
    known = onnx.shape_inference.infer_shapes(proto).graph
    constants = {item.name for item in proto.graph.initializer}
    unpacked = {n.output[0] for n in proto.graph.node if n.input and n.input[0] in constants}
    return {
        item.name: tensor_bytes(
            item.type.tensor_type.elem_type,
            [dim.dim_value for dim in item.type.tensor_type.shape.dim],
        )
        for item in (*known.value_info, *known.input, *known.output)
        if item.name not in unpacked
    }
