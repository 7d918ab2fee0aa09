"""What a training costs: seconds and updates of an epoch, bytes that wait for the way back."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from workbench.core.devices import device_of
from workbench.locale import message
from workbench.measurement import Quantities, Quantity
from workbench.statistics import MEDIAN_SAMPLES, median_interval


@torch.enable_grad()
def kept_for_backward(model: nn.Module, batch: int, shape: tuple[int, int, int]) -> Quantity:
    """Bytes that autograd keeps from the forward pass of a batch until its backward pass.

    Weights do not count, the pictures do. Of a copy: a forward pass moves the statistics of batch
    norms. Source: torch.autograd.graph.saved_tensors_hooks.
    """
    model = deepcopy(model).train()
    weights = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    pictures = torch.zeros(batch, *shape, device=device_of(model))
    pictures = pictures.contiguous(memory_format=torch.channels_last)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        scores = model(pictures)
    del scores  # until here, so that no storage is given away twice
    how = message(
        "what PyTorch keeps of a forward pass of {n} images until the way back, weights apart",
        n=batch,
    )
    return Quantity(value=sum(kept.values()), unit="bytes", provenance="measured", how=how)


def epoch_costs(seconds: Sequence[float], batches: int) -> Quantities:
    """Seconds and updates of one epoch from the seconds of the updates so far."""
    # The median: somebody else's turn on this core lengthens some updates, not most.
    middle, low, high = median_interval(seconds)
    has_ends = len(seconds) >= MEDIAN_SAMPLES
    how = message(
        "median time of {n} updates, each with its batch, times the {batches} of an epoch",
        n=len(seconds), batches=batches,
    )  # fmt: skip
    return {
        "epoch_seconds": Quantity(
            value=middle * batches, unit="s", provenance="measured", how=how, n=len(seconds),
            low=low * batches if has_ends else None, high=high * batches if has_ends else None,
        ),
        "epoch_updates": Quantity(
            value=batches, unit="count", provenance="computed",
            how=message("batches of an epoch"),
        ),
    }  # fmt: skip
