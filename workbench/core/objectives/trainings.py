"""Objectives that train, or look up what a training came to."""

from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from time import perf_counter

from workbench.core.accuracy import accuracy_on_test
from workbench.core.data import Dataset, load
from workbench.core.engine.runners import TorchEager
from workbench.core.experiment import no_gradients
from workbench.core.machine import use_one_thread
from workbench.core.recorded import grid_path, recorded_training
from workbench.core.sizes import parameter_counts
from workbench.core.training import learned, untrained
from workbench.core.training.batches import learned_from
from workbench.locale import _, message
from workbench.measurement import Progress, Provenance, Quantities, Quantity, Report, Training
from workbench.setting import Setting
from workbench.setting.recorded import PLAIN_TRAINING, SEEDS


def training(setting: Setting, report: Report) -> Quantities:
    """Train, and ask validation images; a diverged training answers no better than a guess.

    `accuracy`, on test images, is to be read out for a winner, never to choose by.
    """
    use_one_thread()
    data = load(setting.dataset)
    began, last = perf_counter(), Progress(stage=message("training"))

    def hear(progress: Progress) -> None:
        nonlocal last
        last = progress
        report(progress)

    found = learned(setting, data, hear)
    cost = _cost(began, last.done)
    reached = found.training.reached
    if reached is None:
        guess = _guess(data)
        diverged = _diverged(found.training, "measured")
        return {"validation_accuracy": guess, "accuracy": guess, **diverged, **cost}
    with no_gradients():
        engine = TorchEager(found.model, "cpu")
        return {
            "validation_accuracy": reached.quantities["validation_accuracy"],
            "accuracy": accuracy_on_test(engine, data, partial(report, last)),
            **cost,
            "parameters": parameter_counts(found.model)["parameters"],
        }


def _guess(data: Dataset) -> Quantity:
    how = message("a guess among {n} classes, for the training diverged", n=len(data.classes))
    return Quantity(value=1 / len(data.classes), unit="fraction", provenance="computed", how=how)


def _diverged(training: Training, provenance: Provenance) -> Quantities:
    epoch, how = len(training.validated) + 1, message("the epoch in which the training diverged")
    return {"diverged_epoch": Quantity(value=epoch, unit="count", provenance=provenance, how=how)}


def check_training(setting: Setting) -> None:
    """Refuse a setting that cannot be trained on its data, without training it."""
    _check_once(replace(setting.training, seed=0, learning_rate=1.0))


@lru_cache(maxsize=256)
def _check_once(setting: Setting) -> None:
    """`untrained` builds the network, since how it is built decides which kernels fit."""
    data = learned_from(setting, load(setting.dataset))
    untrained(setting, data)


def _cost(began: float, updates: int) -> Quantities:
    how = message("from the first picture to the last update")
    seconds = Quantity(value=perf_counter() - began, unit="s", provenance="measured", how=how, n=1)
    told = message("updates of the weights")
    return {
        "seconds": seconds,
        "updates": Quantity(value=updates, unit="count", provenance="measured", how=told),
    }


def recorded(setting: Setting, report: Report) -> Quantities:
    """Look the training up in the recorded grid, epoch by epoch, instead of training.

    Fewer epochs are the beginning of what was recorded, for its rate is constant; further seeds
    take the recorded ones in turn.
    """
    found = _looked_up(setting)
    stage, known = message("looking up a recorded training"), found.validated[: setting.epochs]
    for done, moment in enumerate(known, start=1):
        told = {"validation_accuracy": moment.quantities["validation_accuracy"]}
        report(Progress(stage=stage, quantities=told, done=done, total=setting.epochs))
    if len(known) < setting.epochs:
        guess = _guess(load(setting.dataset))
        return {"validation_accuracy": guess, **_diverged(found, "recorded")}
    return {"validation_accuracy": known[-1].quantities["validation_accuracy"]}


def check_recorded(setting: Setting) -> None:
    """Refuse a setting whose training was not recorded."""
    _looked_up(setting)


def _looked_up(setting: Setting) -> Training:
    """The recorded training of a setting; what it takes for that is in `recorded`."""
    seed = SEEDS[setting.seed % len(SEEDS)]
    found = _found(grid_path(), replace(setting, epochs=PLAIN_TRAINING.epochs, seed=seed))
    if found is None or setting.epochs > PLAIN_TRAINING.epochs:
        rule = _("a training is looked up among those that were recorded, this was not: {value}")
        raise ValueError(rule.format(value=setting.training.checkpoint_name))
    return found


@lru_cache(maxsize=1024)
def _found(path: Path, setting: Setting) -> Training | None:
    """In the grid at `path`; races ask for the same trainings again and again."""
    return recorded_training(setting, load(setting.dataset))
