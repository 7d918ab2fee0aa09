"""Taking the result home: a folder with the compressed network and all that it needs to be used."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from safetensors.torch import save

from workbench.core.data import Dataset, preprocessing
from workbench.core.experiment import prepared, run
from workbench.core.export.card import card
from workbench.core.export.home import Home
from workbench.core.files import FileProblem
from workbench.core.measures import Candidate
from workbench.core.publication import scratch, try_to_write, write_durably
from workbench.locale import _, message
from workbench.measurement import Measurement, Progress, Quantity, Report, ignore
from workbench.places import data_folder
from workbench.setting import Setting

SCRIPTS = (Path(__file__).with_name("classify.py"), Path(preprocessing.__file__))
LONGEST = 255
"""Bytes that file systems take for a name."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Exported:
    """What was written: the folder, how long each of its files is, and what was measured."""

    folder: Path
    files: Mapping[str, Quantity]
    measurement: Measurement


def export(setting: Setting, folder: Path, report: Report = ignore) -> Exported:
    """Measure `setting`, and write `folder`, whole or not at all: the network, ready to be used."""
    _check_engine(setting)
    check_free(folder)
    # The nearest folder that is there: those between are made when there is something to put in.
    try_to_write(next(parent for parent in folder.parents if parent.exists()))
    measurement = run(setting, report)
    candidate, _work = prepared(setting, report)
    report(Progress(stage=message("writing the files"), quantities=measurement.quantities))
    files = contents(candidate, measurement, date.today())
    with scratch(folder.parent) as unfinished:
        for name, content in files.items():
            _write(unfinished / name, content)
        check_free(folder)  # somebody else may have made it meanwhile
        unfinished.rename(folder)
    return Exported(
        folder=folder,
        files={name: _length(content) for name, content in files.items()},
        measurement=measurement,
    )


def check_free(folder: Path) -> None:
    """Refuse a name that cannot be, and a folder that is there already: nothing is replaced."""
    if not folder.name or len(os.fsencode(folder.name)) > LONGEST:
        rule = _("an export is a new folder with a name of 1 to {most} bytes, got {value}")
        raise FileProblem(rule.format(most=LONGEST, value=f"“{folder}”"))
    if os.path.lexists(folder):
        rule = _("an export is a new folder, and {folder} exists already")
        raise FileProblem(rule.format(folder=folder))


def contents(candidate: Candidate, measurement: Measurement, on: date) -> dict[str, bytes]:
    """Every file by its name; those of the network are the same whenever they are made."""
    data = candidate.architecture.data
    setting = measurement.setting.shareable
    state = {
        name: value.contiguous() for name, value in candidate.versions.final.state_dict().items()
    }
    made = {
        "model.onnx": candidate.engine.file,
        "model.safetensors": save(state, {"setting": json.dumps(setting.as_dict())}),
        "preprocessing.json": _json(_preprocessing(data)),
        "labels.json": _json([str(label) for label in data.classes]),
        **{script.name: script.read_bytes() for script in SCRIPTS},
    }
    licence = data_folder() / f"LICENSE-{data.name}.txt"
    if licence.is_file():
        made["LICENSE-data.txt"] = licence.read_bytes()
    home = Home(setting=setting, candidate=candidate, measurement=measurement, on=on)
    return {**made, "README.md": card(home, {name: len(file) for name, file in made.items()})}


def _preprocessing(data: Dataset) -> dict[str, object]:
    channels, side, _width = data.image_shape
    return {
        "side": side,
        "mode": "L" if channels == 1 else "RGB",
        "mean": list(data.mean),
        "std": list(data.std),
    }


def _check_engine(setting: Setting) -> None:
    if setting.engine != "onnxruntime":
        rule = _("an export is the file that ONNX Runtime runs: engine onnxruntime, got {value}")
        raise ValueError(rule.format(value=setting.engine))


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    write_durably(path, lambda file: file.write(content))


def _length(content: bytes) -> Quantity:
    how = message("length of the file as written")
    return Quantity(value=len(content), unit="bytes", provenance="measured", how=how)
