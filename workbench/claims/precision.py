"""What measurements say of sentences about 16 bits, and about what the memory holds."""

from collections.abc import Mapping
from itertools import product

from workbench.checks.precision import MOST_LOST, shares
from workbench.claims import Case, Judged, judged
from workbench.claims.reading import LESS, SLACK, case, cell, is_above, is_below
from workbench.locale import Message, message
from workbench.measurement import Grid, Quantity
from workbench.measurement.scaling import POWERS
from workbench.wording import QUANTITIES
from workbench.wording.settings import WORDS

MIXED = ("mixed_float16", "mixed_bfloat16")
LEAST_BATCH = 32
"""Of smaller ones an update is over before casting could have saved any time."""
HELD = ("weight_bytes", "gradient_bytes", "optimizer_bytes", "kept_bytes")


def prevents_overflow(grid: Grid) -> Judged:
    """Of “loss scaling prevents overflow”: `grid` has the shares lost and overflowed by power.

    It holds where gradients overflow without a scale and fewer do with one. It does not where none
    overflows without a scale, and a large one makes them: there was nothing to prevent.
    """
    lost, over = shares(grid, "lost_share"), shares(grid, "overflowed_share")
    first, saved = POWERS[0], _kept(lost)
    broken = next((p for p in POWERS if over[p] > 0), None)
    shown = [
        (message("lost below the range, no scale"), grid.cells["lost_share", str(first)]),
        (message("overflowed, no scale"), grid.cells["overflowed_share", str(first)]),
    ]
    if saved is not None and lost[first] >= MOST_LOST:
        told = message("lost at a scale of 2^{p}, from which on nearly all are kept", p=saved)
        shown.append((told, grid.cells["lost_share", str(saved)]))
    if broken is not None and broken != first:
        told = message("overflowed at a scale of 2^{p}, the first at which any does", p=broken)
        shown.append((told, grid.cells["overflowed_share", str(broken)]))
    holds: bool | None = None
    if over[first] > 0:
        holds = any(over[p] < over[first] for p in POWERS)
    elif broken is not None:
        holds = False
    return judged([case(message("the gradients of this batch"), holds, *shown)])


def sixteen_bits_faster(grid: Grid) -> Judged:
    """Rows PRECISION/over_float32, columns batch sizes: the time of an update over float32’s."""
    cases = []
    for precision, batch in product(MIXED, grid.columns):
        found = cell(grid, f"{precision}/over_float32", batch)
        if found is not None and int(batch) >= LEAST_BATCH:
            shown = (QUANTITIES["over_float32"], found)
            cases.append(case(_mixed(precision, batch), is_below(found, LESS), shown))
    return judged(cases)


def sixteen_bits_smaller(grid: Grid) -> Judged:
    """The bytes of an update, all parts together, against those of float32."""
    cases = []
    for precision, batch in product(MIXED, grid.columns):
        mine, plain = _held(grid, precision, batch), _held(grid, "float32", batch)
        if mine is not None and plain is not None:
            shown = (
                (message("memory of an update, 16 bits"), mine),
                (message("memory of an update, float32"), plain),
            )
            holds = is_below(mine, plain.value * LESS)
            cases.append(case(_mixed(precision, batch), holds, *shown))
    return judged(cases)


def _held(grid: Grid, precision: str, batch: str) -> Quantity | None:
    parts = [cell(grid, f"{precision}/{part}", batch) for part in HELD]
    found = [part for part in parts if part is not None]
    if len(found) < len(HELD):
        return None
    how = message("sum of the bytes of weights, gradients, optimizer and what waits for the way"
                  " back")  # fmt: skip
    return Quantity(
        value=sum(part.value for part in found), unit="bytes", provenance="measured", how=how
    )


def sixteen_bits_free(grid: Grid) -> Judged:
    """Rows precisions; change: points against float32 after the same training."""
    return judged([
        case(
            WORDS[row],
            is_above(grid.cells[row, "change"], -SLACK),
            (message("accuracy against float32"), grid.cells[row, "change"]),
        )
        for row in grid.rows
    ])  # fmt: skip


def _mixed(precision: str, batch: str) -> Message:
    return message("{precision}, batch of {batch}", precision=WORDS[precision], batch=batch)


def activations_are_parameters(grid: Grid) -> Judged:
    """Rows NETWORK/BATCH, columns weight_bytes and activation_bytes, two batches a network.

    What belongs to the network does not grow with the number of images in a batch.
    """
    by_network: dict[str, list[str]] = {}
    for row in grid.rows:
        by_network.setdefault(row.split("/")[0], []).append(row)
    return judged([_grown(grid, name, rows[0], rows[-1]) for name, rows in by_network.items()])


def _grown(grid: Grid, network: str, few: str, many: str) -> Case:
    shown = []
    for column, row in product(("weight_bytes", "activation_bytes"), (few, many)):
        batch = row.split("/")[1]
        told = message("{what}, batch of {batch}", what=QUANTITIES[column], batch=batch)
        shown.append((told, grid.cells[row, column]))
    weights, more_weights, held, more_held = (quantity.value for _told, quantity in shown)
    holds = None if weights != more_weights else held == more_held
    return case(message("{model}", model=network), holds, *shown)


def _kept(lost: Mapping[int, float]) -> int | None:
    """The smallest power of two from which on nearly nothing is lost, if there is one."""
    kept = [p for p in POWERS if all(lost[q] < MOST_LOST for q in POWERS if q >= p)]
    return min(kept, default=None)
