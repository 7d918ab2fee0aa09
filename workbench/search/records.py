"""Quantities as JSON and back: what a study keeps of a trial is read by name, never unpickled."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from workbench.locale import Message
from workbench.measurement import Quantities, Quantity

PLAIN = (str, int, float, bool, type(None))


def as_json(quantities: Quantities) -> dict[str, dict[str, Any]]:
    """Every quantity by name; how it was got as its sentence and the values in it."""
    return {
        name: {
            **{field.name: getattr(found, field.name) for field in fields(found)},
            "value": float(found.value),
            "how": {"text": found.how.text, "values": _plain(found.how.values)},
        }
        for name, found in quantities.items()
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v if isinstance(v, PLAIN) else str(v) for name, v in values.items()}


def from_json(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Quantity]:
    """The quantities that `as_json` described."""
    return {
        name: Quantity(**{**found, "how": Message(found["how"]["text"], found["how"]["values"])})
        for name, found in told.items()
    }
