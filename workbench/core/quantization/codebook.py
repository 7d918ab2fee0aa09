"""A codebook of few values, placed where the weights are: k-means in one dimension."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MOST_ROUNDS = 50
MOST_BITS = 8


def on_codebook(weight: Tensor, bits: int) -> Tensor:
    """Each weight replaced by the nearest of 2^bits shared values; zeros stay 0.

    Source: Han et al. 2016, "Deep Compression": linear initialisation, then Lloyd's rounds.
    """
    if bits > MOST_BITS:
        return weight.half().float() if bits == 16 else weight
    values = weight.detach().flatten().numpy()
    is_zero = values == 0
    free = 2**bits - int(is_zero.any())
    found = np.zeros_like(values)
    if (~is_zero).any():
        book = codebook(values[~is_zero], free)
        found[~is_zero] = book[nearest(values[~is_zero], book)]
    return torch.from_numpy(found).view_as(weight)


def codebook(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The `size` values, ascending, of least squared distance from `values` that Lloyd finds."""
    ordered = np.sort(values)  # as float32: four times as fast
    sums = np.concatenate([[0.0], np.cumsum(ordered, dtype=np.float64)])
    centres = np.linspace(ordered[0], ordered[-1], size, dtype=np.float64)
    for _round in range(MOST_ROUNDS):
        # Sorted values make each cluster a slice, so that a round needs only its ends.
        ends = np.searchsorted(ordered, ((centres[1:] + centres[:-1]) / 2).astype(np.float32))
        edges = np.concatenate([[0], ends, [len(ordered)]])
        counts = np.diff(edges)
        means = np.divide(np.diff(sums[edges]), counts, out=centres.copy(), where=counts > 0)
        moved = np.abs(means - centres).max()
        centres = means
        if moved < 1e-9:
            break
    found: NDArray[np.float32] = centres.astype(np.float32)
    return found


def nearest(values: NDArray[np.float32], book: NDArray[np.float32]) -> NDArray[np.int64]:
    """The place in the ascending `book` of the value nearest to each of `values`."""
    found: NDArray[np.int64] = np.searchsorted((book[1:] + book[:-1]) / 2, values)
    return found
