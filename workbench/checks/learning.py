"""The checks of lesson 2's exercises: plain functions of trainings that were really done."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.checks.finding import Finding
from workbench.locale import Message, message, percent
from workbench.measurement import Grid, Quantity, Training
from workbench.setting import TRAINING, Setting
from workbench.wording import interval_text, value_text

MOST_UPDATES = 120
HIGH_ENOUGH = 0.95
SAVED = 0.90
SMALL, LARGE, ALIKE = range(3)
"""The answers to a bet on small and large batches."""
ALMOST = 1e-9  # a mean that floating point missed still counts


def learns_fast(trainings: Sequence[Training]) -> tuple[Finding, ...]:
    """Accurate enough on the average of the hidden seeds, in few enough updates."""
    return _few_updates(trainings), _accurate(trainings, HIGH_ENOUGH)


def _few_updates(trainings: Sequence[Training]) -> Finding:
    lost = sum(training.outcome == "diverged" for training in trainings)
    if lost:  # it ended soon, but it is not fast
        told = message(
            "the training diverged from {lost} of {n} hidden seeds; that it ended early does not"
            " count as fast",
            lost=lost, n=len(trainings),
        )  # fmt: skip
        return Finding(is_met=False, told=told)
    updates = max((t.moments[-1].updates for t in trainings if t.moments), default=0)
    used = message(
        "{updates} updates of the weights, at most {most} are allowed",
        updates=updates, most=MOST_UPDATES,
    )  # fmt: skip
    return Finding(is_met=0 < updates <= MOST_UPDATES, told=used)


def is_rescued(broken: Setting, trainings: Sequence[Training]) -> tuple[Finding, ...]:
    """One control was moved and no other, and now the network learns."""
    mended = trainings[0].setting
    moved = [
        name for name in TRAINING
        if name != "seed" and getattr(mended, name) != getattr(broken, name)
    ]  # fmt: skip
    told = message(
        "controls that differ from the broken training: {n}; exactly 1 is asked", n=len(moved)
    )
    return Finding(is_met=len(moved) == 1, told=told), _accurate(trainings, SAVED)


def _accurate(trainings: Sequence[Training], least: float) -> Finding:
    mean = sum(map(reached, trainings)) / len(trainings)
    told = message(
        "{mean} of the validation images are right on the average of {n} hidden seeds, at least"
        " {least} is asked",
        mean=percent(mean, 1), n=len(trainings), least=percent(least, 0),
    )  # fmt: skip
    return Finding(is_met=mean >= least - ALMOST, told=told)


def reached(training: Training) -> float:
    """Validation accuracy of the network that came of it; what diverged is right on nothing."""
    moment = training.reached
    return 0.0 if moment is None else moment.quantities["validation_accuracy"].value


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Which answer to a bet the measurements support, and what they are.

    `shown`: the quantities whose numbers are told, one for each way they were got.
    """

    right: int
    told: tuple[Message, ...]
    shown: tuple[Quantity, ...] = ()


def smaller_batches(grid: Grid) -> Verdict | None:
    """Whose epoch is over sooner, the smallest batch's or the largest's; None before it is timed.

    Alike where their 10th to 90th percentiles overlap.
    """
    timed = [size for size in grid.columns if ("epoch_seconds", size) in grid.cells]
    if len(timed) < 2:
        return None
    ends = (timed[0], timed[-1])
    small, large = (grid.cells["epoch_seconds", size] for size in ends)
    right = _shorter(small, large)
    words = {
        SMALL: message("An epoch is over sooner with batches of {small} than of {large} images.",
                       small=ends[0], large=ends[1]),
        LARGE: message("An epoch is over sooner with batches of {large} than of {small} images.",
                       small=ends[0], large=ends[1]),
        ALIKE: message("The times of an epoch with batches of {small} and {large} images overlap.",
                       small=ends[0], large=ends[1]),
    }  # fmt: skip
    reached = [grid.cells.get(("validation_accuracy", size)) for size in ends]
    known = tuple(cell for cell in reached if cell is not None)
    if len(known) < len(ends):
        return Verdict(right=right, told=(words[right],))
    return Verdict(right=right, told=(words[right], _further(known, ends)), shown=known[:1])


def _shorter(small: Quantity, large: Quantity) -> int:
    if small.ends[1] < large.ends[0]:
        return SMALL
    return LARGE if large.ends[1] < small.ends[0] else ALIKE


def sure_text(quantity: Quantity) -> str:
    """The value and, in brackets, its interval where it has one."""
    ends = interval_text(quantity)
    return f"{value_text(quantity)} [{ends}]" if ends else value_text(quantity)


def _further(reached: Sequence[Quantity], ends: tuple[str, str]) -> Message:
    """How many validation images both had right after equally many epochs."""
    small, large = map(sure_text, reached)
    return message(
        "After equally many epochs {a} of the validation images are right with batches of {small},"
        " {b} with {large}: the smaller one had more updates.",
        a=small, b=large, small=ends[0], large=ends[1],
    )  # fmt: skip
