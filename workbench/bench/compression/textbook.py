"""The same work as others do it: Torch-Pruning, onnxruntime.quantization, the textbook loop."""

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from workbench.core.data import Dataset
from workbench.core.engine.runners import OnnxRuntime
from workbench.core.pictures import normalized
from workbench.core.pruning import Group, prunable, prune_weights
from workbench.locale import _, message

IMAGES = 1000
AT_ONCE = 125


@torch.enable_grad()  # its dependency graph is read off autograd
def their_removal(network: Any, groups: Sequence[Group], kept: Mapping[str, Any], one: Any) -> Any:
    """Torch-Pruning's own way: a copy, its dependency graph, and its groups pruned."""
    pruning = _torch_pruning()
    smaller = deepcopy(network)
    graph = pruning.DependencyGraph().build_dependency(smaller, example_inputs=one)
    for group in groups:
        gone = sorted(set(range(group.channels)) - set(kept[group.name].tolist()))
        layer = smaller.get_submodule(group.name)
        cut = (
            pruning.prune_linear_out_channels
            if group.kind == "neuron"
            else pruning.prune_conv_out_channels
        )
        graph.get_pruning_group(layer, cut, idxs=gone).prune()
    return smaller


def _torch_pruning() -> Any:
    try:
        import torch_pruning
    except ImportError as error:
        raise ValueError(
            _("bench compression compares with Torch-Pruning: install torch-pruning first")
        ) from error
    return torch_pruning


def their_int8(file: bytes, calibration: Any, folder: Path) -> OnnxRuntime:
    """onnxruntime.quantization's static quantization with the options that we take too."""
    from onnxruntime import quantization

    logging.getLogger().setLevel(logging.ERROR)  # it advises to pre-process, which changes nothing
    source, target = folder / "float32.onnx", folder / "int8.onnx"
    source.write_bytes(file)
    quantization.quantize_static(
        source,
        target,
        _Reader(calibration),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
    )
    return OnnxRuntime(target.read_bytes(), message("onnxruntime.quantization"))


class _Reader:
    """Calibration images one by one, as onnxruntime.quantization reads them."""

    def __init__(self, pictures: Any) -> None:
        self._pictures = iter(pictures)

    def get_next(self) -> dict[str, Any] | None:
        picture = next(self._pictures, None)
        return None if picture is None else {"images": picture[None]}


@torch.no_grad()
def textbook_sensitivity(
    network: Any, data: Dataset, layers: Sequence[str], sparsities: Sequence[str], *, loader: bool
) -> dict[tuple[str, str], float]:
    """Copy the network, prune one layer, evaluate everything; again for each layer and sparsity.

    `loader`: images come as they do in most notebooks, from a Dataset with ToTensor and Normalize
    through a DataLoader; else, the kindest reading, as tensors that are normalised already.
    """
    batches = _loader(data) if loader else _tensors(data)
    found = {}
    for layer in layers:
        for sparsity in sparsities:
            copy = deepcopy(network).to(memory_format=torch.channels_last)
            others = {name.removesuffix(".weight"): 0.0 for name in prunable(copy)}
            prune_weights(copy, 0.0, layers={**others, layer: float(sparsity)})
            right = sum(int((copy(x).argmax(1) == y).sum()) for x, y in batches)
            found[layer, sparsity] = right / IMAGES
    return found


def _loader(data: Dataset) -> Any:
    import torchvision  # 2 s, and only here

    clothes = torchvision.datasets.FashionMNIST.__new__(torchvision.datasets.FashionMNIST)
    clothes.data = torch.from_numpy(data.validation_images[:IMAGES, 0].copy())
    clothes.targets = torch.from_numpy(data.validation_labels[:IMAGES].copy())
    to_tensor = torchvision.transforms.ToTensor()
    normalize = torchvision.transforms.Normalize(data.mean, data.std)
    clothes.transform = torchvision.transforms.Compose([to_tensor, normalize])
    clothes.target_transform = None
    return torch.utils.data.DataLoader(clothes, batch_size=128)


def _tensors(data: Dataset) -> Any:
    pictures = torch.from_numpy(normalized(data.validation_images[:IMAGES], data))
    pictures = pictures.contiguous(memory_format=torch.channels_last)
    labels = torch.from_numpy(data.validation_labels[:IMAGES].copy())
    return list(zip(pictures.split(AT_ONCE), labels.split(AT_ONCE), strict=True))
