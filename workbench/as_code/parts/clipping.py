"""How far a range of activations reaches: a few clipped values for finer steps."""

import numpy as np
from numpy.typing import NDArray

from workbench.as_code.parts.imitating import grid
from workbench.as_code.parts.quantizing import Ends


def percentile_range(counted: NDArray[np.int64], widest: Ends, percentile: float) -> Ends:
    """Both tails cut alike so that `percentile` % stay; a tail that ends at 0 is not cut."""
    edges = np.linspace(*widest, len(counted) + 1)
    share = np.concatenate([[0], np.cumsum(counted)]) / counted.sum()
    tails = (1 - percentile / 100) / (2 if widest[0] < 0 < widest[1] else 1)
    low = edges[np.searchsorted(share, tails, "right") - 1] if widest[0] < 0 else widest[0]
    high = edges[np.searchsorted(share, 1 - tails)] if widest[1] > 0 else widest[1]
    return float(low), float(high)


def mse_range(
    counted: NDArray[np.int64], widest: Ends, bits: int, is_symmetric: bool = False
) -> Ends:
    """The range, shrunk towards 0 in steps, whose grid of `bits` bits errs least."""
    edges = np.linspace(*widest, len(counted) + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    best, least = widest, np.inf
    for factor in range(4, 65):
        low, high = (edges[np.abs(edges - factor / 64 * end).argmin()] for end in widest)
        ends = float(low if widest[0] < 0 else widest[0]), float(high)
        step, zero, lowest, highest = grid(ends, bits, is_symmetric)
        found = (np.clip(np.round(middles / step) + zero, lowest, highest) - zero) * step
        error = float((counted * (middles - found) ** 2).sum())
        if error < least:
            best, least = ends, error
    return best


def entropy_range(counted: NDArray[np.int64], widest: Ends) -> Ends:
    """The threshold on |x| at which 128 levels lose the least information (Kullback-Leibler)."""
    size = max(-widest[0], widest[1])
    edges = np.linspace(*widest, len(counted) + 1)
    bins = max(128, round(size / (edges[1] - edges[0])))
    middles = np.abs((edges[1:] + edges[:-1]) / 2)
    folded = np.histogram(middles, bins, (0, size), weights=counted)[0]
    best, least = bins, np.inf
    for end in range(128, bins + 1, 32):
        kept = folded[:end].copy()
        kept[-1] += folded[end:].sum()
        seen, level = kept > 0, np.arange(end) * 128 // end
        sums, filled = np.bincount(level, folded[:end], 128), np.bincount(level, seen, 128)
        means = np.divide(sums, filled, out=np.zeros(128), where=filled > 0)
        spread = means[level] * seen + 1e-9
        shares, others = kept[seen] / kept.sum(), spread[seen] / spread.sum()
        lost = float((shares * np.log(shares / others)).sum())
        if lost < least:
            best, least = end, lost
    threshold = size * best / bins
    return max(widest[0], -threshold), min(widest[1], threshold)
