"""What of a session can stand beside other machines' sessions: rulings, and what was tried."""

from dataclasses import dataclass
from datetime import date

from workbench.measurement import Measurement, Quantity
from workbench.report.plane import SIZE
from workbench.report.session import Ruled, Session
from workbench.setting import Setting

HARDWARE = ("processor", "system", "instructions", "int8_instructions", "cores", "cuda")
"""What tells machines apart; versions and threads change on one machine."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A measured setting with what can be compared across machines; times cannot."""

    setting: Setting
    accuracy: Quantity
    deflated_bytes: Quantity


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Where a session ran, and what of it can be compared; `hardware`: the values of HARDWARE."""

    hardware: tuple[str, ...]
    day: date
    rulings: tuple[Ruled, ...] = ()
    tried: tuple[Tried, ...] = ()


def shared(session: Session) -> Shared:
    """What this page's own session shares, each number with its own label."""
    return Shared(
        hardware=tuple(session.machine.get(name, "") for name in HARDWARE),
        day=session.day,
        rulings=tuple(each.ruled for each in session.verdicts if each.ruled is not None),
        tried=tuple(map(_tried, session.every)),
    )


def _tried(measurement: Measurement) -> Tried:
    known = measurement.quantities
    return Tried(
        setting=measurement.setting, accuracy=known["accuracy"], deflated_bytes=known[SIZE]
    )
