"""Who is in the class: this page and the reports that were added, a column a machine and day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workbench.locale import _
from workbench.report import Ruled, Shared, Tried
from workbench.setting import Setting

MOST_LETTERS = 32
OFFICIAL = re.compile(
    r"\((?:R|TM|C)\)|\bCPU\b|\bProcessor\b|\b\d+-Core\b|@.*|\bwith .*Graphics\b.*", re.IGNORECASE
)
"""What a processor's full name has beside its model."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the board knows: this page's own part, the reports, and sentences of refused files."""

    own: Shared
    reports: tuple[Shared, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """A machine on a day; `is_here`: this page. Of one claim or setting the last one counts."""

    hardware: tuple[str, ...]
    day: date
    name: str
    rulings: Mapping[str, Ruled]
    tried: Mapping[Setting, Tried]
    is_here: bool = False

    @property
    def title(self) -> str:
        """The machine and the day."""
        if self.is_here:
            return self.name
        day = self.day.isoformat().replace("-", "\N{NON-BREAKING HYPHEN}")
        return _("{machine}, {day}").format(machine=self.name, day=day)


def columns(room: Room) -> tuple[Column, ...]:
    """This page first, then every machine and day in the order in which their reports came."""
    found: dict[tuple[tuple[str, ...], date], Column] = {}
    names = _names(room.reports)
    for report in room.reports:
        key = (report.hardware, report.day)
        column = _column(report, names[report.hardware])
        before = found.get(key, column)
        found[key] = replace(
            column,
            rulings={**before.rulings, **column.rulings},
            tried={**before.tried, **column.tried},
        )
    here = replace(_column(room.own, _("here")), is_here=True)
    return (here, *found.values())


def _column(shared: Shared, name: str) -> Column:
    return Column(
        hardware=shared.hardware, day=shared.day, name=name,
        rulings={ruled.claim: ruled for ruled in shared.rulings},
        tried={tried.setting.effective: tried for tried in shared.tried},
    )  # fmt: skip


def _names(reports: Sequence[Shared]) -> dict[tuple[str, ...], str]:
    """A short name of each machine, with a number where several would have the same."""
    machines = list(dict.fromkeys(report.hardware for report in reports))
    short = [model(hardware[0]) for hardware in machines]
    return {
        hardware: f"{name} #{short[: at + 1].count(name)}" if short.count(name) > 1 else name
        for at, (hardware, name) in enumerate(zip(machines, short, strict=True))
    }


def model(processor: str) -> str:
    """The model of a processor without what its maker adds to the name."""
    name = " ".join(OFFICIAL.sub(" ", processor).split())
    short = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    return short or _("unknown processor")
