"""Lesson 1: why optimise, and what a measured number is worth."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets

from workbench.checks.trust import is_ceiling, is_steady
from workbench.lessons import device_cards, frame, trust_surveys
from workbench.lessons import trust_prose as prose
from workbench.lessons.claim_cards import sentences
from workbench.lessons.devices import device_control
from workbench.lessons.frame import box, section
from workbench.lessons.programs import timing_of
from workbench.lessons.trust_surveys import ONE_IMAGE
from workbench.lessons.where_time import where_sections
from workbench.locale import message, preferred_language, use_language
from workbench.measurement.noise import Conditions, Timed
from workbench.serve import language_of_query
from workbench.widgets.as_code import AsCode
from workbench.widgets.html import text
from workbench.widgets.study import Study
from workbench.widgets.task import Task
from workbench.widgets.trust.ceiling import CeilingExercise
from workbench.widgets.trust.noise import NoiseLab
from workbench.widgets.trust.samples import Samples
from workbench.widgets.trust.stopwatch import Stopwatch
from workbench.widgets.trust.throughput import Throughput
from workbench.widgets.trust.twins import TwinsGame

RIVAL = "mlp"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    reasons: ipywidgets.Widget
    noise: ipywidgets.Widget
    twins: ipywidgets.Widget
    throughput: ipywidgets.Widget
    samples: ipywidgets.Widget
    layers: ipywidgets.Widget
    amdahl: ipywidgets.Widget
    memory: ipywidgets.Widget
    capability: ipywidgets.Widget
    machines: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    closing: ipywidgets.Widget
    lab: NoiseLab
    studies: tuple[Task[Any, Any], ...]


def trust() -> Trust:
    """Make the lesson; only the card of the machine is measured without a button."""
    use_language(language_of_query() or preferred_language())
    lab, code = _noise()
    game = TwinsGame(trust_surveys.twins, ONE_IMAGE)
    batches, samples = _throughput(), _samples()
    watch = Stopwatch(trust_surveys.retimed, is_steady, prose.plan_task, prose.plan_hints)
    ceiling = CeilingExercise(is_ceiling, prose.ceiling_task, prose.ceiling_hints)
    where = where_sections()
    where.follow(ceiling.show)
    where.begin()
    cards = device_cards.device_cards()
    return Trust(
        opening=frame.opening(prose.opening),
        reasons=text(prose.reasons, "wb-prose"),
        noise=section(
            message("The noise lab"), prose.noise, box([lab.widget, code.widget], "wb-bench")
        ),
        twins=section(message("A or B: which is faster?"), prose.twins, game.widget),
        throughput=section(message("One who waits, or many?"), prose.throughput, batches.widget),
        layers=where.layers,
        amdahl=where.amdahl,
        memory=where.memory,
        capability=where.capability,
        machines=device_cards.about(cards),
        samples=section(
            message("How many images does an accuracy need?"),
            lambda: prose.samples(RIVAL, ONE_IMAGE.model),
            samples.widget,
        ),
        claims=sentences(1),
        exercise=section(
            message("Exercise: time well, then aim well"),
            prose.exercise,
            box([watch.widget, ceiling.widget], "wb-figures"),
        ),
        closing=text(prose.closing, "wb-prose"),
        lab=lab,
        studies=(lab.task, game.task, batches, samples, watch.task, cards.task, *where.studies),
    )


def _noise() -> tuple[NoiseLab, AsCode]:
    """The lab, and the program of its last run; before the first one, of the one to come."""
    code = AsCode(timing_of, lambda conditions: conditions)

    def timed(conditions: Conditions, tell: Callable[[Timed], None]) -> Timed:
        code.view.draw(conditions)
        return trust_surveys.timed_calls(conditions, tell)

    lab = NoiseLab(timed, ONE_IMAGE, device_control)
    code.view.draw(lab.conditions)
    return lab, code


def _throughput() -> Study:
    figure = Throughput()
    return Study(
        trust_surveys.throughput,
        lambda: ONE_IMAGE,
        figure.draw,
        figure.widget,
        message("Time the batches"),
        message("time batches of 1 to 64 images in turn"),
    )


def _samples() -> Study:
    figure = Samples((ONE_IMAGE.model, RIVAL))
    return Study(
        trust_surveys.sample_sizes(RIVAL),
        lambda: ONE_IMAGE,
        figure.draw,
        figure.widget,
        message("Draw test images"),
        message("count the right answers of both networks on ever more random test images"),
        told=lambda setting: f"{setting.model}, {RIVAL} ({setting.dataset})",
    )
