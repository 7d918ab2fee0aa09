"""The race of lesson 4: its switches, recorded or live, its band, and what was raced."""

from dataclasses import replace
from html import escape
from typing import Any, get_args

import ipywidgets

from workbench.lessons import searches
from workbench.lessons.frame import box
from workbench.lessons.searches import RaceWish
from workbench.locale import _, decimal, keep_translated, message
from workbench.search.values import Race, Strategy
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.widgets.search.choices import Choices
from workbench.widgets.search.controls import CONTROLS, SearchControls, Switch
from workbench.widgets.search.race import RaceFigure
from workbench.widgets.search.words import USELESS
from workbench.widgets.task import Task
from workbench.wording import FIELDS, network_text

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
THREE = STRATEGIES[:3]
QUICK = Choices(model="mlp", epochs=2, trials=25)
"""Trainings of less than a second, of which a few values alone are good; 25: a grid of 5 by 5."""
SWITCHES = ("trials", "is_useless_there", "network", "epochs")
BY_SEED = -1
OFFSETS = (BY_SEED, 0, 1, 2, 3)
OFFSET, SEEDS_NAME = message("grid offset"), message("seeds")
SEEDS = (24, 12, 6, 48)


class Races:
    """The switches, two buttons, the figure, and the setting that it is of."""

    def __init__(self) -> None:
        self._figure, self._raced = RaceFigure(), ipywidgets.HTML()
        self._raced.add_class("wb-text")
        self._wished: RaceWish | None = None
        self._controls = SearchControls(QUICK, lambda choices: self._say(), page().show_problem)
        self._seeds: Any = Switch(
            SEEDS_NAME, message("how often each strategy searches"), SEEDS, decimal
        ).widget
        self._offset: Any = Switch(
            OFFSET,
            message("where the grid begins: elsewhere with every seed, or always so many steps on"),
            OFFSETS,
            _where,
        ).widget
        self._strategies: Any = Switch(
            message("strategies"), message("who races"), (THREE, STRATEGIES), _who
        ).widget
        own = (self._offset, self._seeds, self._strategies)
        for widget in own:
            listen(widget, lambda value: self._say(), page().show_problem)
        self.task: Task[RaceWish, Race] = self._task()
        switches = [*(self._controls.widget(name) for name in SWITCHES), *own]
        self.widget: ipywidgets.Widget = box(
            [box(switches, "wb-switches"), self.task.widget], "wb-study"
        )
        keep_translated(self._say)

    def _task(self) -> Task[RaceWish, Race]:
        """The race with its two buttons; drawn again when a search has come to its end."""
        figure = ipywidgets.VBox([self._raced, self._figure.widget])
        task: Task[RaceWish, Race] = Task(
            searches.race, self._figure.draw, race_text, figure, lambda r: r.winners if r else None
        )
        task.offer(
            message("Race on recorded trainings"),
            message("nothing is trained: every trial is looked up; the choosing takes its time"),
            lambda: self._begin("recorded"),
        )
        task.offer(
            message("Race live"),
            message("every trial is trained here and now; this takes minutes"),
            lambda: self._begin("training"),
        )
        return task

    def _begin(self, objective: str) -> RaceWish:
        self._wished = self._wish(objective)
        self._say()
        return self._wished

    def _wish(self, objective: str) -> RaceWish:
        offset = self._offset.value
        plan = replace(self._controls.choices.plan, objective=objective, offset=max(0, offset))
        return RaceWish(
            plan=plan,
            strategies=self._strategies.value,
            seeds=tuple(range(self._seeds.value)),
            vary=searches.by_seed if offset == BY_SEED else searches.from_offset,
        )

    def _say(self) -> None:
        """What was raced, and whether the switches still stand there."""
        if self._wished is None:
            self._raced.value = ""
            return
        told = f"<p>{escape(raced_text(self._wished))}</p>"
        if self._wish(self._wished.plan.objective) != self._wished:
            stale = _("The switches have moved since: press a button to race with them.")
            told += f'<p class="wb-problem">{escape(stale)}</p>'
        self._raced.value = told


def race_text(race: Race) -> str:
    """How far a race is."""
    return _("{done} of {total} searches").format(done=race.done, total=race.total)


def raced_text(wish: RaceWish) -> str:
    """What a race is a race of, by the names of its switches."""
    plan = wish.plan
    is_useless_there = any(name.startswith(USELESS) for name in plan.axes)
    offset = BY_SEED if wish.vary is searches.by_seed else plan.offset
    parts = (
        _("recorded trainings") if plan.objective == "recorded" else _("live trainings"),
        network_text(plan.setting),
        f"{FIELDS['epochs']} {plan.setting.epochs}",
        f"{CONTROLS['trials'].label} {plan.trials}",
        f"{CONTROLS['is_useless_there'].label}: "
        + CONTROLS["is_useless_there"].told(is_useless_there),
        f"{OFFSET}: {_where(offset)}",
        f"{SEEDS_NAME} {len(wish.seeds)}",
    )
    return _("Raced: {what}.").format(what=", ".join(parts))


def _where(offset: int) -> str:
    return _("by seed") if offset == BY_SEED else decimal(offset)


def _who(strategies: tuple[Strategy, ...]) -> str:
    return _("all four") if len(strategies) == len(STRATEGIES) else _("grid, random, TPE")
