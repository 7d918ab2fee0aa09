"""What measurements say of sentences about pruning and quantization."""

from collections.abc import Callable
from itertools import product

from workbench.claims import Case, Judged, judged
from workbench.claims.reading import FASTER, LESS, SLACK, case, cell, ends, is_above, is_below
from workbench.locale import Message, message
from workbench.measurement import Grid
from workbench.wording import QUANTITIES, field_text
from workbench.wording.settings import WORDS

CHANGE = message("accuracy against the baseline")
SHARES = {
    "file_share": message("file, share of the baseline’s"),
    "deflated_share": message("file, deflated, share of the baseline’s"),
}


def pruned_smaller(grid: Grid) -> Judged:
    """Rows GRANULARITY/SPARSITY/REPAIR; each pruned network by its file, plain and deflated."""
    return judged(_smaller(grid, pruned))


def pruned_faster(grid: Grid) -> Judged:
    """Each pruned network against the baseline, timed in turn."""
    return judged([
        case(
            pruned(row),
            is_above(grid.cells[row, "speedup"], FASTER),
            (QUANTITIES["speedup"], grid.cells[row, "speedup"]),
        )
        for row in grid.rows
    ])  # fmt: skip


def pruned_free(grid: Grid) -> Judged:
    """With half of the weights gone, bare and fine-tuned: whether it loses less than a point."""
    halves = [row for row in grid.rows if row.startswith("weight/0.5/")]
    return judged([_free(grid, row, pruned(row)) for row in halves])


def restored(grid: Grid) -> Judged:
    """Rows GRANULARITY/SPARSITY/REPAIR; before, after: points against the baseline.

    More than half of the points has to return, as far as both intervals let it be told.
    """
    cases = []
    for row in grid.rows:
        before, after = grid.cells[row, "before"], grid.cells[row, "after"]
        (most, least), (low, high) = ends(before), ends(after)
        holds = True if low > least / 2 else False if high <= most / 2 else None
        holds = holds if is_below(before, -SLACK) else None
        shown = (
            (message("accuracy against the baseline, pruned"), before),
            (message("accuracy against the baseline, fine-tuned"), after),
        )
        cases.append(case(pruned(row), holds, *shown))
    return judged(cases)


def pruned(row: str) -> Message:
    """A row GRANULARITY/SPARSITY/REPAIR in words."""
    granularity, sparsity, repair = row.split("/")
    named = {"parts": WORDS[granularity], "share": field_text("sparsity", sparsity)}
    if repair == "finetune":
        return message("{parts}, {share}, fine-tuned", **named)
    return message("{parts}, {share}", **named)


def int8_faster(grid: Grid) -> Judged:
    """Rows widths, columns batches: how many times faster int8 is than float32."""
    return judged([
        case(
            message("{width} channels, batch of {batch}", width=row, batch=column),
            is_above(grid.cells[row, column], FASTER),
            (QUANTITIES["speedup"], grid.cells[row, column]),
        )
        for row, column in product(grid.rows, grid.columns)
    ])  # fmt: skip


def fewer_bits_smaller(grid: Grid) -> Judged:
    """Rows bits: the file that runs, plain and deflated."""
    return judged(_smaller(grid, bits))


def fewer_bits_free(grid: Grid) -> Judged:
    """Rows bits: whether they lose less than a point."""
    return judged([_free(grid, row, bits(row)) for row in grid.rows])


def bits_are_integers(grid: Grid) -> Judged:
    """Rows bits: whether the file that runs holds whole numbers for most of the weights."""
    told = message("share of the stored weights that are integers")
    found = {row: cell(grid, row, "integer_share") for row in grid.rows}
    return judged([
        case(bits(row), is_above(share, 0.5), (told, share))
        for row, share in found.items()
        if share is not None
    ])  # fmt: skip


def bits(row: str) -> Message:
    """A row of bits in words."""
    return message("{bits} bits", bits=row)


def any_order(grid: Grid) -> Judged:
    """Rows MODEL/SPARSITY/BITS, some with /finetune: quantizing first against pruning first.

    Equal enough is a point either way.
    """
    cases = []
    for row in grid.rows:
        change = grid.cells[row, "change"]
        below, above = is_above(change, -SLACK), is_below(change, SLACK)
        holds = False if False in (below, above) else None if None in (below, above) else True
        model, sparsity, width, *repair = row.split("/")
        told = {"model": model, "share": field_text("sparsity", sparsity), "bits": width}
        name = message("{model}: {share} of the weights and {bits} bits", **told)
        if repair:
            name = message(
                "{model}: {share} of the weights, fine-tuned after, and {bits} bits", **told
            )
        shown = message("quantize first, against prune first"), change
        cases.append(case(name, holds, shown))
    return judged(cases)


def _free(grid: Grid, row: str, name: Message) -> Case:
    change = grid.cells[row, "accuracy_change"]
    return case(name, is_above(change, -SLACK), (CHANGE, change))


def _smaller(grid: Grid, named: Callable[[str], Message]) -> list[Case]:
    cases = []
    for row, (column, told) in product(grid.rows, SHARES.items()):
        share = cell(grid, row, column)
        if share is not None:
            kind = message("file") if column == "file_share" else message("deflated file")
            name = message("{what}: {kind}", what=named(row), kind=kind)
            cases.append(case(name, is_below(share, LESS), (told, share)))
    return cases
