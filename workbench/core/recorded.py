"""Trainings that were measured before, on another machine or day: written once, looked up at once.

The file is JSON under xz: the machine, the date, and a row a training. Of each epoch it holds
the loss over its training images and how many were right, and the same of validation images.
"""

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.core.data import Dataset
from workbench.core.files import FileProblem, verified
from workbench.core.machine import machine
from workbench.core.training.batches import batches_of
from workbench.locale import Message, _, message
from workbench.measurement import Moment, Outcome, Quantities, Quantity, Training
from workbench.places import data_folder
from workbench.setting import Setting
from workbench.setting.recorded import as_recorded
from workbench.statistics import wilson_interval

FORMAT = 1
DIGITS = 5


def grid_path() -> Path:
    """Where the recorded grid ships."""
    return data_folder() / "recorded" / "trainings.json.xz"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One recorded training; an epoch is (training loss, right, asked, validation loss, right)."""

    setting: Mapping[str, Any]
    outcome: Outcome
    epochs: tuple[tuple[float, int, int, float, int], ...]
    epoch_seconds: float
    validation_images: int

    @classmethod
    def of(cls, training: Training) -> "Row":
        """What of `training` is worth keeping."""
        return cls(
            setting=told(training.setting),
            outcome=training.outcome,
            epochs=tuple(_epoch(training)),
            epoch_seconds=_short(_value(training.quantities, "epoch_seconds")),
            validation_images=next(
                (m.quantities["validation_accuracy"].n or 0 for m in training.validated), 0
            ),
        )


def told(setting: Setting) -> dict[str, Any]:
    """The fields of a training that differ from the defaults: the key of a row."""
    plain = Setting().as_dict()
    return {k: v for k, v in as_recorded(setting).as_dict().items() if v != plain[k]}


def _epoch(training: Training) -> Any:
    """Each epoch's means over its moments, weighted by how many images each has seen."""
    since: list[Moment] = []
    for moment in training.moments:
        since.append(moment)
        found = moment.quantities
        if "validation_accuracy" not in found:
            continue
        seen = [m.quantities["training_accuracy"].n or 0 for m in since]
        losses = [_value(m.quantities, "training_loss") for m in since]
        shares = [_value(m.quantities, "training_accuracy") for m in since]
        asked = sum(seen)
        loss = sum(n * value for n, value in zip(seen, losses, strict=True)) / asked
        right = round(sum(n * share for n, share in zip(seen, shares, strict=True)))
        asked_of = found["validation_accuracy"].n or 0
        right_of = round(found["validation_accuracy"].value * asked_of)
        yield _short(loss), right, asked, _short(found["validation_loss"].value), right_of
        since = []


def _value(quantities: Quantities, name: str) -> float:
    return quantities[name].value if name in quantities else 0.0


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def packed(rows: list[dict[str, Any]], data: Mapping[str, str], day: date) -> bytes:
    """The content of the file: `rows` as JSON objects, `data`: digest of each data set."""
    content = {
        "format": FORMAT, "machine": machine(), "date": day.isoformat(), "data": dict(data),
        "rows": rows,
    }  # fmt: skip
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def recorded_training(setting: Setting, data: Dataset) -> Training | None:
    """The recorded training of `setting` on the same data, if there is one."""
    path = grid_path()
    if not path.exists():
        return None
    grid = _read(path)
    row = grid["by_setting"].get(key_of(told(setting)))
    if row is None or grid["data"].get(data.name) != data.identity:
        return None
    how = message(
        "recorded on {day}: {processor}, torch {torch}",
        day=grid["date"], processor=grid["machine"]["processor"], torch=grid["machine"]["torch"],
    )  # fmt: skip
    return _training(setting, row, how, grid["machine"])


@lru_cache(maxsize=2)
def _read(path: Path) -> dict[str, Any]:
    try:
        grid = json.loads(lzma.decompress(verified(path)))
    except (lzma.LZMAError, ValueError) as error:
        if isinstance(error, FileProblem):
            raise
        raise FileProblem(
            _("{path} is no recorded grid; get it again from where it came").format(path=path)
        ) from error
    grid["by_setting"] = {key_of(row["setting"]): row for row in grid["rows"]}
    return dict(grid)


def key_of(told: Mapping[str, Any]) -> str:
    """What a row's `setting` says, as text to look it up by."""
    return json.dumps(told, sort_keys=True)


def _training(
    setting: Setting, row: Mapping[str, Any], how: Message, where: Mapping[str, str]
) -> Training:
    n = row["validation_images"]
    moments = [
        Moment(
            updates=number * batches_of(epoch[2], setting.batch_size),
            epochs=float(number),
            quantities={
                "training_loss": _loss(epoch[0], how),
                "training_accuracy": _share(epoch[1], epoch[2], how),
                "validation_loss": _loss(epoch[3], how),
                "validation_accuracy": _share(epoch[4], n, how),
            },
        )
        for number, epoch in enumerate(row["epochs"], start=1)
    ]
    seconds = Quantity(value=row["epoch_seconds"], unit="s", provenance="recorded", how=how)
    return Training(
        setting=setting, moments=tuple(moments), outcome=row["outcome"],
        quantities={"epoch_seconds": seconds}, machine=where,
    )  # fmt: skip


def _loss(value: float, how: Message) -> Quantity:
    return Quantity(value=value, unit="nat", provenance="recorded", how=how)


def _share(right: int, asked: int, how: Message) -> Quantity:
    low, high = wilson_interval(right, asked)
    return Quantity(
        value=right / asked, unit="fraction", provenance="recorded", how=how, low=low, high=high,
        n=asked,
    )  # fmt: skip
