"""The checks of lesson 2's exercises: plain functions of trainings that were really done."""

from collections.abc import Sequence

from workbench.checks.finding import Finding
from workbench.locale import message, percent
from workbench.measurement import Training
from workbench.setting import TRAINING, Setting

MOST_UPDATES = 120
HIGH_ENOUGH = 0.95
SAVED = 0.90
ALMOST = 1e-9  # a mean that floating point missed still counts


def learns_fast(trainings: Sequence[Training]) -> tuple[Finding, ...]:
    """Accurate enough on the average of the hidden seeds, in few enough updates."""
    updates = max((t.moments[-1].updates for t in trainings if t.moments), default=0)
    used = message(
        "{updates} updates of the weights, at most {most} are allowed",
        updates=updates, most=MOST_UPDATES,
    )  # fmt: skip
    return (
        Finding(is_met=0 < updates <= MOST_UPDATES, told=used),
        _accurate(trainings, HIGH_ENOUGH),
    )


def is_rescued(broken: Setting, trainings: Sequence[Training]) -> tuple[Finding, ...]:
    """One control was moved and no other, and now the network learns."""
    mended = trainings[0].setting
    moved = [
        name for name in TRAINING
        if name != "seed" and getattr(mended, name) != getattr(broken, name)
    ]  # fmt: skip
    told = message("{n} controls differ from the broken training, exactly 1 is asked", n=len(moved))
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
