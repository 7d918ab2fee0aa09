"""Device cards as files: one small JSON a machine, with its raw samples."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from workbench.core.files import FileProblem, verified
from workbench.core.publication import write_with_sidecar
from workbench.locale import _
from workbench.measurement import DeviceCard, Timing
from workbench.places import cache_folder, data_folder

FORMAT = 1
DIGITS = 4


def folders() -> tuple[Path, Path]:
    """Where cards lie: those that ship, and those that were recorded or put here."""
    return data_folder() / "devices", cache_folder() / "devices"


def card_path(card: DeviceCard) -> Path:
    """Where a card of this machine is written if no other place is named."""
    words = "".join(c if c.isalnum() else "_" for c in f"{card.device}-{card.name}".lower())
    return folders()[1] / f"{words[:60]}.json"


def write(card: DeviceCard, path: Path, day: date) -> None:
    """Write the card, with the day, and the file's SHA-256 beside it."""
    content = {"format": FORMAT, **asdict(replace(card, day=day.isoformat()))}
    for timing in content["timings"]:
        timing["samples_ms"] = [float(f"{ms:.{DIGITS}g}") for ms in timing["samples_ms"]]
    write_with_sidecar(path, (json.dumps(content, sort_keys=True) + "\n").encode())


def recorded_cards() -> tuple[DeviceCard, ...]:
    """Every card that is here, those that ship first."""
    return tuple(read(path) for folder in folders() for path in sorted(folder.glob("*.json")))


def read(path: Path) -> DeviceCard:
    """The card in `path`, if the file is what it was when it was written."""
    try:
        return _card(json.loads(verified(path)))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileProblem):
            raise
        raise FileProblem(
            _("{path} is no device card; record it again by “workbench record device”").format(
                path=path
            )
        ) from error


def _card(content: dict[str, Any]) -> DeviceCard:
    if content.pop("format") != FORMAT:
        raise ValueError
    timings = [
        Timing(**{**timing, "samples_ms": tuple(map(float, timing["samples_ms"]))})
        for timing in content.pop("timings")
    ]
    return DeviceCard(timings=tuple(timings), **content)
