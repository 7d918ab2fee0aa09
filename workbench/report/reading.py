"""A report read back: nothing in a file of somebody else's is trusted."""

import json
import reprlib
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any, NoReturn, TypeVar, get_args

from workbench.locale import _, decimal, message
from workbench.measurement import Quantity
from workbench.measurement.quantity import Provenance, Unit
from workbench.report.data import FORMAT, VERSION
from workbench.report.plane import SIZE
from workbench.report.session import Ruled
from workbench.report.shared import HARDWARE, Shared, Tried
from workbench.setting import Setting
from workbench.wording import PROVENANCES

MOST_MB = 20
MOST_MEASUREMENTS = 2000
MOST_LETTERS = 2000
MOST_BYTES_OF_A_NETWORK = 2.0**40
LARGEST = 2.0**63
"""Of the numbers of a setting."""
SHORT = 60
Made = TypeVar("Made")


def read(content: bytes, rulings: Collection[str]) -> Shared:
    """What a report as JSON shares, its numbers labelled as recorded; `rulings`: the known ones.

    What is not as it has to be is a ValueError of one sentence.
    """
    if len(content) > MOST_MB * 1_000_000:
        rule = _("a report has at most {most} MB, got {value}")
        raise ValueError(rule.format(most=MOST_MB, value=decimal(len(content) / 1_000_000, 1)))
    report = _report(content)
    day = _made(_("the day"), _day, report.get("day"))
    hardware = _made(_("the machine"), _hardware, report.get("machine"))
    measurements = _made(_("the list of measurements"), _measurements, report)
    verdicts = _made(_("the list of verdicts"), lambda whole: list(whole["verdicts"]), report)
    ruled = [
        _made(_("verdict {n}").format(n=n), lambda told: _ruled(told, rulings), each)
        for n, each in enumerate(verdicts, start=1)
    ]
    tried = [
        _made(_("measurement {n}").format(n=n), lambda told: _tried(told, hardware[0], day), each)
        for n, each in enumerate(measurements, start=1)
    ]
    known = tuple(each for each in ruled if each is not None)
    return Shared(hardware=hardware, day=day, rulings=known, tried=tuple(tried))


def _report(content: bytes) -> dict[str, Any]:
    """The object in the file, if it is one of ours that this version can read."""
    try:
        report = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        rule = _("a report is JSON, as “Report as JSON” writes it, got {value}")
        raise ValueError(
            rule.format(value=_short(content[:SHORT].decode(errors="replace")))
        ) from None
    name = report.get("format") if isinstance(report, dict) else None
    if name != FORMAT:
        rule = _("a report says that its format is “{known}”, got {value}")
        raise ValueError(rule.format(known=FORMAT, value=_short(name)))
    version = report.get("version")
    if version not in range(1, VERSION + 1):
        rule = _("this workbench reads reports up to version {known}, got {value}: update it")
        raise ValueError(rule.format(known=VERSION, value=_short(version)))
    return dict(report)


def _made(name: str, make: Callable[[Any], Made], told: Any) -> Made:
    """What `make` makes of an entry of the report; what is wrong is told with the entry's name."""
    try:
        return make(told)
    except ValueError as error:
        why = str(error)
    except (ArithmeticError, AttributeError, LookupError, TypeError):
        why = _("something is missing or of another kind, got {value}").format(value=_short(told))
    raise ValueError(_("{entry} of this report is broken: {why}").format(entry=name, why=why))


def _measurements(report: dict[str, Any]) -> list[Any]:
    found = list(_every(report))
    if len(found) > MOST_MEASUREMENTS:
        rule = _("a report has at most {most} measurements, got {value}")
        raise ValueError(rule.format(most=MOST_MEASUREMENTS, value=len(found)))
    return found


def _every(report: dict[str, Any]) -> Iterator[Any]:
    yield from report["measurements"]
    for study in report["studies"]:
        yield from study["measurements"]


def _day(told: Any) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        rule = _("a day is written like 2026-01-31, got {value}")
        raise ValueError(rule.format(value=_short(told))) from None


def _hardware(told: Any) -> tuple[str, ...]:
    return tuple(_word(told.get(name, "")) for name in HARDWARE)


def _ruled(told: Any, rulings: Collection[str]) -> Ruled | None:
    """The ruling on a claim; an exercise has none."""
    if told["ruled"] is None:
        return None
    found = Ruled(**{name: _word(word) for name, word in told["ruled"].items()})
    for word in (found.ruling, found.bet):
        if word not in rulings:
            rule = _("a ruling is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(rulings), value=_short(word)))
    return found


def _tried(told: Any, processor: str, day: date) -> Tried:
    fields = {name: _field(value) for name, value in told["setting"].items()}
    return Tried(
        setting=Setting.from_dict(fields),
        accuracy=_recorded(told["accuracy"], "fraction", 1.0, processor, day),
        deflated_bytes=_recorded(told[SIZE], "bytes", MOST_BYTES_OF_A_NETWORK, processor, day),
    )


def _recorded(told: Any, unit: Unit, most: float, processor: str, day: date) -> Quantity:
    """A number that was got elsewhere, and what it was labelled as there."""
    if told["unit"] != unit or told["provenance"] not in get_args(Provenance):
        rule = _("this number has the unit {unit} and one of our labels, got {value}")
        raise ValueError(rule.format(unit=unit, value=_short(told)))
    value = _number(told["value"], 0.0, most)
    low, high = told["low"], told["high"]
    return Quantity(
        value=value, unit=unit, provenance="recorded",
        how=message("recorded on {day} on {processor}, labelled there as {label}",
                    day=day.isoformat(), processor=processor or "?",
                    label=PROVENANCES[told["provenance"]]),
        low=None if low is None else _number(low, 0.0, value),
        high=None if high is None else _number(high, value, most),
    )  # fmt: skip


def _field(told: Any) -> str | float | None:
    """The value of a setting's field; the setting itself looks at what it means."""
    if told is not None and not isinstance(told, str):
        _number(told, -LARGEST, LARGEST)
        return told  # type: ignore[no-any-return]  # a whole number stays one
    return None if told is None else _word(told)


def _number(told: Any, low: float, high: float) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not low <= told <= high:
        rule = _("this number lies between {low} and {high}, got {value}")
        raise ValueError(rule.format(low=low, high=high, value=_short(told)))
    return float(told)


def _word(told: Any) -> str:
    if not isinstance(told, str) or len(told) > MOST_LETTERS:
        rule = _("this is a text of at most {most} characters, got {value}")
        raise ValueError(rule.format(most=MOST_LETTERS, value=_short(told)))
    return told


def _short(told: Any) -> str:
    """As code, and no more of it than a sentence can hold."""
    code = reprlib.repr(told)
    return code if len(code) <= SHORT else f"{code[:SHORT]}…"


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
