"""run: from a setting to a measurement. Load or train, compress, build the engine, measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import torch

from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import trained
from workbench.core.compression import Work, Workshop, compressed
from workbench.core.description import Versions, closeup, layers, weight_histogram
from workbench.core.devices import check_device
from workbench.core.engine import Engine
from workbench.core.latency import Timings
from workbench.core.machine import machine, use_one_thread
from workbench.core.measures import Candidate, changed_answers, measured_accuracy, timed
from workbench.locale import Message, message
from workbench.measurement import Measurement, Progress, Report, ignore
from workbench.setting import Setting, after_recipe


def run(setting: Setting, report: Report = ignore) -> Measurement:
    """Measure `setting`, speaking through `report` on the way, which may raise Superseded."""
    candidate, work = prepared(setting, report)
    report = partial(_with_curve, report, work)
    with no_gradients():
        answers, found = measured_accuracy(candidate, report)
        baseline = baseline_engine(candidate)
        timings, times = timed(candidate, baseline, report, found)
        found |= times
        data = candidate.architecture.data
        found |= changed_answers(answers, baseline, data, report, found)
        return Measurement(
            setting=setting,
            quantities=found,
            predictions=answers,
            ratios=timings.ratios,
            weights=weight_histogram(candidate.versions),
            machine=machine(),
            notes=_notes(candidate, timings),
            layers=layers(candidate.versions),
            curve=work.curve,
            closeup=closeup(candidate.versions, candidate.rounding, candidate.built.activations),
        )


def _notes(candidate: Candidate, timings: Timings) -> tuple[Message, ...]:
    """What ran, and what a reader of its numbers should know."""
    notes = [candidate.engine.name]
    if candidate.built.is_simulated:
        notes.append(
            message(
                "imitated: file and time are those of the imitation; no kernel here computes with"
                " these levels"
            )
        )
    if timings.machine_is_busy and candidate.setting.device == "cpu":
        notes.append(message("this machine is busy: others share its processor"))
    return tuple(notes)


def prepared(setting: Setting, report: Report = ignore) -> tuple[Candidate, Work]:
    """The compressed network of `setting` in the engine that it asks for, and how it came about."""
    use_one_thread()
    check_device(setting.device)
    report(Progress(stage=message("preparing the data and the network")))
    architecture = architecture_of(setting)
    original = trained(setting, architecture.data, report)
    with no_gradients():
        shop = Workshop(setting=setting, architecture=architecture, report=report)
        work, unrounded = compressed(original, shop)
        plain = after_recipe(setting).effective
        building = Progress(stage=message("building the engine"), curve=work.curve)
        candidate = Candidate(
            setting=plain,
            versions=Versions(
                trained=original, unrounded=unrounded, final=work.model, tags=work.tags
            ),
            built=architecture.build(plain, work.model, lambda: report(building)),
            architecture=architecture,
            repair_seconds=work.repair_seconds,
        )
    return candidate, work


def baseline_engine(candidate: Candidate) -> Engine:
    """The trained network, uncompressed, in the same engine."""
    plain = candidate.setting.baseline
    return candidate.architecture.build(plain, candidate.versions.trained).engine


def _with_curve(report: Report, work: Work, progress: Progress) -> None:
    report(replace(progress, curve=work.curve))


@contextmanager
def no_gradients() -> Iterator[None]:
    """Gradients off for this thread alone, whichever thread a notebook calls us on."""
    with torch.no_grad():
        yield
