"""The densities from which TPE guesses, along each axis on its own."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.search.axes import is_ordered, params_of
from workbench.search.values import Standing, Surrogate, Trial

BEST_SHARE, MOST_GOOD = 0.1, 25
NARROWEST = 100.0


def surrogates(standing: Standing) -> tuple[Surrogate, ...]:
    """Of each axis, how often the best trials took each value, and how often the others.

    The best are a tenth, rounded up, at most 25, as in optuna's TPE. Each trial is a bell over the
    places of the ordered values (a count for names), beside one wide bell for what nobody tried
    yet: l(x) and g(x) of Bergstra et al. 2011. Empty with fewer than two complete trials.
    """
    good, bad = split(standing)
    if not bad:
        return ()
    return tuple(
        Surrogate(
            axis=axis,
            values=tuple(sorted(values)) if is_ordered(values) else values,
            good=tuple(shares(values, _places(standing, good, axis)).tolist()),
            bad=tuple(shares(values, _places(standing, bad, axis)).tolist()),
            n_good=len(good),
            n_bad=len(bad),
        )
        for axis, values in standing.plan.axes.items()
    )


def split(standing: Standing) -> tuple[list[Trial], list[Trial]]:
    """The best trials and the others, each in the order of their numbers."""
    name, direction = next(iter(standing.directions.items()))
    sign = -1 if direction == "maximize" else 1
    best_first = sorted(standing.done, key=lambda trial: sign * trial.quantities[name].value)
    pruned = [trial for trial in standing.trials if trial.state == "pruned"]
    count = min(ceil(BEST_SHARE * (len(best_first) + len(pruned))), MOST_GOOD)
    parts = best_first[:count], [*best_first[count:], *pruned]
    good, bad = (sorted(part, key=lambda trial: trial.number) for part in parts)
    return good, bad


def _places(standing: Standing, trials: Sequence[Trial], axis: str) -> list[int]:
    """Where on the axis these trials were."""
    values = standing.plan.axes[axis]
    found = [params_of(standing.plan, trial.chosen)[axis] for trial in trials]
    return found if is_ordered(values) else [values.index(value) for value in found]


def shares(values: tuple[Any, ...], places: Sequence[int]) -> NDArray[np.float64]:
    """The density over the values of an axis, shape (values,): the mean of a kernel a trial."""
    observed = np.asarray(places, dtype=float)
    kernels = (
        _bells(len(values), observed) if is_ordered(values) else _counts(len(values), observed)
    )
    density: NDArray[np.float64] = np.average(kernels, axis=0, weights=_weights(len(observed)))
    return density


def _weights(count: int) -> NDArray[np.float64]:
    """Of the trials, the oldest of more than 25 counting less, and of the wide bell."""
    recent = np.ones(min(count, MOST_GOOD))
    older = np.linspace(1 / count, 1, count - len(recent)) if count > MOST_GOOD else np.empty(0)
    return np.concatenate([older, recent, [1.0]])


def _counts(count: int, observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row a trial: its name 1, beside an equal part of 1 for all names; the last row is equal."""
    kernels = np.full((len(observed) + 1, count), 1 / (len(observed) + 1))
    kernels[np.arange(len(observed)), observed.astype(int)] += 1
    sums: NDArray[np.float64] = kernels / kernels.sum(axis=1, keepdims=True)
    return sums


def _bells(count: int, observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row a trial: a normal density around its place, summed over each place's unit interval."""
    from scipy.special import ndtr  # imported here: the page is painted before scipy is needed

    centres = np.append(observed, (count - 1) / 2)
    widths = np.append(_widths(count, observed), float(count))
    edges = (np.arange(count + 1) - 0.5 - centres[:, None]) / widths[:, None]
    parts = np.diff(ndtr(edges), axis=1)
    bells: NDArray[np.float64] = parts / parts.sum(axis=1, keepdims=True)
    return bells


def _widths(count: int, observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """How wide each bell is: the larger distance to its two neighbours, within bounds."""
    order = np.argsort(observed)
    ends = np.concatenate([[-0.5], observed[order], [count - 0.5]])
    gaps = np.diff(ends)
    widths = np.maximum(gaps[:-1], gaps[1:])
    if len(observed) >= 2:
        widths[0], widths[-1] = gaps[1], gaps[-2]
    narrowest = count / min(NARROWEST, 2.0 + len(observed))
    found: NDArray[np.float64] = np.clip(widths[np.argsort(order)], narrowest, count)
    return found
