"""How far a range reaches: methods that trade a few clipped values for finer steps."""

import numpy as np
from numpy.typing import NDArray

from workbench.core.engine.levels import activation_grid
from workbench.setting import Setting

Counts = NDArray[np.int64]
Range = tuple[float, float]
SHRINKS = 64
KL_BINS = 128


def chosen_range(counts: Counts, widest: Range, setting: Setting) -> Range:
    """The range by the setting's method; `counts` are of equal bins over `widest`."""
    if widest[0] >= widest[1]:
        return widest
    if setting.calibration_method == "percentile":
        return percentile_range(counts, widest, setting.percentile)
    if setting.calibration_method == "mse":
        bits, symmetry = setting.bits_of_activations, setting.activation_symmetry
        return mse_range(counts, widest, bits, symmetry)
    return entropy_range(counts, widest)


def percentile_range(counts: Counts, widest: Range, percentile: float) -> Range:
    """Both tails cut alike so that `percentile` % stay; a tail that ends at 0 is not cut."""
    edges = np.linspace(*widest, len(counts) + 1)
    share = np.concatenate([[0], np.cumsum(counts)]) / counts.sum()
    tails = (1 - percentile / 100) / (2 if widest[0] < 0 < widest[1] else 1)
    low = edges[np.searchsorted(share, tails, "right") - 1] if widest[0] < 0 else widest[0]
    high = edges[np.searchsorted(share, 1 - tails)] if widest[1] > 0 else widest[1]
    return float(low), float(high)


def mse_range(counts: Counts, widest: Range, bits: int, symmetry: str = "asymmetric") -> Range:
    """The range, shrunk towards 0 in steps, whose grid of `bits` bits errs least."""
    edges = np.linspace(*widest, len(counts) + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    ends = [_shrunk(edges, widest, step / SHRINKS) for step in range(4, SHRINKS + 1)]
    errors = [
        (counts * (middles - _rounded(middles, end, bits, symmetry)) ** 2).sum() for end in ends
    ]
    return ends[int(np.argmin(errors))]


def _shrunk(edges: NDArray[np.float64], widest: Range, factor: float) -> Range:
    """The edges nearest to a range that is `factor` times as wide."""
    low, high = (edges[np.abs(edges - factor * end).argmin()] for end in widest)
    return float(low if widest[0] < 0 else widest[0]), float(high)


def _rounded(
    values: NDArray[np.float64], end: Range, bits: int, symmetry: str
) -> NDArray[np.float64]:
    step, zero, lowest, highest = activation_grid(*end, bits=bits, symmetry=symmetry)
    found: NDArray[np.float64]
    found = (np.clip(np.round(values / step) + zero, lowest, highest) - zero) * step
    return found


def entropy_range(counts: Counts, widest: Range) -> Range:
    """The threshold on |x| at which 128 levels lose the least information (Kullback-Leibler).

    Source: Migacz 2017, "8-bit Inference with TensorRT".
    """
    size = max(-widest[0], widest[1])
    edges = np.linspace(*widest, len(counts) + 1)
    middles = np.abs((edges[1:] + edges[:-1]) / 2)
    # As wide as before: narrower ones would be empty here and there, as no distribution is.
    bins = max(KL_BINS, round(size / (edges[1] - edges[0])))
    folded = np.histogram(middles, bins, (0, size), weights=counts)[0]
    best, least = bins, np.inf
    for end in range(KL_BINS, bins + 1, KL_BINS // 4):
        kept = folded[:end].copy()
        kept[-1] += folded[end:].sum()
        lost = divergence(kept, _of_few_levels(folded[:end], kept > 0) + 1e-9)
        if lost < least:
            best, least = end, lost
    threshold = size * best / bins
    return max(widest[0], -threshold), min(widest[1], threshold)


def divergence(counts: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Kullback-Leibler divergence of `counts` from `others`, none of which is 0, in nats."""
    seen = counts > 0
    shares, told = counts[seen] / counts.sum(), others[seen] / others.sum()
    return float((shares * np.log(shares / told)).sum())


def _of_few_levels(counts: NDArray[np.float64], filled: NDArray[np.bool_]) -> NDArray[np.float64]:
    """`counts` merged into KL_BINS levels, each spread evenly over its bins that are `filled`."""
    level = np.arange(len(counts)) * KL_BINS // len(counts)
    sums = np.bincount(level, counts, KL_BINS)
    bins = np.bincount(level, filled, KL_BINS)
    means = np.divide(sums, bins, out=np.zeros(KL_BINS), where=bins > 0)
    spread: NDArray[np.float64] = means[level] * filled
    return spread
