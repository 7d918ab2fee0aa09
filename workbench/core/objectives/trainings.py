"""Objectives that train, or look up what a training came to."""

from dataclasses import replace
from functools import partial
from time import perf_counter

from workbench.core.accuracy import accuracy_on_test
from workbench.core.data import Dataset, load
from workbench.core.engine.runners import TorchEager
from workbench.core.experiment import no_gradients
from workbench.core.machine import use_one_thread
from workbench.core.recorded import recorded_training
from workbench.core.sizes import parameter_counts
from workbench.core.training import learned
from workbench.locale import _, message
from workbench.measurement import Progress, Quantities, Quantity, Report
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
        return {"validation_accuracy": guess, "accuracy": guess, **cost}
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
    data = load(setting.dataset)
    seed = SEEDS[setting.seed % len(SEEDS)]
    found = recorded_training(replace(setting, epochs=PLAIN_TRAINING.epochs, seed=seed), data)
    if found is None or setting.epochs > PLAIN_TRAINING.epochs:
        rule = _("a training is looked up among those that were recorded, this was not: {value}")
        raise ValueError(rule.format(value=setting.training.checkpoint_name))
    stage, known = message("looking up a recorded training"), found.validated[: setting.epochs]
    for done, moment in enumerate(known, start=1):
        told = {"validation_accuracy": moment.quantities["validation_accuracy"]}
        report(Progress(stage=stage, quantities=told, done=done, total=setting.epochs))
    if len(known) < setting.epochs:
        return {"validation_accuracy": _guess(data)}
    return {"validation_accuracy": known[-1].quantities["validation_accuracy"]}
