"""The check of the search lesson's exercise: a plain function of what its searches came to."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.checks.finding import Finding
from workbench.locale import message, percent
from workbench.measurement import Quantity

TRIALS = 12
LEAST = 0.88
LEAST_SEEDS = 4
LEAST_POINTS = 12
HIDDEN_SEEDS = (121, 139, 150, 153, 155)
"""Hard ones of the 60 from 101 on: over the whole ranges neither random search nor TPE reached it
with any of them when they were chosen, over good ranges both with all."""


def points(axes: Mapping[str, Sequence[Any]]) -> int:
    """How many points a search space has."""
    count = 1
    for values in axes.values():
        count *= len(values)
    return count


def well_ranged(
    axes: Mapping[str, Sequence[Any]], bests: Sequence[Quantity]
) -> tuple[Finding, ...]:
    """Lesson 4: a space that is still to be searched, in which few trials find a good training.

    `bests`: the best validation accuracy of the search of each hidden seed.
    """
    reached = sum(best.value >= LEAST for best in bests)
    size = message(
        "the space has {n} points, at least {least} are asked", n=points(axes), least=LEAST_POINTS
    )
    seeds = message(
        "{reached} of {n} searches reached {accuracy}, {least} are asked",
        reached=reached,
        n=len(bests),
        accuracy=percent(LEAST, 0),
        least=LEAST_SEEDS,
    )
    return (
        Finding(is_met=points(axes) >= LEAST_POINTS, told=size),
        Finding(is_met=reached >= LEAST_SEEDS, told=seeds),
    )
