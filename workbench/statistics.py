"""How sure a measured number is, and whether two of them differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
SESSION_SPREAD = 0.05
MEDIAN_SAMPLES = 6
"""The fewest whose whole range holds the median in 95 of 100 cases: 2 / 2^6 miss it."""
Verdict = Literal["better", "worse", "cannot tell"]


def wilson_interval(
    successes: int, trials: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Interval of a proportion (Wilson 1927); it keeps its coverage near 0 and 1."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """Two classifiers on the same images: how many answers changed for better and for worse."""

    helped: int
    hurt: int
    p_value: float

    @property
    def verdict(self) -> Verdict:
        """`cannot tell` unless chance alone would do this in fewer than 5 of 100 cases."""
        if self.p_value >= 1 - CONFIDENCE:
            return "cannot tell"
        return "better" if self.helped > self.hurt else "worse"


def worst_label(right: NDArray[np.bool_], labels: NDArray[np.generic]) -> int:
    """The label with the smallest share of right answers; both of shape (images,)."""
    return int(min(np.unique(labels), key=lambda label: float(right[labels == label].mean())))


def worst_interval(
    right: NDArray[np.bool_], labels: NDArray[np.generic]
) -> tuple[float, float, float]:
    """The smallest share of right answers of any label, and its interval; shapes (images,).

    Whichever label it is was chosen by looking: the intervals of all labels hold together
    (Bonferroni), so that the smallest one's true share lies between the ends.
    """
    known = np.unique(labels)
    confidence = 1 - (1 - CONFIDENCE) / len(known)
    shares = {label: right[labels == label] for label in known}
    ends = {k: wilson_interval(int(v.sum()), len(v), confidence) for k, v in shares.items()}
    low, high = min(low for low, _high in ends.values()), min(high for _low, high in ends.values())
    return min(float(each.mean()) for each in shares.values()), low, high


def mcnemar(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> PairedTest:
    """McNemar's exact test (1947) on which images were right before and after, shape (images,)."""
    from scipy.special import bdtr  # imported here: the page is painted before scipy is needed

    helped, hurt = int((after & ~before).sum()), int((before & ~after).sum())
    flips = helped + hurt
    p_value = min(1.0, 2 * float(bdtr(min(helped, hurt), flips, 0.5))) if flips else 1.0
    return PairedTest(helped=helped, hurt=hurt, p_value=p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values of several comparisons, each corrected for their number (Holm 1979)."""
    corrected, highest = [0.0] * len(p_values), 0.0
    by_size = sorted(range(len(p_values)), key=lambda place: p_values[place])
    for before, place in enumerate(by_size):
        highest = max(highest, min(1.0, (len(p_values) - before) * p_values[place]))
        corrected[place] = highest
    return corrected


def corrected(tests: Sequence[PairedTest]) -> list[PairedTest]:
    """The same tests, their p-values corrected for their number (`holm`)."""
    p_values = holm([test.p_value for test in tests])
    return [replace(t, p_value=p) for t, p in zip(tests, p_values, strict=True)]


def median_interval(
    samples: Sequence[float] | NDArray[np.float64], confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Median and its interval from order statistics: holds for any distribution of the samples.

    With too few samples for the asked confidence the interval is their whole range: below
    MEDIAN_SAMPLES it is none of 95 %.
    """
    _value, low, high = quantile_interval(samples, 0.5, confidence)
    return float(np.median(samples)), low, high


def mean_interval(
    samples: Sequence[float] | NDArray[np.float64], confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Mean and its interval by Student's t (1908), of two samples or more."""
    from scipy.special import stdtrit

    found = np.asarray(samples, dtype=float)
    mean, n = float(found.mean()), len(found)
    half = float(stdtrit(n - 1, (1 + confidence) / 2) * found.std(ddof=1) / n**0.5)
    return mean, mean - half, mean + half


def ratio_of_medians(
    numerator: Sequence[float] | NDArray[np.float64],
    denominator: Sequence[float] | NDArray[np.float64],
    confidence: float = CONFIDENCE,
) -> tuple[float, float, float]:
    """Ratio of two medians and its bootstrap interval (Efron 1979), 2,000 draws, seeded."""
    rng = np.random.default_rng(0)
    top, bottom = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    draws = np.median(rng.choice(top, (2000, len(top))), axis=1) / np.median(
        rng.choice(bottom, (2000, len(bottom))), axis=1
    )
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(np.median(top) / np.median(bottom)), float(low), float(high)


def ratio_verdict(low: float, high: float) -> Verdict:
    """Whether a speed-up's interval lies wholly beyond what one network differs from itself.

    Two sessions of the same network lie differently in memory, so that their times differ by some
    per cent however often they are timed; `workbench bench honesty` measures how often that is told
    apart (rows `false_different_latency` and `false_different_latency_loaded`).
    """
    if low > 1 + SESSION_SPREAD:
        return "better"
    return "worse" if high < 1 / (1 + SESSION_SPREAD) else "cannot tell"


def quantile_interval(
    samples: Sequence[float] | NDArray[np.float64], share: float, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """The quantile `share` and its interval from order statistics, whatever the distribution."""
    from scipy.special import bdtr

    ordered = np.sort(np.asarray(samples, dtype=float))
    n = len(ordered)
    below = bdtr(np.arange(n + 1), n, share)
    tail = (1 - confidence) / 2
    lower = max(int((below <= tail).sum()) - 1, 0)
    upper = min(int((below < 1 - tail).sum()), n - 1)
    return float(np.quantile(ordered, share)), float(ordered[lower]), float(ordered[upper])
