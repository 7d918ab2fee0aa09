"""The workbench measured against its own aims: each bench is a function that returns rows."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module

from workbench.commands import print_table
from workbench.core.machine import machine
from workbench.locale import _


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure with its 95 % interval, its peer, and the aim it meets or misses."""

    what: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    peer: str | None = None
    peer_value: float | None = None
    goal: str = ""
    met: bool | None = None


BENCHES = {
    "slider": "workbench.bench.slider",
    "compression": "workbench.bench.compression",
    "training": "workbench.bench.training",
    "search": "workbench.bench.search",
    "choosing": "workbench.bench.choosing",
    "honesty": "workbench.bench.honesty",
}


def rows_of(name: str) -> list[Row]:
    """Run the bench `name`."""
    if name not in BENCHES:
        raise ValueError(
            _("a bench is one of {known}, got {name}").format(known=", ".join(BENCHES), name=name)
        )
    measure: Callable[[], list[Row]] = import_module(BENCHES[name]).measure
    return measure()


def print_bench(name: str, *, as_json: bool) -> None:
    """Run the bench `name` and print one JSON object, or the same as a table."""
    rows = rows_of(name)
    if as_json:
        found = {"bench": name, "machine": machine(), "rows": [asdict(row) for row in rows]}
        print(json.dumps(found, indent=2, default=lambda number: number.item()))  # NumPy's
        return
    heads = ("what", "value", "unit", "low", "high", "peer", "peer_value", "goal", "met")
    print_table([heads, *[tuple(_cell(getattr(row, head)) for head in heads) for row in rows]])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
