"""From the clocks of many passes to each layer's time and share, with their intervals."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn

from workbench.core.machine import machine
from workbench.locale import Message, message
from workbench.measurement import Quantity, Unit
from workbench.measurement.layer_times import LayerTime, LayerTimes, Pass
from workbench.statistics import CONFIDENCE

DRAWS = 500
Table = NDArray[np.float64]


class Clocked(Protocol):
    """Milliseconds a pass: of each layer and of the whole."""

    layers: dict[str, nn.Module]
    layers_ms: list[list[float]]
    whole_ms: list[float]


def shared(asked: Pass, clocks: Clocked, plain_ms: list[float]) -> LayerTimes:
    """Each layer's median time and its share; `plain_ms`: passes without clocks."""
    middles = Middles(_table(clocks))
    total = sum(_parameters(module) for module in clocks.layers.values())
    layers = tuple(
        _layer(name, module, middles, column, max(total, 1))
        for column, (name, module) in enumerate(clocks.layers.items())
    )
    weightless = [column for column, layer in enumerate(layers) if not layer.has_weights]
    return LayerTimes(
        asked=asked,
        layers=layers,
        quantities={
            "layers_ms": middles.sum_of(list(range(len(layers)))),
            "whole_ms": middles.sum_of(list(range(len(layers) + 1))),
            "latency_ms": Middles(np.array(plain_ms)[:, None]).sum_of([0]),
            "rest_share": middles.share_of([len(layers)]),
            "weightless_share": middles.share_of(weightless),
        },
        machine=machine(),
    )


def ratio(full: Clocked, free: Clocked) -> Quantity:
    """How many times faster the passes of `free` are; both were timed in turn, pass by pass."""
    return Middles(_table(full)).over(Middles(_table(free)))


def _table(clocks: Clocked) -> Table:
    """A row a pass: the milliseconds of each layer and of what is between them."""
    parts = np.array(clocks.layers_ms, float)
    rest = np.maximum(np.array(clocks.whole_ms) - parts.sum(axis=1), 0.0)
    return np.column_stack([parts, rest])


class Middles:
    """The medians of columns of a table with a row a pass, and how sure they and their shares are.

    The whole is the sum of the medians: what another process takes of one pass then falls on no
    layer, and the shares add up to 1. Intervals are bootstrap percentiles (Efron 1979) over whole
    passes, seeded.
    """

    def __init__(self, table: Table) -> None:
        self._n = len(table)
        self._found: Table = np.median(table, axis=0)
        rng = np.random.default_rng(0)
        rows = rng.integers(self._n, size=(DRAWS, self._n))
        self._drawn: Table = np.stack([np.median(table[chosen], axis=0) for chosen in rows])

    def sum_of(self, columns: list[int]) -> Quantity:
        """Milliseconds of these columns together."""
        how = message("medians of {n} passes; 95 % interval from a bootstrap of them", n=self._n)
        found, drawn = (m[..., columns].sum(axis=-1) for m in (self._found, self._drawn))
        return self._quantity(found, drawn, "ms", how)

    def share_of(self, columns: list[int]) -> Quantity:
        """The share of these columns in the sum of all."""
        how = message(
            "share in the sum of the medians of {n} passes; 95 % interval from a bootstrap of them",
            n=self._n,
        )
        found, drawn = (
            middles[..., columns].sum(axis=-1) / middles.sum(axis=-1)
            for middles in (self._found, self._drawn)
        )
        return self._quantity(found, drawn, "fraction", how)

    def over(self, other: "Middles") -> Quantity:
        """The sum of all columns over that of `other`, whose passes were taken in turn."""
        how = message(
            "sum of the medians of {n} passes of each layer and of what is between them, with the"
            " layer over without, in turn; 95 % interval from a bootstrap of the pairs",
            n=self._n,
        )
        found, drawn = (
            mine.sum(axis=-1) / its.sum(axis=-1)
            for mine, its in ((self._found, other._found), (self._drawn, other._drawn))
        )
        return self._quantity(found, drawn, "ratio", how)

    def _quantity(self, found: float, drawn: Table, unit: Unit, how: Message) -> Quantity:
        tail = (1 - CONFIDENCE) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail])
        return Quantity(
            value=float(found), unit=unit, provenance="measured", how=how,
            low=float(low), high=float(high), n=self._n,
        )  # fmt: skip


def _layer(name: str, module: nn.Module, middles: Middles, column: int, total: int) -> LayerTime:
    count = _parameters(module)
    counted = message("all numbers that training sets")
    return LayerTime(
        name=name,
        kind=type(module).__name__,
        quantities={
            "latency_ms": middles.sum_of([column]),
            "time_share": middles.share_of([column]),
            "parameters": _computed(count, "count", counted),
            "parameters_share": _computed(
                count / total, "fraction", message("of {total} parameters", total=total)
            ),
        },
    )


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _computed(value: float, unit: Unit, how: Message) -> Quantity:
    return Quantity(value=value, unit=unit, provenance="computed", how=how)
