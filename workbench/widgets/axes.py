"""Ticks at round numbers, written as the language in use writes numbers."""

import bqplot
import numpy as np
from numpy.typing import NDArray

from workbench.locale import decimal

MOST_TICKS = 6
ALMOST = 1e-9  # of a step: a limit that floating point missed still gets its tick


def tick_values(low: float, high: float, most: int = MOST_TICKS) -> NDArray[np.float64]:
    """The multiples in a range of the smallest 1, 2 or 5 times 10^n of which `most` suffice."""
    least = int(np.floor(np.log10((high - low) / most)))
    steps = [(n, factor * 10.0**n) for n in (least, least + 1) for factor in (1, 2, 5)]
    exponent, step = next(
        (n, step) for n, step in steps if _last(high, step) - _first(low, step) < most
    )
    whole = np.arange(_first(low, step), _last(high, step) + 1)
    # Adding 0 makes -0 a plain 0.
    return np.round(whole * step, max(0, -exponent)) + 0.0


def _first(low: float, step: float) -> int:
    return int(np.ceil(low / step - ALMOST))


def _last(high: float, step: float) -> int:
    return int(np.floor(high / step + ALMOST))


def show_ticks(axis: bqplot.Axis, most: int = MOST_TICKS) -> None:
    """Ticks for the present limits of the axis, in the present language."""
    values = tick_values(axis.scale.min, axis.scale.max, most)
    labels = {_key(value): _text(value, _digits(values)) for value in values}
    if axis.tick_labels == labels and np.array_equal(axis.tick_values, values):
        return
    # Labels first, by themselves: bqplot writes new ticks with the labels that it knows by then.
    axis.tick_labels = labels
    axis.tick_values = values


def _key(value: float) -> str:
    """The number as JavaScript writes it: bqplot looks labels up by that, so 100 and not 100.0."""
    return np.format_float_positional(value, trim="-")


def _digits(values: NDArray[np.float64]) -> int:
    """Decimals that tell the ticks apart."""
    return max(len(_key(value).partition(".")[2]) for value in values)


def _text(value: float, digits: int) -> str:
    return decimal(float(value), digits).replace("-", "\N{MINUS SIGN}")
