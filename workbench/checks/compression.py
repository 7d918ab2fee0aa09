"""The checks of lessons 5 to 7: plain functions of a measurement and its baseline."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.checks.finding import Finding
from workbench.locale import decimal, message, percent
from workbench.measurement import Measurement
from workbench.setting import steps_of
from workbench.statistics import mcnemar
from workbench.wording import signed

Labels = NDArray[np.generic]
Check = Callable[[Measurement, Measurement, Labels], tuple[Finding, ...]]
"""Judges a measurement against the baseline's; labels are those of the test images."""

SMALL_ENOUGH = 0.68
FAST_ENOUGH = 1.3
MOST_LOST = 0.02
MOST_EPOCHS = 3
FEW_BITS = 5.0


def spared(now: Measurement, baseline: Measurement, labels: Labels) -> tuple[Finding, ...]:
    """Lesson 5: zeros that shrink the deflated file and do not show in the accuracy."""
    share = now.quantities["deflated_bytes"].value / baseline.quantities["deflated_bytes"].value
    file = message(
        "the deflated file is {share} of the baseline's, at most {most} is asked",
        share=percent(share, 0),
        most=percent(SMALL_ENOUGH, 0),
    )
    return Finding(is_met=share <= SMALL_ENOUGH, told=file), _not_told_apart(now, baseline, labels)


def faster(now: Measurement, baseline: Measurement, labels: Labels) -> tuple[Finding, ...]:
    """Lesson 6: really removed, really faster, and nearly as right after a short repair."""
    speedup = now.quantities["speedup"]
    low = speedup.low if speedup.low is not None else speedup.value
    removed = now.quantities["parameters"].value < baseline.quantities["parameters"].value
    lost = float((baseline.predictions == labels).mean() - (now.predictions == labels).mean())
    epochs = sum(step.epochs for step in steps_of(now.setting))
    return (
        Finding(
            is_met=removed,
            told=message("channels are removed, not only set to zero")
            if removed
            else message("no channel is removed yet: zeros are multiplied like any number"),
        ),
        Finding(
            is_met=low >= FAST_ENOUGH,
            told=message(
                "the speed-up is surely at least × {low}, asked is × {least}",
                low=decimal(low, 2),
                least=decimal(FAST_ENOUGH, 1),
            ),
        ),
        Finding(
            is_met=lost <= MOST_LOST,
            told=message(
                "{points} points of accuracy, at most {most} may be lost",
                points=signed(-100 * lost, 1),
                most=round(100 * MOST_LOST),
            ),
        ),
        Finding(
            is_met=epochs <= MOST_EPOCHS,
            told=message(
                "{epochs} epochs of repair, at most {most} are allowed",
                epochs=epochs,
                most=MOST_EPOCHS,
            ),
        ),
    )


def few_bits(now: Measurement, baseline: Measurement, labels: Labels) -> tuple[Finding, ...]:
    """Lesson 7: few bits a weight on average, and nothing to see of it in the accuracy."""
    counts = {layer.name: layer.quantities["weights"].value for layer in now.layers}
    own = now.setting.layers_bits
    bits = sum(n * own.get(name, now.setting.weight_bits) for name, n in counts.items())
    mean = bits / sum(counts.values())
    told = message(
        "{mean} bits a weight on average, at most {most} are asked",
        mean=decimal(mean, 2),
        most=round(FEW_BITS),
    )
    return Finding(is_met=mean <= FEW_BITS, told=told), _not_told_apart(now, baseline, labels)


def _not_told_apart(now: Measurement, baseline: Measurement, labels: Labels) -> Finding:
    test = mcnemar(baseline.predictions == labels, now.predictions == labels)
    told = message(
        "{helped} images helped, {hurt} hurt: {verdict}",
        helped=test.helped,
        hurt=test.hurt,
        verdict=message("the accuracy cannot be told from the baseline's")
        if test.verdict != "worse"
        else message("less accurate than the baseline"),
    )
    return Finding(is_met=test.verdict != "worse", told=told)
