"""What measurements say of sentences about training: batches, rates, epochs, windows, searches."""

from itertools import combinations, pairwise

from workbench.claims import Judged, judged
from workbench.claims.reading import SLACK, case, cell, is_above, is_less
from workbench.locale import Message, message
from workbench.measurement import Grid, Quantity
from workbench.wording import QUANTITIES, field_text
from workbench.wording.settings import WORDS

SMALL, LARGE = "8", "256"


def fewer_parameters_faster(grid: Grid) -> Judged:
    """Each network against each with more parameters: rows networks; parameters, latency_ms."""
    ordered = sorted(grid.rows, key=lambda row: grid.cells[row, "parameters"].value)
    cases = []
    for fewer, more in combinations(ordered, 2):
        one, other = grid.cells[fewer, "latency_ms"], grid.cells[more, "latency_ms"]
        name = message("{fewer} against {more}", fewer=fewer, more=more)
        shown = (
            (message("parameters of {model}", model=fewer), grid.cells[fewer, "parameters"]),
            (message("parameters of {model}", model=more), grid.cells[more, "parameters"]),
            (message("time of {model}", model=fewer), one),
            (message("time of {model}", model=more), other),
        )
        cases.append(case(name, is_less(one, other), *shown))
    return judged(cases)


def small_batches_faster(grid: Grid) -> Judged:
    """Three things that “faster” may mean, each at batches of 8 against 256."""
    meanings = (
        ("update_ms", message("an update is over sooner")),
        ("epoch_seconds", message("an epoch is over sooner")),
        ("validation_accuracy", message("further after equally many epochs")),
    )
    cases = []
    for row, name in meanings:
        one, other = cell(grid, row, SMALL), cell(grid, row, LARGE)
        if one is None or other is None:
            continue
        holds = is_less(other, one) if row == "validation_accuracy" else is_less(one, other)
        cases.append(case(name, holds, *_at_both(QUANTITIES[row], one, other)))
    return judged(cases)


def _at_both(what: Message, one: Quantity, other: Quantity) -> tuple[tuple[Message, Quantity], ...]:
    return (
        (message("{what}, batch of {batch}", what=what, batch=SMALL), one),
        (message("{what}, batch of {batch}", what=what, batch=LARGE), other),
    )


def small_batches_noisy(grid: Grid) -> Judged:
    """Each batch size against the next: the smaller one's gradients agree less with the full."""
    row = "along_gradient"
    return judged([
        case(
            message("batch of {small} against {large}", small=small, large=large),
            is_less(grid.cells[row, small], grid.cells[row, large]),
            (message("cosine with the full gradient, batch of {batch}", batch=small),
                grid.cells[row, small]),
            (message("cosine with the full gradient, batch of {batch}", batch=large),
                grid.cells[row, large]),
        )
        for small, large in pairwise(grid.columns)
    ])  # fmt: skip


def rates_stay(grid: Grid) -> Judged:
    """Schedule by schedule: whether the lowest and the highest rate of the training are one."""
    return judged([
        case(
            message("schedule {schedule}", schedule=WORDS[row]),
            grid.cells[row, "lowest"].value == grid.cells[row, "highest"].value,
            (message("lowest learning rate"), grid.cells[row, "lowest"]),
            (message("highest learning rate"), grid.cells[row, "highest"]),
        )
        for row in grid.rows
    ])  # fmt: skip


def larger_rate_faster(grid: Grid) -> Judged:
    """Each rate against the next smaller one; rows rates, ascending; gain: points."""
    return judged([
        case(
            message("rate {large} against {small}", large=_rate(large), small=_rate(small)),
            is_above(grid.cells[large, "gain"], 0),
            (message("accuracy after one epoch, against the smaller rate"),
                grid.cells[large, "gain"]),
        )
        for small, large in pairwise(grid.rows)
    ])  # fmt: skip


def _rate(row: str) -> str:
    return field_text("learning_rate", float(row))


def more_epochs_better(grid: Grid) -> Judged:
    """Each number of epochs against the one before, a point better; rows epochs, ascending."""
    return judged([
        case(
            message("{more} epochs against {fewer}", more=more, fewer=fewer),
            is_above(grid.cells[more, "gain"], SLACK),
            (message("accuracy gained"), grid.cells[more, "gain"]),
        )
        for fewer, more in pairwise(grid.rows)
    ])  # fmt: skip


def larger_windows_better(grid: Grid) -> Judged:
    """Each larger window against 3 x 3: rows kernel sizes; gain: points above 3 x 3."""
    return judged([
        case(
            message("{size} x {size} against 3 x 3", size=row),
            is_above(grid.cells[row, "gain"], 0),
            (message("accuracy of {size} x {size} against 3 x 3", size=row),
                grid.cells[row, "gain"]),
        )
        for row in grid.rows
    ])  # fmt: skip


SPACES = {
    "two": message("two axes that matter"),
    "useless": message("a third axis that changes nothing"),
}


def random_beats_grid(grid: Grid) -> Judged:
    """The best of equally many trials, random less grid; rows SPACES."""
    told = message("best of random search against grid")
    return _searched(grid, "random_over_grid", told)


def bayesian_beats_random(grid: Grid) -> Judged:
    """Trials until a stated accuracy, those of random less those of TPE; rows SPACES."""
    told = message("trials that Bayesian search (TPE) saves")
    return _searched(grid, "tpe_saves", told)


def _searched(grid: Grid, column: str, told: Message) -> Judged:
    return judged([
        case(SPACES[row], is_above(grid.cells[row, column], 0), (told, grid.cells[row, column]))
        for row in grid.rows
    ])  # fmt: skip
