"""Measured versions as they are chosen from: the worst class, the front, the way from a parent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.locale import message
from workbench.measurement import Measurement, Provenance, Quantity
from workbench.measurement.choosing import FLOORS, Source, Version, energy
from workbench.setting import Step
from workbench.statistics import Verdict, mcnemar, ratio_verdict, worst_interval, worst_label

Item = TypeVar("Item")
LITTLE = 0.01
"""Of a size: other weights deflate a little better or worse, with no purpose."""
GOALS = ("accuracy", "deflated_bytes", "speedup", "energy_uj")


def version_of(
    measurement: Measurement, labels: NDArray[np.generic], by: Source = "you"
) -> Version:
    """A measurement with what is known of its classes and its energy; labels of the test images."""
    right: NDArray[np.bool_] = measurement.predictions == labels
    more = {
        "worst_class": worst_class(measurement, right, labels),
        "energy_uj": energy(measurement),
    }
    quantities = {**measurement.quantities, **more}
    return Version(measurement=measurement, quantities=quantities, right=right, by=by)


def worst_class(
    measurement: Measurement, right: NDArray[np.bool_], labels: NDArray[np.generic]
) -> Quantity:
    """The accuracy of the class that fares worst: the mean over all classes hides it."""
    n = int((labels == worst_label(right, labels)).sum())
    value, low, high = worst_interval(right, labels)
    return Quantity(
        value=value,
        unit="fraction",
        provenance=measurement.quantities["accuracy"].provenance,
        how=message(
            "right answers on the {n} test images of the class that fares worst; its interval"
            " allows for the choice among {classes} classes (Bonferroni)",
            n=n,
            classes=len(np.unique(labels)),
        ),
        low=low,
        high=high,
        n=n,
    )


def front(versions: Sequence[Version], across: str, up: str) -> tuple[Version, ...]:
    """Versions that no other equals in both quantities and beats in one, from left to right.

    Two that are equal in both stand side by side.
    """
    return undominated(versions, lambda v: (_cost(v, across), _cost(v, up)))


def undominated(
    items: Sequence[Item], costs: Callable[[Item], tuple[float, float]]
) -> tuple[Item, ...]:
    """Those that no other equals in both costs and undercuts in one, by the first cost."""
    best: list[Item] = []
    for item in sorted(items, key=costs):
        last = costs(best[-1]) if best else costs(item)
        if costs(item) == last or costs(item)[1] < last[1]:
            best.append(item)
    return tuple(best)


def _cost(version: Version, name: str) -> float:
    value = version.quantities[name].value
    return -value if name in FLOORS else value


def volume(versions: Sequence[Version], baseline: Version, across: str, up: str) -> Quantity:
    """The part of the plane that a front leaves behind it: from the baseline's cost and 0 right.

    Left to right from no cost to the baseline's, upwards from none right to all right.
    """
    most = baseline.quantities[across].value
    area, reached = 0.0, 0.0
    inside = [v for v in front(versions, across, up) if v.quantities[across].value <= most]
    places = [*(v.quantities[across].value for v in inside[1:]), most][: len(inside)]
    for version, until in zip(inside, places, strict=True):
        reached = version.quantities[up].value
        area += reached * (until - version.quantities[across].value)
    return Quantity(
        value=area / most,
        unit="fraction",
        provenance=_of_parts(inside),
        how=message("area behind the front of {n} versions, of all between no cost and the"
                    " baseline's", n=len(versions)),
    )  # fmt: skip


def _of_parts(versions: Sequence[Version]) -> Provenance:
    """Imitated where one part is."""
    kinds = {version.quantities["accuracy"].provenance for version in versions}
    return "simulated" if "simulated" in kinds else "measured"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the last step of a version did to one quantity: child over parent, or a difference."""

    step: Step
    is_real_int8: bool
    name: str
    value: float
    verdict: Verdict


def changes(versions: Sequence[Version]) -> Iterator[Change]:
    """For each version whose parent (the same recipe less its last step) was measured too."""
    known = {version.steps: version for version in versions}
    for steps, child in known.items():
        parent = known.get(steps[:-1]) if steps else None
        if parent is None:
            continue
        for name in GOALS:
            value, verdict = _change(name, parent, child)
            yield Change(
                step=steps[-1], is_real_int8=is_real_int8(child), name=name, value=value,
                verdict=verdict,
            )  # fmt: skip


def is_real_int8(version: Version) -> bool:
    """The kernels compute with 8-bit numbers."""
    bits = [step.weight_bits for step in version.steps if step.kind == "quantize"]
    return bits[-1:] == [8] and not version.measurement.is_simulated


def _change(name: str, parent: Version, child: Version) -> tuple[float, Verdict]:
    before, after = parent.quantities[name], child.quantities[name]
    if name == "accuracy":
        return after.value - before.value, mcnemar(parent.right, child.right).verdict
    if name == "speedup":
        low, high = after.ends[0] / before.ends[1], after.ends[1] / before.ends[0]
        return after.value / before.value, ratio_verdict(low, high)
    ratio = after.value / before.value
    is_less, is_more = ratio < 1 - LITTLE, ratio > 1 + LITTLE
    return ratio, "better" if is_less else "worse" if is_more else "cannot tell"
