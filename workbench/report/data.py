"""A report as data: one JSON object, for programs."""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from workbench.locale import language
from workbench.measurement import Quantity
from workbench.report.plane import plane, sets_of
from workbench.report.session import Session, Verdict

FORMAT, VERSION = "workbench report", 1


def as_json(session: Session) -> str:
    """Machine, predictions, measurements with every quantity, verdicts and drawings."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "day": session.day.isoformat(),
        "language": language(),
        "machine": dict(session.machine),
        "predictions": [
            {"words": each.words, "before": each.before} for each in session.predictions
        ],
        "measurements": [each.as_dict() for each in session.measurements],
        "studies": [
            {"by": str(each.by), "measurements": [m.as_dict() for m in each.measurements]}
            for each in session.studied
        ],
        "verdicts": [_verdict(each) for each in session.verdicts],
        "figures": [
            {"dataset": dataset, "svg": plane(tried)}
            for dataset, tried in sets_of(session.measurements).items()
        ],
    }
    return json.dumps(_storable(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "claim": str(verdict.claim),
        "bet": None if verdict.bet is None else str(verdict.bet),
        "ruling": str(verdict.ruling),
        "ruled": None if verdict.ruled is None else asdict(verdict.ruled),
        "told": [str(each) for each in verdict.told],
        "numbers": [_number(str(name), quantity) for name, quantity in verdict.numbers],
    }


def _number(name: str, quantity: Quantity) -> dict[str, Any]:
    return {"name": name, **quantity.as_dict()}


def _storable(value: Any) -> Any:
    """The same with null for what JSON has no number for."""
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
