"""What the commands do that print numbers: train, measure and bench."""

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from workbench.locale import _
from workbench.measurement import Measurement, Progress, Quantity, Run
from workbench.setting import Setting, shipped
from workbench.wording import PROVENANCES, QUANTITIES, interval_text, setting_text, value_text


def setting_of(arguments: Namespace) -> Setting:
    """The shipped setting of the asked data set and network, with what was asked otherwise."""
    asked = {
        field.name: value
        for field in fields(Setting)
        if (value := getattr(arguments, field.name, None)) is not None
    }
    start = Setting(**{name: asked[name] for name in ("dataset", "model") if name in asked})
    return replace(shipped(start.dataset, start.model), **asked)


def train(arguments: Namespace) -> None:
    """Train, write the checkpoint, and say how well it does on validation and test images."""
    from workbench.core.accuracy import test_accuracy
    from workbench.core.checkpoint import checkpoint_path, save_checkpoint
    from workbench.core.data import load
    from workbench.core.machine import use_one_thread
    from workbench.core.training import fit, validation_accuracy

    setting = setting_of(arguments)
    use_one_thread()
    data = load(setting.dataset, download=arguments.download)
    path = (
        Path(arguments.output) / setting.checkpoint_name
        if arguments.output
        else checkpoint_path(setting)
    )
    _say(_("training {setting}").format(setting=json.dumps(setting.training.as_dict())))
    model = fit(setting, data, _print_epoch)
    found = {
        "validation_accuracy": validation_accuracy(model, data, lambda: None),
        "accuracy": test_accuracy(model, data),
    }
    save_checkpoint(model, setting, found, path)
    _say(_("written to {path}").format(path=path.name))
    print_quantities(found, as_json=arguments.json, extra={"setting": setting.training.as_dict()})


def _print_epoch(progress: Progress) -> None:
    if "validation_accuracy" in progress.quantities:
        words = ", ".join(
            f"{QUANTITIES[name]} {value_text(quantity)}"
            for name, quantity in progress.quantities.items()
        )
        _say(f"{progress.stage}: {words}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(arguments: Namespace, run: Run) -> None:
    """Measure one setting and print it as JSON or as a table."""
    setting = setting_of(arguments)
    if arguments.download:
        from workbench.core.data import load

        load(setting.dataset, download=True)
    measurement = run(setting, _print_epoch if not arguments.json else lambda progress: None)
    if arguments.json:
        print(json.dumps(measurement.as_dict(), indent=2))
    else:
        print_measurement(measurement)


def print_measurement(measurement: Measurement) -> None:
    """The quantities as a table, the machine's notes below."""
    print(setting_text(measurement.setting))
    print_quantities(measurement.quantities, as_json=False)
    for note in measurement.notes:
        print(note)


def print_quantities(
    quantities: Mapping[str, Quantity], *, as_json: bool, extra: Mapping[str, Any] | None = None
) -> None:
    """A row a quantity: value, interval, how it was got."""
    if as_json:
        named = {name: quantity.as_dict() for name, quantity in quantities.items()}
        print(json.dumps({**(extra or {}), **named}, indent=2))
        return
    rows = [
        (
            str(QUANTITIES[name]),
            value_text(quantity),
            interval_text(quantity),
            str(PROVENANCES[quantity.provenance]),
            str(quantity.how),
        )
        for name, quantity in quantities.items()
    ]
    print_table([(_("quantity"), _("value"), _("interval"), _("label"), _("how")), *rows])


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as their longest entry, the last one left open."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())
