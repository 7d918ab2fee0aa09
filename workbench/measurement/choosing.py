"""What a choice is made of: versions that were measured, and budgets that they have to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.locale import Message, message
from workbench.measurement.answer import Measurement
from workbench.measurement.quantity import Quantities, Quantity
from workbench.setting import Step, after_recipe, steps_of

Source = Literal["you", "grid", "order", "search"]
"""Who asked for a version: the learner, the grid of recipes, the orders of blocks, the search."""
Kind = Literal["share", "lost", "floor"]

PICOJOULES: Mapping[str, float] = {"float32": 4.6, "int8": 0.3, "byte": 160.0}
"""A multiply-add in each type, and a byte from memory outside of the chip.

Horowitz (ISSCC 2014), 45 nm: float32 3.7 + 0.9; int8 0.2 with a 32-bit sum 0.1; 32 bits of DRAM
640.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Version:
    """A measured recipe: its numbers, and which test images it gets right, shape (images,)."""

    measurement: Measurement
    quantities: Quantities
    right: NDArray[np.bool_]
    by: Source = "you"

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done to the trained network, in order."""
        return steps_of(self.measurement.setting)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A budget that can be set: of which quantity, which values, and what a value means.

    share: at most this part of the baseline's; lost: at least the baseline's less so much; floor:
    at least this. None: no budget.
    """

    name: str
    kind: Kind
    choices: tuple[float | None, ...]

    def limit(self, choice: float, baseline: Version) -> float:
        """The limit in the unit of the quantity."""
        if self.kind == "floor":
            return choice
        value = baseline.quantities[self.name].value
        return value * choice if self.kind == "share" else value - choice


SHARES = (None, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05)
LINES: tuple[Line, ...] = (
    Line(name="deflated_bytes", kind="share", choices=SHARES),
    Line(name="latency_ms", kind="share", choices=SHARES),
    Line(name="energy_uj", kind="share", choices=SHARES),
    Line(
        name="accuracy", kind="lost",
        choices=(None, 0.2, 0.1, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.005, 0.0),
    ),
    Line(
        name="worst_class", kind="floor",
        choices=(None, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A quantity with its limit: at least that for accuracies, at most that for all else.

    `baseline_ms`: of a latency that is judged by a speed-up, the baseline's; a version and its
    baseline are timed in turn, versions at different moments are not.
    """

    name: str
    limit: float
    baseline_ms: float | None = None

    @property
    def is_floor(self) -> bool:
        """More is better."""
        return self.name in FLOORS

    def read(self, version: Version) -> Quantity:
        """What is held against the limit."""
        if self.baseline_ms is None:
            return version.quantities[self.name]
        speedup, whole = version.quantities["speedup"], self.baseline_ms
        how = message("the baseline's latency over the speed-up, which was timed in turn with it")
        fastest, slowest = speedup.ends[1], speedup.ends[0]
        return Quantity(value=whole / speedup.value, unit="ms", provenance=speedup.provenance,
                        how=how, low=whole / fastest, high=whole / slowest)  # fmt: skip

    def margin(self, value: float) -> float:
        """How much is to spare; below 0 what is missing."""
        return value - self.limit if self.is_floor else self.limit - value


FLOORS = tuple(line.name for line in LINES if line.kind != "share")


@dataclass(frozen=True, kw_only=True)
class Persona:
    """Somebody with a device: what is needed, and the choice on each line that follows."""

    name: Message
    need: Message
    choices: Mapping[str, float]


def energy(measurement: Measurement) -> Quantity:
    """Microjoules an image, estimated from what is computed and what is fetched."""
    plain, found = after_recipe(measurement.setting), measurement.quantities
    is_int8 = plain.weight_bits == plain.bits_of_activations == 8 and not measurement.is_simulated
    each = PICOJOULES["int8" if is_int8 else "float32"]
    macs, fetched = found["macs"].value, found["weight_bytes"].value
    how = message(
        "multiply-adds times {each} pJ and bytes of weights times {byte} pJ, published for chips of"
        " 45 nm (Horowitz, ISSCC 2014); assumed: one image at a time, each weight fetched once from"
        " memory outside of the chip, activations kept on it",
        each=each,
        byte=PICOJOULES["byte"],
    )
    return Quantity(
        value=(macs * each + fetched * PICOJOULES["byte"]) / 1e6,
        unit="number",
        provenance="estimated",
        how=how,
    )
