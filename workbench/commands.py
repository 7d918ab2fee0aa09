"""What the commands do that print numbers: train, measure and bench."""

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from time import monotonic
from typing import Any

from workbench.locale import Message, _, percent
from workbench.measurement import Measurement, Progress, Quantity, Run
from workbench.places import cache_folder
from workbench.setting import Setting, shipped
from workbench.wording import QUANTITIES, quantity_rows, setting_text, value_text

MEASURE_FLAGS = {
    "epochs": ("--training-epochs",),
    "repair_epochs": ("--epochs", "--repair-epochs"),
}
"""`measure` and `export` compress, so their plain --epochs are those of the fine-tuning."""


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
    from workbench.core.accuracy import test_accuracy, validation_accuracy
    from workbench.core.checkpoint import save_checkpoint
    from workbench.core.data import load
    from workbench.core.machine import use_one_thread
    from workbench.core.publication import try_to_write
    from workbench.core.training import fit

    setting = setting_of(arguments)
    use_one_thread()
    data = load(setting.dataset, download=arguments.download)
    path = (
        Path(arguments.output) / setting.checkpoint_name
        if arguments.output
        else cache_folder() / "checkpoints" / setting.checkpoint_name
    )
    try_to_write(path.parent)
    say(_("training {setting}").format(setting=json.dumps(setting.training.as_dict())))
    model = fit(setting, data, Telling(only_epochs=not sys.stderr.isatty()))
    found = {
        "validation_accuracy": validation_accuracy(model, data, lambda: None),
        "accuracy": test_accuracy(model, data),
    }
    save_checkpoint(model, setting, data, found, path)
    say(_("written to {path}").format(path=path))
    print_quantities(found, as_json=arguments.json, extra={"setting": setting.training.as_dict()})


class Telling:
    """A Report on standard error: each epoch's accuracy, and in between how far it is.

    In between it speaks when a second has passed, later a 50th of the time so far; at once only
    of the first long work that begins.
    """

    def __init__(
        self, *, only_epochs: bool = False, clock: Callable[[], float] = monotonic
    ) -> None:
        self._only_epochs = only_epochs
        self._clock = clock
        self._started = self._told = self._began = clock()
        self._first = self._last = Progress(stage=Message(""))

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if progress.total != self._last.total or progress.done < self._last.done:
            self._first, self._began = progress, now
        self._last = progress
        if "validation_accuracy" in progress.quantities:
            self._tell(f"{progress.stage}: {_accuracies(progress)}", now)
        elif not self._only_epochs and self._is_due(progress, now):
            self._tell(f"{progress.stage}{self._how_far(progress, now)}", now)

    def _is_due(self, progress: Progress, now: float) -> bool:
        begins = self._told == self._started and progress.total > 0 and progress.done == 0
        return begins or now - self._told >= max(1, (now - self._started) / 50)

    def _how_far(self, progress: Progress, now: float) -> str:
        done = progress.done - self._first.done
        if done <= 0:
            return ""
        left_s = (now - self._began) / done * (progress.total - progress.done)
        told = (
            _(": {share} done, about {seconds} s left")
            if left_s < 120
            else _(": {share} done, about {minutes} min left")
        )
        share = percent(progress.done / progress.total, 0)
        return told.format(share=share, seconds=round(left_s), minutes=round(left_s / 60))

    def _tell(self, text: str, now: float) -> None:
        self._told = now
        say(text)


def _accuracies(progress: Progress) -> str:
    return ", ".join(
        f"{QUANTITIES[name]} {value_text(quantity)}"
        for name, quantity in progress.quantities.items()
    )


def say(text: str) -> None:
    """One line on standard error, at once."""
    print(text, file=sys.stderr, flush=True)


def compressed_setting(arguments: Namespace) -> Setting:
    """The setting of a command that compresses, whose plain --epochs are the fine-tuning's."""
    setting = setting_of(arguments)
    if arguments.repair_epochs is not None and setting.repair != "finetune":
        rule = _(
            "--epochs are those of the fine-tuning after pruning and need --repair finetune; those"
            " of the training are --training-epochs, got {value}"
        )
        raise ValueError(rule.format(value=arguments.repair_epochs))
    return setting


def measure(arguments: Namespace, run: Run) -> None:
    """Measure one setting and print it as JSON or as a table."""
    setting = compressed_setting(arguments)
    if arguments.download:
        from workbench.core.data import load

        load(setting.dataset, download=True)
    measurement = run(setting, Telling())
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
    print_table(quantity_rows(quantities))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as their longest entry, the last one left open."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())
