"""The checks of lesson 8: a scaler that backs off, a window of scales, four choices."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from workbench.checks.finding import Finding
from workbench.locale import Message, message
from workbench.measurement import Grid
from workbench.measurement.scaling import POWERS, Trace
from workbench.wording import value_text

MOST_LOST = 0.001
"""Share of the gradients that a good scale may lose."""
Shares = Mapping[int, float]


def shares(grid: Grid, row: str) -> Shares:
    """A row of `grid` by the power of two of the scale."""
    return {int(column): grid.cells[row, column].value for column in grid.columns}


def backs_off(trace: Trace) -> tuple[Finding, ...]:
    """Whether the scaler halves its scale after each overflow, and never else."""
    steps = [
        (before.is_skipped, after.power - before.power) for before, after in pairwise(trace.updates)
    ]
    after_overflow = sum(step < 0 for is_skipped, step in steps if is_skipped)
    overflows = sum(is_skipped for is_skipped, _step in steps)
    others = sum(step < 0 for is_skipped, step in steps if not is_skipped)
    return (
        Finding(
            is_met=after_overflow == overflows,
            told=message(
                "{halved} of {n} updates that overflowed were followed by half the scale",
                halved=after_overflow, n=overflows,
            ),
        ),
        Finding(
            is_met=others == 0,
            told=message(
                "{halved} of {n} updates without an overflow were followed by half the scale",
                halved=others, n=len(steps) - overflows,
            ),
        ),
    )  # fmt: skip


def is_window(low: int, high: int, yours: Grid, held_out: Grid) -> tuple[Finding, ...]:
    """Whether 2^`low` to 2^`high` are the scales that neither lose much nor overflow.

    Both ends have to hold on the images that were held out, and one further has to fail on these
    or on those that the learner saw: the ends of two batches may differ by a factor of two.
    """
    lost = [shares(grid, "lost_share") for grid in (held_out, yours)]
    over = [shares(grid, "overflowed_share") for grid in (held_out, yours)]
    keeps, fits = lost[0][low] < MOST_LOST, over[0][high] == 0
    # Beyond the scales that are offered nothing is measured: there the end itself has to hold.
    is_lowest = keeps if low == POWERS[0] else any(each[low - 1] >= MOST_LOST for each in lost)
    is_highest = fits if high == POWERS[-1] else any(each[high + 1] > 0 for each in over)
    return (
        Finding(is_met=low <= high, told=message("from 2^{low} to 2^{high}", low=low, high=high)),
        Finding(
            is_met=keeps,
            told=message(
                "held-out images, at 2^{low}: {lost} lost, below 0.1 % is asked",
                low=low, lost=value_text(held_out.cells["lost_share", str(low)]),
            ),
        ),
        Finding(
            is_met=fits,
            told=message(
                "held-out images, at 2^{high}: {over} overflow, none is asked",
                high=high, over=value_text(held_out.cells["overflowed_share", str(high)]),
            ),
        ),
        Finding(is_met=is_lowest and is_highest, told=_one_further(low, high)),
    )  # fmt: skip


def _one_further(low: int, high: int) -> Message:
    """What is asked of the scales next to the window, where there are any."""
    if low > POWERS[0] and high < POWERS[-1]:
        return message("one power of 2 further at either end is no longer good")
    if high < POWERS[-1]:
        return message(
            "below 2^{low} no further scale is offered; one power of 2 above 2^{high} is no longer"
            " good", low=low, high=high,
        )  # fmt: skip
    if low > POWERS[0]:
        return message(
            "above 2^{high} no further scale is offered; one power of 2 below 2^{low} is no longer"
            " good", low=low, high=high,
        )  # fmt: skip
    return message(
        "below 2^{low} and above 2^{high} no further scale is offered", low=low, high=high
    )


Width = Literal["16", "32"]
REASONS: Mapping[str, tuple[Width, Message]] = {
    "products": ("16", message("many multiplications: most of the work, and each may be coarse")),
    "exponentials": ("32", message("exponentials leave a small range quickly")),
    "sums": ("32", message("a logarithm, and a sum over the batch, in which small parts count")),
    "steps": ("32", message("small steps are added to large numbers, and would be rounded away")),
}
"""Each reason with the number of bits that follows from it."""
OPERATIONS: Mapping[str, tuple[Message, str]] = {
    "convolution": (message("a convolution"), "products"),
    "softmax": (message("the softmax"), "exponentials"),
    "loss": (message("the loss"), "sums"),
    "update": (message("the update of the weights"), "steps"),
}
"""Each operation with the reason that decides."""


def are_right_types(answers: Mapping[str, tuple[str, str]]) -> tuple[Finding, ...]:
    """Whether each operation got the bits that follow from the reason that decides for it."""
    findings = []
    for name, (words, reason) in OPERATIONS.items():
        width, why = answers[name]
        if width != REASONS[reason][0]:
            verdict = message("other bits")
        else:
            right, other = message("right"), message("right bits, another reason decides")
            verdict = right if why == reason else other
        told = message("{operation}: {verdict}", operation=words, verdict=verdict)
        findings.append(Finding(is_met=answers[name] == (REASONS[reason][0], reason), told=told))
    return tuple(findings)
